/* Fields that nearly coincide, from 1e-1 to 1e-14 apart and not at all: quadrature is continuous in the separation, and
 * meets closed forms and brute force. Overlaps are products of weights as doubles round them, and some of them are moved by
 * a last digit more, so that Omega need not be positive semidefinite. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "brute_draw.h"
#include "brute_library.h"
#include "support.h"

enum { SEPARATIONS = 15, REPORTED = 12 };

static double separation_of(size_t i) { return i + 1 == SEPARATIONS ? 0 : pow(10, -1 - (double)i); }

/* ---- States -------------------------------------------------------------------------------------------------------- */

/* Which fields come together. With two students the target is the last of three fields, with a target the student the
 * first. */
typedef enum { TWO_STUDENTS, STUDENT_AND_TARGET, STUDENT_AGAINST_TARGET, ALL_THREE, MEETINGS } meeting;

/* The weights at separation 0, and where those that come together leave to. */
typedef struct {
    brute_problem problem;
    double way[BRUTE_FIELD_LIMIT][BRUTE_FIELD_LIMIT];
} approach;

/* In 2 to `dimensions` dimensions. */
static approach draw_approach(gsl_rng *rng, meeting which, wick_regime regime, size_t dimensions, brute_function student,
                              brute_function target)
{
    approach made = {.problem = {.p = 2,
                                 .k = 1,
                                 .rank = 2 + gsl_rng_uniform_int(rng, dimensions - 1),
                                 .student = student,
                                 .target = target,
                                 .gamma = 0.5,
                                 .Delta = 0.25,
                                 .regime = regime,
                                 .trained = gsl_rng_uniform_int(rng, 2) == 1}};
    brute_draw_state(rng, BRUTE_STATE_RANDOM, 0.3 + gsl_rng_uniform(rng), &made.problem);
    double(*weight)[BRUTE_FIELD_LIMIT] = made.problem.weight;
    for (size_t m = 0; m < made.problem.rank; m++) {
        if (which == TWO_STUDENTS) weight[1][m] = weight[0][m];
        if (which == STUDENT_AND_TARGET) weight[0][m] = weight[2][m];
        if (which == STUDENT_AGAINST_TARGET) weight[0][m] = -weight[2][m];
        if (which == ALL_THREE) weight[0][m] = weight[1][m] = weight[2][m];
        for (size_t i = 0; i < 2; i++)
            if (i == 1 ? which == TWO_STUDENTS || which == ALL_THREE : which != TWO_STUDENTS)
                made.way[i][m] = gsl_ran_gaussian(rng, 0.5);
    }
    return made;
}

/* One digit more or less in some entries; a problem has to take it as rounding. */
static void jitter(gsl_rng *rng, brute_problem *problem)
{
    const size_t n = problem->p + problem->k;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i; j < n; j++) {
            const double from = problem->omega[i][j], sign = (double)gsl_rng_uniform_int(rng, 3) - 1;
            problem->omega[i][j] = problem->omega[j][i] = sign == 0 ? from : nextafter(from, sign * INFINITY);
        }
}

static brute_problem at_separation(const approach *from, double separation)
{
    brute_problem problem = from->problem;
    for (size_t i = 0; i < BRUTE_FIELD_LIMIT; i++)
        for (size_t m = 0; m < BRUTE_FIELD_LIMIT; m++) problem.weight[i][m] += separation * from->way[i][m];
    brute_problem_overlaps(&problem);
    return problem;
}

/* ---- Comparing ----------------------------------------------------------------------------------------------------- */

typedef struct {
    const char *name;
    size_t states, failed;
    double error, claim; /* the worst, of max(1, |value|) */
} tally;

static double tolerance_of(const brute_problem *problem) { return problem->regime == WICK_HIGH_DIMENSIONAL ? 1e-6 : 1e-8; }

static void fail_state(tally *counts, const brute_problem *problem, double separation, const char *text)
{
    if (counts->failed++ >= REPORTED) return;
    print_message("    %s learns %s, regime %d%s, %g apart, a = %.17g, %.17g; %.17g, Omega = ", problem->student.text,
                  problem->target.text, (int)problem->regime, problem->trained ? ", trained" : "", separation, problem->a[0],
                  problem->a[1], problem->a_star[0]);
    for (size_t i = 0; i < 3; i++)
        for (size_t j = i; j < 3; j++) print_message("%s%.17g", j > i ? ", " : i ? "; " : "", problem->omega[i][j]);
    print_message("\n        %s\n", text);
}

static void finish(const tally *counts)
{
    print_message("  %-28s %4zu states: worst error %.3g, worst claim %.3g; %zu failed\n", counts->name, counts->states,
                  counts->error, counts->claim, counts->failed);
    if (counts->failed) fail_msg("%s: %zu of %zu", counts->name, counts->failed, counts->states);
}

/* By quadrature; counts a failure and returns false unless the tolerance is kept by the library's own account. */
static bool evaluate(tally *counts, const brute_problem *problem, double separation, brute_outcome *outcome)
{
    *outcome = brute_library(problem, "quadrature", tolerance_of(problem));
    counts->states++;
    if (outcome->answer != BRUTE_ANSWERED)
        fail_state(counts, problem, separation, outcome->message);
    else if (!(outcome->accuracy.error <= tolerance_of(problem)))
        fail_state(counts, problem, separation, "the claimed error exceeds the tolerance");
    else
        counts->claim = fmax(counts->claim, outcome->accuracy.error);
    return outcome->answer == BRUTE_ANSWERED;
}

/* Numbers that may differ by `allowed` max(1, |value|), and by what the second are off. */
static void compare(tally *counts, const brute_problem *problem, double separation, const brute_outcome *outcome,
                    const brute_result *right, double allowed)
{
    double worst = 0;
    for (size_t i = 0; i <= right->dimension; i++) {
        const brute_number number = i < right->dimension ? right->drift[i] : right->excess_risk;
        const double value = i < right->dimension ? outcome->drift[i] : outcome->excess_risk;
        const double error = (fabs(value - number.value) - number.error) / fmax(1, fabs(value));
        if (!(error <= worst)) worst = error;
    }
    if (!(worst <= counts->error)) counts->error = worst;
    char text[100];
    snprintf(text, sizeof text, "off by %.3g, allowed %.3g, claimed %.3g", worst, allowed, outcome->accuracy.error);
    if (!(worst <= allowed)) fail_state(counts, problem, separation, text);
}

/* An outcome as what is right. */
static brute_result as_result(const brute_outcome *outcome)
{
    brute_result result = {.dimension = outcome->dimension, .excess_risk = {outcome->excess_risk, 0}};
    for (size_t i = 0; i < outcome->dimension; i++) result.drift[i] = (brute_number){outcome->drift[i], 0};
    return result;
}

/* ---- Tests ----------------------------------------------------------------------------------------------------------- */

/* The last ones have the most ways to go wrong. */
static const wick_regime regimes[] = {WICK_CLASSICAL, WICK_CLASSICAL_NOISE, WICK_HIGH_DIMENSIONAL, WICK_HIGH_DIMENSIONAL,
                                      WICK_HIGH_DIMENSIONAL};
enum { REGIMES = sizeof regimes / sizeof *regimes };

static void against_closed_form(tally *counts, const brute_problem *problem, double separation)
{
    const brute_outcome closed = brute_library(problem, "closed-form", 1e-8);
    if (closed.answer != BRUTE_ANSWERED) fail_msg("%s", closed.message);
    const brute_result right = as_result(&closed);
    brute_outcome outcome;
    if (evaluate(counts, problem, separation, &outcome))
        compare(counts, problem, separation, &outcome, &right, tolerance_of(problem));
}

/* Sanitizers make every state slow. */
static size_t step(void) { return wick_test_is_sanitized() ? 7 : 1; }

/* Every separation of every meeting in every regime. */
static void against_closed_forms(const char *name, brute_family family, unsigned long seed)
{
    tally counts = {.name = name};
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, seed);
    for (size_t i = 0; i < (size_t)SEPARATIONS * MEETINGS * REGIMES; i += step()) {
        const brute_function student = brute_draw_function(rng, family),
                             target = gsl_rng_uniform_int(rng, 2) ? student : brute_draw_function(rng, family);
        const double separation = separation_of(i % SEPARATIONS) * (0.2 + gsl_rng_uniform(rng));
        const approach way = draw_approach(rng, (meeting)(i / SEPARATIONS % MEETINGS), regimes[i / SEPARATIONS / MEETINGS],
                                           3, student, target);
        brute_problem problem = at_separation(&way, separation);
        if (gsl_rng_uniform_int(rng, 2)) jitter(rng, &problem);
        against_closed_form(&counts, &problem, separation);
    }
    gsl_rng_free(rng);
    finish(&counts);
}

/* Where the separation's square is of the size of rounding what is left of a field beside another is noise, of either
 * sign, and so is its slope on a third. */
static void test_rounding(void **state)
{
    (void)state;
    tally counts = {.name = "polynomials, at rounding"};
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, 6);
    for (size_t i = 0; i < 400; i += step()) {
        brute_function cubic = brute_draw_function(rng, BRUTE_FAMILY_POLYNOMIAL);
        while (cubic.degree < 3) cubic = brute_draw_function(rng, BRUTE_FAMILY_POLYNOMIAL);
        const double separation = brute_draw_power(rng, -9, -6);
        const approach way = draw_approach(rng, (meeting)(i % MEETINGS), regimes[i / MEETINGS % REGIMES], 3, cubic, cubic);
        brute_problem problem = at_separation(&way, separation);
        if (gsl_rng_uniform_int(rng, 2)) jitter(rng, &problem);
        against_closed_form(&counts, &problem, separation);
    }
    gsl_rng_free(rng);
    finish(&counts);
}

static void test_polynomials(void **state)
{
    (void)state;
    against_closed_forms("polynomials", BRUTE_FAMILY_POLYNOMIAL, 1);
}

static void test_erf(void **state)
{
    (void)state;
    against_closed_forms("erf", BRUTE_FAMILY_ERF, 2);
}

/* Against the state where fields coincide, from which a drift may move by some multiple of the separation. */
static void test_limit(void **state)
{
    (void)state;
    tally counts = {.name = "against the limit"};
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, 3);
    for (size_t i = 0; i < (size_t)MEETINGS * 3; i++) {
        const brute_function function = brute_draw_function(rng, BRUTE_FAMILY_MILD);
        const approach way = draw_approach(rng, (meeting)(i % MEETINGS), regimes[i / MEETINGS], 3, function, function);
        const brute_problem together = at_separation(&way, 0);
        brute_outcome limit, outcome;
        if (!evaluate(&counts, &together, 0, &limit)) continue;
        const brute_result right = as_result(&limit);
        for (size_t m = 3; m < SEPARATIONS; m++) {
            const double separation = separation_of(m);
            brute_problem problem = at_separation(&way, separation);
            if (m % 2) jitter(rng, &problem);
            if (!evaluate(&counts, &problem, separation, &outcome)) continue;
            compare(&counts, &problem, separation, &outcome, &right, 50 * separation + 2 * tolerance_of(&problem));
        }
    }
    gsl_rng_free(rng);
    finish(&counts);
}

static void against_brute_force(const char *name, brute_family family, size_t regime_count, unsigned long seed)
{
    tally counts = {.name = name};
    brute *space = brute_make();
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, seed);
    for (size_t i = 0; i < SEPARATIONS * MEETINGS * regime_count; i += step()) {
        const brute_function function = brute_draw_function(rng, family);
        const double separation = separation_of(i % SEPARATIONS);
        const approach way = draw_approach(rng, (meeting)(i / SEPARATIONS % MEETINGS), regimes[i / SEPARATIONS / MEETINGS],
                                           2, function, function);
        brute_problem problem = at_separation(&way, separation);
        /* The variance by brute force is that of the weights. */
        if (problem.regime != WICK_HIGH_DIMENSIONAL && gsl_rng_uniform_int(rng, 2)) jitter(rng, &problem);
        brute_outcome outcome;
        if (!evaluate(&counts, &problem, separation, &outcome)) continue;
        const brute_result right = brute_evaluate(space, &problem);
        compare(&counts, &problem, separation, &outcome, &right, outcome.accuracy.error);
    }
    gsl_rng_free(rng);
    brute_free(space);
    finish(&counts);
}

static void test_brute_force(void **state)
{
    (void)state;
    against_brute_force("mild, brute force", BRUTE_FAMILY_MILD, 3, 4);
    against_brute_force("steep, brute force", BRUTE_FAMILY_STEEP, 2, 5);
}

/* Two students that differ by 3e-8 of their norm. */
static brute_problem close_students(brute_function function)
{
    const double omega[3][3] = {{0.20950539911461344, 0.20950540654526448, 0.17724683148218082},
                                {0.20950540654526448, 0.20950541397591604, 0.17724685873403043},
                                {0.17724683148218082, 0.17724685873403043, 1.7592248508876134}};
    brute_problem problem = {.p = 2,
                             .k = 1,
                             .student = function,
                             .target = function,
                             .a = {1, 1},
                             .a_star = {1},
                             .gamma = 1,
                             .regime = WICK_HIGH_DIMENSIONAL};
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++) problem.omega[i][j] = omega[i][j];
    return problem;
}

/* Entries of the state: M[1,1], M[2,1], Q[1,1], Q[1,2], Q[2,2]. By continuity those of Q are one number. */
static void test_close_students(void **state)
{
    (void)state;
    tally counts = {.name = "two close students"};
    const brute_problem smooth = close_students(brute_function_make(BRUTE_TANH, 1, 0));
    brute_outcome outcome;
    if (evaluate(&counts, &smooth, 0, &outcome)) {
        const double *drift = outcome.drift;
        if (fabs(drift[3] - drift[2]) > 2e-6 || fabs(drift[4] - drift[2]) > 2e-6 || fabs(drift[1] - drift[0]) > 2e-6 ||
            fabs(drift[3] - 0.0680) > 1e-4)
            fail_state(&counts, &smooth, 0, "the students move apart");
    }
    brute_function cubic = brute_function_make(BRUTE_POLYNOMIAL, 1, 0);
    cubic.degree = 3;
    cubic.coefficient[1] = -1;
    cubic.coefficient[3] = 1;
    snprintf(cubic.text, sizeof cubic.text, "x^3-x");
    const brute_problem polynomial = close_students(cubic);
    const brute_outcome closed = brute_library(&polynomial, "closed-form", 1e-8);
    assert_int_equal(closed.answer, BRUTE_ANSWERED);
    const brute_result right = as_result(&closed);
    if (evaluate(&counts, &polynomial, 0, &outcome)) compare(&counts, &polynomial, 0, &outcome, &right, 1e-6);
    finish(&counts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_polynomials), cmocka_unit_test(test_rounding),    cmocka_unit_test(test_erf),
        cmocka_unit_test(test_limit),       cmocka_unit_test(test_brute_force), cmocka_unit_test(test_close_students),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
