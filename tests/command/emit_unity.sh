# wick emit: any generated .c files may share one translation unit, as unity builds make of a program; of the same kind and of
# different ones, with their Jacobians, in C and C++, beside generated headers and a solver.
. "$(dirname "$0")/emit_cases"

mkdir unity
cat >state.h.in <<'EOF'
/* The initial state of @NAME@. */
static const double @NAME@_state[] = {@INITIAL_STATE@};
EOF
cubic_problem="--activation x^3-x --regime high-dimensional --p 2 --k 2 --d 30 --learning-rate 0.1"
other_erf_problem="--activation erf(x) --regime high-dimensional --p 2 --k 1 --d 30 --learning-rate 0.1"
other_relu_problem="--activation relu --regime classical --p 2 --k 2 --d 30"
kinds="square trained cubic erf wide_erf other_erf relu other_relu"
fields="field wide_field"
{
    for case in $kinds $fields; do echo "#include \"$case.c\""; done
    echo '#include "twice.c"'
    echo '#define FIELD_AGAIN_IMPLEMENTATION'
    echo '#include "field_again.h"'
    for case in $kinds; do echo "#include \"${case}_at.h\""; done
    cat <<'EOF'
#include <stdio.h>
#include <stdlib.h>

#define SHOW(name)                                                                                                        \
    do {                                                                                                                  \
        static double work[name##_work_size];                                                                             \
        name##_parameters parameters;                                                                                     \
        name##_defaults(&parameters);                                                                                     \
        printf("%.17g,%.17g\n", name##_risk(&parameters, name##_at_state, work),                                          \
               name##_excess_risk(&parameters, name##_at_state, work));                                                   \
    } while (0)

int main(void)
{
    printf("t\n");
EOF
    for case in $kinds; do echo "    SHOW($case);"; done
    echo "    return 0;"
    echo "}"
} >unity/all.c
echo t >expected
for case in $kinds $fields; do
    succeeds "$case: emit" emit $(problem_of $case) --target library --name $case -o unity
done
for case in $kinds; do
    succeeds "$case: emit its state" emit $(problem_of $case) --template state.h.in --name ${case}_at -o unity
    succeeds "$case: eval" eval $(problem_of $case)
    sed -n 's/^ *"\(risk\|excess_risk\)": *\([^,]*\),*$/\2/p' out | paste -sd, >>expected
done
succeeds "the square again, under another name" emit $square_problem --target library --name twice -o unity
succeeds "the mean field again, as a header" emit $field_problem --target header --name field_again -o unity
for compiler in $compilers; do
    ok "all of them in one unit: $compiler" compile $compiler -O0 -Iunity -o all unity/all.c
    ok "it runs: $compiler" sh -c ./all\ \>found
    ok "the risks are those of wick eval: $compiler" agree expected found 1e-12
done

succeeds "a solver" emit $erf_problem --target solver --name program -o unity
printf '#include "square.c"\n#include "erf.c"\n#include "field.c"\n#include "program.c"\n' >unity/program_and_others.c
ok "beside libraries, in one unit" compile $first_compiler -O0 -Iunity -o program unity/program_and_others.c
ok "still runs" sh -c "./program --end 1 >program.csv"
finish
