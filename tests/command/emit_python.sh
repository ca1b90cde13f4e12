# wick emit --target python: a module that solves as wick run does.
. "$(dirname "$0")/emit_cases"

cat >check.py <<'EOF'
"""Compares a generated module with a CSV of wick run: check.py NAME."""
import csv, importlib, sys

name = sys.argv[1]
module = importlib.import_module(name)
with open(name + ".csv") as file:
    rows = [[float(v) for v in row] for row in csv.reader(line for line in file if line[0] not in "#t")]


def near(left, right, limit):
    assert len(left) == len(right), (len(left), len(right))
    for u, v in zip(left, right):
        assert abs(u - v) <= limit * max(1, abs(v)), (u, v)


y = module.initial_state()
assert len(y) == module.dimension
if module.has_jacobian:  # against central differences
    jacobian = module.jac(0, y)
    for s in range(module.dimension):
        h = 1e-5
        upper, lower = ([v + (sign * h if i == s else 0) for i, v in enumerate(y)] for sign in (1, -1))
        column = [(u - l) / (2 * h) for u, l in zip(module.rhs(0, upper), module.rhs(0, lower))]
        near([jacobian[i][s] for i in range(module.dimension)], column, 1e-6)
    v, u = [0.1 + 0.3 * i for i in range(module.dimension)], [1 - 0.2 * i for i in range(module.dimension)]
    near(module.tangent(0, y, v), [sum(a * b for a, b in zip(row, v)) for row in jacobian], 1e-9)
    near(module.adjoint(0, y, u), [sum(jacobian[i][s] * u[i] for i in range(module.dimension)) for s in range(module.dimension)], 1e-9)
else:
    assert module.reduced
times = [row[0] for row in rows]
solution = module.solve((0, times[-1]), t_eval=times, rtol=1e-10, atol=1e-13)
assert solution.success, solution.message
near(list(solution.t), times, 0)
for i, row in enumerate(rows):
    state = [entry[i] for entry in solution.y]
    near([module.risk(state), module.excess_risk(state)] + state, row[1:], 1e-9)
near(list(module.pack(*module.unpack(y))), list(y), 0)
h = 1e-6
drift = list(module.rhs(0, y))
step = module.solve((0, h), rtol=1e-12, atol=1e-15)
near([(entry[-1] - u) / h for entry, u in zip(step.y, y)], drift, 1e-3)
quiet = module.defaults(noise=0)
assert abs(module.risk(y, quiet) - module.excess_risk(y, quiet)) < 1e-15
if module.reduced:
    doubled = module.defaults(a=[2.0] * module.p)
    assert module.risk(y, doubled) != module.risk(y)
for wrong in (lambda: module.rhs(0, list(y)[1:]), lambda: module.defaults(a_star=[1.0] * (module.k + 1)),
              lambda: module.pack([0.0], [0.0])):
    try:
        wrong()
    except ValueError:
        continue
    raise AssertionError("a wrong length was taken")
try:
    module.defaults(nois=0)
except TypeError as error:
    assert "nois" in str(error)
EOF
cat >spy <<'EOF'
echo "$@" >>spied
exec cc "$@"
EOF
if command -v python3 >/dev/null; then
    export XDG_CACHE_HOME="$folder/cache" PYTHONDONTWRITEBYTECODE=1
    for case in square trained wide field erf relu; do
        succeeds "$case: run" run $(problem_of $case) $tight --state -o $case.csv --quiet
        succeeds "$case: emit python" emit $(problem_of $case) --target python --name $case -o .
        ok "$case: python agrees with wick run" python3 check.py $case
    done
    # Of each, once; and once more with the Jacobian, where there is one.
    ok "python: compiled once" [ "$(ls cache/wick | wc -l)" -eq "$((6 + $(grep -l 'has_jacobian = True' *.py | wc -l)))" ]
    succeeds "emit python of a high degree" emit $(problem_of trained) --activation x^5-x^3/7 --target python --name high -o .
    ok "python: no Jacobian before it is wanted" sh -c "CC='sh $folder/spy' python3 -c 'import high; high.rhs(0, high.initial_state())'"
    ok "python: then" sh -c "CC='sh $folder/spy' python3 -c 'import high; high.jac(0, high.initial_state())'"
    ok "python: what the compiler was told" [ "$(grep -c HIGH_NO_JACOBIAN spied)/$(wc -l <spied)" = 1/2 ]
    ok "python: a compiler that fails is said" sh -c "CC=false python3 -c 'import square; square.defaults()' 2>&1 | grep -q 'does not compile'"

    # loads NAME [VARIABLE=VALUE...]: what the module says, in that environment, when it first needs its library.
    loads() {
        env -u XDG_CACHE_HOME TMPDIR="$folder/temporary" "$@" python3 -c 'import square; print(square.risk(square.initial_state()))' >out 2>err
    }
    mkdir temporary
    for home in /dev/null /proc /proc/none; do
        ok "python: HOME=$home, a temporary folder" loads HOME=$home
        ok "python: which is the user's alone" [ "$(stat -c %a temporary/wick-*)" = 700 ]
        ok "python: and keeps it" sh -c 'ls temporary/wick-*/square-*.so'
        rm -rf temporary/wick-*
    done
    mkdir -m 777 "temporary/wick-$(id -u)"
    chmod 777 "temporary/wick-$(id -u)"
    ok "python: a folder that others may write to is no place" sh -c '! env HOME=/proc TMPDIR=temporary sh -c "unset XDG_CACHE_HOME; python3 -c \"import square; square.defaults()\"" 2>err'
    ok "python: and the variable is named" grep -q 'RuntimeError: there is no place .*\$SQUARE_CACHE' err
    ok "python: nothing was written there" [ -z "$(ls temporary/wick-*)" ]
    ok "python: the variable's folder" loads HOME=/proc SQUARE_CACHE="$folder/own/deep"
    ok "python: is made" sh -c 'ls own/deep/square-*.so'
    ok "python: one that cannot be written to" sh -c '! SQUARE_CACHE=/proc/none python3 -c "import square; square.defaults()" 2>err'
    ok "python: is said" grep -q 'RuntimeError: there is no place .*/proc/none.*\$SQUARE_CACHE' err
    ok "python: no compiler" sh -c '! CC=no-such-compiler python3 -c "import square; square.defaults()" 2>err'
    ok "python: is said" grep -q 'RuntimeError: .*no-such-compiler.*\$CC.*\$SQUARE_CACHE' err
    ok "python: a compiler that fails" sh -c '! CC=false python3 -c "import square; square.defaults()" 2>err'
    ok "python: the variable is named, too" grep -q '\$SQUARE_CACHE' err
fi
fails "a keyword of Python" 2 "Python" emit $(problem_of square) --target python --name lambda
finish
