# examples/papers.md: a number of each paper, with its normalisation in wick's keys.
. "$(dirname "$0")/checks"

# close VALUE EXPECTED LIMIT: relative to what is expected.
close() { awk -v a="$1" -v b="$2" -v limit="$3" 'BEGIN { e = a / b - 1; if (e < 0) e = -e; exit !(a != "" && e <= limit) }'; }

number() { sed -n "s/^ *\"$1\": \([^,]*\),*$/\1/p" "$2"; }

last_excess() { tail -n 1 "$1" | cut -d, -f3; }

erf="--activation erf(x/sqrt(2))"

# Saad & Solla: the symmetric plateau of K = M = 3.
m=0.2581988897471611
row="$m,$m,$m"
succeeds "Saad & Solla" eval $erf --regime classical --learning-rate 0.01 --a 3,3,3 --a-star 3,3,3 \
    --Q "0.2,0.2,0.2;0.2,0.2,0.2;0.2,0.2,0.2" --M "$row;$row;$row"
ok "its symmetric plateau" close "$(number risk out)" 0.02029659 1e-7
ok "is one" sh -c "sed -n '/dM/,/risk/p' out | tr -d ' []' | tr ',' '\n' | awk '/^-?[0-9]/ { if (\$1 * \$1 > 1e-30) exit 1 }'"

# Goldt et al.: eta sigma^2/(2 pi) (M/sqrt 3 + L), and it becomes so as eta falls.
for eta in 0.02 0.01; do
    succeeds "Goldt et al., eta = $eta" run $erf --regime high-dimensional --Q "1,0;0,0.01" --M "1;0" --a 2,2 --a-star 1 \
        --learning-rate $eta --noise 0.04 --clock steps --end 100000 --points 2 -o goldt-$eta.csv
    expected=$(awk -v eta=$eta 'BEGIN { print eta * 0.04 / (2 * 3.14159265358979) * (1 / sqrt(3) + 1) }')
    ok "its excess risk at long times, eta = $eta" close "$(last_excess goldt-$eta.csv)" "$expected" \
        "$(awk -v eta=$eta 'BEGIN { print 0.6 * eta }')"
done

# Veiga et al.: kappa = delta = 1/2.
for d in 16 256; do
    root=$(awk -v d=$d 'BEGIN { print sqrt(d) }')
    succeeds "Veiga et al., d = $d" run $erf --regime high-dimensional --p "$root" --k 1 --d $d --seed 1 --noise 0.1 \
        --learning-rate "$(awk -v root="$root" 'BEGIN { print 1 / root }')" --end 10000 --points 2 -o veiga-$d.csv
done
slope=$(awk -v a="$(last_excess veiga-16.csv)" -v b="$(last_excess veiga-256.csv)" 'BEGIN { print log(b / a) / log(16) }')
ok "the excess risk falls as d^-(kappa + delta)" close "$slope" -1 0.01

# Arnaboldi et al., phase retrieval: the rate at which M grows, 4 - gamma (24 + 2 Delta).
for gamma in 0.1 0.16 0.2; do
    succeeds "phase retrieval, gamma = $gamma" eval --activation x^2 --regime high-dimensional --constraint sphere --Q 1 --M 1e-5 \
        --learning-rate $gamma --noise 0.5
    rate=$(tr -d ' \n' <out | sed 's/.*"dM":\[\[\([^]]*\)\].*/\1/' | awk '{ print $1 / 1e-5 + 25 }')
    ok "its rate" close "$rate" "$(awk -v gamma=$gamma 'BEGIN { print 29 - 25 * gamma }')" 1e-8
done

# escape FLAGS...: when M is 1/2.
escape() {
    wick run --constraint sphere --Q 1 --start 1e-3 --points 1000 --state --quiet "$@" -o escape.csv
    [ "$code" -eq 0 ] && grep -v '^#' escape.csv | awk -F, 'NR > 1 {
        if (NR > 2 && m < 0.5 && $4 >= 0.5) { print t + ($1 - t) * (0.5 - m) / ($4 - m); exit }
        m = $4; t = $1 }'
}

# Ben Arous et al.: ten times the dimension takes log(10)/8 more with exponent 2, sqrt 10 and 10 times as long with 3 and 4.
for d in 100 1000 10000; do
    m=$(awk -v d=$d 'BEGIN { printf "%.10g", 1 / sqrt(d) }')
    for l in 2 3 4; do escape --regime classical --activation he$l --M $m --end 500 >escape-$l-$d; done
    rate=$(awk -v m="$m" 'BEGIN { print 0.003 * m }')
    escape --regime high-dimensional --activation he3 --M "$m" --learning-rate "$rate" --end 50 >steps-3-$d
    rate=$(awk -v m="$m" 'BEGIN { print 0.0003 * m * m }')
    escape --regime high-dimensional --activation he4 --M "$m" --learning-rate "$rate" --end 500 >steps-4-$d
done
difference=$(awk -v a="$(cat escape-2-1000)" -v b="$(cat escape-2-10000)" 'BEGIN { print b - a }')
ok "he2 escapes at log d" close "$difference" 0.28782 0.01
ratio() { awk -v a="$(cat "$1")" -v b="$(cat "$2")" 'BEGIN { if (a > 0) print b / a }'; }
for kind in escape steps; do
    ok "he3 escapes at sqrt d ($kind)" close "$(ratio $kind-3-1000 $kind-3-10000)" 3.16228 0.05
    ok "he4 escapes at d ($kind)" close "$(ratio $kind-4-1000 $kind-4-10000)" 10 0.01
done
escape --regime high-dimensional --activation he3 --M 0.01 --learning-rate 0.003 --end 100 >stuck
ok "a rate that does not fall with d learns nothing" [ ! -s stuck ]
finish
