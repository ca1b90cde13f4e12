/* The mean field against a published run of one-pass SGD: square activation, p = 5000, k = 1, d = 3, to t = 1000.
 *
 * The curve starts from the run's own M and q and is compared at the run's own times, all of them: the risk falls by seven
 * decades, and the ratio of the two stays within 20%. SGD's risk is that of one run; its noise dies with the risk itself,
 * but differences that it made early are kept, so that the last decades are 10 to 16% apart.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"
#include "wick/wick.h"

#define TOLERANCE 0.2

enum { DRIFTS = 30000 }; /* what the integration may take, at 35 us each */

typedef struct {
    double *M, *q, *time, *risk;
    size_t p, count;
    wick_context *context;
    wick_problem *problem;
    wick_system *system;
} published;

static void check(const published *run, wick_status status)
{
    if (status != WICK_OK) fail_msg("%s: %s", wick_status_text(status), wick_context_message(run->context));
}

static void set_number(const published *run, const json_t *data, const char *from, const char *key)
{
    char text[64];
    snprintf(text, sizeof text, "%.17g", json_number_value(json_object_get(data, from)));
    check(run, wick_problem_set(run->context, run->problem, key, text));
}

static void read_run(published *run)
{
    json_error_t error;
    json_t *data = json_load_file(WICK_TEST_DATA "/meanfield_square_sim.json", 0, &error);
    if (data == NULL) fail_msg("%s: %s", error.source, error.text);
    size_t risks, norms;
    run->M = wick_test_numbers(json_object_get(data, "M0"), &run->p);
    run->q = wick_test_numbers(json_object_get(data, "q0"), &norms);
    run->time = wick_test_numbers(json_object_get(data, "time"), &run->count);
    run->risk = wick_test_numbers(json_object_get(data, "excess_risk"), &risks);
    assert_int_equal(norms, run->p);
    assert_int_equal(risks, run->count);
    assert_true(run->p == 5000 && run->count == 80);

    run->context = wick_context_alloc();
    check(run, wick_problem_alloc(run->context, &run->problem));
    check(run, wick_problem_set(run->context, run->problem, "activation", "x^2"));
    check(run, wick_problem_set(run->context, run->problem, "regime", "mean-field"));
    set_number(run, data, "d", "d");
    set_number(run, data, "gamma", "learning_rate");
    set_number(run, data, "noise", "noise");
    check(run, wick_problem_set_matrix(run->context, run->problem, "M", run->M, run->p, 1));
    check(run, wick_problem_set_matrix(run->context, run->problem, "q", run->q, 1, run->p));
    check(run, wick_problem_set_matrix(run->context, run->problem, "at", run->time, 1, run->count));
    check(run, wick_system_compile(run->context, run->problem, &run->system));
    json_decref(data);
}

static void clear(published *run)
{
    wick_system_free(run->system);
    wick_problem_free(run->problem);
    wick_context_free(run->context);
    free(run->M);
    free(run->q);
    free(run->time);
    free(run->risk);
}

static int keep(void *user, const wick_point *point)
{
    double *risks = user;
    risks[point->index] = point->excess_risk;
    return 0;
}

static void check_curve(const published *run, const double *curve)
{
    double worst = 0;
    for (size_t i = 0; i < run->count; i++) {
        const double ratio = curve[i] / run->risk[i];
        if (!(fabs(ratio - 1) < TOLERANCE))
            fail_msg("t = %g: risk %.6g, SGD has %.6g", run->time[i], curve[i], run->risk[i]);
        worst = fmax(worst, fabs(ratio - 1));
    }
    print_message("worst distance from SGD: %.1f%%\n", 100 * worst);
    assert_true(log10(curve[0] / curve[run->count - 1]) > 7);
}

static void test_published_run(void **state)
{
    (void)state;
    published run = {0};
    read_run(&run);
    double *curve = malloc(run.count * sizeof *curve);
    assert_non_null(curve);
    wick_report report;
    check(&run, wick_integrate(run.context, run.problem, run.system, keep, NULL, curve, &report));
    check_curve(&run, curve);
    print_message("the run to t = %g: %.2f s, %zu steps, %zu drifts\n", report.time, report.seconds, report.steps,
                  report.drift_evaluations);
    assert_true(report.drift_evaluations < DRIFTS);
    free(curve);
    clear(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_published_run)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
