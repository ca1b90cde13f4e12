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
fails "plot of HDF5" 2 "curve.h5: is HDF5; expected a CSV by wick run or wick simulate" plot curve.h5 -o curve.svg

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
