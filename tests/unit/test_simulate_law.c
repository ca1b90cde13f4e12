/* The law of the simulated processes: both engines against each other, to one in a hundred, and against SGD written out in
 * plain loops, to three. The seeds are fixed. A chi-square that is left out makes every one of these tests fail, and one of
 * 0.97 times the size or with one degree of freedom too many some of them, that of 1000 steps of erf among them.
 *
 * Standard errors are those of the samples themselves, and how small they must be is tested, too: a difference of 1 %
 * between variances is three of them or more, after 1, 10 and 1000 steps. Where the law soon forgets where it came from, as
 * that of erf does, runs have their first steps in common, in families: every run still takes all of its steps, its law is
 * not touched, and the standard errors, which are those of independent families, tell what that costs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "simulate/process.h"
#include "support.h"

/* ---- A small problem in R^6: two students, one target ------------------------------------------------------------ */

enum { D = 6, P = 2, K = 1, DIMENSION = P * K + P * (P + 1) / 2, WITH_A = DIMENSION + P };

static const double pi = 3.14159265358979323846;

/* Moments of high order, and so the runs needed, depend much on these: for the square, few steps need much noise. */
typedef struct {
    bool is_erf, trained;
    double gamma, Delta;
    double student, target; /* standard deviations of the weights */
    double a;               /* of the second student; the first has 1 */
} setting;

static const setting
    square_few_steps = {.gamma = 0.05, .Delta = 4, .student = 0.8, .target = 0.3, .a = 0.8},
    square_many_steps = {.gamma = 0.0188, .Delta = 0.113, .student = 0.412, .target = 0.493, .a = 0.9},
    square_trained = {.trained = true, .gamma = 0.05, .Delta = 0.5, .student = 0.8, .target = 0.5, .a = 0.8},
    erf_fixed = {.is_erf = true, .gamma = 1, .Delta = 0.5, .student = 0.3, .target = 0.5, .a = 0.8},
    erf_trained = {
        .is_erf = true, .trained = true, .gamma = 0.321, .Delta = 0.012, .student = 0.128, .target = 0.2, .a = 0.8};

typedef struct {
    double W[P][D], W_star[D], a[P];
} weights;

/* x^2, or erf(x / sqrt 2). */
static double s(bool is_erf, double x) { return is_erf ? erf(x / sqrt(2)) : x * x; }
static double ds(bool is_erf, double x) { return is_erf ? sqrt(2 / pi) * exp(-x * x / 2) : 2 * x; }

static weights start_weights(const setting *of)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, 11);
    weights at = {.a = {1, of->a}};
    for (size_t i = 0; i < D; ++i) at.W_star[i] = of->target * gsl_ran_ugaussian(rng);
    for (size_t j = 0; j < P; ++j)
        for (size_t i = 0; i < D; ++i) at.W[j][i] = of->student * gsl_ran_ugaussian(rng);
    gsl_rng_free(rng);
    return at;
}

static double dot(const double *x, const double *y)
{
    double sum = 0;
    for (size_t i = 0; i < D; ++i) sum += x[i] * y[i];
    return sum;
}

static void take_overlaps(const weights *at, double *state)
{
    for (size_t j = 0; j < P; ++j) *state++ = dot(at->W[j], at->W_star) / D;
    for (size_t j = 0; j < P; ++j)
        for (size_t l = j; l < P; ++l) *state++ = dot(at->W[j], at->W[l]) / D;
    memcpy(state, at->a, sizeof at->a);
}

static size_t dimension_of(const setting *of) { return of->trained ? WITH_A : DIMENSION; }

/* One step as THEORY's section 1 has it, x ~ N(0, I/d). */
static void plain_step(gsl_rng *rng, const setting *of, weights *at)
{
    double x[D], l[P], E, student = 0;
    for (size_t i = 0; i < D; ++i) x[i] = gsl_ran_ugaussian(rng) / sqrt(D);
    for (size_t j = 0; j < P; ++j) {
        l[j] = dot(at->W[j], x);
        student += at->a[j] * s(of->is_erf, l[j]) / P;
    }
    E = s(of->is_erf, dot(at->W_star, x)) - student + sqrt(of->Delta) * gsl_ran_ugaussian(rng);
    for (size_t j = 0; j < P; ++j) {
        const double a = at->a[j];
        if (of->trained) at->a[j] += of->gamma / (P * D) * s(of->is_erf, l[j]) * E;
        for (size_t i = 0; i < D; ++i) at->W[j][i] += of->gamma / P * a * ds(of->is_erf, l[j]) * E * x[i];
    }
}

static void set_number(wick_context *context, wick_problem *problem, const char *key, double value)
{
    char text[64];
    snprintf(text, sizeof text, "%.17g", value);
    assert_int_equal(wick_problem_set(context, problem, key, text), WICK_OK);
}

static double target_overlap(const setting *of)
{
    const weights at = start_weights(of);
    return dot(at.W_star, at.W_star) / D;
}

/* `state` as take_overlaps() has it. */
static wick_problem *small_problem(wick_context *context, const setting *of, const double *state)
{
    const double target = target_overlap(of), Q[] = {state[2], state[3], state[3], state[4]};
    wick_problem *problem;
    assert_int_equal(wick_problem_alloc(context, &problem), WICK_OK);
    assert_int_equal(wick_problem_set(context, problem, "activation", "x^2"), WICK_OK); /* does not matter here */
    assert_int_equal(wick_problem_set(context, problem, "second_layer", of->trained ? "trained" : "fixed"), WICK_OK);
    set_number(context, problem, "d", D);
    set_number(context, problem, "learning_rate", of->gamma);
    set_number(context, problem, "noise", of->Delta);
    assert_int_equal(wick_problem_set_matrix(context, problem, "M", state, P, K), WICK_OK);
    assert_int_equal(wick_problem_set_matrix(context, problem, "Q", Q, P, P), WICK_OK);
    assert_int_equal(wick_problem_set_matrix(context, problem, "P", &target, K, K), WICK_OK);
    assert_int_equal(wick_problem_set_matrix(context, problem, "a", state + DIMENSION, 1, P), WICK_OK);
    return problem;
}

static void evaluate(const void *self, size_t count, const double *x, double *scratch, double *value, double *slope)
{
    const bool is_erf = *(const bool *)self;
    (void)scratch;
    for (size_t i = 0; i < count; ++i) {
        value[i] = s(is_erf, x[i]);
        if (slope) slope[i] = ds(is_erf, x[i]);
    }
}

static bool make_process(wick_context *context, const setting *of, const double *state, bool all_columns,
                         wick_process *process)
{
    static bool kinds[] = {false, true};
    const wick_scalar_function function = {.evaluate = evaluate, .self = &kinds[of->is_erf]};
    wick_problem *problem = small_problem(context, of, state);
    const bool made = wick_problem_check(context, problem, WICK_FOR_RUN) == WICK_OK &&
                      wick_process_make(context, problem, function, function, all_columns, process) == WICK_OK;
    wick_problem_free(problem);
    return made;
}

/* ---- Moments ------------------------------------------------------------------------------------------------------- */

/* Runs come in families, of one run each or of runs that have their first steps in common. Families are independent, so
 * standard errors are those of sums over families: of averages x and y of u and u^2, where u is an order parameter less its
 * value at the start. */
typedef struct {
    double x, y, xx, xy, yy;
} family_sums;

typedef struct {
    double count; /* families */
    family_sums sum[WITH_A];
} moments;

typedef struct {
    double count, u[WITH_A], uu[WITH_A];
} family;

static void add_run(family *to, const double *state, const double *center, size_t dimension)
{
    to->count += 1;
    for (size_t i = 0; i < dimension; ++i) {
        const double u = state[i] - center[i];
        to->u[i] += u;
        to->uu[i] += u * u;
    }
}

static void add_family(moments *to, const family *of, size_t dimension)
{
    to->count += 1;
    for (size_t i = 0; i < dimension; ++i) {
        const double x = of->u[i] / of->count, y = of->uu[i] / of->count;
        family_sums *sum = &to->sum[i];
        sum->x += x;
        sum->y += y;
        sum->xx += x * x;
        sum->xy += x * y;
        sum->yy += y * y;
    }
}

static void merge(moments *to, const moments *from)
{
    to->count += from->count;
    for (size_t i = 0; i < WITH_A; ++i) {
        family_sums *sum = &to->sum[i];
        const family_sums *more = &from->sum[i];
        sum->x += more->x;
        sum->y += more->y;
        sum->xx += more->xx;
        sum->xy += more->xy;
        sum->yy += more->yy;
    }
}

static double mean(const moments *of, size_t i) { return of->sum[i].x / of->count; }

static double variance(const moments *of, size_t i) { return of->sum[i].y / of->count - pow(mean(of, i), 2); }

static double mean_error(const moments *of, size_t i)
{
    return sqrt((of->sum[i].xx / of->count - pow(mean(of, i), 2)) / of->count);
}

/* The variance is, up to terms of second order, the mean of y - 2 m x over families, plus m^2. */
static double variance_error(const moments *of, size_t i)
{
    const double n = of->count, m = mean(of, i);
    const family_sums *sum = &of->sum[i];
    const double square = (sum->yy - 4 * m * sum->xy + 4 * m * m * sum->xx) / n;
    return sqrt((square - pow((sum->y - 2 * m * sum->x) / n, 2)) / n);
}

/* Of the ratio of the variances. */
static double ratio_error(const moments *a, const moments *b, size_t i)
{
    return hypot(variance_error(a, i) / variance(a, i), variance_error(b, i) / variance(b, i));
}

/* Differences are at most four standard errors; and these at most `resolution` of what is compared, means against the larger
 * of their distance from the start and their standard deviation. */
static void compare(const char *what, const moments *a, const moments *b, size_t dimension, double resolution)
{
    static const double allowed = 4;
    for (size_t i = 0; i < dimension; ++i) {
        const double mean_errors = hypot(mean_error(a, i), mean_error(b, i)),
                     variance_errors = hypot(variance_error(a, i), variance_error(b, i)),
                     means = (mean(a, i) - mean(b, i)) / mean_errors,
                     variances = (variance(a, i) - variance(b, i)) / variance_errors;
        if (fabs(means) > allowed || fabs(variances) > allowed)
            fail_msg("%s, order parameter %zu: means %g and %g (%.1f errors), variances %g and %g (%.1f errors)", what, i,
                     mean(a, i), mean(b, i), means, variance(a, i), variance(b, i), variances);
        if (mean_errors > resolution * fmax(fabs(mean(a, i)), sqrt(variance(a, i))) || ratio_error(a, b, i) > resolution)
            fail_msg(
                "%s, order parameter %zu: too few runs: standard errors %g of the mean %g, %g of the ratio of variances",
                what, i, mean_errors, mean(a, i), ratio_error(a, b, i));
    }
}

/* ---- Laws ---------------------------------------------------------------------------------------------------------- */

/* Every run of a family takes `trunk` steps with the others, then `steps` of its own: `runs` of them, and `families`. */
typedef struct {
    size_t trunk, steps, runs, families;
} schedule;

typedef enum { PLAIN, SGD, OVERLAP } walker;

/* A share of the families, with a stream of random numbers of its own. */
typedef struct {
    const setting *of;
    schedule plan;
    unsigned long seed;
    size_t index;
    moments found;
    bool walked;
} block;

enum { BLOCKS = 32 };

static void walk_plainly(block *share)
{
    const setting *of = share->of;
    const weights start = start_weights(of);
    double center[WITH_A], state[WITH_A];
    take_overlaps(&start, center);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, wick_chain_seed(share->seed, share->index));
    for (size_t i = 0; i < share->plan.families / BLOCKS + 1; ++i) {
        family found = {0};
        weights trunk = start;
        for (size_t n = 0; n < share->plan.trunk; ++n) plain_step(rng, of, &trunk);
        for (size_t run = 0; run < share->plan.runs; ++run) {
            weights at = trunk;
            for (size_t n = 0; n < share->plan.steps; ++n) plain_step(rng, of, &at);
            take_overlaps(&at, state);
            add_run(&found, state, center, dimension_of(of));
        }
        add_family(&share->found, &found, dimension_of(of));
    }
    gsl_rng_free(rng);
    share->walked = true;
}

/* Runs of `steps` steps each from the start of the chain. */
static bool walk_runs(wick_chain *chain, const block *share, const double *center, family *found)
{
    const size_t dimension = dimension_of(share->of);
    double state[WITH_A];
    for (size_t run = 0; run < share->plan.runs; ++run, wick_chain_restart(chain)) {
        if (!wick_chain_walk(chain, share->plan.steps)) return false;
        wick_chain_state(chain, state);
        add_run(found, state, center, dimension);
    }
    return true;
}

/* The trunk by one chain, then the runs from the overlaps where it ended: the process is Markov's in (M, Q, a). */
static bool walk_branches(wick_context *context, wick_chain *trunk, bool all_columns, const block *share, unsigned long seed,
                          const double *center, family *found)
{
    double state[WITH_A];
    memcpy(state, center, sizeof state); /* a, if it is not trained */
    wick_chain_restart(trunk);
    if (!wick_chain_walk(trunk, share->plan.trunk)) return false;
    wick_chain_state(trunk, state);
    wick_process process;
    if (!make_process(context, share->of, state, all_columns, &process)) return false;
    wick_chain *chain = wick_chain_alloc(&process, seed);
    const bool walked = chain && walk_runs(chain, share, center, found);
    wick_chain_free(chain);
    wick_process_clear(&process);
    return walked;
}

static void walk_engine(block *share, bool all_columns)
{
    const size_t families = share->plan.families / BLOCKS + 1;
    const weights start = start_weights(share->of);
    double center[WITH_A];
    take_overlaps(&start, center);
    wick_context *context = wick_context_alloc();
    wick_process process;
    share->walked = make_process(context, share->of, center, all_columns, &process);
    /* So that the rest of x, chi-square, is there in every step. */
    share->walked = share->walked && (all_columns ? process.capacity == D : process.capacity < D);
    wick_chain *chain = wick_chain_alloc(&process, wick_chain_seed(share->seed, share->index));
    for (size_t i = 0; i < families && share->walked; ++i) {
        family found = {0};
        const unsigned long seed = wick_chain_seed(share->seed, BLOCKS + share->index * families + i);
        share->walked = share->plan.trunk == 0 ? walk_runs(chain, share, center, &found)
                                               : walk_branches(context, chain, all_columns, share, seed, center, &found);
        add_family(&share->found, &found, dimension_of(share->of));
    }
    wick_chain_free(chain);
    wick_process_clear(&process);
    wick_context_free(context);
}

static moments walk(walker by, const setting *of, schedule plan, unsigned long seed)
{
    moments found = {0};
    block blocks[BLOCKS];
#pragma omp parallel for schedule(dynamic)
    for (size_t i = 0; i < BLOCKS; ++i) {
        blocks[i] = (block){.of = of, .plan = plan, .seed = seed, .index = i};
        if (by == PLAIN)
            walk_plainly(&blocks[i]);
        else
            walk_engine(&blocks[i], by == SGD);
    }
    for (size_t i = 0; i < BLOCKS; ++i) {
        assert_true(blocks[i].walked);
        merge(&found, &blocks[i].found);
    }
    return found;
}

/* How many times the usual number of families is taken. */
static double runs_factor(void)
{
    const char *asked = getenv("WICK_LAW_RUNS");
    if (asked) return strtod(asked, NULL);
    return wick_test_is_sanitized() ? 0.1 : 1;
}

/* `plan` is that of the engines, and `resolution` theirs, with the usual number of families. */
static void check_law(const setting *of, schedule plan, size_t plain_families, double resolution)
{
    const double factor = runs_factor();
    const size_t dimension = dimension_of(of);
    plan.families = (size_t)(factor * (double)plan.families);
    const moments of_sgd = walk(SGD, of, plan, 1), of_overlap = walk(OVERLAP, of, plan, 2);
    plan.families = (size_t)(factor * (double)plain_families);
    const moments plain = walk(PLAIN, of, plan, 5);
    double largest = 0;
    for (size_t i = 0; i < dimension; ++i) largest = fmax(largest, ratio_error(&of_sgd, &of_overlap, i));
    print_message("standard errors of the ratios of variances: at most %.2f %%\n", 100 * largest);
    compare("SGD in plain loops and engine sgd", &plain, &of_sgd, dimension, 0.03 / sqrt(factor));
    compare("SGD in plain loops and engine overlap", &plain, &of_overlap, dimension, 0.03 / sqrt(factor));
    compare("engines sgd and overlap", &of_sgd, &of_overlap, dimension, resolution / sqrt(factor));
}

static void test_square_1_step(void **state)
{
    (void)state;
    check_law(&square_few_steps, (schedule){0, 1, 1, 9000000}, 1000000, 0.0033);
}

static void test_square_10_steps(void **state)
{
    (void)state;
    check_law(&square_few_steps, (schedule){0, 10, 1, 1500000}, 100000, 0.0033);
}

static void test_square_1000_steps(void **state)
{
    (void)state;
    check_law(&square_many_steps, (schedule){0, 1000, 1, 388000}, 6000, 0.0033);
}

static void test_square_second_layer_trained(void **state)
{
    (void)state;
    check_law(&square_trained, (schedule){0, 30, 1, 100000}, 100000, 0.03);
}

static void test_erf_1_step(void **state)
{
    (void)state;
    check_law(&erf_fixed, (schedule){0, 1, 1, 5000000}, 300000, 0.0033);
}

static void test_erf_10_steps(void **state)
{
    (void)state;
    check_law(&erf_fixed, (schedule){0, 10, 1, 800000}, 100000, 0.0033);
}

static void test_erf_1000_steps(void **state)
{
    (void)state;
    check_law(&erf_trained, (schedule){920, 80, 20, 32500}, 1000, 0.0033);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_square_1_step),     cmocka_unit_test(test_square_10_steps),
        cmocka_unit_test(test_square_1000_steps), cmocka_unit_test(test_square_second_layer_trained),
        cmocka_unit_test(test_erf_1_step),        cmocka_unit_test(test_erf_10_steps),
        cmocka_unit_test(test_erf_1000_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
