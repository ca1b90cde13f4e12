# wick run --plot.
. "$(dirname "$0")/checks"

short="$square --end 100 --start 0.001 --points 20"
if ! command -v gnuplot >/dev/null; then
    fails "without gnuplot" 1 "install gnuplot-nox" run $short -o curve.csv --plot curve.svg
    finish
fi

succeeds "plot" run $short -o curve.csv --plot curve.svg
ok "the summary names both files" grep -q '^wick: curve.csv, curve.svg: 20 outputs' err
ok "the plot is SVG" has curve.svg "<svg"
ok "the plot is whole" has curve.svg "</svg>"
ok "the title names activation, regime and widths" has curve.svg "x^2, high-dimensional, p = 8, k = 4"
ok "the axes have names" has curve.svg "population risk"
ok "the legend tells the curves apart" has curve.svg "excess risk"
ok "the CSV is there too" row_count curve.csv 20
ok "nothing else was left" [ "$(ls | tr '\n' ' ')" = "curve.csv curve.svg err ok.log out " ]

succeeds "plot, CSV on stdout" run $short --plot other.svg
ok "the CSV is on stdout" row_count out 20
succeeds "PNG" run $short -o curve.csv --plot curve.png
ok "the plot is PNG" sh -c 'head -c 4 curve.png | grep -q PNG'
succeeds "PDF" run $short -o curve.csv --plot curve.pdf
ok "the plot is PDF" sh -c 'head -c 4 curve.pdf | grep -q %PDF'
succeeds "names that need quotes" run $short -o curve.csv --plot "it's \"a\" \$plot.svg"
ok "are taken as they are" has "it's \"a\" \$plot.svg" "</svg>"

rm -f curve.csv curve.svg
fails "another extension" 2 'cannot plot into "curve.gif": the name must end in .svg, .png or .pdf' \
    run $short -o curve.csv --plot curve.gif
ok "is refused before the run" absent curve.csv
fails "unwritable plot" 1 "cannot write err/folder.svg: Not a directory" run $short -o curve.csv --plot err/folder.svg
ok "is refused before the run" absent curve.csv

succeeds "HDF5" run $short -o curve.h5
succeeds "a CSV of the same" run $short --state -o same.csv
for kind in risk overlaps neurons histogram; do
    succeeds "plot of HDF5, $kind" plot curve.h5 --kind $kind -o hdf5.svg
    wick plot same.csv --kind $kind -o same.svg
    ok "is that of the CSV" cmp hdf5.svg same.svg
done
succeeds "HDF5 without states" run $short --no-state -o bare.h5
succeeds "plot of its risk" plot bare.h5 same.csv -o bare.svg
fails "not of its overlaps" 2 "bare.h5" plot bare.h5 --kind overlaps -o bare.svg
head -c 5000 curve.h5 >cut.h5
fails "HDF5 that was cut" 2 "cut.h5: is damaged HDF5, or not complete; expected HDF5 by wick run" plot cut.h5 -o cut.svg
ok "in one line" [ "$(grep -vc "^wick: still " err)" -eq 1 ]
{ head -c 3000 curve.h5; printf "no HDF5 at all"; tail -c +3015 curve.h5; } >spoilt.h5
wick plot spoilt.h5 -o spoilt.svg
ok "HDF5 that was spoilt: one line, or none" [ "$(grep -vc "^wick: still " err)" -le 1 ]
succeeds "compared with HDF5" run $short --state --compare curve.h5 -o compared.csv --plot compared.svg
ok "which is the same run" holds compared.csv '$(NF - 1) == 0 && $NF == 0'
ok "the picture has the title of other plots" grep -q "^set title '.*x^2, high-dimensional, p = 8, k = 4' noenhanced" compared.gp
ok "and names the run in its legend" has compared.gp "title 'high-dimensional' noenhanced"
rm -f compared.svg compared.gp

mkdir empty
code=0
PATH=$folder/empty "$WICK" run $short -o curve.csv --plot curve.svg >out 2>err || code=$?
ok "without gnuplot" is_failure 1 "cannot draw curve.svg: gnuplot was not found; install gnuplot-nox"
ok "the CSV is kept" row_count curve.csv 20
ok "there is no plot" absent curve.svg
fails "a file that is not there" 2 "nowhere.csv: cannot be opened" plot nowhere.csv -o nowhere.svg
fails "the same to compare with" 2 "nowhere.csv: cannot be opened" \
    run --activation x^2 --p 2 --k 1 --d 10 --learning-rate 1 --compare nowhere.csv
finish
