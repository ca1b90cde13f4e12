/* The exact mean of one step at finite d (wick_step_mean) against the literal step in R^d, averaged over all samples of a
 * batch, each a node of Gauss-Hermite rules over R^d, with both signs of the label noise: exact for polynomials. Where
 * functions bend, the rules are those of angles and radii. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <gsl/gsl_integration.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"
#include "wick/wick.h"

enum { P = 2, K = 2, SPACE = 3, STATE = P * K + P * (P + 1) / 2 + P };

/* A polynomial; if it has no coefficients, two lines that meet at 0, or erf(x/sqrt(2)) if these have no slopes. */
typedef struct {
    const char *text;
    size_t count;
    double coefficient[4];
    double left, right;
} function;

static bool is_bent(const function *f) { return f->left != 0 || f->right != 0; }

typedef struct {
    const char *regime;
    function student, target;
    size_t d, batch, nodes; /* nodes of a rule */
    bool trained, correlation, steps;
    double gamma, Delta, kappa, kappa_a, eta_a; /* eta_a: 0, that of the weights */
    double tolerance;
} example;

typedef struct {
    double w[P][SPACE], w_star[K][SPACE], a[P], a_star[K];
} network;

static double value(const function *f, double x)
{
    double sum = 0;
    if (is_bent(f)) return x * (x > 0 ? f->right : f->left);
    if (f->count == 0) return erf(x / sqrt(2.0));
    for (size_t i = f->count; i-- > 0;) sum = sum * x + f->coefficient[i];
    return sum;
}

static double slope(const function *f, double x)
{
    double sum = 0;
    if (is_bent(f)) return x > 0 ? f->right : f->left;
    if (f->count == 0) return exp(-x * x / 2) * sqrt(2 / M_PI);
    for (size_t i = f->count; i-- > 1;) sum = sum * x + (double)i * f->coefficient[i];
    return sum;
}

static double dot(const double *v, const double *w, size_t d)
{
    double sum = 0;
    for (size_t i = 0; i < d; ++i) sum += v[i] * w[i];
    return sum;
}

/* ---- The literal step ------------------------------------------------------------------------------------------------ */

/* One sample: its probability, and what it adds to the weights and to a, were it alone. */
typedef struct {
    double probability, w[P][SPACE], a[P];
} sample;

static void fill_sample(const example *of, const network *net, const double *x, double z, sample *to)
{
    double error = sqrt(of->Delta) * z, field[P];
    for (size_t r = 0; r < K; ++r) error += net->a_star[r] / K * value(&of->target, dot(net->w_star[r], x, of->d));
    for (size_t j = 0; j < P; ++j) {
        field[j] = dot(net->w[j], x, of->d);
        if (!of->correlation) error -= net->a[j] / P * value(&of->student, field[j]);
    }
    const double rate = of->eta_a > 0 ? of->eta_a : of->gamma;
    for (size_t j = 0; j < P; ++j) {
        const double scale = of->gamma / P * net->a[j] * slope(&of->student, field[j]) * error;
        for (size_t i = 0; i < of->d; ++i) to->w[j][i] = scale * x[i];
        to->a[j] = of->trained ? rate / (P * (double)of->d) * value(&of->student, field[j]) * error : 0;
    }
}

/* A rule of n nodes, as gsl_integration_fixed_alloc() has them. */
static gsl_integration_fixed_workspace *make_rule(const gsl_integration_fixed_type *type, size_t n, double a, double b)
{
    gsl_integration_fixed_workspace *rule = gsl_integration_fixed_alloc(type, n, a, b, 0, 0);
    assert_non_null(rule);
    return rule;
}

/* Both signs of the noise at x, as unit normal inputs have it, with half the probability each. */
static void add_point(const example *of, const network *net, double x[SPACE], double probability, sample *samples,
                      size_t *count)
{
    for (size_t i = 0; i < of->d; ++i) x[i] /= sqrt((double)of->d);
    for (int sign = -1; sign <= 1; sign += 2) {
        fill_sample(of, net, x, sign, &samples[*count]);
        samples[(*count)++].probability = probability / 2;
    }
}

/* All samples: nodes^d points of a Gauss-Hermite rule, times two signs. */
static sample *make_samples(const example *of, const network *net, size_t *count)
{
    gsl_integration_fixed_workspace *rule = make_rule(gsl_integration_fixed_hermite, of->nodes, 0, 0.5);
    const double *nodes = gsl_integration_fixed_nodes(rule), *weights = gsl_integration_fixed_weights(rule);
    size_t points = 1;
    for (size_t i = 0; i < of->d; ++i) points *= of->nodes;
    sample *samples = calloc(2 * points, sizeof *samples);
    assert_non_null(samples);
    *count = 0;
    for (size_t s = 0; s < points; ++s) {
        double x[SPACE] = {0}, probability = 1;
        size_t rest = s;
        for (size_t i = 0; i < of->d; ++i, rest /= of->nodes) {
            x[i] = nodes[rest % of->nodes];
            probability *= weights[rest % of->nodes] / sqrt(2 * M_PI);
        }
        add_point(of, net, x, probability, samples, count);
    }
    gsl_integration_fixed_free(rule);
    return samples;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The angles at which a field of R^2 changes its sign, in order, the first once more at the end. */
static void find_bends(const network *net, double bends[2 * (P + K) + 1])
{
    size_t count = 0;
    for (size_t i = 0; i < P + K; ++i) {
        const double *w = i < P ? net->w[i] : net->w_star[i - P];
        const double angle = atan2(-w[0], w[1]);
        bends[count++] = angle;
        bends[count++] = angle > 0 ? angle - M_PI : angle + M_PI;
    }
    qsort(bends, count, sizeof *bends, compare);
    bends[count] = bends[0] + 2 * M_PI;
}

/* The same for functions that bend at 0, in R^2: a Legendre rule on each arc between bends, where all is a polynomial in x,
 * and a Laguerre rule for |x|^2/2, as even powers of |x| are left. */
static sample *make_bent_samples(const example *of, const network *net, size_t *count)
{
    enum { ARCS = 2 * (P + K) };
    double bends[ARCS + 1];
    const size_t n = of->nodes;
    gsl_integration_fixed_workspace *radii = make_rule(gsl_integration_fixed_laguerre, 3, 0, 1);
    sample *samples = calloc(2 * 3 * ARCS * n, sizeof *samples);
    assert_non_null(samples);
    assert_int_equal(of->d, 2);
    find_bends(net, bends);
    *count = 0;
    for (size_t arc = 0; arc < ARCS; ++arc) {
        gsl_integration_fixed_workspace *angles = make_rule(gsl_integration_fixed_legendre, n, bends[arc], bends[arc + 1]);
        for (size_t s = 0; s < 3 * n; ++s) {
            const double angle = gsl_integration_fixed_nodes(angles)[s / 3];
            const double radius = sqrt(2 * gsl_integration_fixed_nodes(radii)[s % 3]);
            double x[SPACE] = {radius * cos(angle), radius * sin(angle)};
            add_point(of, net, x,
                      gsl_integration_fixed_weights(angles)[s / 3] / (2 * M_PI) *
                          gsl_integration_fixed_weights(radii)[s % 3],
                      samples, count);
        }
        gsl_integration_fixed_free(angles);
    }
    gsl_integration_fixed_free(radii);
    return samples;
}

/* M, the upper triangle of Q and a, in the library's order; a only if it is trained. */
static size_t pack(const example *of, const network *net, double state[STATE])
{
    size_t at = 0;
    for (size_t j = 0; j < P; ++j)
        for (size_t r = 0; r < K; ++r) state[at++] = dot(net->w[j], net->w_star[r], of->d) / (double)of->d;
    for (size_t j = 0; j < P; ++j)
        for (size_t l = j; l < P; ++l) state[at++] = dot(net->w[j], net->w[l], of->d) / (double)of->d;
    for (size_t j = 0; j < P && of->trained; ++j) state[at++] = net->a[j];
    return at;
}

/* Adds the states after steps with every batch that begins with `sum`, of which `missing` samples are to come. */
static void add_batches(const example *of, const network *decayed, const sample *samples, size_t count, size_t missing,
                        const sample *sum, double mean[STATE])
{
    if (missing == 0) {
        network after = *decayed;
        double state[STATE];
        for (size_t j = 0; j < P; ++j) {
            for (size_t i = 0; i < of->d; ++i) after.w[j][i] += sum->w[j][i] / (double)of->batch;
            after.a[j] += sum->a[j] / (double)of->batch;
        }
        const size_t dimension = pack(of, &after, state);
        for (size_t i = 0; i < dimension; ++i) mean[i] += sum->probability * state[i];
        return;
    }
    for (size_t s = 0; s < count; ++s) {
        sample next = *sum;
        next.probability *= samples[s].probability;
        for (size_t j = 0; j < P; ++j) {
            for (size_t i = 0; i < of->d; ++i) next.w[j][i] += samples[s].w[j][i];
            next.a[j] += samples[s].a[j];
        }
        add_batches(of, decayed, samples, count, missing - 1, &next, mean);
    }
}

static size_t find_literal(const example *of, const network *net, double mean[STATE])
{
    const double eps = of->gamma / (P * (double)of->d);
    const sample nothing = {.probability = 1};
    network decayed = *net;
    size_t count;
    sample *samples = is_bent(&of->student) ? make_bent_samples(of, net, &count) : make_samples(of, net, &count);
    for (size_t j = 0; j < P; ++j) {
        for (size_t i = 0; i < of->d; ++i) decayed.w[j][i] *= 1 - eps * of->kappa;
        decayed.a[j] *= 1 - eps * of->kappa_a;
    }
    memset(mean, 0, STATE * sizeof *mean);
    add_batches(of, &decayed, samples, count, of->batch, &nothing, mean);
    free(samples);
    double before[STATE];
    const size_t dimension = pack(of, net, before);
    const double time = of->steps ? 1 / (double)of->d : eps;
    for (size_t i = 0; i < dimension; ++i) mean[i] = (mean[i] - before[i]) / time;
    return dimension;
}

/* ---- The same by the library ----------------------------------------------------------------------------------------- */

static void set(wick_context *context, wick_problem *problem, const char *key, const char *text)
{
    if (wick_problem_set(context, problem, key, text) != WICK_OK) fail_msg("%s", wick_context_message(context));
}

static void set_number(wick_context *context, wick_problem *problem, const char *key, double number)
{
    char text[64];
    snprintf(text, sizeof text, "%.17g", number);
    set(context, problem, key, text);
}

static void set_overlaps(wick_context *context, wick_problem *problem, const example *of, const network *net)
{
    double Q[P * P], M[P * K], T[K * K];
    const double d = (double)of->d;
    for (size_t j = 0; j < P; ++j) {
        for (size_t l = 0; l < P; ++l) Q[j * P + l] = dot(net->w[j], net->w[l], of->d) / d;
        for (size_t r = 0; r < K; ++r) M[j * K + r] = dot(net->w[j], net->w_star[r], of->d) / d;
    }
    for (size_t r = 0; r < K; ++r)
        for (size_t s = 0; s < K; ++s) T[r * K + s] = dot(net->w_star[r], net->w_star[s], of->d) / d;
    assert_int_equal(wick_problem_set_matrix(context, problem, "Q", Q, P, P), WICK_OK);
    assert_int_equal(wick_problem_set_matrix(context, problem, "M", M, P, K), WICK_OK);
    assert_int_equal(wick_problem_set_matrix(context, problem, "P", T, K, K), WICK_OK);
    assert_int_equal(wick_problem_set_matrix(context, problem, "a", net->a, 1, P), WICK_OK);
    assert_int_equal(wick_problem_set_matrix(context, problem, "a_star", net->a_star, 1, K), WICK_OK);
}

static wick_problem *make_problem(wick_context *context, const example *of, const network *net)
{
    wick_problem *problem;
    assert_int_equal(wick_problem_alloc(context, &problem), WICK_OK);
    set(context, problem, "activation", of->student.text);
    set(context, problem, "target_activation", of->target.text);
    set(context, problem, "regime", of->regime);
    set_number(context, problem, "learning_rate", of->gamma);
    set_number(context, problem, "noise", of->Delta);
    set_number(context, problem, "d", (double)of->d);
    if (of->trained) set(context, problem, "second_layer", "trained");
    if (of->correlation) set(context, problem, "loss", "correlation");
    if (of->steps) set(context, problem, "time.clock", "steps");
    if (of->batch > 1) set_number(context, problem, "batch", (double)of->batch);
    if (of->kappa > 0) set_number(context, problem, "weight_decay", of->kappa);
    if (of->kappa_a > 0) set_number(context, problem, "second_layer_decay", of->kappa_a);
    if (of->eta_a > 0) set_number(context, problem, "second_layer_rate", of->eta_a);
    set_overlaps(context, problem, of, net);
    return problem;
}

static void check_example(const example *of, unsigned long seed)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    network net = {.a = {0.8, -1.3}, .a_star = {1.1, 0.6}};
    double literal[STATE], state[STATE], mean[STATE];
    gsl_rng_set(rng, seed);
    for (size_t i = 0; i < of->d; ++i) {
        for (size_t j = 0; j < P; ++j) net.w[j][i] = 0.7 * gsl_ran_gaussian(rng, 1);
        for (size_t r = 0; r < K; ++r) net.w_star[r][i] = gsl_ran_gaussian(rng, 1);
    }
    gsl_rng_free(rng);
    wick_context *context = wick_context_alloc();
    wick_problem *problem = make_problem(context, of, &net);
    wick_accuracy accuracy;
    pack(of, &net, state);
    if (wick_step_mean(context, problem, state, mean, &accuracy) != WICK_OK) fail_msg("%s", wick_context_message(context));
    const size_t dimension = find_literal(of, &net, literal);
    const double error = wick_test_error(mean, literal, dimension);
    if (!(error <= of->tolerance))
        fail_msg("%s, %s, d = %zu, B = %zu: %.3g away from the literal step", of->student.text, of->regime, of->d, of->batch,
                 error);
    assert_true(accuracy.error <= accuracy.tolerance);
    wick_problem_free(problem);
    wick_context_free(context);
}

/* ---- Tests ----------------------------------------------------------------------------------------------------------- */

static const function square = {.text = "x^2 - x/2 + 1/4", .count = 3, .coefficient = {0.25, -0.5, 1}},
                      line = {.text = "2*x + 1", .count = 2, .coefficient = {1, 2}},
                      cubic = {.text = "x^3/3 - x + 1/2", .count = 4, .coefficient = {0.5, -1, 0, 1.0 / 3}},
                      error_function = {.text = "erf(x/sqrt(2))"}, relu = {.text = "relu(x)", .right = 1},
                      bent = {.text = "abs(x) + x/2", .left = -0.5, .right = 1.5};

static void test_batches(void **state)
{
    (void)state;
    for (size_t batch = 1; batch <= 3; ++batch) {
        const example of = {"high-dimensional", square, square, 3, batch, 5, .gamma = 0.7, .Delta = 0.3, .tolerance = 1e-12};
        if (batch < 3 || !wick_test_is_sanitized()) check_example(&of, 10 + batch);
    }
    const example mixed = {"high-dimensional", cubic, square, 2, 2, 7, .gamma = 0.4, .Delta = 0.1, .tolerance = 1e-12};
    check_example(&mixed, 20);
    const example lines = {"high-dimensional", line, line, 3, 3, 3, .gamma = 0.4, .Delta = 0.1, .tolerance = 1e-12};
    check_example(&lines, 21);
}

static void test_regimes(void **state)
{
    (void)state;
    static const char *const regimes[] = {"classical", "classical-noise", "high-dimensional"};
    for (size_t i = 0; i < 3; ++i) {
        const example of = {regimes[i], cubic, cubic, 3, 1, 7, .gamma = 0.5, .Delta = 0.2, .tolerance = 1e-12};
        check_example(&of, 30 + i);
    }
}

static void test_rules(void **state)
{
    (void)state;
    const example decays = {"high-dimensional",
                            square,
                            cubic,
                            2,
                            2,
                            6,
                            .trained = true,
                            .gamma = 0.5,
                            .Delta = 0.2,
                            .kappa = 0.6,
                            .kappa_a = 0.4,
                            .eta_a = 1.5,
                            .tolerance = 1e-12};
    check_example(&decays, 40);
    example steps = decays;
    steps.steps = true;
    check_example(&steps, 41);
    const example correlation = {
        "high-dimensional", square, square, 2, 3, 5, .correlation = true, .gamma = 0.5, .Delta = 0.2, .kappa = 0.3,
        .tolerance = 1e-12};
    check_example(&correlation, 42);
}

/* By quadrature, although erf has a closed form: what moves with e is none. */
static void test_erf(void **state)
{
    (void)state;
    const example one = {"classical",  error_function, error_function,   2, 1, 60,
                         .gamma = 0.7, .Delta = 0.1,   .tolerance = 1e-7};
    check_example(&one, 50);
    const example two = {"high-dimensional", error_function, cubic, 1, 2, 80, .gamma = 0.7, .Delta = 0.1, .tolerance = 1e-7};
    check_example(&two, 51);
}

static void test_kinks(void **state)
{
    (void)state;
    const example pairs = {"high-dimensional", relu, bent, 2, 2, 12, .trained = true, .gamma = 0.7, .Delta = 0.3,
                           .tolerance = 1e-8};
    check_example(&pairs, 60);
    const example back = {"classical", bent, relu, 2, 1, 12, .gamma = 0.7, .Delta = 0.3, .kappa = 0.2, .tolerance = 1e-8};
    if (!wick_test_is_sanitized()) check_example(&back, 64);
}

static void expect_refusal(const char *key, const char *text, const char *message)
{
    const example of = {"high-dimensional", square, square, 2, 1, 5, .gamma = 0.7, .tolerance = 1};
    const network net = {{{1}, {0, 1}}, {{1}, {0, 1}}, {1, 1}, {1, 1}};
    double state[STATE], mean[STATE];
    wick_context *context = wick_context_alloc();
    wick_problem *problem = make_problem(context, &of, &net);
    pack(&of, &net, state);
    set(context, problem, key, text);
    assert_int_not_equal(wick_step_mean(context, problem, state, mean, NULL), WICK_OK);
    if (!strstr(wick_context_message(context), message)) fail_msg("%s: %s", key, wick_context_message(context));
    wick_problem_free(problem);
    wick_context_free(context);
}

static void test_refusals(void **state)
{
    (void)state;
    expect_refusal("constraint", "sphere", "weights are normalised");
    expect_refusal("activation", "relu(x-1)", "at x = 1;");
    expect_refusal("target_activation", "abs(x+2)", "at x = -2;");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_batches), cmocka_unit_test(test_regimes), cmocka_unit_test(test_rules),
        cmocka_unit_test(test_erf),     cmocka_unit_test(test_kinks),   cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
