# Ctrl-C, SIGTERM, SIGHUP and SIGXCPU: each subcommand ends soon, whatever a drift costs, and keeps what there is.
. "$(dirname "$0")/checks"

# A drift takes half a minute or more, and the first output time is several drifts away.
slow="--activation x^3 --p 800 --k 4 --d 1000 --learning-rate 0.001"
# Rows come fast until the steps of the rest take minutes.
many="$square --end 1 --start 1e-6 --method euler --dt 1e-9"

# begin TEXT ARGUMENTS...: starts wick and waits until stderr holds the text.
begin() {
    text=$1
    shift
    : >err # the child truncates it later than this process may look
    "$WICK" "$@" >out 2>err &
    process=$!
    tries=0
    until grep -q "$text" err || [ $tries -ge 600 ]; do
        sleep 0.1
        tries=$((tries + 1))
    done
}

# end SIGNAL...: sends them, a moment apart, and waits. $seconds is how long it took.
end() {
    start=$(date +%s)
    for signal in "$@"; do
        kill -"$signal" $process 2>/dev/null
        sleep 0.05
    done
    code=0
    wait $process || code=$?
    seconds=$(($(date +%s) - start))
}

# Far more than it takes, for busy machines, and far less than what it was doing.
is_soon() {
    [ "$seconds" -le 10 ]
}

no_temporaries() {
    ! ls -R . | grep -q tmp
}

is_stopped() { # is_stopped FILE
    tail -n 1 "$1" | grep -q "^# stopped: interrupted at t = "
}

# ---- Within a drift -----------------------------------------------------------------------------------------------------

for signal in INT TERM HUP XCPU; do
    rm -f kept.csv
    begin "a drift takes about" run $slow -o kept.csv
    end $signal
    ok "$signal within a drift: exit code 1" [ "$code" -eq 1 ]
    ok "$signal within a drift: soon" is_soon
    ok "$signal within a drift: the file says so" is_stopped kept.csv
    ok "$signal within a drift: stderr says so" has err "wick: interrupted at t = 0"
done
ok "the cost is told, and its reason" grep -Eq "^wick: a drift takes about [0-9.]+ s: p\^2 n\^2 for degree 3" err
begin "a drift takes about" run $slow -o kept.h5 --histogram kept.hist.csv --plot kept.svg
end INT
ok "HDF5 within a drift: is complete" [ "$(head -c 4 kept.h5 | tail -c 3)" = HDF ]
ok "HDF5 within a drift: says so" has kept.h5 "interrupted at t = 0"
ok "the histogram says so" is_stopped kept.hist.csv
ok "no picture of no rows" absent kept.svg
ok "nothing temporary is left" no_temporaries
"$WICK" run $slow --quiet -o quiet.csv >out 2>err &
process=$!
sleep 4
end INT
ok "--quiet says nothing of what takes long" sh -c '! grep -Eq "still|takes" err'
begin "still computing the first drifts" eval $slow -o kept.json
end TERM
ok "eval within a drift: exit code 1, soon" [ "$code$(is_soon && echo soon)" = 1soon ]
ok "eval within a drift: nothing is written" absent kept.json
ok "eval within a drift: says so" grep -q "^wick: interrupted while computing the first drifts.*; nothing was written$" err

# ---- A second signal ------------------------------------------------------------------------------------------------------

begin "^wick: total" run $many --timings -o twice.csv
sleep 0.5
end INT INT TERM
ok "several signals: exit code 1" [ "$code" -eq 1 ]
ok "several signals: the rows are kept" is_stopped twice.csv
ok "several signals: all rows are whole" holds twice.csv 'NF == 3 && $1 >= 1e-6 && $1 < 1'
begin "a drift takes about" run $slow --state -o twice.h5
end INT INT INT
ok "several signals within a drift: HDF5 is kept" has twice.h5 "interrupted at t = 0"

# ---- A signal that is ignored ---------------------------------------------------------------------------------------------

(
    trap '' HUP
    exec "$WICK" run $many --timings -o nohup.csv >out 2>err
) &
process=$!
sleep 1
end HUP TERM
ok "under nohup SIGHUP means nothing" grep -q "interrupted at t" err

# ---- The other subcommands ------------------------------------------------------------------------------------------------

begin "still deriving and planning" emit --activation "(x-1)^12" --p 64 --k 4 -o generated
end TERM
ok "emit: exit code 1, soon" [ "$code$(is_soon && echo soon)" = 1soon ]
ok "emit: writes nothing" absent generated
ok "emit: says so" grep -q "^wick: interrupted while deriving .*; nothing was written$" err
begin "^wick: [at]" simulate $square --d 2000000 --end 100 -o simulated.csv
end INT
ok "simulate: exit code 1, soon" [ "$code$(is_soon && echo soon)" = 1soon ]
ok "simulate: keeps the rows" is_stopped simulated.csv
mkfifo never
"$WICK" run --problem never >out 2>err &
process=$!
sleep 0.5
end TERM
ok "a problem that never comes: exit code 1, soon" [ "$code$(is_soon && echo soon)" = 1soon ]

# Results that nobody reads.
{
    "$WICK" run $many --state --points 5000 --timings 2>err &
    echo $! >pid
    wait
} | sleep 20 >/dev/null 2>&1 &
until grep -q "^wick: total" err 2>/dev/null; do sleep 0.1; done
sleep 1
process=$(cat pid)
kill -TERM "$process"
tries=0
while kill -0 "$process" 2>/dev/null && [ $tries -lt 100 ]; do
    sleep 0.1
    tries=$((tries + 1))
done
ok "a pipe that nobody reads does not keep it" [ $tries -lt 100 ]

# ---- What a process leaves that is killed -----------------------------------------------------------------------------------

mkdir killed
begin "^wick: total" run $many --timings -o killed/curve.h5
until_true sh -c 'ls killed | grep -q tmp'
end KILL
ok "a killed run leaves a temporary file" [ "$(ls killed | grep -c 'curve\.h5\.wick-.*\.tmp$')" -eq 1 ]
begin "^wick: total" run $many --timings -o killed/other.h5
ok "the next write beside it takes that away" [ "$(ls killed | grep -c 'curve\.h5\.wick-.*\.tmp$')" -eq 0 ]
: >killed/mine.tmp
: >killed/notes.wick-notes.tmp
succeeds "another write" derive --activation x^2 -o killed/derived.txt
ok "leaves alone what another process is writing" [ "$(ls killed | grep -c 'other\.h5\.wick-.*\.tmp$')" -eq 1 ]
ok "and what is not of wick" [ -e killed/mine.tmp -a -e killed/notes.wick-notes.tmp ]
end INT
ok "and the other is complete" [ -e killed/other.h5 ]
finish
