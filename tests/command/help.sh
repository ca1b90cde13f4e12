# Help, version, and what is no subcommand or flag.
. "$(dirname "$0")/checks"

header=${WICK_SOURCE_DIR:+$WICK_SOURCE_DIR/include/wick/wick.h}
succeeds "--version" --version
ok "--version prints one line" [ "$(wc -l <out)" -eq 1 ]
ok "--version names the program" grep -q '^wick [0-9]*\.[0-9]*\.[0-9]*$' out
if [ -n "$header" ]; then
    ok "--version is that of the header" has "$header" "\"$(sed 's/^wick //' out)\""
fi

succeeds "--help" --help
for subcommand in derive eval run emit; do
    ok "--help lists $subcommand" grep -q "^  $subcommand  *[a-z]" out
done
ok "--help shows an example" has out "wick run --activation"
cp out overview
succeeds "-h" -h
ok "-h is --help" cmp out overview
succeeds "help" help
ok "help is --help" cmp out overview

for subcommand in derive eval run emit; do
    succeeds "$subcommand --help" $subcommand --help
    ok "$subcommand --help names itself" grep -q "^wick $subcommand: " out
    ok "$subcommand --help shows the usage" has out "Usage: wick $subcommand [--problem FILE.json] [flags]"
    for flag in --problem --activation --target-activation --regime --second-layer "-o, --output"; do
        ok "$subcommand --help explains $flag" has out "  $flag "
    done
    ok "$subcommand --help has two examples" [ "$(sed -n '/^Examples:/,$p' out | grep -c '^  [a-z]')" -ge 2 ]
    ok "$subcommand --help is silent on stderr" [ ! -s err ]
    ok "$subcommand --help has no line end blanks" lacks out " $"
    ok "$subcommand --help fits a terminal" awk 'length > 105 { print; bad = 1 } END { exit bad }' out
    cp out one
    succeeds "help $subcommand" help $subcommand
    ok "help $subcommand is $subcommand --help" cmp out one
    succeeds "$subcommand: --help after other flags" $subcommand --p 3 --help
    ok "$subcommand: --help after other flags helps" cmp out one
done

wick run --help
for flag in --Q --M --P --a --a-star --seed --scale --orthonormal-target --end --start --points --spacing --at --method --rtol \
    --atol --dt --state --no-state --histogram --bins --plot --quiet --timings; do
    ok "run --help explains $flag" has out "  $flag"
done
for default in "default text" "default library" "default wick_system"; do
    { "$WICK" derive --help && "$WICK" emit --help; } | tr -s ' \n' ' ' >texts
    ok "help tells: $default" has texts "$default"
done

fails "no subcommand" 2 "no subcommand"
fails "unknown subcommand" 2 'unknown subcommand "rum"; did you mean run?' rum
fails "unknown subcommand, nothing near" 2 'unknown subcommand "--frobnicate"' --frobnicate
fails "help of an unknown subcommand" 2 'unknown subcommand "evil"; did you mean eval?' help evil
fails "unknown flag" 2 'unknown flag --learning-rte; did you mean --learning-rate?' run --learning-rte 0.1
fails "unknown flag of the command" 2 'unknown flag --formt; did you mean --format?' derive --formt text
fails "unknown flag, nothing near" 2 'unknown flag --frobnicate; wick run --help lists all' run --frobnicate
fails "unknown flag with a value" 2 'unknown flag --sead; did you mean --seed?' run --sead=3
fails "a flag of another subcommand" 2 'unknown flag --plot' eval --plot a.svg
fails "flag without value" 2 '--p needs a value' run --p
fails "command flag without value" 2 '--plot needs a value' run --plot
fails "switch with a value" 2 '--state is a switch' run --state=yes
fails "stray argument" 2 'unexpected argument "study.json"' run study.json
fails "unknown short flag" 2 'unexpected argument "-x"' run -x

if [ -e /dev/full ]; then
    code=0
    "$WICK" --help >/dev/full 2>err || code=$?
    ok "help on a full disk fails" [ "$code" -eq 1 ]
    ok "help on a full disk says so" has err "No space left on device"
fi
finish
