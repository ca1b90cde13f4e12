# wick emit --target solver: a program that integrates as wick run does, and its flags.
. "$(dirname "$0")/emit_cases"

for case in $cases $other_cases; do
    succeeds "$case: run" run $(problem_of $case) $tight --state -o $case.csv --quiet
    succeeds "$case: emit solver" emit $(problem_of $case) --target solver --name $case -o .
    cp $case.c first
    succeeds "$case: emit solver again" emit $(problem_of $case) --target solver --name $case -o .
    ok "$case: the same bytes" cmp $case.c first
    for compiler in $(compilers_of $case); do
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
    ok "solver compiles under sanitizers" ${first_compiler%%:*} -g -fsanitize=address,undefined -fno-sanitize-recover=all -o trained \
        trained.c -lm
    ok "and runs" sh -c "./trained --state --initial state.txt >out && ./trained --help >help"
fi


# At the tolerances a user would take, too: the overlaps at outputs within a step and where stability limits steps.
for case in square erf; do
    loose="--rtol 1e-9 --start 0 --end 200 --points 300 --spacing linear --state --quiet"
    [ $case = square ] || loose="--rtol 1e-9 --state --quiet"
    succeeds "$case: run, 1e-9" run $(problem_of $case) $loose -o loose.csv
    ok "$case: solver, 1e-9" ./$case $loose -o loose.out.csv
    ok "$case: they agree" agree loose.csv loose.out.csv 1e-9
    succeeds "$case: run, exactly" run $(problem_of $case) $loose --rtol 1e-13 --atol 1e-16 -o exact.csv
    ok "$case: the solver's error is a fraction of rtol" agree exact.csv loose.out.csv 2.5e-10
done

fails "a solver without an initial state" 2 "d: missing" emit --activation x^2 --p 3 --k 2 --learning-rate 1 --target solver
finish
