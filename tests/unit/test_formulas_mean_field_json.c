/* The equations of the mean-field regimes as JSON, read by an interpreter that knows only the format
 * (examples/formulas.md) and sums tensors entry by entry: it must find what the library computes. And what the library
 * computes is the gradient flow of the risk, as the printed text says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_randist.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "formulas.h"
#include "support.h"

#define TOLERANCE 1e-12

static const wick_regime regimes[] = {WICK_MEAN_FIELD, WICK_MEAN_FIELD_HIGH_D};

/* ---- The interpreter of the JSON format -------------------------------------------------------------------------- */

enum { P_LIMIT = 3, K_LIMIT = 3, ENTRIES = 243 /* K_LIMIT^WICK_TEST_DEGREE_LIMIT */, FIELDS = P_LIMIT + K_LIMIT };

/* What is printed, and the numbers to put into it. */
typedef struct {
    const json_t *form, *sums; /* all of it, and "mean_field" */
    size_t p, k;
    double D;    /* d - k */
    double room; /* 0 if d = k: noise then has no direction outside the target's space */
    double L[K_LIMIT * K_LIMIT];
    double u[FIELDS][K_LIMIT], q[FIELDS], c[FIELDS]; /* students, then targets */
    const double *a;
    double gamma, Delta;
} setting;

static size_t whole(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (!value) return 0;
    assert_true(json_is_integer(value) && json_integer_value(value) > 0);
    return (size_t)json_integer_value(value);
}

/* mu_g */
static double moment(const setting *s, size_t g)
{
    double value = 1;
    assert_true(g <= (size_t)json_integer_value(json_object_get(s->sums, "moments")));
    if (g > 0 && s->D == 0) return 0;
    for (size_t i = 0; i < g; i++) value *= (2 * (double)i + 1) / (s->D + 2 * (double)i);
    return value;
}

static double square_length(const setting *s, size_t field)
{
    double sum = 0;
    for (size_t c = 0; c < s->k; c++) sum += s->u[field][c] * s->u[field][c];
    return sum;
}

static double sum_at(const setting *s, const json_t *list, size_t field, double *vector);

/* {"2": [...]}, number n of it */
static double numbered(const setting *s, const char *name, size_t n, size_t field)
{
    char key[32];
    snprintf(key, sizeof key, "%zu", n);
    const json_t *list = json_object_get(json_object_get(s->sums, name), key);
    assert_true(json_is_array(list));
    return sum_at(s, list, field, NULL);
}

/* Everything in a term but tensors and vectors. */
static double number_at(const setting *s, const json_t *term, size_t field)
{
    const double uu = square_length(s, field), v = uu + s->q[field];
    double value = wick_test_rational(json_object_get(term, "coefficient")) * moment(s, whole(term, "mu"));
    value *= pow(v, (double)whole(term, "v")) * pow(s->q[field], (double)whole(term, "q"));
    value *= pow(uu, (double)whole(term, "uu"));
    const json_t *orders = json_object_get(term, "S");
    const char *who = field < s->p ? "student" : "target";
    for (size_t i = 0; i < json_array_size(orders); i++)
        value *= wick_test_polynomial(json_array_get(json_object_get(json_object_get(s->form, "factors"), who),
                                                     (size_t)json_integer_value(json_array_get(orders, i))),
                                      v);
    if (json_object_get(term, "K")) value *= numbered(s, "K", whole(term, "K"), field);
    if (json_object_get(term, "J")) value *= numbered(s, "J", whole(term, "J"), field);
    return value;
}

/* T_{n,g}, all k^rank entries, by its definition. */
static size_t tensor_entries(const setting *s, const json_t *name, double *entry)
{
    const json_t *tensors = json_object_get(s->sums, "tensors"), *tensor = NULL;
    for (size_t i = 0; i < json_array_size(tensors); i++) {
        const json_t *one = json_array_get(tensors, i);
        if (json_equal(json_object_get(one, "n"), json_array_get(name, 0)) &&
            json_equal(json_object_get(one, "g"), json_array_get(name, 1)))
            tensor = one;
    }
    assert_non_null(tensor);
    const size_t n = (size_t)json_integer_value(json_object_get(tensor, "n"));
    const size_t g = (size_t)json_integer_value(json_object_get(tensor, "g"));
    size_t count_of_all = 1;
    for (size_t i = 0; i < n - 2 * g; i++) count_of_all *= s->k;
    assert_true(count_of_all <= ENTRIES);
    for (size_t e = 0; e < count_of_all; e++) entry[e] = 0;
    for (size_t field = 0; field < s->p + s->k; field++) {
        const json_t *list = json_object_get(tensor, field < s->p ? "student" : "target");
        const double weight = s->c[field] * sum_at(s, list, field, NULL);
        for (size_t e = 0; e < count_of_all; e++) {
            double product = weight;
            size_t rest = e;
            for (size_t i = 0; i < n - 2 * g; i++, rest /= s->k) product *= s->u[field][rest % s->k];
            entry[e] += product;
        }
    }
    return count_of_all;
}

static double norm(const setting *s, const json_t *name)
{
    double entry[ENTRIES], sum = 0;
    const size_t size = tensor_entries(s, name, entry);
    for (size_t e = 0; e < size; e++) sum += entry[e] * entry[e];
    return sum;
}

/* Contracts the last index `times` times; what is left must be `left` numbers. */
static void contract(const setting *s, const json_t *name, size_t times, size_t field, size_t left, double *result)
{
    double entry[ENTRIES];
    size_t size = tensor_entries(s, name, entry);
    for (; times > 0; times--) {
        assert_true(size % s->k == 0);
        size /= s->k;
        for (size_t e = 0; e < size; e++) {
            double sum = 0;
            for (size_t c = 0; c < s->k; c++) sum += entry[e * s->k + c] * s->u[field][c];
            entry[e] = sum;
        }
    }
    assert_int_equal(size, left);
    memcpy(result, entry, size * sizeof *result);
}

/* The sum of the terms: returned, or added to the vector. */
static double sum_at(const setting *s, const json_t *list, size_t field, double *vector)
{
    double sum = 0;
    assert_true(json_is_array(list));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *term = json_array_get(list, i), *tensor = json_object_get(term, "T");
        double value = number_at(s, term, field), part[K_LIMIT];
        const bool along = whole(term, "u") == 1;
        assert_true(!along || vector);
        if (json_object_get(term, "norm")) value *= norm(s, json_object_get(term, "norm"));
        if (tensor) contract(s, tensor, whole(term, "contracted"), field, vector && !along ? s->k : 1, part);
        if (tensor && (!vector || along)) value *= part[0];
        sum += value;
        for (size_t c = 0; vector && c < s->k; c++) vector[c] += value * (along ? s->u[field][c] : part[c]);
    }
    return sum;
}

static double scalar(const setting *s, const char *name, size_t field)
{
    return sum_at(s, json_object_get(s->sums, name), field, NULL);
}

/* dm_i/dt and dq_i/dt of one student. */
static void drift_of(const setting *s, size_t i, double *dm, double *dq)
{
    const double a = s->a[i], self = a / (2 * (double)s->p), v = square_length(s, i) + s->q[i];
    double U[K_LIMIT] = {0}, G[K_LIMIT] = {0};
    sum_at(s, json_object_get(s->sums, "dU/du"), i, U);
    sum_at(s, json_object_get(s->sums, "dG/du"), i, G);
    for (size_t r = 0; r < s->k; r++) {
        dm[r] = 0;
        for (size_t c = 0; c < s->k; c++) dm[r] += a * s->L[r * s->k + c] * (U[c] - self * G[c]);
    }
    *dq = 4 * a * s->q[i] * (scalar(s, "dU/dq", i) - self * scalar(s, "dG/dq", i)) +
          s->room * s->gamma / (double)s->p * s->Delta * a * a * wick_test_polynomial(json_object_get(s->sums, "noise"), v);
}

static double risk_of(const setting *s)
{
    double risk = scalar(s, "risk", 0) + s->Delta / 2;
    for (size_t i = 0; i < s->p; i++) risk += s->a[i] * s->a[i] * scalar(s, "G", i) / (2 * (double)s->p * (double)s->p);
    return risk;
}

/* ---- Against the library ----------------------------------------------------------------------------------------- */

typedef struct {
    size_t p, k, d;
    wick_regime regime;
    wick_test_activation student, target;
    double M[P_LIMIT * K_LIMIT], q[P_LIMIT], P[K_LIMIT * K_LIMIT], a[P_LIMIT], a_star[K_LIMIT], gamma, Delta;
} example;

static void draw(gsl_rng *rng, size_t number, example *x)
{
    *x = (example){.p = 1 + number % P_LIMIT, .k = 1 + number / 2 % K_LIMIT, .regime = regimes[number % 2]};
    x->d = x->k + number % 7; /* d = k as well */
    wick_test_activation_draw(rng, (wick_test_kind)(number % WICK_TEST_KINDS), 1 + number / 3 % 5, &x->student);
    wick_test_activation_draw(rng, (wick_test_kind)(number / 2 % WICK_TEST_KINDS), 1 + number / 5 % 5, &x->target);
    double Q[P_LIMIT * P_LIMIT];
    wick_test_random_overlaps(rng, x->p, x->k, x->p + x->k, Q, x->M, x->P);
    for (size_t i = 0; i < x->p; i++) {
        x->q[i] = x->d == x->k && x->regime == WICK_MEAN_FIELD ? 0 : gsl_rng_uniform(rng);
        x->a[i] = number % 3 == 0 ? 1 : gsl_ran_gaussian(rng, 1);
    }
    for (size_t r = 0; r < x->k; r++) x->a_star[r] = number % 3 == 0 ? 1 : gsl_ran_gaussian(rng, 1);
    x->gamma = 0.5;
    x->Delta = number % 4 == 0 ? 0 : 0.25;
}

static bool set_number(wick_context *context, wick_problem *problem, const char *key, double value)
{
    char text[64];
    snprintf(text, sizeof text, "%.17g", value);
    return wick_problem_set(context, problem, key, text) == WICK_OK;
}

static wick_system *compile(wick_context *context, const example *x)
{
    wick_problem *problem = NULL;
    wick_system *system = NULL;
    const char *regime = x->regime == WICK_MEAN_FIELD ? "mean-field" : "mean-field-high-d";
    if (wick_problem_alloc(context, &problem) != WICK_OK ||
        wick_problem_set(context, problem, "activation", x->student.text) != WICK_OK ||
        wick_problem_set(context, problem, "target_activation", x->target.text) != WICK_OK ||
        wick_problem_set(context, problem, "regime", regime) != WICK_OK ||
        !set_number(context, problem, "d", (double)x->d) || !set_number(context, problem, "learning_rate", x->gamma) ||
        !set_number(context, problem, "noise", x->Delta) ||
        wick_problem_set_matrix(context, problem, "M", x->M, x->p, x->k) != WICK_OK ||
        wick_problem_set_matrix(context, problem, "q", x->q, 1, x->p) != WICK_OK ||
        wick_problem_set_matrix(context, problem, "P", x->P, x->k, x->k) != WICK_OK ||
        wick_problem_set_matrix(context, problem, "a", x->a, 1, x->p) != WICK_OK ||
        wick_problem_set_matrix(context, problem, "a_star", x->a_star, 1, x->k) != WICK_OK ||
        wick_system_compile(context, problem, &system) != WICK_OK)
        fail_msg("%s, %s: %s", x->student.text, x->target.text, wick_context_message(context));
    wick_problem_free(problem);
    return system;
}

/* P = L L^T, L lower triangular. */
static void factorize(size_t k, const double *P, double *L)
{
    memset(L, 0, k * k * sizeof *L);
    for (size_t r = 0; r < k; r++)
        for (size_t c = 0; c <= r; c++) {
            double rest = P[r * k + c];
            for (size_t i = 0; i < c; i++) rest -= L[r * k + i] * L[c * k + i];
            L[r * k + c] = r == c ? sqrt(rest) : rest / L[c * k + c];
        }
}

static void put_numbers(const example *x, setting *s)
{
    const bool room = x->d > x->k || x->regime == WICK_MEAN_FIELD_HIGH_D;
    *s = (setting){
        .p = x->p, .k = x->k, .D = (double)(x->d - x->k), .room = room, .a = x->a, .gamma = x->gamma, .Delta = x->Delta};
    factorize(x->k, x->P, s->L);
    for (size_t i = 0; i < x->p; i++) {
        s->q[i] = x->q[i];
        s->c[i] = -x->a[i] / (double)x->p;
        for (size_t r = 0; r < x->k; r++) {
            double rest = x->M[i * x->k + r];
            for (size_t c = 0; c < r; c++) rest -= s->L[r * x->k + c] * s->u[i][c];
            s->u[i][r] = rest / s->L[r * x->k + r];
        }
    }
    for (size_t r = 0; r < x->k; r++) {
        s->c[x->p + r] = x->a_star[r] / (double)x->k;
        memcpy(s->u[x->p + r], s->L + r * x->k, x->k * sizeof *s->L);
    }
}

static void check_error(const example *x, const char *what, const double *actual, const double *expected, size_t size)
{
    const double error = wick_test_error(actual, expected, size);
    if (!(error < TOLERANCE))
        fail_msg("s = %s, s* = %s, p = %zu, k = %zu, d = %zu, regime %d: %s: relative error %g", x->student.text,
                 x->target.text, x->p, x->k, x->d, (int)x->regime, what, error);
}

static void check_example(const example *x)
{
    char *text = wick_test_print(x->student.text, x->target.text, x->regime, false, WICK_JSON);
    json_error_t error;
    json_t *form = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (!form) fail_msg("line %d: %s", error.line, error.text);
    free(text);
    assert_null(json_object_get(form, "expansions"));

    setting s;
    put_numbers(x, &s);
    s.form = form;
    s.sums = json_object_get(form, "mean_field");
    double dM[P_LIMIT * K_LIMIT], dq[P_LIMIT], state[P_LIMIT * (K_LIMIT + 1)], drift[P_LIMIT * (K_LIMIT + 1)], expected;
    for (size_t i = 0; i < x->p; i++) drift_of(&s, i, dM + i * x->k, dq + i);
    const double risk = risk_of(&s);

    wick_context *context = wick_context_alloc();
    wick_system *system = compile(context, x);
    assert_int_equal(wick_system_initial_state(context, system, state), WICK_OK);
    assert_int_equal(wick_system_drift(system, state, drift), WICK_OK);
    assert_int_equal(wick_system_risk(system, state, &expected, NULL), WICK_OK);
    check_error(x, "dM", dM, drift, x->p * x->k);
    check_error(x, "dq", dq, drift + x->p * x->k, x->p);
    check_error(x, "risk", &risk, &expected, 1);
    wick_system_free(system);
    wick_context_free(context);
    json_decref(form);
}

static void test_json(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, 11);
    for (size_t i = 0; i < 120; i++) {
        example x;
        draw(rng, i, &x);
        check_example(&x);
    }
    gsl_rng_free(rng);
}

/* The legend: dm_i/dt = -p P dR/dm_i and, without noise, dq_i/dt = -4 p q_i dR/dq_i. By central differences. */
static void check_flow(example *x)
{
    const size_t p = x->p, k = x->k, size = p * (k + 1);
    double state[P_LIMIT * (K_LIMIT + 1)], drift[P_LIMIT * (K_LIMIT + 1)], slope[P_LIMIT * (K_LIMIT + 1)], risk[2];
    double flow[P_LIMIT * (K_LIMIT + 1)] = {0};
    wick_context *context = wick_context_alloc();
    wick_system *system = compile(context, x);
    assert_int_equal(wick_system_initial_state(context, system, state), WICK_OK);
    assert_int_equal(wick_system_drift(system, state, drift), WICK_OK);
    for (size_t i = 0; i < size; i++) {
        const double at = state[i], step = 1e-4;
        for (size_t side = 0; side < 2; side++) {
            state[i] = side == 0 ? at + step : at - step;
            assert_int_equal(wick_system_risk(system, state, &risk[side], NULL), WICK_OK);
        }
        state[i] = at;
        slope[i] = (risk[0] - risk[1]) / (2 * step);
    }
    for (size_t i = 0; i < p; i++) {
        for (size_t r = 0; r < k; r++)
            for (size_t c = 0; c < k; c++) flow[i * k + r] -= (double)p * x->P[r * k + c] * slope[i * k + c];
        flow[p * k + i] = -4 * (double)p * state[p * k + i] * slope[p * k + i];
    }
    assert_true(wick_test_error(flow, drift, size) < 1e-5);
    wick_system_free(system);
    wick_context_free(context);
}

static void test_gradient_flow(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, 12);
    for (size_t i = 0; i < 12; i++) {
        example x;
        draw(rng, 7 * i + 1, &x); /* d = k + 1, and no q is 0 */
        x.Delta = 0;
        check_flow(&x);
    }
    gsl_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_json), cmocka_unit_test(test_gradient_flow)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
