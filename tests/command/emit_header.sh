# wick emit --target header: several meet in one source file.
. "$(dirname "$0")/emit_cases"

# Every implementation in one source file, of two polynomials, erf and the mean field; the risks of the initial states, which a
# template of one's own puts beside them, are those that wick eval tells.
mkdir header
cat >state.h.in <<'EOF'
/* The initial state and second layer of @NAME@. */
static const double @NAME@_state[] = {@INITIAL_STATE@}, @NAME@_layer[] = {@INITIAL_LAYER@};
EOF
for case in $cases; do
    succeeds "$case: emit header" emit $(problem_of $case) --target header --name $case -o header
    succeeds "$case: emit its state" emit $(problem_of $case) --template state.h.in --name ${case}_at -o header
    succeeds "$case: eval" eval $(problem_of $case)
    { [ $case != square ] || echo t; sed -n 's/^ *"\(risk\|excess_risk\)": *\([^,]*\),*$/\2/p' out | paste -sd,; } >>expected
done
succeeds "other: emit header" emit $(problem_of field) --k 2 --target header --name other -o header
cat >all.c <<'EOF'
#define SQUARE_IMPLEMENTATION
#define TRAINED_IMPLEMENTATION
#define ERF_IMPLEMENTATION
#define FIELD_IMPLEMENTATION
#define OTHER_IMPLEMENTATION
#include "square.h"
#include "trained.h"
#include "erf.h"
#include "field.h"
#include "other.h"
#include "square.h" /* again: nothing happens */
#include "square_at.h"
#include "trained_at.h"
#include "erf_at.h"
#include "field_at.h"

#include <stdio.h>

#define SHOW(name)                                                                                                        \
    do {                                                                                                                  \
        static double work[name##_work_size];                                                                             \
        name##_parameters parameters;                                                                                     \
        name##_defaults(&parameters);                                                                                     \
        (void)name##_at_layer;                                                                                            \
        printf("%.17g,%.17g\n", name##_risk(&parameters, name##_at_state, work),                                          \
               name##_excess_risk(&parameters, name##_at_state, work));                                                   \
    } while (0)

int main(void)
{
    static double work[field_work_size];
    field_parameters parameters;
    other_parameters others;
    printf("t\n");
    SHOW(square);
    SHOW(trained);
    SHOW(erf);
    field_defaults(&parameters);
    other_defaults(&others);
    parameters.a = field_at_layer;
    printf("%.17g,%.17g\n", field_risk(&parameters, 7, field_at_state, work),
           field_excess_risk(&parameters, 7, field_at_state, work));
    return 0;
}
EOF
for compiler in $compilers; do
    ok "headers compile together: $compiler" compile $compiler -Iheader -o all all.c
    ok "headers run: $compiler" sh -c "./all >found"
    ok "headers agree with wick eval: $compiler" agree expected found 1e-12
done
ok "names without prefix stay inside" [ "$(nm -g all 2>/dev/null | grep -cE ' T (P|product|overlaps|update|prepare|erf_values|tables_flow)$')" -eq 0 ]
finish
