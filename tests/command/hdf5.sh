# wick run -o FILE.h5: read back with h5py, or with h5dump; what is wrong is told, what was computed is kept.
. "$(dirname "$0")/checks"

cat >table.py <<'END'
# table.py FILE.h5: a CSV as `wick run --state` writes it, of what is in the file.
import sys
import h5py
import numpy

file = h5py.File(sys.argv[1], "r")
for key, value in sorted(file.attrs.items()):
    print(f"# {key}: {value}")
names, columns = ["t", "risk", "excess_risk"], [file[name][:] for name in ("time", "risk", "excess_risk")]
count = len(columns[0])
def add(name, values):
    names.append(f'"{name}"' if "," in name else name)
    columns.append(values)
if "M" in file:
    M = file["M"]
    for j in range(M.shape[1]):
        for r in range(M.shape[2]):
            add(f"M[{j + 1},{r + 1}]", M[:, j, r])
if "Q" in file:
    Q = file["Q"][:]
    assert (Q == Q.transpose(0, 2, 1)).all()
    for j in range(Q.shape[1]):
        for l in range(j, Q.shape[1]):
            add(f"Q[{j + 1},{l + 1}]", Q[:, j, l])
for name in "q", "a":
    if name in file:
        for j in range(file[name].shape[1]):
            add(f"{name}[{j + 1}]", file[name][:, j])
assert all(dataset.attrs["units"] and dataset.attrs["description"] for dataset in file.values())
print(",".join(names))
for row in range(count):
    print(",".join(f"{column[row]:.17g}" for column in columns))
END

python=""
for candidate in python3 /usr/bin/python3; do
    [ -n "$python" ] || ! "$candidate" -c "import h5py" 2>/dev/null || python=$candidate
done
if [ -n "$python" ]; then
    # same NAME ARGUMENTS...: HDF5 holds what the CSV with --state holds, to the last digit.
    same() {
        title=$1
        shift
        succeeds "$title, CSV" run "$@" --state -o expected.csv
        succeeds "$title, HDF5" run "$@" -o result.h5
        ok "$title: is read by h5py" sh -c "$python table.py result.h5 >found.csv"
        grep -v '^#' expected.csv >expected
        grep -v '^#' found.csv >found
        ok "$title: holds the same" cmp expected found
    }
    attribute="grep -qx"
elif command -v h5dump >/dev/null; then
    echo "skipped: there is no python3 with h5py; reading with h5dump"
    same() {
        title=$1
        shift
        succeeds "$title, HDF5" run "$@" -o result.h5
        succeeds "$title, CSV" run "$@" -o expected.csv
        rows expected.csv | cut -d, -f3 >expected
        h5dump -d excess_risk -y -w 1 -m %.17g result.h5 2>err | sed -n 's/^ *\([-0-9][^ ,]*\),\{0,1\}$/\1/p' >found
        ok "$title: holds the same" cmp expected found
    }
else
    echo "skipped: there is neither python3 with h5py nor h5dump, so only names and messages are tested here"
    same() {
        title=$1
        shift
        succeeds "$title, HDF5" run "$@" -o result.h5
    }
fi

# ---- What is in it ----------------------------------------------------------------------------------------------------

small="--activation x^2 --p 3 --k 2 --d 50 --learning-rate 0.1 --noise 0.01 --end 10 --points 30"
same "high-dimensional" $small
if [ -n "$python" ]; then
    for line in '# activation: x^2' '# p: 3' '# k: 2' '# d: 50' '# learning_rate: 0.1' '# noise: 0.01' \
        '# regime: high-dimensional' "# wick: $("$WICK" --version | sed 's/wick //')"; do
        ok "attribute $line" grep -qxF "$line" found.csv
    done
    sed -n 's/^# problem: //p' found.csv >again.json
    succeeds "the attribute problem is a problem file" run --problem again.json -o again.h5
    ok "that gives the same file" cmp again.h5 result.h5
    ok "not stopped" lacks found.csv "# stopped"
fi
for regime in classical classical-noise mean-field mean-field-high-d; do
    same "$regime" $small --regime $regime
done
same "second layer trained" $small --second-layer trained
same "given times, t = 0 among them" $small --at '[0,0.5,7]'
succeeds "--state changes nothing" run $small --at '[0,0.5,7]' -o state.h5 --state
ok "nothing" cmp state.h5 result.h5
same "many students" --activation "x^3-x" --regime mean-field --p 20000 --k 1 --d 10 --learning-rate 0.1 --end 0.1 --points 3
ok "only the files were left" sh -c '! ls | grep -q tmp'

succeeds ".hdf5, any case" run $small -o RESULT.HDF5
ok "is HDF5" sh -c 'head -c 4 RESULT.HDF5 | grep -q HDF'
ok "a summary of one line" grep -Eq '^wick: RESULT.HDF5: 30 outputs to t = 10; ' err
succeeds "--no-state" run $small -o small.h5 --no-state
ok "--no-state is smaller" [ "$(wc -c <small.h5)" -lt "$(wc -c <RESULT.HDF5)" ]
if [ -n "$python" ]; then
    ok "--no-state has no order parameters" sh -c "$python table.py small.h5 | grep -qx 't,risk,excess_risk'"
fi
succeeds "--no-state with CSV" run $small -o a.csv --no-state
ok "is as without" holds a.csv 'NF == 3'
if command -v gnuplot >/dev/null; then
    succeeds "with a plot" run $small -o plotted.h5 --plot plotted.svg
    ok "the plot is there" has plotted.svg "</svg>"
fi

tanh="--activation tanh --p 2 --k 1 --d 10 --regime classical --end 1 --points 3 --tol 1e-6"
same "quadrature" $tanh
if [ -n "$python" ]; then
    ok "its tolerance" grep -qxF '# quadrature_tolerance: 1e-06' found.csv
    ok "its error, as in the CSV" grep -qxF "# quadrature_error: $(printf %.3g "$(sed -n 's/^# quadrature_error: //p' found.csv)")" expected.csv
elif command -v h5dump >/dev/null; then
    ok "its error" sh -c 'h5dump -a quadrature_error result.h5 | grep -q "(0): [0-9.]*e-"'
fi
same "closed form" $small
[ -z "$python" ] || ok "has none" lacks found.csv quadrature

# ---- Runs that end early -------------------------------------------------------------------------------------------------

wick run $square --learning-rate 10 --end 1000 -o diverged.h5
ok "a diverging run exits with 1" [ "$code" -eq 1 ]
ok "says that the rest is kept" grep -Eq '^wick: kept a partial result: [0-9]+ outputs in diverged.h5$' err
if [ -n "$python" ]; then
    "$python" table.py diverged.h5 >found.csv
    ok "it says why it stopped" grep -q '^# stopped: diverged at t = 0\.' found.csv
    wick run $square --learning-rate 10 --end 1000 --state -o diverged.csv
    ok "it has the rows of the CSV" sh -c 'grep -v "^#" diverged.csv >a; grep -v "^#" found.csv >b; cmp a b'
elif command -v h5dump >/dev/null; then
    ok "it says why it stopped" sh -c 'h5dump -a stopped diverged.h5 | grep -q "diverged at t = 0\."'
fi
wick run $square --learning-rate 10 --at '[1000]' -o none.h5
ok "diverged before the first output" [ "$code" -eq 1 ]
ok "is a file, too" sh -c 'head -c 4 none.h5 | grep -q HDF'

rm -f kept.h5
"$WICK" run $square --end 1 --start 1e-6 --method euler --dt 1e-9 --timings -o kept.h5 >out 2>err &
process=$!
until_true grep -q '^wick: total' err
until_true heeds $process
sleep 0.5
kill -INT $process
code=0
wait $process || code=$?
ok "interrupted: exit code 1" [ "$code" -eq 1 ]
ok "interrupted: kept" grep -Eq '^wick: kept a partial result: [0-9]+ outputs in kept.h5$' err
if [ -n "$python" ]; then
    ok "interrupted: says so" sh -c "$python table.py kept.h5 | grep -q '^# stopped: interrupted at t = '"
fi

# ---- What cannot be written ------------------------------------------------------------------------------------------------

fails "a folder that cannot be made" 1 "cannot write /proc/no/a.h5: No such file or directory" run $square -o /proc/no/a.h5
fails "a folder that cannot be made, refused before a long run" 1 "cannot write err/a.h5: Not a directory" \
    run $square --end 1 --method euler --dt 1e-9 -o err/a.h5
mkdir folder.h5
fails "a folder" 1 "cannot write folder.h5: Is a directory" run $square -o folder.h5
mkfifo pipe.h5
fails "a pipe" 1 "cannot write pipe.h5: HDF5 goes to a file only, not to a device or a pipe" run $square -o pipe.h5
fails "--state and --no-state" 2 "--state and --no-state exclude each other" run $square -o a.h5 --state --no-state
fails "simulate" 2 "-o a.h5: HDF5 is for wick run; wick simulate writes CSV" simulate $small -o a.h5
succeeds "a simulation" simulate $small -o simulation.csv
fails "--compare" 2 "--compare adds columns to a CSV, but -o asks for HDF5" run $small --compare simulation.csv -o a.h5
ok "leave no file" absent a.h5
fails "a bad problem" 2 "p: missing" run --activation x^2 -o a.h5
ok "leaves no file" absent a.h5

# The limit is for wick alone, not for who writes down what it says.
echo old >large.h5
for size in 0 1 2 8 40 200; do
    {
        code=0
        (
            ulimit -f $size
            trap '' XFSZ
            exec "$WICK" run $square -o large.h5 2>&1
        ) || code=$?
        echo "exit code $code"
    } | cat >err
    ok "a disk that is full after $size blocks" [ "$(cat err)" = "wick: cannot write large.h5: File too large
exit code 1" ]
    ok "leaves the old file" [ "$(cat large.h5)" = old ]
    ok "and no other" sh -c '! ls | grep -q tmp'
done

# ---- Memory that is freed is not looked at, standard streams that are closed are not files --------------------------------

succeeds "as usual" run $small -o usual.h5
code=0
GLIBC_TUNABLES=glibc.malloc.tcache_count=0:glibc.malloc.perturb=165 "$WICK" run $small -o perturbed.h5 >out 2>err || code=$?
ok "freed memory is overwritten at once" [ "$code" -eq 0 ]
ok "and the file is the same" cmp perturbed.h5 usual.h5
wick run $small -o usual.csv
for closed in "0<&-" "1>&-" "2>&-" "1>&- 2>&-" "0<&- 1>&- 2>&-"; do
    code=0
    eval '"$WICK" run $small -o closed.h5 '"$closed" || code=$?
    ok "HDF5 with $closed" [ "$code" -eq 0 ]
    ok "the file is the same" cmp closed.h5 usual.h5
    code=0
    eval '"$WICK" run $small -o closed.csv '"$closed" || code=$?
    ok "CSV with $closed" [ "$code" -eq 0 ]
    ok "the file is the same" cmp closed.csv usual.csv
    code=0
    eval '"$WICK" run $square --learning-rate 10 --end 1000 -o closed.csv '"$closed" || code=$?
    ok "an error with $closed" [ "$code" -eq 1 ]
    ok "is not in the file" lacks closed.csv "wick: kept"
done
if [ -d /proc/self/fd ]; then
    "$WICK" run $square --end 1 --start 1e-6 --method euler --dt 1e-9 -o open.h5 0<&- 2>&- >out &
    process=$!
    tries=0
    until ls -l /proc/$process/fd | grep open.h5 >descriptors || [ $tries -ge 200 ]; do
        sleep 0.1
        tries=$((tries + 1))
    done
    ok "the file is open, and is none of the standard streams" grep -Eqv ' [012] -> ' descriptors
    kill -INT $process
    wait $process || true
fi
code=0
"$WICK" run $small >&- 2>err || code=$?
ok "nowhere to print to: exit code 1" [ "$code" -eq 1 ]
ok "and a line" has err "wick: cannot write standard output"
finish
