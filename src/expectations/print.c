/* See print.h. */
#include "expectations/print.h"

#include <jansson.h>
#include <string.h>

#include "base/json.h"
#include "expectations/print_mean_field.h"
#include "model/regime.h"
#include "model/rules_print.h"
#include "problem/problem.h"

/* ---- The integrals of a problem ---------------------------------------------------------------------------------- */

typedef struct {
    const char *name, *latex_name;
    const char *meaning, *latex_meaning;
    const char *erf, *latex_erf;
    const char *piecewise, *latex_piecewise;
} integral;

/* C is the covariance of the rescaled fields; s = scale erf(rate x), rho = sqrt(2) rate. */
static const integral three = {
    "X[j,f]",
    "X_{jf}",
    "E[s''(l_j) f(l_f)], with Y by regression: E[s'(l_j) l_b f(l_f)] = X[j,f] Omega[j,b] + Y[j,f] Omega[f,b]",
    "\\operatorname{E}[s''(\\lambda_j) f(\\lambda_f)]",
    "-w_j w_f rho_j^2 2 C_jf / (pi (1 + C_jj) sqrt((1 + C_jj) (1 + C_ff) - C_jf^2))",
    "-w_j w_f \\rho_j^2 \\frac{2 C_{jf}}{\\pi (1 + C_{jj}) \\sqrt{(1 + C_{jj})(1 + C_{ff}) - C_{jf}^2}}",
    "h_j h_f sqrt(Omega_jj Omega_ff - Omega_jf^2) / (2 pi Omega_jj)",
    "h_j h_f \\frac{\\sqrt{\\Omega_{jj} \\Omega_{ff} - \\Omega_{jf}^2}}{2 \\pi \\Omega_{jj}}"};

static const integral slopes = {"Y[j,f]",
                                "Y_{jf}",
                                "E[s'(l_j) f'(l_f)]",
                                "\\operatorname{E}[s'(\\lambda_j) f'(\\lambda_f)]",
                                "w_j w_f rho_j rho_f 2 / (pi sqrt((1 + C_jj) (1 + C_ff) - C_jf^2))",
                                "w_j w_f \\rho_j \\rho_f \\frac{2}{\\pi \\sqrt{(1 + C_{jj})(1 + C_{ff}) - C_{jf}^2}}",
                                "b_j b_f + (b_j h_f + h_j b_f)/2 + h_j h_f (pi - theta) / (2 pi)",
                                "b_j b_f + \\tfrac{1}{2}(b_j h_f + h_j b_f) + h_j h_f \\frac{\\pi - \\theta}{2 \\pi}"};

static const integral two = {
    "Z[f,g]",
    "Z_{fg}",
    "E[f(l_f) g(l_g)]",
    "\\operatorname{E}[f(\\lambda_f) g(\\lambda_g)]",
    "w_f w_g (2/pi) asin(C_fg / sqrt((1 + C_ff) (1 + C_gg)))",
    "w_f w_g \\frac{2}{\\pi} \\arcsin \\frac{C_{fg}}{\\sqrt{(1 + C_{ff})(1 + C_{gg})}}",
    "(b_f b_g + (b_f h_g + h_f b_g)/2) Omega_fg\n"
    "                + h_f h_g sqrt(Omega_ff Omega_gg) (sin theta + (pi - theta) cos theta) / (2 pi)",
    "\\bigl(b_f b_g + \\tfrac{1}{2}(b_f h_g + h_f b_g)\\bigr) \\Omega_{fg} + h_f h_g \\frac{\\sqrt{\\Omega_{ff} "
    "\\Omega_{gg}}}{2 \\pi} (\\sin \\theta + (\\pi - \\theta) \\cos \\theta)"};

static const integral four = {
    "V[j,l]",
    "V_{jl}",
    "E[s'(l_j) s'(l_l) E^2], E = sum_f c_f f(l_f)",
    "\\operatorname{E}[s'(\\lambda_j) s'(\\lambda_l) E^2]",
    "w_j w_l rho_j rho_l sum_{f,g} c_f c_g w_f w_g 4/(pi^2 sqrt(L4)) asin(L0 / sqrt(L1 L2)), in C:\n"
    "                L4 = (1 + C_jj) (1 + C_ll) - C_jl^2\n"
    "                L0 = L4 C_fg - C_lf C_lg (1 + C_jj) - C_jf C_jg (1 + C_ll) + C_jl (C_jf C_lg + C_jg C_lf)\n"
    "                L1 = L4 + L0 at g = f,  L2 = L4 + L0 at f = g",
    "w_j w_l \\rho_j \\rho_l \\sum_{f,g} c_f c_g w_f w_g \\frac{4}{\\pi^2 \\sqrt{L_4}} \\arcsin \\frac{L_0}{\\sqrt{L_1 "
    "L_2}}",
    NULL,
    NULL};

typedef struct {
    const integral *integral;
    wick_integral way;
    const char *formula, *latex_formula; /* NULL if it is not closed */
} line;

enum { LINE_LIMIT = 4 };

static line make_line(const wick_description *of, const integral *which, wick_integral way)
{
    const bool closed = way == WICK_INTEGRAL_CLOSED, erf = of->integrals.kind == WICK_KIND_ERF;
    return (line){which, way, closed ? (erf ? which->erf : which->piecewise) : NULL,
                  closed ? (erf ? which->latex_erf : which->latex_piecewise) : NULL};
}

static size_t list(const wick_description *of, line lines[LINE_LIMIT])
{
    size_t count = 0;
    lines[count++] = make_line(of, &three, of->integrals.three);
    lines[count++] = make_line(of, &slopes, of->integrals.two);
    lines[count++] = make_line(of, &two, of->integrals.two);
    if (of->parts->variance) lines[count++] = make_line(of, &four, of->integrals.four);
    return count;
}

static const char *way_name(wick_integral way) { return way == WICK_INTEGRAL_CLOSED ? "closed form" : "quadrature"; }

/* How the quadrature goes. */
static const char *quadrature_text(const wick_description *of)
{
    if (of->integrals.kind == WICK_KIND_PIECEWISE)
        return "V: one-dimensional, over the coupling of (l_j, l_l) to (l_f, l_g), of a closed derivative";
    if (of->integrals.kind == WICK_KIND_KINKS)
        return "X, Y, Z: two-dimensional, in polar coordinates, split at every kink;\n"
               "        V: two-dimensional over (l_j, l_l), of series with the conditional means and covariances";
    return "X, Y, Z: one-dimensional Gauss-Hermite coefficients and Mehler's series;\n"
           "        V: two-dimensional over (l_j, l_l), of series with the conditional means and covariances";
}

static bool any_quadrature(const line *lines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (lines[i].way == WICK_INTEGRAL_QUADRATURE) return true;
    return false;
}

/* ---- Text -------------------------------------------------------------------------------------------------------- */

static void print_parameters(const wick_description *of, wick_text *text)
{
    const wick_integrals *in = &of->integrals;
    if (in->kind == WICK_KIND_ERF) {
        wick_text_printf(
            text, "    C_fg = rho_f rho_g Omega_fg;  students: w = %.10g, rho = %.10g;  targets: w = %.10g, rho = %.10g\n",
            in->scale[0], in->rate[0], in->scale[1], in->rate[1]);
        wick_text_append(text, "        an activation is w erf(rho x/sqrt(2))\n");
    } else if (in->kind == WICK_KIND_PIECEWISE) {
        wick_text_printf(text, "    students: b = %.10g, h = %.10g;  targets: b = %.10g, h = %.10g\n", in->scale[0],
                         in->rate[0], in->scale[1], in->rate[1]);
        wick_text_append(text,
                         "        an activation is b x + h relu(x);  theta = acos(Omega_fg / sqrt(Omega_ff Omega_gg))\n");
    }
}

/* `right` is NULL if memory was exhausted. */
static void print_equation(const wick_description *of, wick_text *text, wick_block_id block, bool latex, const char *left,
                           const char *right, const char *symbol)
{
    wick_rule_print_equation(text, of->rules, block, latex, left, right ? right : "", symbol);
}

static void print_equations(const wick_description *of, wick_text *text)
{
    const char *noise = of->parts->variance ? " + (gamma/p) a_j a_l (V[j,l] + Delta Y[j,l])"
                        : of->parts->noise  ? " + (gamma/p) a_j a_l Delta Y[j,l]"
                                            : "";
    wick_text flow = WICK_TEXT_EMPTY;
    wick_text_printf(&flow, "a_j B[j,l] + a_l B[l,j]%s", noise);
    print_equation(of, text, WICK_BLOCK_M, false, "dM[j,r]/dt = ", "a_j B[j,r]", "M[j,r]");
    print_equation(of, text, WICK_BLOCK_Q, false, "dQ[j,l]/dt = ", flow.bytes, "Q[j,l]");
    if (of->trained) print_equation(of, text, WICK_BLOCK_LAYER, false, "da[j]/dt   = ", "sum_f c_f Z[j,f]", "a_j");
    if (flow.failed) text->failed = true;
    wick_text_clear(&flow);
    wick_text_append(text, "    R          = 1/2 sum_{f,g} c_f c_g Z[f,g] + Delta/2\n"
                           "    B[j,b]     = sum_f c_f (X[j,f] Omega[j,b] + Y[j,f] Omega[f,b])\n");
}

void wick_description_print_formulas(const wick_description *of, wick_text *text)
{
    if (!of->parts->full) {
        wick_mean_field_print_text(of, text);
        return;
    }
    line lines[LINE_LIMIT];
    const size_t count = list(of, lines);
    print_equations(of, text);
    wick_text_append(text, "\nintegrals\n");
    for (size_t i = 0; i < count; i++) {
        wick_text_printf(text, "    %s  %-11s  %s\n", lines[i].integral->name, way_name(lines[i].way),
                         lines[i].integral->meaning);
        if (lines[i].formula) wick_text_printf(text, "            = %s\n", lines[i].formula);
    }
    wick_text_append(text, "\nwith\n");
    print_parameters(of, text);
    if (any_quadrature(lines, count)) wick_text_printf(text, "    quadrature of %s\n", quadrature_text(of));
    wick_text_append(text, "    Omega = [[Q, M], [M^T, P]]: overlaps of all fields, students and targets together\n"
                           "    j, l: students;  r: a target;  b: any field;  f, g: any field, and its activation\n"
                           "    c_f = -a_f/p if f is a student, a*_f/k if it is a target (a, a*: the second layers)\n"
                           "    R = E[(f - y)^2]/2: population risk;  Delta: variance of the label noise\n"
                           "    t = nu gamma/(p d): time after nu samples of one-pass SGD with learning rate gamma\n");
    wick_rule_print_legend(text, of->rules, false);
}

/* As it was written and, if that is not the same, as it was read. */
static void print_activation(wick_text *text, const char *label, const char *written, const char *read)
{
    wick_text_printf(text, "%s%s", label, written);
    if (strcmp(written, read) != 0) wick_text_printf(text, " = %s", read);
    wick_text_append(text, "\n");
}

static void print_text(const wick_description *of, wick_text *text)
{
    print_activation(text, "activation         ", of->student, of->student_read);
    print_activation(text, "target activation  ", of->target, of->target_read);
    wick_text_printf(text, "regime             %s\nsecond layer       %s\nkind               %s\n\n", of->parts->name,
                     of->trained ? "trained" : "fixed", wick_kind_name(of->integrals.kind));
    wick_description_print_formulas(of, text);
}

/* ---- LaTeX ------------------------------------------------------------------------------------------------------- */

static void print_latex_integral(const line *of, wick_text *text)
{
    wick_text_printf(text, " \\\\\n    %s &= %s", of->integral->latex_name, of->integral->latex_meaning);
    const bool is_long = of->formula && strchr(of->formula, '\n'); /* in text, too, it takes lines of its own */
    if (of->latex_formula)
        wick_text_printf(text, "%s = %s", is_long ? " \\\\\n    &" : "", of->latex_formula);
    else
        wick_text_append(text, " \\quad \\text{(by quadrature)}");
}

static void print_latex_equations(const wick_description *of, wick_text *text)
{
    line lines[LINE_LIMIT];
    const size_t count = list(of, lines);
    const char *noise = of->parts->variance ? " + \\frac{\\gamma}{p} a_j a_l (V_{jl} + \\Delta Y_{jl})"
                        : of->parts->noise  ? " + \\frac{\\gamma}{p} a_j a_l \\Delta Y_{jl}"
                                            : "";
    wick_text flow = WICK_TEXT_EMPTY;
    wick_text_printf(&flow, "a_j B_{jl} + a_l B_{lj}%s", noise);
    wick_text_append(text, "\\begin{align*}\n");
    print_equation(of, text, WICK_BLOCK_M, true, "\\frac{dM_{jr}}{dt} &= ", "a_j B_{jr}", "M_{jr}");
    print_equation(of, text, WICK_BLOCK_Q, true, "\\frac{dQ_{jl}}{dt} &= ", flow.bytes, "Q_{jl}");
    if (of->trained) print_equation(of, text, WICK_BLOCK_LAYER, true, "\\frac{da_j}{dt} &= ", "\\sum_f c_f Z_{jf}", "a_j");
    if (flow.failed) text->failed = true;
    wick_text_clear(&flow);
    wick_text_append(text, "    R &= \\tfrac{1}{2} \\sum_{f,g} c_f c_g Z_{fg} + \\frac{\\Delta}{2} \\\\\n"
                           "    B_{jb} &= \\sum_f c_f (X_{jf} \\Omega_{jb} + Y_{jf} \\Omega_{fb})");
    for (size_t i = 0; i < count; i++) print_latex_integral(&lines[i], text);
    if (of->integrals.kind == WICK_KIND_ERF && of->parts->variance)
        wick_text_append(text, " \\\\\n    L_4 &= (1 + C_{jj})(1 + C_{ll}) - C_{jl}^2 \\\\\n"
                               "    L_0 &= L_4 C_{fg} - C_{lf} C_{lg} (1 + C_{jj}) - C_{jf} C_{jg} (1 + C_{ll}) \\\\\n"
                               "    &\\quad + C_{jl} (C_{jf} C_{lg} + C_{jg} C_{lf}) \\\\\n"
                               "    L_1 &= L_4 + L_0 |_{g = f}, \\quad L_2 = L_4 + L_0 |_{f = g}");
    wick_text_append(text, "\n\\end{align*}\n");
}

static void print_latex_parameters(const wick_description *of, wick_text *text)
{
    const wick_integrals *in = &of->integrals;
    if (in->kind == WICK_KIND_ERF)
        wick_text_printf(
            text,
            "Activations are $w \\operatorname{erf}(\\rho x / \\sqrt{2})$, students with $w = %.10g$, $\\rho = %.10g$, "
            "targets with\n$w = %.10g$, $\\rho = %.10g$, and $C_{fg} = \\rho_f \\rho_g \\Omega_{fg}$.\n",
            in->scale[0], in->rate[0], in->scale[1], in->rate[1]);
    if (in->kind == WICK_KIND_PIECEWISE)
        wick_text_printf(text,
                         "Activations are $b x + h \\max(x, 0)$, students with $b = %.10g$, $h = %.10g$, targets with\n$b = "
                         "%.10g$, $h = %.10g$, and $\\cos \\theta = \\Omega_{fg} / \\sqrt{\\Omega_{ff} \\Omega_{gg}}$.\n",
                         in->scale[0], in->rate[0], in->scale[1], in->rate[1]);
}

static void print_latex_fields(wick_text *text)
{
    wick_text_append(
        text,
        "Here $\\Omega = \\bigl(\\begin{smallmatrix} Q & M \\\\ M^{\\top} & P \\end{smallmatrix}\\bigr)$ holds the overlaps "
        "of "
        "all fields, $Q = W W^{\\top}/d$,\n$M = W {W^{*}}^{\\top}/d$ and $P = W^{*} {W^{*}}^{\\top}/d$, with the weights "
        "$W$ of "
        "the $p$ students and $W^{*}$ of the $k$ targets,\n"
        "$j, l$ are students, $r$ is a target, $b$ any field, $f$ and $g$ are fields and their activations,\n"
        "$E = \\sum_f c_f f(\\lambda_f)$ is the error without noise, where $\\lambda \\sim \\mathcal{N}(0, \\Omega)$,\n");
}

static void print_latex(const wick_description *of, wick_text *text)
{
    wick_text_printf(text, "%% s(x) = %s, s*(x) = %s\n", of->student_read, of->target_read);
    wick_text_printf(text, "Activation $s(x) = %s$, target activation $s^{*}(x) = %s$,\n%s regime, second layer %s.\n",
                     of->student_latex, of->target_latex, of->parts->name, of->trained ? "trained" : "fixed");
    if (!of->parts->full) {
        wick_mean_field_print_latex(of, text);
    } else {
        print_latex_equations(of, text);
        print_latex_parameters(of, text);
        print_latex_fields(text);
    }
    wick_text_append(
        text,
        "$c_f = -a_f/p$ for a student and $a^{*}_f/k$ for a target ($a$, $a^{*}$: the second layers),\n"
        "$R$ is the population risk, half the mean squared error, $\\Delta$ the variance of the label noise,\n"
        "and $t = \\nu \\gamma / (p d)$ the time after $\\nu$ samples of one-pass SGD with learning rate $\\gamma$.\n");
    wick_rule_print_legend(text, of->rules, true);
}

/* ---- JSON -------------------------------------------------------------------------------------------------------- */

static json_t *json_line(const line *of)
{
    return json_pack("{s:s, s:s, s:s, s:s*}", "name", of->integral->name, "meaning", of->integral->meaning, "by",
                     way_name(of->way), "formula", of->formula);
}

/* The activations of those kinds that have parameters. */
static json_t *json_parameters(const wick_integrals *in)
{
    const bool erf = in->kind == WICK_KIND_ERF;
    const char *first = erf ? "w" : "b", *second = erf ? "rho" : "h";
    return json_pack("{s:{s:f, s:f}, s:{s:f, s:f}}", "student", first, in->scale[0], second, in->rate[0], "target", first,
                     in->scale[1], second, in->rate[1]);
}

static json_t *json_integrals(const wick_description *of)
{
    line lines[LINE_LIMIT];
    const size_t count = list(of, lines);
    json_t *integrals = json_array();
    bool fine = integrals != NULL;
    for (size_t i = 0; i < count && fine; i++) fine = json_array_append_new(integrals, json_line(&lines[i])) == 0;
    if (fine) return integrals;
    json_decref(integrals);
    return NULL;
}

static json_t *json_root(const wick_description *of)
{
    json_t *root = json_pack("{s:s, s:{s:s, s:s}, s:{s:s, s:s}, s:s, s:s, s:s}", "wick", wick_version(), "activation",
                             "expression", of->student, "read_as", of->student_read, "target_activation", "expression",
                             of->target, "read_as", of->target_read, "regime", of->parts->name, "second_layer",
                             of->trained ? "trained" : "fixed", "kind", wick_kind_name(of->integrals.kind));
    bool fine = root != NULL;
    if (fine && (of->integrals.kind == WICK_KIND_ERF || of->integrals.kind == WICK_KIND_PIECEWISE))
        fine = json_object_set_new(root, "parameters", json_parameters(&of->integrals)) == 0;
    if (fine)
        fine = json_object_set_new(root, "integrals",
                                   !of->parts->full ? wick_mean_field_integrals(of) : json_integrals(of)) == 0;
    if (fine && of->rules) fine = json_object_set_new(root, "rules", wick_rule_json(of->rules)) == 0;
    if (fine) return root;
    json_decref(root);
    return NULL;
}

static void print_json(const wick_description *of, wick_text *text)
{
    json_t *root = json_root(of);
    wick_json_print(text, root, JSON_INDENT(2));
    wick_text_append(text, "\n");
    json_decref(root);
}

wick_status wick_description_print(wick_context *context, const wick_description *of, wick_format format, wick_text *text)
{
    switch (format) {
    case WICK_TEXT: print_text(of, text); break;
    case WICK_LATEX: print_latex(of, text); break;
    case WICK_JSON: print_json(of, text); break;
    default: return wick_fail(context, WICK_ERROR_PROBLEM, "format %d is not known", (int)format);
    }
    return WICK_OK;
}
