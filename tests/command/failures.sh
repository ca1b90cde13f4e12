# Runs that end early keep what they have and say so; what cannot be written is told; nothing half-written is left.
. "$(dirname "$0")/checks"

# ---- Divergence and vanishing steps -----------------------------------------------------------------------------------

# is_partial FILE TEXT: rows, and the reason in the last line.
is_partial() {
    rows "$1" | grep -q '^[0-9]' && tail -n 1 "$1" | grep -q "^# stopped: $2"
}

diverging="$square --learning-rate 10 --end 1000"
wick run $diverging -o diverged.csv
ok "a diverging run exits with 1" [ "$code" -eq 1 ]
ok "names the time, the step, and what to try" grep -Eq \
    '^wick: diverged at t = 0\.[0-9]+: .*last step .*try a smaller learning rate, smaller initial overlaps or another regime$' err
ok "says that the rest is kept" grep -Eq '^wick: kept a partial result: [0-9]+ outputs in diverged.csv$' err
ok "keeps the rows" is_partial diverged.csv "diverged at t = 0\."
ok "keeps the header" grep -qx 't,risk,excess_risk' diverged.csv
ok "keeps only rows before the end" holds diverged.csv '$1 < 1'
wick run $diverging
ok "a diverging run to stdout exits with 1" [ "$code" -eq 1 ]
ok "and gives the same" cmp out diverged.csv
wick run $diverging -o again.csv --quiet
ok "--quiet does not hide it" grep -q '^wick: diverged' err
if command -v gnuplot >/dev/null; then
    wick run $diverging -o diverged.csv --plot diverged.svg
    ok "a plot of a diverging run exits with 1" [ "$code" -eq 1 ]
    ok "the plot says so" has diverged.svg "(stopped early)"
fi
wick run $square --learning-rate 10 --at '[1000]' -o none.csv
ok "diverged before the first output" [ "$code" -eq 1 ]
ok "is a file without rows that says so" sh -c 'tail -n 1 none.csv | grep -q "^# stopped: diverged" && ! grep -q "^[0-9]" none.csv'
wick run $square --learning-rate 10 --end 1000 --method euler --dt 0.05
ok "euler diverges too" [ "$code" -eq 1 ]
ok "and suggests a smaller dt" has err "try a smaller dt"

# ---- Ctrl-C -------------------------------------------------------------------------------------------------------------

# interrupt SIGNAL ARGUMENTS...: a run that would take minutes, interrupted when it has begun.
interrupt() {
    signal=$1
    shift
    "$WICK" run $square --end 1 --start 1e-6 --method euler --dt 1e-9 --timings "$@" >out 2>err &
    process=$!
    until_true grep -q '^wick: total' err
    until_true heeds $process
    sleep 0.5
    kill -"$signal" $process
    code=0
    wait $process || code=$?
}

for signal in INT TERM; do
    rm -f kept.csv
    interrupt $signal -o kept.csv
    ok "$signal: exit code 1" [ "$code" -eq 1 ]
    ok "$signal: says when" grep -q '^wick: interrupted at t = [0-9]' err
    ok "$signal: says that the rest is kept" grep -Eq '^wick: kept a partial result: [0-9]+ outputs in kept.csv$' err
    ok "$signal: keeps the rows" is_partial kept.csv "interrupted at t = "
    ok "$signal: every row is whole" holds kept.csv 'NF == 3 && $1 >= 1e-6 && $1 < 1'
done
interrupt INT --state
ok "interrupted, to stdout: exit code 1" [ "$code" -eq 1 ]
ok "interrupted, to stdout: keeps the rows" is_partial out "interrupted at t = "
ok "interrupted, to stdout: every row is whole" holds out 'NF == 3 + 8 * 4 + 8 * 9 / 2'

# ---- Progress -----------------------------------------------------------------------------------------------------------

# on_terminal ARGUMENTS...: a run that would take minutes, on a terminal, which `script` makes; its number is in `process`.
on_terminal() {
    rm -f process
    slow="run $square --end 1 --method euler --dt 1e-9 -o progress.csv $*"
    script -qec "sh -c 'echo \$\$ >process; exec \"$WICK\" $slow'" /dev/null >terminal 2>&1 &
    until_true [ -s process ]
    process=$(cat process)
    until_true heeds "$process"
}

if command -v script >/dev/null; then
    on_terminal
    until_true grep -q 'outputs (' terminal
    kill -INT "$process"
    wait
    ok "progress is shown on a terminal" grep -Eq 'wick: t = [0-9.e-]+ of 1, [0-9]+ of 200 outputs \([0-9]+%\), [0-9]+ s' terminal
    ok "and taken away" sh -c 'tr "\r" "\n" <terminal | tail -n 2 | grep -q "wick: kept a partial result"'
    on_terminal --quiet
    sleep 2
    kill -INT "$process"
    wait
    ok "--quiet shows none" lacks terminal "outputs ("
    script -qec "$WICK run $square --end 1 -o progress.csv" /dev/null >terminal 2>&1
    ok "a run of less than a second shows none" sh -c '! grep -Eq "; .*, (0[.][0-9]+|[0-9.]+e-[0-9]+) s" terminal || ! grep -q "outputs (" terminal'
else
    echo "skipped: no terminal to show progress on"
fi
ok "no progress without a terminal" lacks err "outputs ("

# ---- Output that cannot be written ----------------------------------------------------------------------------------------

fails "a folder that cannot be made, refused before a long run" 1 "cannot write /proc/no/curve.csv" \
    run $square --end 1 --method euler --dt 1e-9 -o /proc/no/curve.csv
mkdir folder
fails "a folder" 1 "cannot write folder: Is a directory" run $square -o folder
fails "a file for a folder" 1 "cannot write err/curve.csv: Not a directory" run $square -o err/curve.csv
fails "derive, no such folder" 1 "cannot write err/a.txt: Not a directory" derive --activation x^2 -o err/a.txt
fails "eval, no such folder" 1 "cannot write err/no/a.json: Not a directory" eval $square -o err/no/a.json
if [ "$(id -u)" -ne 0 ]; then
    chmod a-w folder
    fails "a folder one may not write" 1 "cannot write folder/curve.csv: Permission denied" run $square -o folder/curve.csv
    chmod u+w folder
fi

if [ -e /dev/full ]; then
    fails "disk full" 1 "cannot write /dev/full: No space left on device" run $square --end 1 -o /dev/full
    for subcommand in "run $square --end 1" "eval $square" "derive --activation x^2"; do
        code=0
        "$WICK" $subcommand >/dev/full 2>err || code=$?
        : >out
        ok "disk full: ${subcommand%% *} on stdout" is_failure 1 "cannot write standard output: No space left on device"
    done
    ok "the device is still one" [ -c /dev/full ]
fi

echo old >large.csv
code=0
(
    ulimit -f 8
    exec "$WICK" run $square --state --end 1 -o large.csv >out 2>err
) || code=$?
ok "a file that may not grow" is_failure 1 "cannot write large.csv: File too large"
ok "leaves the old one" [ "$(cat large.csv)" = old ]
ok "and no other" sh -c '! ls | grep -q tmp'

# Who reads the first line alone has had what it wanted.
for subcommand in "run $square --state --points 2000 --end 10" "simulate $square --engine overlap --state --points 2000 --end 10" \
    "derive --activation (x-1)^4" "eval --activation x^2 --p 200 --k 4 --d 1000 --learning-rate 0.1"; do
    {
        code=0
        "$WICK" $subcommand 2>err || code=$?
        echo "$code" >code
    } | head -n 1 >out
    ok "${subcommand%% *} | head: ends well" [ "$(cat code)" -eq 0 ]
    ok "${subcommand%% *} | head: quietly" sh -c "! grep -v '^wick: still ' err"
done
finish
