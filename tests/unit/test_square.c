/* The square activation, s = s* = x^2 with all a = 1, against the matrix formulas of [A23]:
 *
 *     Psi_M   = 2 (Tr P/k - Tr Q/p) M + 4 (M P/k - Q M/p)
 *     Psi_GF  = 4 (Tr P/k - Tr Q/p) Q + 8 (M M^T/k - Q Q/p)
 *     Psi_Var = 4 {[tau^2 + 2 Tr(C Omega C Omega) + Delta] Q + 4 tau T1 + 8 T1 C Omega}, the student block,
 *               with C = diag(-1/p .., 1/k ..), T1 = Omega C Omega, tau = Tr(C Omega)
 *     Psi_noise = 4 Delta Q
 *     R       = ((Tr P)^2 + 2 Tr P P)/(2 k^2) - (Tr P Tr Q + 2 Tr M M^T)/(p k) + ((Tr Q)^2 + 2 Tr Q Q)/(2 p^2) + Delta/2
 *
 * in plain loops: single drifts, and Euler's method with dt = gamma/(p d) against a loop over these formulas. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "support.h"

#define TOLERANCE 1e-12

enum { P_LIMIT = 16, K_LIMIT = 5, N_LIMIT = P_LIMIT + K_LIMIT };

static const wick_regime regimes[] = {WICK_CLASSICAL, WICK_CLASSICAL_NOISE, WICK_HIGH_DIMENSIONAL};

enum { REGIMES = sizeof regimes / sizeof *regimes };

/* A state or a drift, and the parameters of the problem. */
typedef struct {
    double M[P_LIMIT][K_LIMIT], Q[P_LIMIT][P_LIMIT];
} overlaps;

typedef struct {
    size_t p, k;
    double P[K_LIMIT][K_LIMIT], gamma, Delta;
    wick_regime regime;
} parameters;

/* ---- The matrix formulas ----------------------------------------------------------------------------------------- */

static double trace_Q(const parameters *given, const overlaps *at)
{
    double trace = 0;
    for (size_t j = 0; j < given->p; j++) trace += at->Q[j][j];
    return trace;
}

static double trace_P(const parameters *given)
{
    double trace = 0;
    for (size_t r = 0; r < given->k; r++) trace += given->P[r][r];
    return trace;
}

static void gradient_flow(const parameters *given, const overlaps *at, overlaps *drift)
{
    const size_t p = given->p, k = given->k;
    const double p_ = (double)p, k_ = (double)k, gap = trace_P(given) / k_ - trace_Q(given, at) / p_;
    for (size_t j = 0; j < p; j++)
        for (size_t r = 0; r < k; r++) {
            double MP = 0, QM = 0;
            for (size_t t = 0; t < k; t++) MP += at->M[j][t] * given->P[t][r];
            for (size_t l = 0; l < p; l++) QM += at->Q[j][l] * at->M[l][r];
            drift->M[j][r] = 2 * gap * at->M[j][r] + 4 * (MP / k_ - QM / p_);
        }
    for (size_t j = 0; j < p; j++)
        for (size_t l = 0; l < p; l++) {
            double MM = 0, QQ = 0;
            for (size_t r = 0; r < k; r++) MM += at->M[j][r] * at->M[l][r];
            for (size_t i = 0; i < p; i++) QQ += at->Q[j][i] * at->Q[i][l];
            drift->Q[j][l] = 4 * gap * at->Q[j][l] + 8 * (MM / k_ - QQ / p_);
        }
}

static double omega_entry(const parameters *given, const overlaps *at, size_t i, size_t j)
{
    const size_t p = given->p;
    if (i < p && j < p) return at->Q[i][j];
    if (i < p) return at->M[i][j - p];
    if (j < p) return at->M[j][i - p];
    return given->P[i - p][j - p];
}

/* product = X C Y. */
static void weighted_product(size_t n, double X[N_LIMIT][N_LIMIT], const double C[N_LIMIT], double Y[N_LIMIT][N_LIMIT],
                             double product[N_LIMIT][N_LIMIT])
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            product[i][j] = 0;
            for (size_t m = 0; m < n; m++) product[i][j] += X[i][m] * C[m] * Y[m][j];
        }
}

static void add_variance(const parameters *given, const overlaps *at, overlaps *drift)
{
    const size_t p = given->p, k = given->k, n = p + k;
    double omega[N_LIMIT][N_LIMIT], T1[N_LIMIT][N_LIMIT], T2[N_LIMIT][N_LIMIT], C[N_LIMIT] = {0};
    for (size_t i = 0; i < n; i++) {
        C[i] = i < p ? -1 / (double)p : 1 / (double)k;
        for (size_t j = 0; j < n; j++) omega[i][j] = omega_entry(given, at, i, j);
    }
    weighted_product(n, omega, C, omega, T1);
    weighted_product(n, T1, C, omega, T2);

    double tau = 0, square = 0;
    for (size_t i = 0; i < n; i++) {
        tau += C[i] * omega[i][i];
        square += C[i] * T1[i][i];
    }
    const double loss = tau * tau + 2 * square + given->Delta, rate = given->gamma / (double)p;
    for (size_t j = 0; j < p; j++)
        for (size_t l = 0; l < p; l++) drift->Q[j][l] += rate * 4 * (loss * at->Q[j][l] + 4 * tau * T1[j][l] + 8 * T2[j][l]);
}

static void matrix_drift(const parameters *given, const overlaps *at, overlaps *drift)
{
    gradient_flow(given, at, drift);
    if (given->regime == WICK_HIGH_DIMENSIONAL) add_variance(given, at, drift);
    if (given->regime != WICK_CLASSICAL_NOISE) return;
    for (size_t j = 0; j < given->p; j++)
        for (size_t l = 0; l < given->p; l++)
            drift->Q[j][l] += given->gamma / (double)given->p * 4 * given->Delta * at->Q[j][l];
}

static double matrix_risk(const parameters *given, const overlaps *at)
{
    const size_t p = given->p, k = given->k;
    const double p_ = (double)p, k_ = (double)k, TrQ = trace_Q(given, at), TrP = trace_P(given);
    double PP = 0, MM = 0, QQ = 0;
    for (size_t r = 0; r < k; r++)
        for (size_t t = 0; t < k; t++) PP += given->P[r][t] * given->P[t][r];
    for (size_t j = 0; j < p; j++)
        for (size_t r = 0; r < k; r++) MM += at->M[j][r] * at->M[j][r];
    for (size_t j = 0; j < p; j++)
        for (size_t l = 0; l < p; l++) QQ += at->Q[j][l] * at->Q[l][j];
    return (TrP * TrP + 2 * PP) / (2 * k_ * k_) - (TrP * TrQ + 2 * MM) / (p_ * k_) + (TrQ * TrQ + 2 * QQ) / (2 * p_ * p_) +
           given->Delta / 2;
}

/* ---- From a case, to a state vector ------------------------------------------------------------------------------ */

static void read_case(const wick_test_case *one, parameters *given, overlaps *initial)
{
    const wick_reference_problem *plain = &one->plain;
    const size_t p = plain->p, k = plain->k;
    *given = (parameters){.p = p, .k = k, .gamma = plain->gamma, .Delta = plain->Delta, .regime = plain->regime};
    for (size_t r = 0; r < k; r++)
        for (size_t t = 0; t < k; t++) given->P[r][t] = plain->P[r * k + t];
    for (size_t j = 0; j < p; j++) {
        for (size_t r = 0; r < k; r++) initial->M[j][r] = plain->M[j * k + r];
        for (size_t l = 0; l < p; l++) initial->Q[j][l] = plain->Q[j * p + l];
    }
}

/* M row by row, then the upper triangle of Q. Returns the number of entries. */
static size_t pack(const parameters *given, const overlaps *at, double *state)
{
    size_t count = 0;
    for (size_t j = 0; j < given->p; j++)
        for (size_t r = 0; r < given->k; r++) state[count++] = at->M[j][r];
    for (size_t j = 0; j < given->p; j++)
        for (size_t l = j; l < given->p; l++) state[count++] = at->Q[j][l];
    return count;
}

/* M and Q by themselves: the larger one must not hide the other. */
static void check_state(const parameters *given, const double *actual, const overlaps *expected, const char *what)
{
    double packed[N_LIMIT * P_LIMIT];
    const size_t count = pack(given, expected, packed), first_Q = given->p * given->k;
    const double error_M = wick_test_error(actual, packed, first_Q);
    const double error_Q = wick_test_error(actual + first_Q, packed + first_Q, count - first_Q);
    if (!(error_M < TOLERANCE)) fail_msg("%s, p = %zu, k = %zu: M: relative error %g", what, given->p, given->k, error_M);
    if (!(error_Q < TOLERANCE)) fail_msg("%s, p = %zu, k = %zu: Q: relative error %g", what, given->p, given->k, error_Q);
}

static void draw_square(gsl_rng *rng, size_t p, size_t k, double gamma, double Delta, wick_test_case *one)
{
    wick_test_activation square;
    wick_test_activation_square(&square);
    wick_test_case_draw(rng, p, k, p + k, &square, &square, one);
    for (size_t j = 0; j < p; j++) one->a[j] = 1;
    for (size_t r = 0; r < k; r++) one->a_star[r] = 1;
    one->plain.gamma = gamma;
    one->plain.Delta = Delta;
}

/* ---- Tests ------------------------------------------------------------------------------------------------------- */

static void check_drift(const wick_test_case *one)
{
    parameters given;
    overlaps initial, expected;
    read_case(one, &given, &initial);
    matrix_drift(&given, &initial, &expected);

    wick_context *context = wick_context_alloc();
    wick_problem *problem = wick_test_case_problem(context, one);
    wick_system *system = NULL;
    if (problem == NULL || wick_system_compile(context, problem, &system) != WICK_OK)
        fail_msg("%s", wick_context_message(context));

    double state[N_LIMIT * P_LIMIT], drift[N_LIMIT * P_LIMIT], risk, excess_risk;
    assert_int_equal(wick_system_dimension(system), pack(&given, &initial, state));
    assert_int_equal(wick_system_initial_state(context, system, state), WICK_OK);
    assert_int_equal(wick_system_drift(system, state, drift), WICK_OK);
    check_state(&given, drift, &expected, "drift");

    const double expected_risk = matrix_risk(&given, &initial), expected_excess = expected_risk - given.Delta / 2;
    assert_int_equal(wick_system_risk(system, state, &risk, &excess_risk), WICK_OK);
    assert_true(wick_test_error(&risk, &expected_risk, 1) < TOLERANCE);
    assert_true(wick_test_error(&excess_risk, &expected_excess, 1) < TOLERANCE);

    wick_system_free(system);
    wick_problem_free(problem);
    wick_context_free(context);
}

static void test_drift(void **state)
{
    (void)state;
    static const size_t sizes[][2] = {{1, 1}, {2, 1}, {1, 3}, {3, 2}, {5, 5}, {8, 4}, {9, 3}, {15, 2}, {16, 5}};
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, 20230205);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t m = 0; m < REGIMES; m++) {
            wick_test_case one;
            draw_square(rng, sizes[i][0], sizes[i][1], 0.75, i % 3 == 0 ? 0 : 0.3, &one);
            one.plain.regime = regimes[m];
            check_drift(&one);
            wick_test_case_clear(&one);
        }
    gsl_rng_free(rng);
}

enum { STEPS = 400 };

/* The loop that Euler's method is compared with, advanced one step each time the library reports a point. */
typedef struct {
    parameters given;
    overlaps at;
    double dt;
    size_t seen;
} euler_loop;

static int compare_and_step(void *user, const wick_point *point)
{
    euler_loop *loop = user;
    const double expected_risk = matrix_risk(&loop->given, &loop->at);
    assert_int_equal(point->index, loop->seen);
    assert_true(point->time == (double)loop->seen * loop->dt);
    check_state(&loop->given, point->state, &loop->at, "Euler");
    assert_true(wick_test_error(&point->risk, &expected_risk, 1) < TOLERANCE);

    overlaps drift;
    matrix_drift(&loop->given, &loop->at, &drift);
    for (size_t j = 0; j < loop->given.p; j++) {
        for (size_t r = 0; r < loop->given.k; r++) loop->at.M[j][r] += loop->dt * drift.M[j][r];
        for (size_t l = 0; l < loop->given.p; l++) loop->at.Q[j][l] += loop->dt * drift.Q[j][l];
    }
    loop->seen++;
    return 0;
}

/* Every grid point n dt is an output time. */
static void set_grid(wick_context *context, wick_problem *problem, double dt)
{
    static char text[32 * (STEPS + 2)];
    size_t length = (size_t)snprintf(text, sizeof text, "{\"at\": [0");
    for (size_t n = 1; n <= STEPS; n++)
        length += (size_t)snprintf(text + length, sizeof text - length, ", %.17g", (double)n * dt);
    snprintf(text + length, sizeof text - length, "]}");
    assert_int_equal(wick_problem_set(context, problem, "time", text), WICK_OK);
    snprintf(text, sizeof text, "{\"method\": \"euler\", \"dt\": %.17g}", dt);
    assert_int_equal(wick_problem_set(context, problem, "integrator", text), WICK_OK);
}

static void check_euler(const wick_test_case *one, double d)
{
    euler_loop loop = {.dt = one->plain.gamma / ((double)one->plain.p * d)};
    read_case(one, &loop.given, &loop.at);

    wick_context *context = wick_context_alloc();
    wick_problem *problem = wick_test_case_problem(context, one);
    if (problem == NULL) fail_msg("%s", wick_context_message(context));
    set_grid(context, problem, loop.dt);
    wick_system *system = NULL;
    wick_report report;
    if (wick_system_compile(context, problem, &system) != WICK_OK ||
        wick_integrate(context, problem, system, compare_and_step, NULL, &loop, &report) != WICK_OK)
        fail_msg("%s", wick_context_message(context));
    assert_int_equal(loop.seen, STEPS + 1);
    assert_int_equal(report.steps, STEPS);

    wick_system_free(system);
    wick_problem_free(problem);
    wick_context_free(context);
}

static void test_euler(void **state)
{
    (void)state;
    static const size_t sizes[][2] = {{2, 1}, {4, 2}, {8, 4}, {16, 5}};
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, 20230518);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t m = 0; m < REGIMES; m++) {
            wick_test_case one;
            draw_square(rng, sizes[i][0], sizes[i][1], 0.1, 0.01, &one);
            one.plain.regime = regimes[m];
            check_euler(&one, 10);
            wick_test_case_clear(&one);
        }
    gsl_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_drift), cmocka_unit_test(test_euler)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
