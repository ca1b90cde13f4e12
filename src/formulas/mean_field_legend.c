/* What stands between the equations of the mean-field regimes and the table of their tensors. See mean_field_form.h. */
#include "formulas/mean_field_form.h"

static bool any(const wick_mean_field_form *form, const bool *used)
{
    bool found = false;
    for (size_t m = 0; m < form->order_count; m++) found = found || used[m];
    return found;
}

static void print_text(wick_text *text, const wick_mean_field_form *form)
{
    wick_text_append(text,
                     "with\n"
                     "    u = u_i, q = q_i and v = |u|^2 + q where no index stands\n"
                     "    m_i: row i of M = W W*^T/d (p x k), overlaps of the weights W of the p students with W* of\n"
                     "        the k targets\n"
                     "    q_i = Q_ii - m_i^T P^-1 m_i: squared length, over d, of what of student i's weights is outside\n"
                     "        the targets' space\n"
                     "    P = W* W*^T/d = L L^T (k x k);  u_i = L^-1 m_i, so that u_i.u_j = (M P^-1 M^T)_ij\n");
    if (form->plain)
        wick_text_append(text, "    dm_i/dt = -p P dR/dm_i and, without noise, dq_i/dt = -4 p q_i dR/dq_i: R's gradient "
                               "flow\n");
    if (form->tensor_count > 0)
        wick_text_append(
            text, "    j: students;  r: targets;  f: all fields, students and targets together\n"
                  "    c_j = -a_j/p, c_r = a*_r/k (a, a*: the second layers);  u_r is row r of L, q_r = 0, v_r = P_rr\n"
                  "    u^n: the tensor u x u x ... x u over R^k;  <T, u^n>: n indices of T contracted with u\n"
                  "    |T|^2: sum of the squares of all entries of T\n");
    if (form->self.count > 0) wick_text_append(text, "    G: what a student does to itself, beyond what U says\n");
    if (form->moments > 0)
        wick_text_append(text,
                         "    mu_g = E[xi^(2 g)], xi the inner product of two random unit vectors in R^(d-k); for d = k\n"
                         "        every q_i is 0, and terms with mu_g drop out\n");
    const bool student = any(form, form->student_used), target = any(form, form->target_used);
    if (student) wick_text_append(text, "    S_n = E[s^(n)(sqrt(v) z)], z ~ N(0, 1), s the activation; see below\n");
    if (target)
        wick_text_append(text, "    S*_n = E[s*^(n)(sqrt(v) z)], z ~ N(0, 1), s* the target activation; see below\n");
    wick_text_append(text, "    R: population risk, half the mean squared error;  Delta: variance of the label noise\n"
                           "    t = nu gamma/(p d): time after nu samples of one-pass SGD with learning rate gamma\n");
}

static void print_latex(wick_text *text, const wick_mean_field_form *form)
{
    wick_text_append(
        text,
        "Where no index stands, $u = u_i$, $q = q_i$ and $v = \\lvert u \\rvert^2 + q$. Here $m_i$ is row $i$ of\n"
        "$M = W {W^{*}}^{\\top}/d$ ($p \\times k$), the overlaps of the weights $W$ of the $p$ students with\n"
        "$W^{*}$ of the $k$ targets, $q_i = Q_{ii} - m_i^{\\top} P^{-1} m_i$ the squared length, over $d$, of what of\n"
        "student $i$'s weights is outside the targets' space, $P = W^{*} {W^{*}}^{\\top}/d = L L^{\\top}$\n"
        "($k \\times k$), and $u_i = L^{-1} m_i$, so that $u_i \\cdot u_j = (M P^{-1} M^{\\top})_{ij}$. ");
    wick_text_append(text, form->plain ? "This is the\n"
                                         "gradient flow of $R$: $dm_i/dt = -p P\\, \\partial R/\\partial m_i$ and, without "
                                         "noise,\n"
                                         "$dq_i/dt = -4 p q_i\\, \\partial R/\\partial q_i$. Further,\n"
                                       : "Further,\n");
    if (form->tensor_count > 0)
        wick_text_append(
            text,
            "$j$ are students, $r$ targets, $\\alpha$ runs over all fields, students and targets together,\n"
            "$c_j = -a_j/p$ and $c_r = a^{*}_r/k$ ($a$, $a^{*}$: the second layers), $u_r$ is row $r$ of $L$,\n"
            "$q_r = 0$ and $v_r = P_{rr}$, $\\langle T, u^{\\otimes n} \\rangle$ contracts $n$ indices of the symmetric\n"
            "tensor $T$ over $\\mathbb{R}^k$ with $u$, $\\lvert T \\rvert^2$ is the sum of the squares of all its "
            "entries,\n");
    if (form->self.count > 0) wick_text_append(text, "$G$ is what a student does to itself, beyond what $U$ says,\n");
    if (form->moments > 0)
        wick_text_append(
            text, "$\\mu_g = \\operatorname{E}[\\xi^{2g}]$ with $\\xi$ the inner product of two random unit vectors in\n"
                  "$\\mathbb{R}^{d-k}$ (for $d = k$ every $q_i$ is $0$, and terms with $\\mu_g$ drop out),\n");
    const bool student = any(form, form->student_used), target = any(form, form->target_used);
    if (student) wick_text_append(text, "$S^{(n)}(v) = \\operatorname{E}[s^{(n)}(\\sqrt{v} z)]$,\n");
    if (target) wick_text_append(text, "${S^{*}}^{(n)}(v) = \\operatorname{E}[{s^{*}}^{(n)}(\\sqrt{v} z)]$,\n");
    if (student || target) wick_text_append(text, "$z \\sim \\mathcal{N}(0, 1)$,\n");
    wick_text_append(text,
                     "$R$ is the population risk, half the mean squared error, $\\Delta$ the variance of the label noise,\n"
                     "and $t = \\nu \\gamma / (p d)$ the time after $\\nu$ samples of one-pass SGD with learning rate "
                     "$\\gamma$.\n");
}

void wick_mean_field_legend(const wick_mean_field_form *form, bool latex, wick_text *text)
{
    (latex ? print_latex : print_text)(text, form);
}
