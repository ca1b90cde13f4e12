# wick plot: each kind of picture, legends, scripts, errors.
. "$(dirname "$0")/checks"

if ! command -v gnuplot >/dev/null; then
    echo "0 passed, 0 failed"
    exit
fi
study="--activation x^2 --p 3 --k 2 --d 50 --learning-rate 0.2 --noise 0.01 --end 5 --start 0.01 --points 40 --state"
succeeds "run" run $study -o ode.csv
succeeds "classical" run $study --regime classical -o classical.csv
succeeds "simulate" simulate $study --runs 5 -o runs.csv
succeeds "simulate at another d" simulate $study --d 500 --engine overlap -o far.csv

for kind in risk overlaps neurons histogram; do
    succeeds "$kind" plot ode.csv runs.csv --kind $kind -o $kind.svg
    ok "$kind is whole" has $kind.svg "</svg>"
    ok "$kind has a legend" has $kind.svg "high-dimensional"
    ok "$kind keeps its script" has $kind.gp "# gnuplot $kind.gp > $kind.svg"
    ok "$kind: the script draws the picture" sh -c "gnuplot $kind.gp >again.svg && cmp again.svg $kind.svg"
done
ok "risk has axes" has risk.svg "excess risk R"
ok "risk tells simulations" has risk.svg "SGD, 5 runs"
ok "bars for several runs" has risk.gp "yerrorbars"
succeeds "two simulations" plot ode.csv runs.csv far.csv -o two.svg
ok "take turns with their markers" sh -c 'grep -q "every 2::0 .*SGD" two.gp && grep -q "every 2::1 .*process" two.gp'
succeeds "several" plot ode.csv classical.csv runs.csv far.csv -o all.png --title "p = 3"
ok "is PNG" sh -c 'head -c 4 all.png | grep -q PNG'
ok "the legend says what differs" has all.gp "process, d = 500"
ok "the title" has all.gp "set title 'p = 3'"
succeeds "labels" plot ode.csv runs.csv --labels "theory|it's SGD" -o l.pdf
ok "is PDF" sh -c 'head -c 4 l.pdf | grep -q %PDF'
ok "the labels are there" has l.gp "title 'it''s SGD'"
succeeds "run --compare --plot" run $study --compare runs.csv --plot both.svg -o both.csv
ok "draws both" sh -c 'grep -q high-dimensional both.svg && grep -q "SGD, 5 runs" both.svg'
succeeds "run without states" run $study --quiet -o plain.csv
grep -v '^#' plain.csv | cut -d, -f1-3 >bare.csv
succeeds "a CSV without comments" plot bare.csv -o bare.svg
ok "is a line with the file's name" has bare.svg "bare.csv"

fails "no file" 2 "no file to plot" plot -o x.svg
fails "no picture" 2 "no picture; give its name with -o" plot ode.csv
fails "another ending" 2 'the name must end in .svg, .png or .pdf' plot ode.csv -o x.gif
fails "no such file" 2 "none.csv: cannot be opened" plot none.csv -o x.svg
fails "unknown kind" 2 '--kind: unknown kind "neuron"; did you mean neurons?' plot ode.csv --kind neuron -o x.svg
fails "no states" 2 "bare.csv: holds no order parameters; make it with --state" plot bare.csv --kind neurons -o x.svg
# A file that lacks a column was read beyond its numbers once.
for column in 'M[1,1]' 'M[1,2]' 'M[2,1]' 'M[3,1]' 'M[3,2]' 'Q[2,2]'; do
    awk -v column="\"$column\"" '{ at = index($0, column); print at && !/^#/ ? substr($0, 1, at - 1) "other" substr($0, at + length(column)) : $0 }' ode.csv >renamed.csv
    for kind in neurons histogram; do
        fails "$kind without $column" 2 "${column#?}" plot renamed.csv --kind $kind -o x.svg
    done
done
grep -v '^#' ode.csv | sed 's/"M\[[0-9],[0-9]]"/M/g' | cut -d, -f1-3,10- >norms.csv
fails "norms alone" 2 "norms.csv: has no column M[1,1]" plot norms.csv --kind histogram -o x.svg
# M P^-1 M^T = 4: with q = 12 the student's square norm is 16, and its cosines are 2/sqrt(16*4) and -1/sqrt(16*1).
for norm in 'q[1],12' '"Q[1,1]",16'; do
    { echo '# initial: {"P": [[4, 1], [1, 1]]}'; echo "t,risk,excess_risk,\"M[1,1]\",\"M[1,2]\",${norm%,*}"; echo "0,1,1,2,-1,${norm##*,}"; } >by_hand.csv
    succeeds "neurons by ${norm%,*}" plot by_hand.csv --kind neurons -o by_hand.svg
    ok "its cosines" has by_hand.gp "0.25 -0.25"
done
fails "too many labels" 2 "more labels than files, 1" plot ode.csv --labels "a|b" -o x.svg
echo "nothing here" >text.txt
fails "no CSV" 2 "text.txt: holds no rows" plot text.txt -o x.svg
fails "a flag of the problem" 2 "unknown flag --p" plot ode.csv --p 3 -o x.svg
ok "no picture is left" absent x.svg
finish
