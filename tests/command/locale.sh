# The locale of the process does not matter: the command, made to start in one with a decimal comma by a library that is
# loaded before it, writes the same bytes. And the rule that keeps it so: numbers are printed and read in src/base alone.
. "$(dirname "$0")/checks"

# ---- The rule ------------------------------------------------------------------------------------------------------

# calls PATTERN: the files of src, but for the base/ that may, with a match; a call may go over several lines.
calls() {
    for file in $(find "$WICK_SOURCE_DIR/src" -name '*.[ch]' ! -path '*/base/number.*' ! -path '*/base/locale.*'); do
        tr '\n' ' ' <"$file" | grep -qE "$1" && echo "${file#"$WICK_SOURCE_DIR/"}"
    done
}

word='(^|[^a-zA-Z_0-9])'
calls "$word(f|s|sn|d)?printf *\([^;]*%[-+#0-9.*]*[lL]?[aefgAEFG]" >printed
calls "$word(v|vf|vs|vsn|vd)printf *\(" >>printed
ok "numbers are printed by base/number.c and base/locale.c" diff printed /dev/null
calls "$word(strtod|strtof|strtold|atof|strfrom[dfl]) *\(" >read
calls "$word[fsv]*scanf *\([^;]*%[*0-9]*[lL]?[aefgAEFG]" >>read
ok "numbers are read by base/number.c" diff read /dev/null
calls "${word}json_(load|dump)[a-z_]* *\(" >json
echo src/base/json.c >allowed
ok "JSON goes through base/json.c" diff allowed json
calls "$word(strerror|setlocale|strn?casecmp|strcoll|is(alpha|alnum|digit|space|upper|lower|punct|print)|to(upper|lower)) *\(" >other
ok "nothing else asks the locale" diff other /dev/null

# The patterns find what they are for.
mkdir -p seeded/src
seeded() { # seeded NAME PATTERN CODE
    printf '%s\n' "$3" >seeded/src/file.c
    found=$(WICK_SOURCE_DIR=$PWD/seeded && calls "$2")
    ok "finds $1" [ -n "$found" ]
}
seeded "a printf over two lines" "$word(f|s|sn|d)?printf *\([^;]*%[-+#0-9.*]*[lL]?[aefgAEFG]" 'fprintf(stream, "%s: "
    "%+.3g", name, x);'
seeded "strtod" "$word(strtod|strtof|strtold|atof|strfrom[dfl]) *\(" 'x = strtod(text, &end);'

# ---- The command in such a locale ------------------------------------------------------------------------------------

cat >start.c <<'END'
#define _POSIX_C_SOURCE 200809L
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

/* Programs that the command starts set their own locale. */
__attribute__((constructor)) static void start(void)
{
    char text[8];
    unsetenv("LD_PRELOAD");
    if (!setlocale(LC_ALL, "") || snprintf(text, sizeof text, "%.1f", 0.5) != 3 || text[1] != ',') abort();
}
END
ok "localedef makes a locale (package locales)" localedef -i de_DE -f UTF-8 --no-archive "$folder/de_DE.utf8"
ok "the library compiles" "${WICK_C_COMPILER:-cc}" -shared -fPIC -o start.so start.c

# same NAME FILES ARGUMENTS...: both ways give the same exit code, the same stdout and stderr, and the same files. What is
# on stderr may name a time taken.
same() {
    title=$1
    files=$2
    shift 2
    code_c=0 code_de=0
    "$WICK" "$@" >out_c 2>err_c || code_c=$?
    for file in $files; do mv "$file" "$file.c"; done
    LOCPATH=$folder LC_ALL=de_DE.utf8 LD_PRELOAD=$folder/start.so ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0" \
        "$WICK" "$@" >out_de 2>err_de || code_de=$?
    for file in err_c err_de; do sed -E 's/[0-9.e+-]+ (m?s)$/TIME \1/' "$file" >"$file.cut"; done
    ok "$title: exit code $code_c" [ "$code_c" -eq "$code_de" ]
    ok "$title: stdout" cmp out_c out_de
    ok "$title: stderr" diff err_c.cut err_de.cut
    for file in $files; do ok "$title: $file" diff -r "$file.c" "$file"; done
    for file in $files; do rm -rf "$file" "$file.c"; done
}

flags="--activation 0.5*x^2-0.25*x --p 3 --k 2 --d 50 --learning-rate 0.25 --noise 1.5e-3"
for format in text latex json; do
    same "derive --format $format" "" derive --activation '0.5*x^2 - 0.25*x' --format $format
    same "derive erf --format $format" "" derive --activation '1.5*erf(0.7*x)' --format $format
done
same "eval" "" eval $flags
same "eval by quadrature" "" eval --activation 'tanh(0.9*x)' --p 2 --k 1 --d 50 --learning-rate 0.25 --tol 1.5e-6
same "run" "" run $flags --end 1.5 --points 5 --state
same "run to CSV and a histogram" "run.csv histogram.csv" run $flags --end 1.5 --points 5 -o run.csv --histogram histogram.csv
same "run to HDF5" "run.h5" run $flags --end 1.5 --points 5 --state -o run.h5
same "simulate" "" simulate $flags --end 0.5 --points 3 --runs 3
for target in library header solver gsl cvode cmake python; do
    same "emit --target $target" "made" emit $flags --end 1.5 --points 5 --target $target -o made
done
"$WICK" run $flags --end 1.5 --points 5 --state --quiet -o run.csv
for kind in risk overlaps neurons; do
    same "plot --kind $kind" "picture.svg" plot run.csv --kind $kind -o picture.svg
done
same "run --plot" "picture.svg" run $flags --end 1.5 --points 5 --plot picture.svg -o run2.csv
echo '{ "activation": "x^2", "learning_rate": 0.25, "noise": 1e-3, "p": 2, "k": 1, "d": 10.5 }' >problem.json
same "a problem file" "" eval --problem problem.json
same "an error in a file" "" eval --problem problem.json --noise -0.5
same "an error in a flag" "" eval $flags --learning-rate 0,25
same "an error with a number" "" eval $flags --p 2 --k 1 --Q '[[1,0.5],[0.25,1]]' --M '[[0.1],[0.2]]'
same "an error of the system" "" eval --problem missing.json
same "help" "" run --help

finish
