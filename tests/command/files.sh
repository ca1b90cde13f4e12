# Files that are read and written: folders, endings, full disks; standard input, byte order marks, what is no text.
. "$(dirname "$0")/checks"

short="$square --points 20 --end 10"

# ---- Folders are made with their parents ----------------------------------------------------------------------------------

succeeds "run" run $short -o a/b/curve.csv --histogram a/c/d/hist.csv
ok "the curve's folder" [ -s a/b/curve.csv ]
ok "the histogram's folder" [ -s a/c/d/hist.csv ]
succeeds "HDF5" run $short -o a/e/f/curve.h5
ok "its folder" [ -s a/e/f/curve.h5 ]
succeeds "simulate" simulate $short --engine overlap -o g/h/sgd.csv --save-initial i/j/start.json
ok "its folder" [ -s g/h/sgd.csv ]
ok "that of the initial state" [ -s i/j/start.json ]
succeeds "derive" derive --activation x^2 -o k/l/text.tex
succeeds "eval" eval $square -o m/n/drift.json
succeeds "emit" emit $square -o o/p/q
ok "their folders" [ -s k/l/text.tex -a -s m/n/drift.json -a -s o/p/q/wick_system.c ]
if command -v gnuplot >/dev/null; then
    succeeds "plots" run $short -o r/curve.csv --plot r/s/t/curve.svg
    succeeds "wick plot" plot r/curve.csv -o u/v/curve.svg
    ok "their folders" [ -s r/s/t/curve.svg -a -s u/v/curve.svg -a -s u/v/curve.gp ]
fi
fails "a run that is refused makes none" 2 "p: missing" run --activation x^2 -o w/x/curve.csv
ok "nor leaves one" absent w
fails "a folder for a file" 1 "Is a directory" run $short -o y/

# ---- Endings --------------------------------------------------------------------------------------------------------------

for ending in gz csv.gz zst xz npz bz2 parquet xlsx; do
    fails "run, .$ending" 2 "-o c.$ending: nothing that ends in .${ending##*.} is written here; allowed: a CSV" \
        run $short -o c.$ending
    ok "is not written" absent c.$ending
done
fails "run, --histogram" 2 "--histogram h.gz: nothing" run $short -o c.csv --histogram h.gz
fails "run, --plot" 2 "must end in .svg, .png or .pdf" run $short -o c.csv --plot c.svg.gz
fails "simulate" 2 "-o s.xz: nothing" simulate $short -o s.xz
fails "simulate, --save-initial" 2 "--save-initial s.npz: nothing that ends in .npz is written here; allowed: JSON" \
    simulate $short --save-initial s.npz
fails "derive" 2 "-o d.pdf: nothing" derive --activation x^2 -o d.pdf
fails "eval" 2 "-o e.gz: nothing" eval $square -o e.gz
fails "emit" 2 "-o e.zip: what is written is a folder" emit $square -o e.zip
for file in curve curve.txt curve.dat curve.CSV rate0.05 .hidden; do
    succeeds "run -o $file" run $short -o $file
    ok "is the CSV" cmp $file a/b/curve.csv
done

# ---- Disks that are full ----------------------------------------------------------------------------------------------------

if [ -e /dev/full ]; then
    mkdir full
    ln -s /dev/full full/wick_system.c
    fails "emit to a full disk" 1 "cannot write full/wick_system.c: No space left on device" \
        emit --activation "(x-1)^5" --p 8 --k 4 -o full
    ln -s /dev/full full/derived.tex
    fails "derive to a full disk" 1 "cannot write full/derived.tex: No space left on device" \
        derive --activation "(x-1)^6" --format latex -o full/derived.tex
    code=0
    "$WICK" derive --activation "(x-1)^6" >/dev/full 2>err || code=$?
    : >out
    ok "a long text to a full standard output" is_failure 1 "cannot write standard output: No space left on device"
fi
mkdir small
if mount -t tmpfs -o size=64k none small 2>/dev/null; then
    succeeds "what fits" derive --activation x^2 -o small/kept.txt
    for file in curve.csv curve.h5; do
        fails "a file system that fills, $file" 1 "cannot write small/$file: No space left on device" \
            run $square --state --points 400 --end 10 -o small/$file
    done
    fails "emit" 1 "No space left on device" emit --activation "(x-1)^5" --p 8 --k 4 -o small/code
    head -c 100000 /dev/zero >small/rest 2>/dev/null
    fails "derive" 1 "cannot write small/text.tex: No space left on device" \
        derive --activation "(x-1)^7" --format latex -o small/text.tex
    ok "leave nothing temporary" sh -c '! ls -R small | grep -q tmp'
    umount small
else
    echo "skipped: no file system to fill"
fi

# ---- Standard streams ---------------------------------------------------------------------------------------------------------

succeeds "the problem from a file" run --problem "$WICK_SOURCE_DIR/examples/quickstart.json" --end 1 --points 5
cp out wanted
"$WICK" run --problem - --end 1 --points 5 <"$WICK_SOURCE_DIR/examples/quickstart.json" >out
ok "--problem -" cmp out wanted
"$WICK" run --problem=- --end 1 --points 5 <"$WICK_SOURCE_DIR/examples/quickstart.json" >out
ok "--problem=-" cmp out wanted
code=0
echo '{ "activation": 3 }' | "$WICK" run --problem - >out 2>err || code=$?
ok "its errors have a place" is_failure 2 "standard input:1:17:"
for stream in 0 1 2 "0 1" "0 1 2"; do
    code=0
    closed=
    for number in $stream; do closed="$closed $number>&-"; done
    eval "\"\$WICK\" run $short --quiet -o closed.h5 $closed" || code=$?
    ok "closed streams ($stream): success" [ "$code" -eq 0 ]
    ok "closed streams ($stream): the file" [ "$(head -c 4 closed.h5 | tail -c 3)" = HDF ]
done
code=0
"$WICK" run $short >&- 2>err || code=$?
: >out
ok "a closed stdout is an error" is_failure 1 "cannot write standard output: Bad file descriptor"

# ---- What is read ---------------------------------------------------------------------------------------------------------------

mark() { printf '\357\273\277'; }
{ mark; cat "$WICK_SOURCE_DIR/examples/quickstart.json"; } >marked.json
succeeds "JSON with a byte order mark" run --problem marked.json --end 1 --points 5
ok "is read as without" cmp out wanted
{ mark; cat i/j/start.json; } >start.json
succeeds "an initial state with one" run $short --initial start.json
{ mark; cat a/b/curve.csv; } >marked.csv
succeeds "a CSV with one" run $short --compare marked.csv
{ mark; echo '{ "activation": 3 }'; } >marked.json
fails "places count from after it" 2 "marked.json:1:17:" run --problem marked.json

# Each is refused early, in memory that is bounded.
limited() { (ulimit -v 4000000; exec timeout 120 "$WICK" "$@") ; }
refuses() { # refuses NAME TEXT ARGUMENTS...
    title=$1
    text=$2
    shift 2
    code=0
    case $WICK_SANITIZE in
    "" | OFF) limited "$@" >out 2>err || code=$? ;;
    *) "$WICK" "$@" >out 2>err || code=$? ;;
    esac
    ok "$title" is_failure 2 "$text"
}
for file in /dev/zero /dev/urandom; do
    refuses "plot $file" "$file: is binary; expected a CSV" plot $file -o zero.svg
    refuses "--problem $file" "$file: is binary; expected JSON" run --problem $file
    refuses "--initial $file" "$file: is binary; expected JSON" run $short --initial $file
    refuses "--compare $file" "$file: is binary; expected a CSV" run $short --compare $file
    refuses "--template $file" "$file: is binary; a template is a text" emit $square --template $file
done
ln -s nowhere/to.csv dangling.csv
fails "a link to nothing" 1 "dangling.csv" run $short -o dangling.csv
ok "stays what it is" test -L dangling.csv
mkfifo endless
for text in y 1,2 "" "#" "# a: b" t; do
    yes "$text" >endless 2>/dev/null &
    refuses "plot of endless lines \"$text\"" "endless" plot endless -o zero.svg
    yes "$text" >endless 2>/dev/null &
    refuses "a problem of endless lines \"$text\"" "endless" run --problem endless
done
tr '\0' a </dev/zero >endless 2>/dev/null &
refuses "an endless line" "endless:1: a line of more than 256 MiB" plot endless -o zero.svg
finish
