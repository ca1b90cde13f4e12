/* The equations of the mean-field regimes as they are printed: to the letter for the square and the cubic, and well formed
 * for every kind of activation. Numbers are put into them by test_formulas_mean_field_json.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "formulas.h"

static const wick_regime regimes[] = {WICK_MEAN_FIELD, WICK_MEAN_FIELD_HIGH_D};

/* ---- To the letter ----------------------------------------------------------------------------------------------- */

/* The equations, and the table below the legend. */
static void check_equations(const char *activation, wick_regime regime, const char *equations, const char *table)
{
    char *text = wick_test_print(activation, activation, regime, false, WICK_TEXT);
    char *start = strstr(text, "\n\n"), *below = strstr(text, "\nand\n");
    assert_non_null(start);
    assert_non_null(below);
    char *end = strstr(start + 2, "\n\n");
    assert_non_null(end);
    end[1] = '\0';
    assert_string_equal(start + 2, equations);
    assert_string_equal(below + strlen("\nand\n"), table);
    free(text);
}

/* T_{0,0} = Tr P/k - sum_l (|u_l|^2 + q_l)/p and L <T_{2,0}, u> = 2 (P m/k - M^T M P^-1 m/p): the square's usual form, with
 * its corrections -(8/p) q_i sum_{j != i} q_j/(d - k) in dq_i/dt and sum_{i != j} q_i q_j/(p^2 (d - k)) in R. */
static void test_square(void **state)
{
    (void)state;
    check_equations("x^2", WICK_MEAN_FIELD,
                    "    dm_i/dt = a_i L (dU/du - a_i/(2 p) dG/du)\n"
                    "    dq_i/dt = 4 a_i q (dU/dq - a_i/(2 p) dG/dq) + (gamma/p) Delta a_i^2 N\n"
                    "    R       = 1/2 T_{0,0}^2 + 1/4 |T_{2,0}|^2 + 1/4 mu_1 T_{2,1}^2\n"
                    "              + 1/(2 p^2) sum_i a_i^2 G(u_i, q_i) + Delta/2\n"
                    "    U       = v T_{0,0} + <T_{2,0}, u^2> + mu_1 q T_{2,1}\n"
                    "    dU/du   = 2 T_{0,0} u + 2 <T_{2,0}, u>\n"
                    "    dU/dq   = T_{0,0} + mu_1 T_{2,1}\n"
                    "    G       = 2 K_2\n"
                    "    dG/du   = 8 q u\n"
                    "    dG/dq   = 4 J_1\n"
                    "    K_2     = v^2 - |u|^4 - mu_1 q^2\n"
                    "    J_1     = v - mu_1 q\n"
                    "    N       = 4 v\n",
                    "    T_{0,0} = sum_f c_f v_f\n"
                    "    T_{2,0} = 2 sum_f c_f u_f^2\n"
                    "    T_{2,1} = 2 sum_j c_j q_j\n"
                    "    mu_1    = 1/(d - k)\n");
    check_equations("x^2", WICK_MEAN_FIELD_HIGH_D,
                    "    dm_i/dt = a_i L (dU/du - a_i/(2 p) dG/du)\n"
                    "    dq_i/dt = 4 a_i q (dU/dq - a_i/(2 p) dG/dq) + (gamma/p) Delta a_i^2 N\n"
                    "    R       = 1/2 T_0^2 + 1/4 |T_2|^2 + 1/(2 p^2) sum_i a_i^2 G(u_i, q_i) + Delta/2\n"
                    "    U       = v T_0 + <T_2, u^2>\n"
                    "    dU/du   = 2 T_0 u + 2 <T_2, u>\n"
                    "    dU/dq   = T_0\n"
                    "    G       = 2 K_2\n"
                    "    dG/du   = 8 q u\n"
                    "    dG/dq   = 4 v\n"
                    "    K_2     = v^2 - |u|^4\n"
                    "    N       = 4 v\n",
                    "    T_0 = sum_f c_f v_f\n"
                    "    T_2 = 2 sum_f c_f u_f^2\n");
}

static void test_cubic(void **state)
{
    (void)state;
    check_equations("x^3", WICK_MEAN_FIELD_HIGH_D,
                    "    dm_i/dt = a_i L (dU/du - a_i/(2 p) dG/du)\n"
                    "    dq_i/dt = 4 a_i q (dU/dq - a_i/(2 p) dG/dq) + (gamma/p) Delta a_i^2 N\n"
                    "    R       = 1/2 |T_1|^2 + 1/12 |T_3|^2 + 1/(2 p^2) sum_i a_i^2 G(u_i, q_i) + Delta/2\n"
                    "    U       = 3 v <T_1, u> + <T_3, u^3>\n"
                    "    dU/du   = 6 <T_1, u> u + 3 v T_1 + 3 <T_3, u^2>\n"
                    "    dU/dq   = 3 <T_1, u>\n"
                    "    G       = 9 v^2 q + 6 K_3\n"
                    "    dG/du   = 36 v q u + 36 K_2 u\n"
                    "    dG/dq   = 18 v q + 27 v^2\n"
                    "    K_2     = v^2 - |u|^4\n"
                    "    K_3     = v^3 - |u|^6\n"
                    "    N       = 27 v^2\n",
                    "    T_1 = 3 sum_f c_f v_f u_f\n"
                    "    T_3 = 6 sum_f c_f u_f^3\n");
}

/* No vector moves, or none but by noise and by itself; S_n of several terms are named. */
static void test_others(void **state)
{
    (void)state;
    check_equations("3", WICK_MEAN_FIELD,
                    "    dm_i/dt = 0\n"
                    "    dq_i/dt = 0\n"
                    "    R       = 1/2 T_{0,0}^2 + Delta/2\n",
                    "    T_{0,0} = 3 sum_f c_f\n");
    check_equations("x", WICK_MEAN_FIELD,
                    "    dm_i/dt = a_i L dU/du\n"
                    "    dq_i/dt = -2/p a_i^2 q dG/dq + (gamma/p) Delta a_i^2 N\n"
                    "    R       = 1/2 |T_{1,0}|^2 + 1/(2 p^2) sum_i a_i^2 G(u_i, q_i) + Delta/2\n"
                    "    U       = <T_{1,0}, u>\n"
                    "    dU/du   = T_{1,0}\n"
                    "    G       = q\n"
                    "    dG/dq   = 1\n"
                    "    N       = 1\n",
                    "    T_{1,0} = sum_f c_f u_f\n");
    check_equations("he3", WICK_MEAN_FIELD,
                    "    dm_i/dt = a_i L (dU/du - a_i/(2 p) dG/du)\n"
                    "    dq_i/dt = 4 a_i q (dU/dq - a_i/(2 p) dG/dq) + (gamma/p) Delta a_i^2 N\n"
                    "    R       = 1/2 |T_{1,0}|^2 + 1/12 |T_{3,0}|^2 + 1/4 mu_1 |T_{3,1}|^2\n"
                    "              + 1/(2 p^2) sum_i a_i^2 G(u_i, q_i) + Delta/2\n"
                    "    U       = S_1 <T_{1,0}, u> + <T_{3,0}, u^3> + 3 mu_1 q <T_{3,1}, u>\n"
                    "    dU/du   = 6 <T_{1,0}, u> u + S_1 T_{1,0} + 3 <T_{3,0}, u^2> + 3 mu_1 q T_{3,1}\n"
                    "    dU/dq   = 3 <T_{1,0}, u> + 3 mu_1 <T_{3,1}, u>\n"
                    "    G       = q S_1^2 + 6 K_3\n"
                    "    dG/du   = 12 q S_1 u + 36 K_2 u\n"
                    "    dG/dq   = 6 q S_1 + S_1^2 + 18 J_2\n"
                    "    K_2     = v^2 - |u|^4 - mu_1 q^2\n"
                    "    K_3     = v^3 - |u|^6 - 3 mu_1 q^2 |u|^2\n"
                    "    J_2     = v^2 - 2 mu_1 q |u|^2\n"
                    "    N       = 27 v^2 - 18 v + 9\n",
                    "    T_{1,0} = sum_f c_f S_1(v_f) u_f\n"
                    "    T_{3,0} = 6 sum_f c_f u_f^3\n"
                    "    T_{3,1} = 6 sum_j c_j q_j u_j\n"
                    "    mu_1    = 1/(d - k)\n"
                    "    S_1     = 3 v - 3\n");
}

/* ---- All kinds of activations ------------------------------------------------------------------------------------ */

static size_t count(const char *text, const char *token)
{
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, token)) != NULL; at += strlen(token)) n++;
    return n;
}

static void check_forms(const char *student, const char *target, wick_regime regime)
{
    char *text = wick_test_print(student, target, regime, false, WICK_TEXT);
    char *latex = wick_test_print(student, target, regime, false, WICK_LATEX);
    char *json = wick_test_print(student, target, regime, false, WICK_JSON);
    wick_test_check_text(strchr(strchr(text, '\n') + 1, '\n') + 1); /* below the activations */
    wick_test_check_latex(latex);
    assert_int_equal(count(latex, "\\langle "), count(latex, " \\rangle"));
    assert_int_equal(count(latex, "\\lvert "), count(latex, " \\rvert"));
    if (regime == WICK_MEAN_FIELD_HIGH_D) {
        assert_null(strstr(text, "mu_"));
        assert_null(strstr(latex, "\\mu"));
        assert_null(strstr(json, "\"mu\""));
    }
    free(text);
    free(latex);
    free(json);
}

static void test_all_kinds(void **state)
{
    (void)state;
    static const char *const activations[] = {"3",     "0",         "linear", "2*x - 1/3",       "square",
                                              "cubic", "x^3/2 + x", "he3",    "he4 + x^3 - 1/7", "(x - 1)^5"};
    enum { ACTIVATIONS = sizeof activations / sizeof *activations };
    for (size_t i = 0; i < ACTIVATIONS * ACTIVATIONS; i++)
        for (size_t r = 0; r < 2; r++) check_forms(activations[i / ACTIVATIONS], activations[i % ACTIVATIONS], regimes[r]);
}

/* The largest degree; LaTeX that does not fit on a page says what to do. */
static void test_degree_twelve(void **state)
{
    (void)state;
    for (size_t r = 0; r < 2; r++) check_forms("(x - 1)^12", "x^12 + x", regimes[r]);
    char *latex = wick_test_print("(x - 1)^12", "x^12 + x", WICK_MEAN_FIELD, false, WICK_LATEX);
    assert_int_equal(count(latex, "\\allowdisplaybreaks"), 1);
    assert_true(strlen(latex) < 32 << 10);
    free(latex);
    latex = wick_test_print("x^3 + x^2", "x^3", WICK_MEAN_FIELD, false, WICK_LATEX);
    assert_int_equal(count(latex, "\\allowdisplaybreaks"), 0);
    free(latex);
    char *text = wick_test_print("(x - 1)^12", "x^12 + x", WICK_MEAN_FIELD, false, WICK_TEXT);
    assert_non_null(strstr(text, "    mu_6     = 10395/((d - k) (d - k + 2) (d - k + 4) (d - k + 6) (d - k + 8)"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_square), cmocka_unit_test(test_cubic),
                                       cmocka_unit_test(test_others), cmocka_unit_test(test_all_kinds),
                                       cmocka_unit_test(test_degree_twelve)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
