/* The promise of quadrature, on random problems: every number of the drift and the risk is within the claimed error of the
 * right value, and the claimed error within the tolerance, or the problem is refused; and some may not be refused. Right
 * values come from brute force (brute.h), which closed forms check first, and those over three dimensions from a file that
 * data/make_quadrature_references.c writes.
 *
 * WICK_LONG=N multiplies the number of cases by N, WICK_SEED=S draws others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "brute_cloud.h"
#include "brute_draw.h"
#include "brute_json.h"
#include "brute_library.h"
#include "support.h"

enum { REPORTED = 12 };

/* ---- What is counted ---------------------------------------------------------------------------------------------- */

typedef struct {
    const char *name;
    size_t cases, answered, refused, unknown, failed;
    double error;     /* the worst |error| / (claimed max(1, |value|)) */
    double claim;     /* the worst claimed / tolerance */
    double reference; /* the worst error of a right value, relative as above */
} tally;

static void describe(const brute_problem *problem, unsigned long seed)
{
    static const char *const regimes[] = {[WICK_CLASSICAL] = "classical",
                                          [WICK_CLASSICAL_NOISE] = "classical-noise",
                                          [WICK_HIGH_DIMENSIONAL] = "high-dimensional"};
    print_message("    case %lu: %s learns %s, %s%s, rank %zu, Omega = ", seed, problem->student.text, problem->target.text,
                  regimes[problem->regime], problem->trained ? ", trained" : "", problem->rank);
    const size_t n = problem->p + problem->k;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i; j < n; j++) print_message("%s%.17g", j > i ? ", " : i ? "; " : "", problem->omega[i][j]);
    print_message("\n");
}

static void fail_case(tally *counts, const brute_problem *problem, unsigned long seed, const char *text)
{
    if (counts->failed++ >= REPORTED) return;
    describe(problem, seed);
    print_message("        %s\n", text);
}

static void finish(const tally *counts)
{
    print_message(
        "  %-34s %4zu cases: %zu answered, %zu refused, %zu not known; worst |error|/claimed %.3g, claimed/tolerance "
        "%.3g; right values to %.1g; %zu failed\n",
        counts->name, counts->cases, counts->answered, counts->refused, counts->unknown, counts->error, counts->claim,
        counts->reference, counts->failed);
    if (counts->unknown)
        print_message("  *** NOT TESTED: %zu of \"%s\", of which the library does not know a word\n", counts->unknown,
                      counts->name);
    if (counts->failed) fail_msg("%s: %zu of %zu", counts->name, counts->failed, counts->cases);
}

/* ---- One case ---------------------------------------------------------------------------------------------------- */

/* |error| / claimed of one number; what the reference itself may be off does not count. */
static double overrun(double actual, brute_number right, double claimed)
{
    const double error = fabs(actual - right.value) - right.error;
    if (error <= 0) return 0;
    return isfinite(error) ? error / (claimed * fmax(1, fabs(actual))) : INFINITY;
}

static double worst_overrun(const brute_problem *problem, const brute_outcome *outcome, const brute_result *right)
{
    double worst = overrun(outcome->excess_risk, right->excess_risk, outcome->accuracy.error);
    const double half = problem->Delta / 2;
    const brute_number risk = {right->excess_risk.value + half, right->excess_risk.error + 4e-16 * half};
    worst = fmax(worst, overrun(outcome->risk, risk, outcome->accuracy.error));
    for (size_t i = 0; i < right->dimension; i++)
        worst = fmax(worst, overrun(outcome->drift[i], right->drift[i], outcome->accuracy.error));
    return worst;
}

/* The number that is farthest off, for a report. */
static void describe_worst(const brute_outcome *outcome, const brute_result *right)
{
    double worst = overrun(outcome->excess_risk, right->excess_risk, outcome->accuracy.error);
    size_t at = right->dimension;
    for (size_t i = 0; i < right->dimension; i++)
        if (overrun(outcome->drift[i], right->drift[i], outcome->accuracy.error) > worst) {
            worst = overrun(outcome->drift[i], right->drift[i], outcome->accuracy.error);
            at = i;
        }
    const brute_number number = at < right->dimension ? right->drift[at] : right->excess_risk;
    print_message("        number %zu of %zu: %.17g, right %.17g to %.1g\n", at, right->dimension,
                  at < right->dimension ? outcome->drift[at] : outcome->excess_risk, number.value, number.error);
}

static double worst_reference(const brute_result *right)
{
    double worst = right->excess_risk.error / fmax(1, fabs(right->excess_risk.value));
    for (size_t i = 0; i < right->dimension; i++)
        worst = fmax(worst, right->drift[i].error / fmax(1, fabs(right->drift[i].value)));
    return worst;
}

static void check_answer(tally *counts, const brute_problem *problem, unsigned long seed, double tolerance,
                         const brute_outcome *outcome, const brute_result *right)
{
    char text[200];
    counts->answered++;
    assert_int_equal(outcome->dimension, right->dimension);
    const double error = worst_overrun(problem, outcome, right), claim = outcome->accuracy.error / tolerance;
    counts->error = fmax(counts->error, error);
    if (!(claim <= counts->claim)) counts->claim = claim;
    counts->reference = fmax(counts->reference, worst_reference(right));
    snprintf(text, sizeof text, "|error| is %.3g of the %.3g that is claimed; tolerance %.3g", error,
             outcome->accuracy.error, tolerance);
    if (error <= 1 && claim <= 1) return;
    fail_case(counts, problem, seed, text);
    if (counts->failed <= REPORTED) describe_worst(outcome, right);
}

/* `right` NULL: by brute force, and only if the library answers. */
static void check(tally *counts, brute *space, const brute_problem *problem, unsigned long seed, const char *method,
                  double tolerance, bool must_answer, const brute_result *right)
{
    const brute_outcome outcome = brute_library(problem, method, tolerance);
    counts->cases++;
    switch (outcome.answer) {
    case BRUTE_UNKNOWN: counts->unknown++; return;
    case BRUTE_REFUSED:
        counts->refused++;
        if (must_answer) fail_case(counts, problem, seed, outcome.message);
        return;
    case BRUTE_FAILED: fail_case(counts, problem, seed, outcome.message); return;
    case BRUTE_ANSWERED: break;
    }
    const brute_result computed = right ? *right : brute_evaluate(space, problem);
    check_answer(counts, problem, seed, tolerance, &outcome, &computed);
}

/* ---- Families of cases ------------------------------------------------------------------------------------------- */

typedef struct {
    const char *name;
    unsigned long seed;
    size_t count;
    brute_family student, target; /* of half the cases; the target of the others is the student's function or, */
    bool same;                    /* if not same, always of its family */
    wick_regime regimes[3];
    size_t regime_count;
    double high_dimensional_tolerance; /* others: 1e-8 */
    size_t p_limit, k_limit;
    double scale_from, scale_to; /* powers of ten; half the cases lie around 1 */
    const char *method;
    double must_answer;          /* up to this scale no case may be refused; 0: any may */
    unsigned long once_wrong[4]; /* cases of other seeds that were wrong or refused once; 0 ends them */
} plan;

static double draw_scale(gsl_rng *rng, const plan *from)
{
    return gsl_rng_uniform(rng) < 0.5 ? brute_draw_power(rng, -0.5, 0.5)
                                      : brute_draw_power(rng, from->scale_from, from->scale_to);
}

/* The variance is integrated over the plane here. */
static size_t draw_rank(gsl_rng *rng, const brute_problem *problem)
{
    const size_t n = problem->p + problem->k, limit = problem->regime == WICK_HIGH_DIMENSIONAL ? 2 : n;
    return gsl_rng_uniform(rng) < 0.7 ? limit : 1 + gsl_rng_uniform_int(rng, limit);
}

/* Returns the scale. */
static double draw(gsl_rng *rng, const plan *from, brute_problem *problem)
{
    *problem = (brute_problem){.p = 1 + gsl_rng_uniform_int(rng, from->p_limit),
                               .k = 1 + gsl_rng_uniform_int(rng, from->k_limit),
                               .gamma = 0.1 + gsl_rng_uniform(rng),
                               .Delta = gsl_rng_uniform(rng),
                               .regime = from->regimes[gsl_rng_uniform_int(rng, from->regime_count)],
                               .trained = gsl_rng_uniform(rng) < 0.3};
    problem->rank = draw_rank(rng, problem);
    problem->student = brute_draw_function(rng, from->student);
    problem->target = from->same && gsl_rng_uniform_int(rng, 2) ? problem->student : brute_draw_function(rng, from->target);
    const double scale = draw_scale(rng, from);
    brute_state state =
        gsl_rng_uniform(rng) < 0.4 ? BRUTE_STATE_RANDOM : (brute_state)gsl_rng_uniform_int(rng, BRUTE_STATES);
    /* On its kink a function has no slope. */
    if (state == BRUTE_STATE_ZERO && brute_function_has_kink(&problem->student)) state = BRUTE_STATE_RANDOM;
    brute_draw_state(rng, state, scale, problem);
    return scale;
}

static unsigned long environment(const char *name, unsigned long otherwise)
{
    const char *text = getenv(name);
    return text && *text ? strtoul(text, NULL, 10) : otherwise;
}

static void run_case(const plan *from, unsigned long seed, gsl_rng *rng, brute *space, tally *counts)
{
    brute_problem problem;
    gsl_rng_set(rng, seed);
    const double scale = draw(rng, from, &problem);
    const double tolerance = problem.regime == WICK_HIGH_DIMENSIONAL ? from->high_dimensional_tolerance : 1e-8;
    check(counts, space, &problem, seed, from->method, tolerance, scale <= from->must_answer, NULL);
}

static void run(const plan *from)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    brute *space = brute_make();
    const unsigned long first = environment("WICK_SEED", 1) * 1000000 + from->seed;
    const size_t count = from->count * environment("WICK_LONG", 1) / (wick_test_is_sanitized() ? 8 : 1);
    tally counts = {.name = from->name};
    for (size_t i = 0; from->once_wrong[i] > 0; i++) run_case(from, from->once_wrong[i], rng, space, &counts);
    for (size_t i = 0; i < count; i++) run_case(from, first + i, rng, space, &counts);
    brute_free(space);
    gsl_rng_free(rng);
    finish(&counts);
}

#define FIRST_ORDER  {WICK_CLASSICAL, WICK_CLASSICAL_NOISE}, .regime_count = 2
#define ALL_REGIMES  {WICK_CLASSICAL, WICK_CLASSICAL_NOISE, WICK_HIGH_DIMENSIONAL}, .regime_count = 3
#define SECOND_ORDER {WICK_HIGH_DIMENSIONAL}, .regime_count = 1

static void test_steep(void **state)
{
    (void)state;
    run(&(plan){.name = "steep",
                .seed = 20000,
                .count = 120,
                .student = BRUTE_FAMILY_STEEP,
                .target = BRUTE_FAMILY_STEEP,
                .same = true,
                .regimes = FIRST_ORDER,
                .p_limit = 2,
                .k_limit = 1,
                .scale_from = -4,
                .scale_to = 2,
                .method = "quadrature",
                .must_answer = 3.2,
                .once_wrong = {2020024, 2020404}});
}

static void test_steep_high_dimensional(void **state)
{
    (void)state;
    run(&(plan){.name = "steep, variance",
                .seed = 40000,
                .count = 30,
                .student = BRUTE_FAMILY_STEEP,
                .target = BRUTE_FAMILY_STEEP,
                .same = true,
                .regimes = SECOND_ORDER,
                .high_dimensional_tolerance = 1e-6,
                .p_limit = 2,
                .k_limit = 1,
                .scale_from = -4,
                .scale_to = 2,
                .method = "quadrature",
                .must_answer = 3.2,
                .once_wrong = {3040098}});
}

static void test_mild(void **state)
{
    (void)state;
    run(&(plan){.name = "mild",
                .seed = 60000,
                .count = 40,
                .student = BRUTE_FAMILY_MILD,
                .target = BRUTE_FAMILY_MILD,
                .same = true,
                .regimes = ALL_REGIMES,
                .high_dimensional_tolerance = 1e-6,
                .p_limit = 3,
                .k_limit = 2,
                .scale_from = -4,
                .scale_to = 0.5,
                .must_answer = 3.2,
                .once_wrong = {2060031, 3060039}});
}

static void test_steep_and_others(void **state)
{
    (void)state;
    run(&(plan){.name = "steep learns mild",
                .seed = 80000,
                .count = 20,
                .student = BRUTE_FAMILY_STEEP,
                .target = BRUTE_FAMILY_MILD,
                .regimes = FIRST_ORDER,
                .p_limit = 2,
                .k_limit = 1,
                .scale_from = -4,
                .scale_to = 1,
                .must_answer = 3.2,
                .once_wrong = {2080017}});
    run(&(plan){.name = "polynomial learns steep",
                .seed = 100000,
                .count = 20,
                .student = BRUTE_FAMILY_POLYNOMIAL,
                .target = BRUTE_FAMILY_STEEP,
                .regimes = FIRST_ORDER,
                .p_limit = 2,
                .k_limit = 1,
                .scale_from = -4,
                .scale_to = 1});
    run(&(plan){.name = "steep learns kinks",
                .seed = 120000,
                .count = 20,
                .student = BRUTE_FAMILY_STEEP,
                .target = BRUTE_FAMILY_KINK,
                .regimes = FIRST_ORDER,
                .p_limit = 2,
                .k_limit = 1,
                .scale_from = -4,
                .scale_to = 1});
}

static void test_polynomials(void **state)
{
    (void)state;
    run(&(plan){.name = "polynomials",
                .seed = 140000,
                .count = 40,
                .student = BRUTE_FAMILY_POLYNOMIAL,
                .target = BRUTE_FAMILY_POLYNOMIAL,
                .same = true,
                .regimes = ALL_REGIMES,
                .high_dimensional_tolerance = 1e-8,
                .p_limit = 2,
                .k_limit = 1,
                .scale_from = -4,
                .scale_to = 2,
                .method = "quadrature"});
}

static void test_erf(void **state)
{
    (void)state;
    run(&(plan){.name = "erf",
                .seed = 160000,
                .count = 40,
                .student = BRUTE_FAMILY_ERF,
                .target = BRUTE_FAMILY_ERF,
                .same = true,
                .regimes = ALL_REGIMES,
                .high_dimensional_tolerance = 1e-6,
                .p_limit = 2,
                .k_limit = 1,
                .scale_from = -4,
                .scale_to = 2,
                .method = "quadrature",
                .must_answer = 3.2});
}

static void test_spikes(void **state)
{
    (void)state;
    run(&(plan){.name = "spikes",
                .seed = 180000,
                .count = 30,
                .student = BRUTE_FAMILY_SPIKE,
                .target = BRUTE_FAMILY_SPIKE,
                .same = true,
                .regimes = ALL_REGIMES,
                .high_dimensional_tolerance = 1e-6,
                .p_limit = 2,
                .k_limit = 1,
                .scale_from = -1,
                .scale_to = 2,
                .once_wrong = {2180057}});
    run(&(plan){.name = "mild learns spikes",
                .seed = 200000,
                .count = 20,
                .student = BRUTE_FAMILY_MILD,
                .target = BRUTE_FAMILY_SPIKE,
                .regimes = ALL_REGIMES,
                .high_dimensional_tolerance = 1e-6,
                .p_limit = 2,
                .k_limit = 1,
                .scale_from = -1,
                .scale_to = 1});
}

static void test_kinks(void **state)
{
    (void)state;
    run(&(plan){.name = "kinks",
                .seed = 220000,
                .count = 30,
                .student = BRUTE_FAMILY_KINK,
                .target = BRUTE_FAMILY_KINK,
                .same = true,
                .regimes = FIRST_ORDER,
                .p_limit = 2,
                .k_limit = 1,
                .scale_from = -4,
                .scale_to = 2,
                .method = "quadrature"});
    run(&(plan){.name = "kinks, variance",
                .seed = 240000,
                .count = 10,
                .student = BRUTE_FAMILY_ANGLES,
                .target = BRUTE_FAMILY_ANGLES,
                .same = true,
                .regimes = SECOND_ORDER,
                .high_dimensional_tolerance = 1e-6,
                .p_limit = 2,
                .k_limit = 1,
                .scale_from = -4,
                .scale_to = 2});
}

static void test_jumps(void **state)
{
    (void)state;
    run(&(plan){.name = "mild learns jumps",
                .seed = 260000,
                .count = 30,
                .student = BRUTE_FAMILY_MILD,
                .target = BRUTE_FAMILY_JUMP,
                .regimes = ALL_REGIMES,
                .high_dimensional_tolerance = 1e-6,
                .p_limit = 2,
                .k_limit = 1,
                .scale_from = -4,
                .scale_to = 1,
                .must_answer = 3.2,
                .once_wrong = {2260079}});
    run(&(plan){.name = "steep learns jumps",
                .seed = 280000,
                .count = 20,
                .student = BRUTE_FAMILY_STEEP,
                .target = BRUTE_FAMILY_JUMP,
                .regimes = FIRST_ORDER,
                .p_limit = 2,
                .k_limit = 1,
                .scale_from = -4,
                .scale_to = 1});
    run(&(plan){.name = "polynomial learns jumps",
                .seed = 300000,
                .count = 10,
                .student = BRUTE_FAMILY_POLYNOMIAL,
                .target = BRUTE_FAMILY_JUMP,
                .regimes = ALL_REGIMES,
                .high_dimensional_tolerance = 1e-6,
                .p_limit = 2,
                .k_limit = 1,
                .scale_from = -4,
                .scale_to = 1});
}

/* Over three dimensions, at kept right values. */
static void test_references(void **state)
{
    (void)state;
    json_error_t error;
    json_t *all = json_load_file(WICK_TEST_DATA "/quadrature_references.json", 0, &error);
    if (!all) fail_msg("%s", error.text);
    tally counts = {.name = "kept references, variance"};
    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *one = json_array_get(all, i);
        brute_problem problem;
        brute_result right;
        brute_json_read(one, &problem, &right);
        check(&counts, NULL, &problem, i, "quadrature", 1e-6, json_is_true(json_object_get(one, "must_answer")), &right);
    }
    assert_true(counts.cases > 0);
    json_decref(all);
    finish(&counts);
}

/* ---- The referee ------------------------------------------------------------------------------------------------- */

/* Numbers by brute force, against those of another problem that has closed forms and nearly the same numbers. */
static void check_referee(brute *space, const brute_problem *problem, const brute_problem *same, unsigned long seed,
                          double allowed)
{
    const brute_outcome closed = brute_library(same, "closed-form", 1e-12);
    if (closed.answer != BRUTE_ANSWERED) {
        describe(same, seed);
        fail_msg("%s", closed.message);
    }
    const brute_result right = brute_evaluate(space, problem);
    for (size_t i = 0; i <= right.dimension; i++) {
        const bool last = i == right.dimension;
        const brute_number number = last ? right.excess_risk : right.drift[i];
        const double actual = last ? closed.excess_risk : closed.drift[i];
        if (fabs(actual - number.value) <= allowed * fmax(1, fabs(actual)) && number.error <= 1e-10 * fmax(1, fabs(actual)))
            continue;
        describe(problem, seed);
        fail_msg("entry %zu: %.17g by brute force, to %.2g; closed form %.17g", i, number.value, number.error, actual);
    }
}

static void test_referee(void **state)
{
    (void)state;
    static const brute_family families[] = {BRUTE_FAMILY_POLYNOMIAL, BRUTE_FAMILY_ERF, BRUTE_FAMILY_ANGLES};
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    brute *space = brute_make();
    for (unsigned long i = 0; i < (wick_test_is_sanitized() ? 9 : 60); i++) {
        const brute_family family = families[i % 3];
        const plan from = {.student = family,
                           .target = family,
                           .p_limit = 2,
                           .k_limit = 1,
                           .scale_from = -2,
                           .scale_to = 0.5,
                           .regimes = ALL_REGIMES};
        brute_problem problem;
        gsl_rng_set(rng, 77000 + i);
        draw(rng, &from, &problem);
        /* relu has no closed variance */
        if (family == BRUTE_FAMILY_ANGLES && problem.regime == WICK_HIGH_DIMENSIONAL) problem.regime = WICK_CLASSICAL_NOISE;
        check_referee(space, &problem, &problem, 77000 + i, 1e-10);
    }
    brute_free(space);
    gsl_rng_free(rng);
}

/* The variance over three dimensions. */
static void test_referee_of_references(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    brute *space = brute_make();
    for (unsigned long i = 0; i < 4; i++) {
        brute_problem problem = {.p = 1 + i % 2, .k = 2 - i % 2, .rank = 3, .gamma = 0.5, .regime = WICK_HIGH_DIMENSIONAL};
        gsl_rng_set(rng, 78000 + i);
        problem.student = brute_draw_function(rng, BRUTE_FAMILY_POLYNOMIAL);
        problem.target = brute_draw_function(rng, BRUTE_FAMILY_POLYNOMIAL);
        brute_draw_state(rng, i < 2 ? BRUTE_STATE_RANDOM : BRUTE_STATE_ORTHOGONAL, 0.7, &problem);
        check_referee(space, &problem, &problem, 78000 + i, 1e-10);
    }
    brute_free(space);
    gsl_rng_free(rng);
}

/* E[s'(l_1) s'(l_2) E^2] by axes along l_1 and by axes along l_2, where one of them sees bends that the other has smoothed.
 */
static void test_referee_of_axes(void **state)
{
    (void)state;
    static const brute_family students[] = {BRUTE_FAMILY_STEEP, BRUTE_FAMILY_MILD, BRUTE_FAMILY_MILD, BRUTE_FAMILY_ANGLES},
                              targets[] = {BRUTE_FAMILY_STEEP, BRUTE_FAMILY_JUMP, BRUTE_FAMILY_SPIKE, BRUTE_FAMILY_MILD};
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    brute_cloud *cloud = brute_cloud_make();
    const double c[] = {0.4, -0.3, 0.7};
    for (unsigned long i = 0; i < (wick_test_is_sanitized() ? 8 : 60); i++) {
        brute_problem problem = {.p = 2, .k = 1, .rank = 2, .regime = WICK_HIGH_DIMENSIONAL};
        gsl_rng_set(rng, 80000 + i);
        const brute_function student = brute_draw_function(rng, students[i % 4]),
                             target = brute_draw_function(rng, targets[i % 4]),
                             *const functions[BRUTE_FIELD_LIMIT] = {&student, &student, &target};
        problem.student = student;
        problem.target = target;
        brute_draw_state(rng, i % 3 ? BRUTE_STATE_CLOSE_TARGET : BRUTE_STATE_RANDOM, brute_draw_power(rng, -2, 0.5),
                         &problem);
        const brute_problem *drawn = &problem;
        const brute_number one = brute_cloud_evaluate(cloud, 3, 2, drawn->weight, functions, c, 0, 1),
                           other = brute_cloud_evaluate(cloud, 3, 2, drawn->weight, functions, c, 1, 0);
        if (fabs(one.value - other.value) <= one.error + other.error) continue;
        describe(&problem, 80000 + i);
        fail_msg("%.17g to %.2g, %.17g to %.2g", one.value, one.error, other.value, other.error);
    }
    brute_cloud_free(cloud);
    gsl_rng_free(rng);
}

/* erf(10^6 x) is sign(x) to 10^-6 in the mean, to a smooth student that is not aligned with the target. */
static void test_referee_of_jumps(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    brute *space = brute_make();
    for (unsigned long i = 0; i < 10; i++) {
        brute_problem problem = {.p = 1 + i % 2, .k = 1, .rank = 3, .gamma = 0.5, .Delta = 0.25, .regime = WICK_CLASSICAL};
        gsl_rng_set(rng, 79000 + i);
        problem.student = brute_function_make(BRUTE_ERF, brute_draw_power(rng, -1, 0.5), 0);
        brute_draw_state(rng, BRUTE_STATE_RANDOM, 1, &problem);
        brute_problem steep = problem;
        problem.target = brute_function_make(BRUTE_SIGN, 1, 0);
        steep.target = brute_function_make(BRUTE_ERF, 1e6, 0);
        check_referee(space, &problem, &steep, 79000 + i, 2e-6);
    }
    brute_free(space);
    gsl_rng_free(rng);
}

/* Slopes, written down by hand, are those of the values. */
static void test_slopes(void **state)
{
    (void)state;
    for (brute_kind kind = BRUTE_TANH; kind < BRUTE_POLYNOMIAL; kind++) {
        const brute_function function = brute_function_make(kind, 2.5, 0.2);
        for (double x = -2.973; x < 3; x += 0.113) {
            const double step = 1e-5, slope = brute_slope(&function, x);
            const double difference = (brute_value(&function, x + step) - brute_value(&function, x - step)) / (2 * step);
            if (!(fabs(slope - difference) <= 1e-7)) fail_msg("%s at %g: %g, %g", function.text, x, slope, difference);
        }
    }
}

/* Overlaps of aligned weights, off by a few units in the last place: signs differ on a wedge of 1e-8. */
static void test_rounded_overlaps(void **state)
{
    (void)state;
    static const brute_kind kinds[] = {BRUTE_RELU, BRUTE_ABS, BRUTE_LEAKY};
    brute *space = brute_make();
    tally counts = {.name = "rounded overlaps"};
    for (unsigned i = 0; i < 36; i++) {
        const double w = 1.8114159887585183 * (i % 2 ? -1 : 1);
        brute_problem problem = {.p = 1,
                                 .k = 1,
                                 .rank = 1,
                                 .student = brute_function_make(kinds[i % 3], 1, 0),
                                 .target = brute_function_make(kinds[i / 3 % 3], 1, 0),
                                 .weight = {{1.8114159887585183}, {w}},
                                 .a = {0.8},
                                 .a_star = {-1.3},
                                 .gamma = 0.7,
                                 .Delta = 0.1,
                                 .regime = WICK_HIGH_DIMENSIONAL};
        brute_problem_overlaps(&problem);
        const double moved = problem.omega[0][1] * (1 - i % 4 * 2e-16);
        problem.omega[0][1] = problem.omega[1][0] = moved;
        check(&counts, space, &problem, i, NULL, 1e-6, true, NULL);
    }
    brute_free(space);
    finish(&counts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slopes),
        cmocka_unit_test(test_referee),
        cmocka_unit_test(test_referee_of_references),
        cmocka_unit_test(test_referee_of_jumps),
        cmocka_unit_test(test_referee_of_axes),
        cmocka_unit_test(test_steep),
        cmocka_unit_test(test_steep_high_dimensional),
        cmocka_unit_test(test_mild),
        cmocka_unit_test(test_steep_and_others),
        cmocka_unit_test(test_polynomials),
        cmocka_unit_test(test_erf),
        cmocka_unit_test(test_spikes),
        cmocka_unit_test(test_kinks),
        cmocka_unit_test(test_jumps),
        cmocka_unit_test(test_references),
        cmocka_unit_test(test_rounded_overlaps),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
