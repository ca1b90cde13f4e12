# wick emit: every target is generated, compiled by every compiler there is without a warning, run, and agrees with wick run;
# for a square with fixed second layer, mixed polynomials with a trained one, a student wider than what is compiled in, and the
# mean field.
. "$(dirname "$0")/checks"

warnings="-pedantic -Wall -Wextra -Wconversion -Werror"
compilers=""
for compiler in gcc clang; do
    command -v $compiler >/dev/null && compilers="$compilers $compiler:-std=c99"
done
for compiler in g++ clang++; do
    command -v $compiler >/dev/null && compilers="$compilers $compiler:-std=c++17:-xc++"
done
ok "a C and a C++ compiler are there" [ "${compilers#*c99*c++}" != "$compilers" ]

# compile COMPILER ARGUMENTS...: as in the list above.
compile() {
    words=$(echo "$1" | tr ':' ' ')
    shift
    $words $warnings -O1 "$@" -xnone -lm
}

# agree FILE FILE LIMIT: the numbers of two CSVs, row by row, relative to the larger of 1 and the number; there are rows.
agree() {
    rows "$1" >agree.1 && rows "$2" >agree.2
    paste -d, agree.1 agree.2 | awk -F, -v limit="$3" '
        { half = NF / 2; if (half != int(half)) { print "columns differ"; bad = 1 }
          for (i = 1; i <= half; i++) {
              e = $i - $(i + half); if (e < 0) e = -e
              size = $i < 0 ? -$i : $i; if (size < 1) size = 1
              if (!(e <= limit * size)) { print "row " NR ", column " i ": " $i ", " $(i + half); bad = 1 } } }
        END { exit bad || NR == 0 }'
}

header_of() {
    grep -v '^#' "$1" | head -n 1
}

tight="--rtol 1e-10 --atol 1e-13"
square_problem="$square --end 50 --points 30"
trained_problem="--activation x^3-x/2+1/3 --target-activation he3+x^2 --second-layer trained --learning-rate 0.02 --noise 0.01
    --Q [[0.5,0.1,0],[0.1,0.4,-0.1],[0,-0.1,0.3]] --M [[0.2,0.1],[-0.1,0.3],[0.1,0]] --P [[1,0.2],[0.2,0.8]]
    --a [1,0.5,-0.7] --a-star [0.9,1.2] --at [0,0.01,0.5,2]"
wide_problem="--activation x^2 --p 20 --k 3 --d 100 --learning-rate 0.1 --end 5 --points 7 --spacing linear"
field_problem="--activation x^2-x/3 --regime mean-field --p 7 --k 2 --d 12 --learning-rate 0.5 --noise 0.1 --end 3 --points 9
    --a [1,2,-1,0.5,1,1,0.3] --P [[1,0.3],[0.3,1.2]] --M [[1,0],[0,1],[0.1,0.2],[0.3,0],[0,0.4],[-0.5,0.1],[0.2,-0.2]]
    --q [1,0.5,0.2,0,1.5,1,0.7]"
wide_field_problem="--activation x^2 --regime mean-field-high-d --p 300 --k 2 --d 50 --learning-rate 1 --end 2 --points 5"
erf_problem="--activation erf(x/sqrt(2)) --target-activation -1.5*erf(0.7*x) --second-layer trained --learning-rate 0.4 --noise 0.01
    --Q [[0.5,0.1,0],[0.1,0.4,-0.1],[0,-0.1,0.3]] --M [[0.2,0.1],[-0.1,0.3],[0.1,0]] --P [[1,0.2],[0.2,0.8]]
    --a [1,0.5,-0.7] --a-star [0.9,1.2] --at [0,0.01,0.5,20]"
wide_erf_problem="--activation erf(x/sqrt(2)) --regime classical --p 20 --k 3 --d 100 --end 5 --points 7 --spacing linear"
relu_problem="--activation leaky_relu(x,0.1)-0.3*x --target-activation 2*relu(x) --regime classical-noise --p 4 --k 3 --d 30 --noise 0.1
    --second-layer trained --learning-rate 0.5 --end 20 --points 9"
cases="square trained wide field wide_field erf wide_erf relu"

# problem_of CASE: its flags, split into words on purpose where used.
problem_of() {
    eval "echo \"\$$1_problem\""
}

# ---- solver ----------------------------------------------------------------------------------------------------------

for case in $cases; do
    succeeds "$case: run" run $(problem_of $case) $tight --state -o $case.csv --quiet
    succeeds "$case: emit solver" emit $(problem_of $case) --target solver --name $case -o .
    cp $case.c first
    succeeds "$case: emit solver again" emit $(problem_of $case) --target solver --name $case -o .
    ok "$case: the same bytes" cmp $case.c first
    for compiler in $compilers; do
        ok "$case: solver compiles: $compiler" compile $compiler -o $case $case.c
        ok "$case: solver runs: $compiler" ./$case $tight --state -o $case.out.csv --quiet
        ok "$case: the columns of wick run" [ "$(header_of $case.csv)" = "$(header_of $case.out.csv)" ]
        ok "$case: solver agrees with wick run: $compiler" agree $case.csv $case.out.csv 1e-9
    done
done
ok "no initial file where it is compiled in" absent square_initial.txt
ok "an initial file where it is not" [ -s wide_initial.txt ]
ok "and in the mean field" [ -s wide_field_initial.txt ]

# Flags of the solver against those of wick run.
same() {
    subject=$1
    case=$2
    common=$3
    succeeds "run: $subject" run $(problem_of $case) $tight $common ${4:-}
    cp out expected
    ok "solver: $subject" sh -c "./$case $tight $common ${5:-} >found"
    ok "agree: $subject" agree expected found 1e-9
}
same "learning rate and noise" square "--learning-rate 0.3 --noise 0.2"
same "a linear grid" square "--start 1 --end 7 --points 4 --spacing linear"
same "a log grid" square "--end=7 --points=4"
same "a list of times" square "" "--at [0,0.25,3]" "--at 0,0.25,3"
same "a grid in place of the problem's list" trained "--end 1 --points 3"
same "input dimension" field "--d 40"
cat >state.txt <<'EOF'
# two comments # here
M 0.2 0.1
 -0.1 0.3   # one after numbers
0.1 0
Q
0.5 0.1 0
0.1 0.4 -0.1
0 -0.1 0.3
a 1 1 1
EOF
same "an initial state from a file" trained "" "--a [1,1,1]" "--initial state.txt"

# refuses NAME CODE TEXT ARGUMENTS...: the solver exits with that code and says the text.
refuses() {
    title=$1
    wanted=$2
    text=$3
    shift 3
    code=0
    ./trained "$@" >out 2>err || code=$?
    ok "solver: $title" is_refusal "$wanted" "$text"
}
is_refusal() {
    [ "$code" -eq "$1" ] || { echo "exit code $code, should be $1"; return 1; }
    has err "$2"
}
refuses "unknown flag" 2 "unknown flag --frobnicate" --frobnicate 3
refuses "no value" 2 "--end needs a value" --end
refuses "no number" 2 '--noise: found "much"' --noise much
refuses "a negative number" 2 "at least 0" --noise -1
refuses "no spacing" 2 "log or linear" --spacing even
refuses "a list that is none" 2 "--at" --at "0,,1"
refuses "times that fall" 2 "increase" --at "0,2,1"
refuses "no tolerance" 2 "both 0" --rtol 0 --atol 0
refuses "no such file" 1 "none.txt" --initial none.txt
echo "M 1 2 3 4 5 six" >bad.txt
refuses "a word in a matrix" 2 "six" --initial bad.txt
echo "M 1 2 3 4 5 6 7" >bad.txt
refuses "a number too many" 2 "found 7" --initial bad.txt
echo "M 1 2 3 4 5 6" >bad.txt
refuses "no Q" 2 "Q (3 x 3) is missing" --initial bad.txt
echo "M 1 2 3 4 5 6 Q 1 2 0 0 1 0 0 0 1" >bad.txt
refuses "a Q that is not symmetric" 2 "not symmetric" --initial bad.txt
refuses "a diverging run" 1 "step size vanished" --learning-rate 100 --end 1000 --points 50
ok "solver: it keeps what it has" has out "# stopped: at t = "
ok "solver: --help" sh -c "./trained --help >help"
ok "solver: --help shows defaults" has help "(0.02)"
if [ -e /dev/full ]; then
    refuses "a full disk" 1 "No space left" -o /dev/full
fi

printf '{"activation": "x^2 +\\n\\tx", "p": 2, "k": 1, "d": 10, "learning_rate": 0.1}' >lines.json
succeeds "an expression on two lines" emit --problem lines.json --target solver --name lines
for compiler in $compilers; do
    ok "compiles: $compiler" compile $compiler -o lines lines.c
done
mkdir empty
ok "a missing initial file is explained" sh -c "cd empty && ! ../wide 2>err && grep -q 'wide_initial.txt.*--initial' err"
if [ "${WICK_SANITIZE:-OFF}" = ON ]; then
    ok "solver compiles under sanitizers" ${compilers%%:*} -g -fsanitize=address,undefined -fno-sanitize-recover=all -o trained \
        trained.c -lm
    ok "and runs" sh -c "./trained --state --initial state.txt >out && ./trained --help >help"
fi

# ---- header ------------------------------------------------------------------------------------------------------------

cat >two.c <<'EOF'
/* Implementations of four headers in one source file. */
#define SQUARE_IMPLEMENTATION
#define TRAINED_IMPLEMENTATION
#define FIELD_IMPLEMENTATION
#define OTHER_IMPLEMENTATION
#include "square.h"
#include "trained.h"
#include "field.h"
#include "other.h"
#include "square.h" /* again: nothing happens */

#include <stdio.h>

int main(void)
{
    static const double M[] = {0.2, 0.1, -0.1, 0.3, 0.1, 0}, Q[] = {0.5, 0.1, 0, 0.1, 0.4, -0.1, 0, -0.1, 0.3};
    static const double a[] = {1, 0.5, -0.7};
    static double work[trained_work_size], state[trained_dimension];
    trained_parameters parameters;
    other_parameters others;
    trained_defaults(&parameters);
    other_defaults(&others);
    trained_pack(M, Q, a, state);
    printf("t\n%.17g,%.17g\n", trained_risk(&parameters, state, work), trained_excess_risk(&parameters, state, work));
    return 0;
}
EOF
mkdir header
for case in square trained field; do
    succeeds "$case: emit header" emit $(problem_of $case) --target header --name $case -o header
done
succeeds "other: emit header" emit $(problem_of field) --k 2 --target header --name other -o header
for compiler in $compilers; do
    ok "headers compile together: $compiler" compile $compiler -Iheader -o two two.c
    ok "headers run: $compiler" sh -c "./two >two.csv"
    rows trained.csv | head -n 1 | awk -F, '{ print "t\n" $2 "," $3 }' >two.expected
    ok "headers agree with wick run: $compiler" agree two.expected two.csv 1e-12
done
ok "names without prefix stay inside" [ "$(nm -g two 2>/dev/null | grep -cE ' T (P|product|overlaps|update|prepare)$')" -eq 0 ]

# ---- library and cmake ---------------------------------------------------------------------------------------------------

for case in $cases; do
    succeeds "$case: emit cmake" emit $(problem_of $case) --target cmake --name $case -o cmake_$case
    for compiler in $compilers; do
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
for activation in 'erf(x)' 'leaky_relu(x,0.2)'; do
    for regime in classical classical-noise high-dimensional; do
        case "$activation $regime" in leaky*high*) continue ;; esac
        for layer in fixed trained; do
            succeeds "$activation, $regime, $layer: emit cmake" emit --activation "$activation" --target-activation "2*$activation" \
                --regime $regime --second-layer $layer --p 3 --k 2 --d 9 --seed 4 --learning-rate 0.3 --noise 0.1 --target cmake --name one -o one
            ok "compiles" compile ${compilers##* } -o test_one one/one.c one/one_test.c
            ok "the test passes" ./test_one
            ok "compiles with its Jacobian" compile ${compilers%%:*}:-std=c99 -o jacobian one/one.c jacobian.c
            ok "the Jacobian is right" ./jacobian
        done
    done
done
sed 's/0.5 \* parameters->noise/parameters->noise/' cmake_trained/trained.c >cmake_trained/broken.c
ok "a broken library compiles" compile $compiler -Icmake_trained -o broken cmake_trained/broken.c cmake_trained/trained_test.c
ok "and its test fails" sh -c "! ./broken"
if command -v "${WICK_CMAKE:-cmake}" >/dev/null; then
    ok "the folder configures" "${WICK_CMAKE:-cmake}" -S cmake_field -B build_field
    ok "the folder builds" "${WICK_CMAKE:-cmake}" --build build_field
    ok "its test runs" build_field/field_test
fi
fails "a name that CMake keeps" 2 "CMake" emit $(problem_of square) --target cmake --name test

# ---- python --------------------------------------------------------------------------------------------------------------

cat >check.py <<'EOF'
"""Compares a generated module with a CSV of wick run: check.py NAME."""
import csv, importlib, sys

name = sys.argv[1]
module = importlib.import_module(name)
with open(name + ".csv") as file:
    rows = [[float(v) for v in row] for row in csv.reader(line for line in file if line[0] not in "#t")]


def near(left, right, limit):
    assert len(left) == len(right), (len(left), len(right))
    for u, v in zip(left, right):
        assert abs(u - v) <= limit * max(1, abs(v)), (u, v)


y = module.initial_state()
assert len(y) == module.dimension
times = [row[0] for row in rows]
solution = module.solve((0, times[-1]), t_eval=times, rtol=1e-10, atol=1e-13)
assert solution.success, solution.message
near(list(solution.t), times, 0)
for i, row in enumerate(rows):
    state = [entry[i] for entry in solution.y]
    near([module.risk(state), module.excess_risk(state)] + state, row[1:], 1e-9)
near(list(module.pack(*module.unpack(y))), list(y), 0)
h = 1e-6
drift = list(module.rhs(0, y))
step = module.solve((0, h), rtol=1e-12, atol=1e-15)
near([(entry[-1] - u) / h for entry, u in zip(step.y, y)], drift, 1e-3)
quiet = module.defaults(noise=0)
assert abs(module.risk(y, quiet) - module.excess_risk(y, quiet)) < 1e-15
if module.reduced:
    doubled = module.defaults(a=[2.0] * module.p)
    assert module.risk(y, doubled) != module.risk(y)
for wrong in (lambda: module.rhs(0, list(y)[1:]), lambda: module.defaults(a_star=[1.0] * (module.k + 1)),
              lambda: module.pack([0.0], [0.0])):
    try:
        wrong()
    except ValueError:
        continue
    raise AssertionError("a wrong length was taken")
try:
    module.defaults(nois=0)
except TypeError as error:
    assert "nois" in str(error)
EOF
if command -v python3 >/dev/null; then
    export XDG_CACHE_HOME="$folder/cache" PYTHONDONTWRITEBYTECODE=1
    for case in square trained wide field; do
        succeeds "$case: emit python" emit $(problem_of $case) --target python --name $case -o .
        ok "$case: python agrees with wick run" python3 check.py $case
    done
    ok "python: compiled once" [ "$(ls cache/wick | wc -l)" -eq 4 ]
    ok "python: a compiler that fails is said" sh -c "CC=false python3 -c 'import square; square.defaults()' 2>&1 | grep -q 'does not compile'"
fi
fails "a keyword of Python" 2 "Python" emit $(problem_of square) --target python --name lambda

# ---- users' templates ----------------------------------------------------------------------------------------------------

cat >mine.txt.in <<'EOF'
@NAME@ learns with s(x) = @ACTIVATION@, p = @P@, @REGIME@
mail@@example.org @lower@
@DECLARATIONS@
EOF
succeeds "a template of one's own" emit $(problem_of square) --template mine.txt.in --name study -o mine
ok "prints its name" [ "$(cat out)" = "mine/study.txt" ]
ok "fills it in" has mine/study.txt "study learns with s(x) = x^2, p = 8, high-dimensional"
ok "leaves other @ alone" has mine/study.txt "mail@example.org @lower@"
ok "pieces too" has mine/study.txt "void study_drift(const study_parameters *parameters"
echo 'numbers @INITIAL_STATE@; @TIMES@; @VECTOR_EXCESS_RISK@' >numbers.h.in
succeeds "a template with numbers" emit $(problem_of trained) --template numbers.h.in --name study -o mine
ok "the initial state" has mine/study.h "numbers 0.2, 0.1, -0.1"
fails "numbers of a problem without any" 2 "d: missing" emit --activation x^2 --p 3 --k 2 --learning-rate 1 --template numbers.h.in
printf 'a line\nand @NOTHING@\n' >bad.c.in
fails "an unknown placeholder" 2 "bad.c.in:2:5: unknown placeholder @NOTHING@" emit $(problem_of square) --template bad.c.in
fails "no such template" 1 "none.in" emit $(problem_of square) --template none.in
fails "a folder for a template" 1 "mine" emit $(problem_of square) --template mine
: >empty.in
fails "an empty template" 2 "empty.in" emit $(problem_of square) --template empty.in
fails "a target and a template" 2 "one of them" emit $(problem_of square) --target header --template mine.txt.in
if [ -n "${WICK_SOURCE_DIR:-}" ]; then
    succeeds "wick's own templates as one's own" emit $(problem_of square) \
        --template "$WICK_SOURCE_DIR/templates/target_header.h.in" --name square -o mine
    ok "give the same" cmp mine/square.h header/square.h
    for key in $(grep -oh '@[A-Z_]*@' "$WICK_SOURCE_DIR"/templates/*.in | sort -u); do
        case $key in
        *JIT* | @A@ | @VARIANCE@ | @TRAINED@ | @@) continue ;; # those of code compiled in memory
        esac
        ok "README.md explains $key" has "$WICK_SOURCE_DIR/templates/README.md" "$key"
    done
fi

# ---- What a file begins with ---------------------------------------------------------------------------------------------

begins() { # begins FILE: in its head: what it computes, the problem, the version, the licence
    for text in "regime" "Generated by wick " "\"activation\": " "0BSD"; do
        head -n 150 "$1" | grep -qiF "$text" || { echo "$1 does not say: $text"; return 1; }
    done
}
for file in square.c header/trained.h header/field.h cmake_square/* cmake_field/* square.py wide_initial.txt; do
    ok "$file has a head" begins "$file"
done
for file in square.c header/square.h cmake_square/square.c cmake_square/square.h cmake_square/square_test.c; do
    ok "$file tells how to compile it" sh -c "head -n 150 $file | grep -q '    cc -std=c99 -O3'"
done

# What is compiled does not grow with p beyond 16.
"$WICK" emit $wide_problem --p 512 --target solver --name large -o . >/dev/null
"$WICK" emit $wide_problem --p 17 --target solver --name small -o . >/dev/null
ok "source does not grow with p" [ "$(($(wc -c <large.c) - $(wc -c <small.c)))" -lt 100 ]

fails "a solver without an initial state" 2 "d: missing" emit --activation x^2 --p 3 --k 2 --learning-rate 1 --target solver
finish
