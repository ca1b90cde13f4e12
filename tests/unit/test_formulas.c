/* The closed form as it is printed: the square's equations to the letter, LaTeX that is well formed, and text of every
 * activation within its margins. Numbers are put into the formulas by test_formulas_matrix.c, _index.c and _json.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arithmetic.h"
#include "formulas.h"

static const wick_regime regimes[] = {WICK_CLASSICAL, WICK_CLASSICAL_NOISE, WICK_HIGH_DIMENSIONAL};

/* ---- To the letter ----------------------------------------------------------------------------------------------- */

/* The text between the first and the second empty line. */
static void check_equations(const char *student, const char *target, wick_regime regime, bool trained, const char *expected)
{
    char *text = wick_test_print(student, target, regime, trained, WICK_TEXT);
    char *start = strstr(text, "\n\n");
    assert_non_null(start);
    char *end = strstr(start + 2, "\n\n");
    assert_non_null(end);
    end[1] = '\0';
    assert_string_equal(start + 2, expected);
    free(text);
}

static void test_square(void **state)
{
    (void)state;
    static const char risk[] =
        "    R     = 1/2 (Tr P/k - Tr Q/p)^2 + Tr(P^2)/k^2 - 2 Tr(M M^T)/(p k) + Tr(Q^2)/p^2 + Delta/2\n";
    char expected[2048];
    snprintf(expected, sizeof expected,
             "    dM/dt = 2 (Tr P/k - Tr Q/p) M + 4 (M P/k - Q M/p)\n"
             "    dQ/dt = 4 (Tr P/k - Tr Q/p) Q + 8 (M M^T/k - Q^2/p)\n%s",
             risk);
    check_equations("x^2", "x^2", WICK_CLASSICAL, false, expected);
    snprintf(expected, sizeof expected,
             "    dM/dt = 2 (Tr P/k - Tr Q/p) M + 4 (M P/k - Q M/p)\n"
             "    dQ/dt = 4 (Tr P/k - Tr Q/p) Q + 8 (M M^T/k - Q^2/p) + (gamma/p) X\n"
             "    X     = 4 Delta Q\n%s",
             risk);
    check_equations("x^2", "x^2", WICK_CLASSICAL_NOISE, false, expected);
    snprintf(expected, sizeof expected,
             "    dM/dt = 2 (Tr P/k - Tr Q/p) M + 4 (M P/k - Q M/p)\n"
             "    dQ/dt = 4 (Tr P/k - Tr Q/p) Q + 8 (M M^T/k - Q^2/p) + (gamma/p) X\n"
             "    X     = 4 (Tr P/k - Tr Q/p)^2 Q + 8 (Tr(P^2)/k^2 - 2 Tr(M M^T)/(p k) + Tr(Q^2)/p^2) Q\n"
             "            + 16 (Tr P/k - Tr Q/p) (M M^T/k - Q^2/p)\n"
             "            + 32 (M P M^T/k^2 - M M^T Q/(p k) - Q M M^T/(p k) + Q^3/p^2) + 4 Delta Q\n%s",
             risk);
    check_equations("x^2", "x^2", WICK_HIGH_DIMENSIONAL, false, expected);
}

static void test_square_trained(void **state)
{
    (void)state;
    check_equations("x^2", "x^2", WICK_CLASSICAL, true,
                    "    dM/dt = D [2 (Tr(D* P)/k - Tr(D Q)/p) M + 4 (M D* P/k - Q D M/p)]\n"
                    "    dQ/dt = D [2 (Tr(D* P)/k - Tr(D Q)/p) Q + 4 (M D* M^T/k - Q D Q/p)] + transpose\n"
                    "    da/dt = (Tr(D* P)/k - Tr(D Q)/p) diag(Q) + 2 diag(M D* M^T/k - Q D Q/p)\n"
                    "    R     = 1/2 (Tr(D* P)/k - Tr(D Q)/p)^2 + Tr(D* P D* P)/k^2 - 2 Tr(D M D* M^T)/(p k)\n"
                    "            + Tr(D Q D Q)/p^2 + Delta/2\n");
}

static void test_others(void **state)
{
    (void)state;
    check_equations("3", "3", WICK_HIGH_DIMENSIONAL, false,
                    "    dM/dt = 0\n"
                    "    dQ/dt = 0\n"
                    "    R     = Delta/2\n");
    check_equations("linear", "linear", WICK_CLASSICAL, false,
                    "    dM/dt = e (e^T P/k - e^T M/p)\n"
                    "    dQ/dt = e (e^T M^T/k - e^T Q/p) + (M e/k - Q e/p) e^T\n"
                    "    R     = 1/2 (e^T P e/k^2 - 2 e^T M e/(p k) + e^T Q e/p^2) + Delta/2\n");
    check_equations("he2", "x^2/2 - 1", WICK_CLASSICAL, false,
                    "    dM/dt = 2 (1/2 Tr P/k - Tr Q/p) M + 2 (M P/k - 2 Q M/p)\n"
                    "    dQ/dt = 4 (1/2 Tr P/k - Tr Q/p) Q + 4 (M M^T/k - 2 Q^2/p)\n"
                    "    R     = 1/2 (1/2 Tr P/k - Tr Q/p)^2 + 1/4 (Tr(P^2)/k^2 - 4 Tr(M M^T)/(p k) + 4 Tr(Q^2)/p^2)\n"
                    "            + Delta/2\n");
    check_equations("cubic", "cubic", WICK_CLASSICAL_NOISE, false,
                    "    dM[j,r]/dt = a_j B[j,r]\n"
                    "    dQ[j,l]/dt = a_j B[j,l] + a_l B[l,j] + (gamma/p) X[j,l]\n"
                    "    R          = 1/2 sum_{f,g} c_f c_g (F_1[f] F_1[g] Omega[f,g] + 6 Omega[f,g]^3) + Delta/2\n"
                    "    B[j,b]     = sum_f c_f (S_1[j] F_1[f] Omega[b,f] + 18 Omega[j,f]^2 Omega[b,f]\n"
                    "                   + 6 Omega[j,b] F_1[f] Omega[j,f])\n"
                    "    X[j,l]     = a_j a_l Delta N[j,l]\n"
                    "    N[j,l]     = S_1[j] S_1[l] + 18 Q[j,l]^2\n");
}

/* ---- All kinds of activations ------------------------------------------------------------------------------------ */

static const char *const activations[] = {"3",     "0",         "linear", "2*x - 1/3",       "square",
                                          "cubic", "x^3/2 + x", "he3",    "he4 + x^3 - 1/7", "(x - 1)^5"};

enum { ACTIVATIONS = sizeof activations / sizeof *activations };

static void test_all_kinds(void **state)
{
    (void)state;
    for (size_t i = 0; i < ACTIVATIONS * ACTIVATIONS; i++)
        for (size_t v = 0; v < 6; v++) {
            const char *const student = activations[i / ACTIVATIONS], *const target = activations[i % ACTIVATIONS];
            char *text = wick_test_print(student, target, regimes[v % 3], v >= 3, WICK_TEXT);
            char *latex = wick_test_print(student, target, regimes[v % 3], v >= 3, WICK_LATEX);
            wick_test_check_text(text);
            wick_test_check_latex(latex);
            free(text);
            free(latex);
        }
}

/* The largest degree: formulas that a reader can still take in, for an amount of exact arithmetic that takes no time. */
static void test_degree_twelve(void **state)
{
    (void)state;
    static const wick_format formats[] = {WICK_TEXT, WICK_LATEX, WICK_JSON};
    static const size_t limits[] = {16 << 10, 32 << 10, 16 << 20};
    for (size_t i = 0; i < 3; i++) {
        wick_test_arithmetic_start();
        char *text = wick_test_print("(x - 1)^12", "x^12 + x", WICK_HIGH_DIMENSIONAL, true, formats[i]);
        const wick_test_arithmetic taken = wick_test_arithmetic_stop();
        assert_true(taken.requests > 1000 && taken.requests < 200000);
        assert_true(strlen(text) < limits[i]);
        if (formats[i] == WICK_LATEX) wick_test_check_latex(text);
        if (formats[i] == WICK_TEXT) assert_non_null(strstr(text, "diagrams up to symmetry"));
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_square), cmocka_unit_test(test_square_trained),
                                       cmocka_unit_test(test_others), cmocka_unit_test(test_all_kinds),
                                       cmocka_unit_test(test_degree_twelve)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
