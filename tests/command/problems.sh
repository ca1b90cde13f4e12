# Bad problems: each ends with exit code 2 and a line that names the place, what is wrong, and what is allowed.
. "$(dirname "$0")/checks"

small="--activation x^2 --learning-rate 0.1"
sized="$small --p 2 --k 1 --d 10"

# bad_file NAME TEXT: the file `problem.json`, on stdin, is refused.
bad_file() {
    cat >problem.json
    fails "$1" 2 "$2" eval --problem problem.json
    fails "$1, by run" 2 "$2" run --problem problem.json
}

fails "missing file" 2 "missing.json: cannot be opened: No such file or directory" eval --problem missing.json
fails "a folder for a file" 2 "$folder" eval --problem "$folder"
bad_file "broken JSON" "problem.json:3:10: not valid JSON" <<'END'
{ "activation": "x^2",
  "p": 3,
  "k": 2,, }
END
bad_file "JSON cut off" "problem.json:" <<'END'
{ "activation": "x^2",
END
bad_file "no object" "problem.json:" <<'END'
[1, 2]
END
bad_file "unknown key" 'problem.json:2:3: unknown key "learning_rte"; did you mean learning_rate?' <<'END'
{ "activation": "x^2",
  "learning_rte": 0.1 }
END
bad_file "momentum" 'problem.json:2:3: unknown key "momentum"; momentum of a fixed beta is, for large d, plain SGD at the rate gamma/(1 - beta)' <<'END'
{ "activation": "x^2",
  "momentum": 0.9 }
END
fails "--momentum" 2 "unknown flag --momentum: momentum of a fixed beta is, for large d, plain SGD at the rate gamma/(1 - beta)" \
    run --activation x^2 --momentum 0.9
bad_file "unknown nested key" 'problem.json:3:18: unknown key "stop"' <<'END'
{ "activation": "x^2",
  "learning_rate": 0.1,
  "time": {      "stop": 3 } }
END
bad_file "text for a number" 'problem.json:2:8: p: expected a whole number, found the string "three"' <<'END'
{ "activation": "x^2",
  "p": "three" }
END
bad_file "number for a text" 'problem.json:1:17: activation: expected' <<'END'
{ "activation": 2 }
END
bad_file "number for a matrix" 'problem.json:1:20: initial.Q: expected' <<'END'
{ "initial": {"Q": 1} }
END
bad_file "NaN" "problem.json:2:19: not valid JSON" <<'END'
{ "activation": "x^2",
 "learning_rate": NaN }
END
bad_file "asymmetric Q" "problem.json:2:19: initial.Q: must be symmetric, but entry [1,2] is 0.5 and entry [2,1] is 0.2" <<'END'
{ "activation": "x^2", "learning_rate": 0.1,
 "initial": {"Q": [[1, 0.5], [0.2, 1]], "M": [[0.1], [0.1]]} }
END
bad_file "Omega not positive" "problem.json:2:13: initial: Omega = [[Q, M], [M^T, P]] is not positive semidefinite" <<'END'
{ "activation": "x^2", "learning_rate": 0.1,
 "initial": {"Q": [[1, 2], [2, 1]], "M": [[0.1], [0.1]]} }
END
bad_file "wrong shape" "problem.json:3:7: initial.M" <<'END'
{ "activation": "x^2", "learning_rate": 0.1, "initial": {
 "Q": [[1, 0], [0, 1]],
 "M": [[0.1, 0.2], [0.1]] } }
END
bad_file "activation in a file" "problem.json:1:26: activation: division by" <<'END'
{ "activation": "x^2 + 1/0", "learning_rate": 0.1, "p": 2, "k": 1, "d": 10 }
END

fails "p = 0" 2 "--p: must be at least 1, found 0" eval $small --p 0 --k 1
fails "p not whole" 2 "--p: expected a whole number, found 2.5" eval $small --p 2.5
fails "p negative" 2 "--p: must be at least 1, found -3" eval $small --p -3
fails "p * k overflows" 2 "the overlaps do not fit in memory" eval $small --p 4294967296 --k 4294967296 --d 1e13
fails "noise negative" 2 "--noise: must be at least 0, found -1" eval $sized --noise -1
fails "learning rate negative" 2 "--learning-rate: must be at least 0" eval $sized --learning-rate=-0.1
fails "NaN" 2 "--noise:" eval $sized --noise nan
fails "NaN in a matrix" 2 "--Q: not valid JSON" eval $small --Q '[[nan]]' --M '[[1]]'
fails "infinite number" 2 "--Q: not valid JSON" eval $small --Q '[[1e999]]' --M '[[1]]'
fails "Q not square" 2 "--Q: must be p x p" eval $small --Q '[[1,2,3]]' --M '[[1]]'
fails "rows of different length" 2 "--Q: must be p x p = 2 x 2" eval $small --Q '[[1,2],[3]]' --M '[[1],[1]]'
fails "M of another p" 2 "must be p x" eval $small --Q '[[1,0],[0,1]]' --M '[[1]]'
fails "asymmetric Q" 2 "--Q: must be symmetric" eval $small --Q '[[1,0],[0.1,1]]' --M '[[0],[0]]'
fails "asymmetric P" 2 "--P: must be symmetric" eval $small --Q '[[1]]' --M '[[0,0]]' --P '[[1,0.5],[0.4,1]]'
fails "Omega not positive" 2 "not positive semidefinite" eval $small --Q '[[1]]' --M '[[2]]'
fails "regime unknown" 2 'unknown name "clasical"; did you mean classical?' eval $sized --regime clasical
fails "second layer unknown" 2 "--second-layer" eval $sized --second-layer frozen
fails "no activation" 2 "activation: missing" derive
fails "no learning rate" 2 "learning_rate: missing" eval --activation x --p 2 --k 1 --d 10
fails "no initial state" 2 "d: missing" eval $small --p 2 --k 1
fails "an implicit method for a large state" 2 'at most 4096 are allowed' run $sized --p 100 --method rk1imp
fails "method unknown" 2 "--method" run $sized --method rk8dp
fails "euler without dt" 2 "dt: missing" run $sized --method euler
fails "times not increasing" 2 "--at: must increase" run $sized --at '[1, 0]'
fails "end negative" 2 "--end: must be at least 0" run $sized --end -1
fails "no points" 2 "--points: must be at least 1" run $sized --points 0

# Activations: the message points at the character.
fails "division by zero" 2 "--activation:3: division by zero" derive --activation '1/0'
fails "division by x" 2 "--activation: not defined at x = 0: pre-activations are Gaussian" derive --activation '1/x'
ok "division by x: one line" test "$(wc -l <err)" -eq 1
fails "power x" 2 "--activation:3: " derive --activation 'x^x'
bad_file "division by zero in a file: its column" 'problem.json:2:22: activation: division by' <<'END'
{
  "activation": "x^2/0",
  "p": 2, "k": 1, "d": 10, "learning_rate": 0.1
}
END
ok "numbers as people type them" "$WICK" eval --activation x --p +2 --k 1 --d 10. --learning-rate .1 -o eval.json
fails "degree over the limit" 2 "12" derive --activation 'x^13'
fails "unknown name" 2 "tanhh" derive --activation 'tanhh'
fails "open parenthesis" 2 "activation" derive --activation '(x-1'
fails "empty activation" 2 "activation" derive --activation ''
fails "target activation" 2 "target" derive --activation x --target-activation 'x^2 +'
# ---- Of keys that exclude each other the last one counts ---------------------------------------------------------------

flags="--activation x^2 --p 2 --k 1 --d 10 --learning-rate 1"
fails "an end of zero" 2 "--end: log spacing needs an end greater than 0, found 0" run $flags --end 0
printf '{"activation": "x^2", "p": 2, "k": 1, "d": 10, "learning_rate": 1, "time": {"end": 5}}' >end.json
succeeds "a flag over a file's key" run --problem end.json --at '[0, 0.05]'
ok "takes the flag" grep -q '^0.05' out
succeeds "a flag over another" run $flags --end 5 --at '[0, 0.0625]'
ok "takes the last" grep -q '^0.0625,' out
succeeds "samples over a file's end" simulate --problem end.json --samples 10 --points 2
fails "no memory for a wide state" 1 "p = 3000000: the initial state takes 7.2e+04 GB" run $flags --p 3000000
ok "says what wide networks take" grep -q "mean-field" err

finish
