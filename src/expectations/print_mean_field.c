/* See print_mean_field.h. */
#include "expectations/print_mean_field.h"
#include "model/regime.h"
#include "model/rules_print.h"

/* ---- The integrals ----------------------------------------------------------------------------------------------- */

/* The series of particles/series.h are named after the slopes that they are made of. */
typedef struct {
    const char *name, *meaning, *series;
    const char *latex_name, *latex_meaning, *latex_series;
} average;

static const average averages[] = {
    {"<X[j,f]>", "E[s''(l_j) f(l_f)]", "sum_n sqrt((n+1)/v_j) h_{n+1}(j) f_n(f) <rho^n>", "\\langle X_{jf} \\rangle",
     "\\operatorname{E}[s''(\\lambda_j) f(\\lambda_f)]",
     "\\sum_n \\sqrt{\\tfrac{n+1}{v_j}} h_{n+1}(j) f_n(f) \\langle \\rho^n \\rangle"},
    {"<Y[j,f]>", "E[s'(l_j) f'(l_f)]", "sum_n h_n(j) h_n(f) <rho^n>", "\\langle Y_{jf} \\rangle",
     "\\operatorname{E}[s'(\\lambda_j) f'(\\lambda_f)]", "\\sum_n h_n(j) h_n(f) \\langle \\rho^n \\rangle"},
    {"<Z[f,g]>", "E[f(l_f) g(l_g)]", "sum_n f_n(f) f_n(g) <rho^n>", "\\langle Z_{fg} \\rangle",
     "\\operatorname{E}[f(\\lambda_f) g(\\lambda_g)]", "\\sum_n f_n(f) f_n(g) \\langle \\rho^n \\rangle"},
};
enum { AVERAGES = sizeof averages / sizeof *averages };

static bool is(const wick_description *of, wick_kind kind) { return of->integrals.kind == kind; }

static bool by_series(const wick_description *of) { return is(of, WICK_KIND_ERF) || is(of, WICK_KIND_SMOOTH); }

/* How an integral comes about. */
static const char *way_of(const wick_description *of)
{
    if (by_series(of)) return "series";
    const bool closed = is(of, WICK_KIND_PIECEWISE);
    if (!of->parts->finite_d) return closed ? "closed form" : "quadrature";
    return closed ? "closed form, averaged by quadrature" : "quadrature, averaged by quadrature";
}

/* ---- Text -------------------------------------------------------------------------------------------------------- */

static void print_slopes(const wick_description *of, wick_text *text)
{
    const wick_integrals *in = &of->integrals;
    wick_text_append(text, "    rho = Omega[f,g]/sqrt(v_f v_g),  v_f = Omega[f,f];  rho = 1 for f = g\n"
                           "    h_n(f) = E[f'(sqrt(v_f) z) He_n(z)]/sqrt(n!);  f_0 = E[f], f_n = sqrt(v_f/n) h_{n-1}(f)\n"
                           "        sums end where quadrature.tol allows, for each student where it does\n");
    if (!is(of, WICK_KIND_ERF)) {
        wick_text_append(text, "        h_n by the trapezoidal rule\n");
        return;
    }
    wick_text_append(text,
                     "        an activation is w erf(rho x/sqrt(2)): h_0 = w rho sqrt(2/pi)/sqrt(1 + V),  V = rho^2 v,\n"
                     "        h_{n+2} = -sqrt((n+1)/(n+2)) V/(1 + V) h_n,  h_1 = 0\n");
    wick_text_printf(text, "        students: w = %.10g, rho = %.10g;  targets: w = %.10g, rho = %.10g\n", in->scale[0],
                     in->rate[0], in->scale[1], in->rate[1]);
}

static void print_kinks(const wick_description *of, wick_text *text)
{
    const wick_integrals *in = &of->integrals;
    if (is(of, WICK_KIND_PIECEWISE))
        wick_text_printf(
            text,
            "    an activation is b x + h relu(x);  students: b = %.10g, h = %.10g;  targets: b = %.10g, h = %.10g\n"
            "        integrals as `derive --regime classical` prints them\n",
            in->scale[0], in->rate[0], in->scale[1], in->rate[1]);
    else
        wick_text_append(text, "    integrals two-dimensional, in polar coordinates, split at every kink\n");
    if (of->parts->finite_d)
        wick_text_append(text,
                         "    averages over xi by Gauss-Legendre in its angle, in many dimensions by Gauss-Gegenbauer,\n"
                         "        pair by pair: the cost of a drift grows as p^2\n");
}

void wick_mean_field_print_text(const wick_description *of, wick_text *text)
{
    const bool finite = of->parts->finite_d;
    wick_rule_print_equation(text, of->rules, WICK_BLOCK_M, false,
                             "dM[j,r]/dt = ", "a_j sum_f c_f (<X[j,f]> M[j,r] + <Y[j,f]> Omega[f,r])", "M[j,r]");
    wick_rule_print_equation(text, of->rules, WICK_BLOCK_NORMS, false, "dq[j]/dt   = ",
                             "2 a_j sum_f c_f (q_j <X[j,f]> + sqrt(q_j q_f) <xi_jf Y[j,f]>) + (gamma/p) a_j^2 Delta Y[j,j]",
                             "q_j");
    wick_text_append(text, "    R          = 1/2 sum_{f,g} c_f c_g <Z[f,g]> + Delta/2\n\nintegrals\n");
    for (size_t i = 0; i < AVERAGES; i++) {
        wick_text_printf(text, "    %s  %s  <%s>\n", averages[i].name, way_of(of), averages[i].meaning);
        if (by_series(of)) wick_text_printf(text, "            = %s\n", averages[i].series);
    }
    wick_text_append(
        text, "\nwith\n    Omega[f,g] = m_f P^-1 m_g^T + sqrt(q_f q_g) xi_fg;  m_j: row j of M; of a target its row of P,\n"
              "        and its q is 0\n");
    wick_text_append(
        text, finite ? "    <.>: average over xi_fg, the inner product of two independent uniform unit vectors of R^(d-k);\n"
                       "        xi_ff = 1;  for d = k all q are 0\n"
                     : "    <.>: at xi_fg = 0, xi_ff = 1, where unit vectors of many dimensions meet\n");
    if (by_series(of))
        print_slopes(of, text);
    else
        print_kinks(of, text);
    wick_text_append(text, "    j: a student;  r: a target;  f, g: any field, and its activation\n"
                           "    c_f = -a_f/p if f is a student, a*_f/k if it is a target (a, a*: the second layers)\n"
                           "    R = E[(f - y)^2]/2: population risk;  Delta: variance of the label noise\n"
                           "    t = nu gamma/(p d): time after nu samples of one-pass SGD with learning rate gamma\n");
    wick_rule_print_legend(text, of->rules, false);
}

/* ---- LaTeX ------------------------------------------------------------------------------------------------------- */

static void print_latex_slopes(const wick_description *of, wick_text *text)
{
    const wick_integrals *in = &of->integrals;
    wick_text_append(
        text, "Here $\\rho = \\Omega_{fg} / \\sqrt{v_f v_g}$ with $v_f = \\Omega_{ff}$,\n"
              "$h_n(f) = \\operatorname{E}[f'(\\sqrt{v_f} z) \\mathrm{He}_n(z)] / \\sqrt{n!}$ with $z$ standard normal,\n"
              "$f_0 = \\operatorname{E}[f]$ and $f_n = \\sqrt{v_f / n}\\, h_{n-1}(f)$.\n");
    if (!is(of, WICK_KIND_ERF)) return;
    wick_text_printf(
        text,
        "Activations are $w \\operatorname{erf}(\\rho x / \\sqrt{2})$, students with $w = %.10g$, $\\rho = %.10g$, targets "
        "with\n$w = %.10g$, $\\rho = %.10g$; with $V = \\rho^2 v$,\n\\begin{align*}\n"
        "    h_0 &= w \\rho \\sqrt{\\tfrac{2}{\\pi (1 + V)}}, & h_{n+2} &= -\\sqrt{\\tfrac{n+1}{n+2}} \\frac{V}{1 + V} h_n, "
        "& "
        "h_1 &= 0.\n\\end{align*}\n",
        in->scale[0], in->rate[0], in->scale[1], in->rate[1]);
}

void wick_mean_field_print_latex(const wick_description *of, wick_text *text)
{
    wick_text_append(text, "\\begin{align*}\n");
    wick_rule_print_equation(text, of->rules, WICK_BLOCK_M, true, "\\frac{dM_{jr}}{dt} &= ",
                             "a_j \\sum_f c_f \\bigl( \\langle X_{jf} \\rangle M_{jr} + \\langle Y_{jf} \\rangle "
                             "\\Omega_{fr} \\bigr)",
                             "M_{jr}");
    wick_rule_print_equation(text, of->rules, WICK_BLOCK_NORMS, true, "\\frac{dq_j}{dt} &= ",
                             "2 a_j \\sum_f c_f \\bigl( q_j \\langle X_{jf} \\rangle + \\sqrt{q_j q_f} \\langle \\xi_{jf} "
                             "Y_{jf} \\rangle \\bigr) + \\frac{\\gamma}{p} a_j^2 \\Delta\\, Y_{jj}",
                             "q_j");
    wick_text_append(text, "    R &= \\tfrac{1}{2} \\sum_{f,g} c_f c_g \\langle Z_{fg} \\rangle + \\frac{\\Delta}{2}");
    for (size_t i = 0; i < AVERAGES; i++) {
        wick_text_printf(text, " \\\\\n    %s &= \\langle %s \\rangle", averages[i].latex_name, averages[i].latex_meaning);
        if (by_series(of))
            wick_text_printf(text, " = %s", averages[i].latex_series);
        else
            wick_text_printf(text, " \\quad \\text{(%s)}", way_of(of));
    }
    wick_text_append(text, "\n\\end{align*}\n");
    if (by_series(of)) print_latex_slopes(of, text);
    if (is(of, WICK_KIND_PIECEWISE))
        wick_text_printf(text,
                         "Activations are $b x + h \\max(x, 0)$, students with $b = %.10g$, $h = %.10g$, targets with\n$b = "
                         "%.10g$, $h = %.10g$.\n",
                         of->integrals.scale[0], of->integrals.rate[0], of->integrals.scale[1], of->integrals.rate[1]);
    wick_text_append(text,
                     "Overlaps are $\\Omega_{fg} = m_f P^{-1} m_g^T + \\sqrt{q_f q_g}\\, \\xi_{fg}$, where $m_f$ is a row "
                     "of $M$, or of $P$ for a target, whose $q$ is 0;\n");
    wick_text_append(text,
                     of->parts->finite_d
                         ? "$\\langle \\cdot \\rangle$ averages over $\\xi_{fg}$, the inner product of two independent "
                           "uniform unit vectors of $\\mathbb{R}^{d-k}$, and $\\xi_{ff} = 1$.\n"
                         : "$\\xi_{fg} = 0$ for $f \\neq g$ and $\\xi_{ff} = 1$, as $d$ is infinite.\n");
    wick_text_append(
        text,
        "Further, $M = W {W^{*}}^{\\top}/d$ and $P = W^{*} {W^{*}}^{\\top}/d$ with the weights $W$ of the students and "
        "$W^{*}$ of the targets,\n$q_j$ is the squared norm of $w_j / \\sqrt{d}$ outside of the span of $W^{*}$,\n");
}

/* ---- JSON -------------------------------------------------------------------------------------------------------- */

json_t *wick_mean_field_integrals(const wick_description *of)
{
    json_t *array = json_array();
    for (size_t i = 0; i < AVERAGES; i++) {
        json_t *object = json_pack("{s:s, s:s++, s:s, s:s*}", "name", averages[i].name, "meaning", "<", averages[i].meaning,
                                   ">", "by", way_of(of), "formula", by_series(of) ? averages[i].series : NULL);
        if (json_array_append_new(array, object) == 0) continue;
        json_decref(array);
        return NULL;
    }
    return array;
}
