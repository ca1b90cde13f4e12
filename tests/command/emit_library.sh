# wick emit --target library, cmake: the test that comes with it passes, and fails where it should; Jacobians of erf and relu.
. "$(dirname "$0")/emit_cases"

for case in $cases $other_cases; do
    succeeds "$case: emit cmake" emit $(problem_of $case) --target cmake --name $case -o cmake_$case
    for compiler in $(compilers_of $case); do
        ok "$case: library and test compile: $compiler" \
            compile $compiler -o test_$case cmake_$case/$case.c cmake_$case/${case}_test.c
        ok "$case: the test passes: $compiler" ./test_$case
    done
done
cat >jacobian.c <<'EOF'
/* The Jacobian of one.c at the initial state of its test against differences of the drift, of fourth order. */
#define main test_main
#include "one/one_test.c"
#undef main

int main(void)
{
    enum { N = one_dimension };
    static const double weight[4] = {1.0 / 12.0, -2.0 / 3.0, 2.0 / 3.0, -1.0 / 12.0}, place[4] = {-2, -1, 1, 2};
    static double work[one_work_size], jacobian_work[one_jacobian_work_size], jacobian[N * N], state[N], drift[N], column[N];
    const double h = 1e-4;
    double largest = 1.0, error = 0.0;
    one_parameters parameters;
    size_t i, s, n;
    one_defaults(&parameters);
    one_jacobian(&parameters, initial_state, jacobian_work, jacobian);
    for (s = 0; s < N; ++s) {
        for (i = 0; i < N; ++i) column[i] = 0.0;
        for (n = 0; n < 4; ++n) {
            for (i = 0; i < N; ++i) state[i] = initial_state[i];
            state[s] += place[n] * h;
            one_drift(&parameters, state, work, drift);
            for (i = 0; i < N; ++i) column[i] += weight[n] * drift[i] / h;
        }
        for (i = 0; i < N; ++i) {
            largest = worse(fabs(jacobian[i * N + s]), largest);
            error = worse(fabs(jacobian[i * N + s] - column[i]), error);
        }
    }
    printf("the Jacobian differs by %.1e, its largest entry is %g\n", error, largest);
    return error <= 1e-9 * largest ? 0 : 1;
}
EOF
# The last three with learning rules.
for activation in 'erf(x)' 'leaky_relu(x,0.2)' 'x^2-x' 'erf(x)/2' 'x^3/4'; do
    rules=
    case $activation in *x^*|*/2) rules="--weight-decay 0.3" ;; esac
    for regime in classical classical-noise high-dimensional; do
        case "$activation $regime" in leaky*high*) continue ;; esac
        for layer in fixed trained; do
            own=
            [ -z "$rules" ] || [ $layer = fixed ] || own="--second-layer-decay 0.8 --second-layer-rate 0.9"
            succeeds "$activation, $regime, $layer: emit cmake" emit --activation "$activation" --target-activation "2*$activation" \
                --regime $regime --second-layer $layer --p 3 --k 2 --d 9 --seed 4 --learning-rate 0.3 --noise 0.1 $rules $own --target cmake --name one -o one
            ok "compiles" compile $first_compiler -o test_one one/one.c one/one_test.c
            ok "the test passes" ./test_one
            ok "compiles with its Jacobian" compile $first_compiler -o jacobian one/one.c jacobian.c
            ok "the Jacobian is right" ./jacobian
        done
    done
done
sed 's/0.5 \* parameters->noise/parameters->noise/' cmake_trained/trained.c >cmake_trained/broken.c
ok "a broken library compiles" compile $first_compiler -Icmake_trained -o broken cmake_trained/broken.c cmake_trained/trained_test.c
ok "and its test fails" sh -c "! ./broken"
if command -v "${WICK_CMAKE:-cmake}" >/dev/null; then
    ok "the folder configures" "${WICK_CMAKE:-cmake}" -S cmake_field -B build_field
    ok "the folder builds" "${WICK_CMAKE:-cmake}" --build build_field
    ok "its test runs" build_field/field_test
fi
fails "a name that CMake keeps" 2 "CMake" emit $(problem_of square) --target cmake --name test
finish
