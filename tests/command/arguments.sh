# The command line: lists and numbers as people type them, --, words that are nearly right, and keys that are to blame.
. "$(dirname "$0")/checks"

# ---- Numbers and lists ----------------------------------------------------------------------------------------------------

one="--activation x^2 --regime classical"
two="$one --a-star 1,2"

# same NAME ARGUMENTS...: eval of those, and of what is in `strict`, are the same.
same() {
    title=$1
    shift
    wick eval $strict
    cp out wanted
    wick eval "$@"
    ok "$title" cmp out wanted
}

strict="$one --Q [[1.0]] --M [[0.1]]"
same "no zero before a point" $one --Q '[[1.]]' --M '[[.1]]'
same "nor brackets" $one --Q 1 --M .1
same "a plus" $one --Q +1. --M '[[+.1]]'
same "exponents" $one --Q 1.e0 --M .1e0
same "zeros" $one --Q 01 --M 00.10
strict="$one --Q [[1.0]] --M [[-0.5]]"
same "a minus" $one --Q 1 --M=-.5
strict="$one --Q [[1,0.5],[0.5,2]] --M [[0.1],[0.2]] --a [2,2] --P [[1]] --a-star [3]"
same "lists without brackets" $one --Q '1,.5;.5,2' --M '.1;.2' --a 2,2 --P 1 --a-star 3
same "with semicolons in brackets" $one --Q '[1, .5; .5, 2.]' --M '[.1; .2]' --a '[2,2.]' --P '[[1]]' --a-star '3.'
same "inside JSON" $one --initial '{"Q": [[1.,.5],[.5,2]], "M": [[.1],[.2]], "a": [2.,2], "a_star": [+3]}'
wick run $one --p 2 --k 1 --d 9 --at '[0.5, 1, 2]'
cp out wanted
wick run $one --p 2 --k 1 --d 9 --at .5,1.,2
ok "output times" cmp out wanted
fails "letters" 2 "--M: not valid JSON: column 3" eval $one --Q 1 --M '[[x]]'
fails "two points" 2 "--M: not valid JSON" eval $one --Q 1 --M '[[.1.2]]'
fails "two commas" 2 "--M: not valid JSON" eval $one --Q 1 --M '1,,2'
fails "a vector for a matrix" 2 "--M: row 1: expected an array of numbers, found 0.1" eval $one --Q 1 --M '[.1]'
fails "JSON of files stays JSON" 2 "not valid JSON" eval $one --problem /dev/stdin --Q 1 <<END
{ "initial": { "M": [[.1]] } }
END

# ---- The end of flags -------------------------------------------------------------------------------------------------------

succeeds "a curve" run $square --end 1 -o ./--odd.csv
if command -v gnuplot >/dev/null; then
    succeeds "--" plot -o odd.svg -- --odd.csv
    ok "what follows is a file" [ -s odd.svg ]
fi
fails "-- where no file is taken" 2 'unexpected argument "--p"' run $square -- --p
succeeds "-- at the end" run $square --end 1 --

# ---- Words that are nearly right ----------------------------------------------------------------------------------------------

# suggests WANTED ARGUMENTS...
suggests() {
    wanted=$1
    shift
    fails "$*" 2 "did you mean $wanted?" "$@"
}
for flag in lr eta gamma learn learning_rat Learning-Rate rate; do suggests --learning-rate run --$flag 0.1; done
suggests --activation run --act x^2
suggests --activation run --activaton=x^2
suggests --second-layer run --sl fixed
suggests --target-activation eval --ta x
suggests --p run -p 3
suggests --output run --out c.csv
suggests --end simulate --tmax 3
suggests --kind plot --knd risk
suggests simulate sim
suggests run integrate
suggests derive dervie
suggests eval --eval
suggests version --verison
succeeds "wick version" version
ok "is that of --version" grep -q '^wick [0-9]' out
succeeds "wick -V" -V
succeeds "wick help" help
succeeds "wick help run" help run

# ---- Keys that are to blame -----------------------------------------------------------------------------------------------------

blames() { # blames FLAG ARGUMENTS...
    flag=$1
    shift
    wick eval $square "$@"
    ok "eval $*" grep -q "^wick: --$flag: " err
    wick run $square "$@" -o blamed.csv
    ok "run $*" grep -q "^wick: .*--$flag: " err
    ok "fails" [ "$code" -ne 0 ]
}
blames noise --noise 1e308
blames noise --noise 1e200 --learning-rate 1e150
blames noise --noise 1e308 --regime classical-noise
blames learning-rate --p 1 --k 1 --Q 100 --M 0 --learning-rate 1e308
blames scale --scale 1e80
blames activation --activation '1e200*x^2'
blames a --a 1e200,1,1,1,1,1,1,1
blames Q --p 1 --k 1 --Q 1e200 --M 0
finish
