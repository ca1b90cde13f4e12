# wick emit: the files, and that they compile alone.
. "$(dirname "$0")/checks"

succeeds "emit" emit --activation x^2 --p 8 --k 4
ok "prints the names" [ "$(sort out | tr '\n' ' ')" = "wick_system.c wick_system.h " ]
ok "writes the header" [ -s wick_system.h ]
ok "writes the source" [ -s wick_system.c ]
ok "nothing on stderr" [ ! -s err ]
ok "and nothing else" [ "$(ls | tr '\n' ' ')" = "err ok.log out wick_system.c wick_system.h " ]

succeeds "into a new folder" emit --activation 'he3 + x' --second-layer trained --p 3 --k 2 --name phase --target library -o new
ok "prints names with the folder" [ "$(sort out | tr '\n' ' ')" = "new/phase.c new/phase.h " ]
ok "symbols begin with the name" grep -q 'phase_' new/phase.h
cp new/phase.c before
succeeds "again, over the files" emit --activation 'he3 + x' --second-layer trained --p 3 --k 2 --name phase -o new/
ok "prints the same names" [ "$(sort out | tr '\n' ' ')" = "new/phase.c new/phase.h " ]
ok "writes the same" cmp new/phase.c before

compiler=${WICK_C_COMPILER:-cc}
if command -v "$compiler" >/dev/null; then
    ok "compiles as C99 without a warning" "$compiler" -std=c99 -pedantic -Wall -Wextra -Werror -c new/phase.c -o phase.o
    ok "and the other" "$compiler" -std=c99 -pedantic -Wall -Wextra -Werror -c wick_system.c -o system.o
fi
if command -v c++ >/dev/null; then
    ok "compiles as C++" c++ -x c++ -Wall -Wextra -Werror -c new/phase.c -o phase.o
fi

fails "unknown target" 2 "target" emit --activation x^2 --p 8 --k 4 --target fortran
fails "a name that is no identifier" 2 "name" emit --activation x^2 --p 8 --k 4 --name 2fast
fails "a keyword for a name" 2 "name" emit --activation x^2 --p 8 --k 4 --name double
fails "no widths" 2 "p: missing" emit --activation x^2
fails "a folder that cannot be made" 1 "Not a directory" emit --activation x^2 --p 8 --k 4 -o err/new
succeeds "a folder in folders that are not there" emit --activation x^2 --p 8 --k 4 -o no/such/new
ok "is made with them" [ -f no/such/new/wick_system.c ]
mkdir -p taken/wick_system.h
fails "a file that cannot be written" 1 "taken/wick_system.h" emit --activation x^2 --p 8 --k 4 -o taken
finish
