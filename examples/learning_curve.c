/* Learning curves from C: eight square neurons learn four, at two learning rates.
 *
 * The closed form is derived and compiled once; the learning rate is a parameter of the compiled code. A larger one ends
 * at a larger risk, because each step of SGD then carries more of the labels' noise into the weights. */
#include <stdio.h>

#include <wick/wick.h>

/* The problem file's keys, as text; a seed asks for random initial weights. */
static const char *const keys[][2] = {
    {"activation", "x^2"},
    {"regime", "high-dimensional"},
    {"p", "8"},
    {"k", "4"},
    {"d", "1000"},
    {"noise", "0.001"},
    {"seed", "1"},
    {"learning_rate", "1"},
    {"time", "{\"start\": 0.1, \"end\": 1000, \"points\": 13, \"spacing\": \"log\"}"},
};

static int print_row(void *user, const wick_point *point)
{
    (void)user;
    printf("%10.4g  %12.6g  %12.6g\n", point->time, point->risk, point->excess_risk);
    return 0; /* anything else would stop the integration */
}

static wick_status print_curves(wick_context *context, wick_problem *problem, wick_system **system)
{
    static const double learning_rates[] = {0.1, 1};
    wick_status status = wick_system_compile(context, problem, system);
    for (size_t i = 0; status == WICK_OK && i < sizeof learning_rates / sizeof learning_rates[0]; i++) {
        wick_report report;
        status = wick_system_set_learning_rate(context, *system, learning_rates[i]);
        if (status != WICK_OK) break;
        printf("learning rate %g\n%10s  %12s  %12s\n", learning_rates[i], "t", "risk", "excess risk");
        status = wick_integrate(context, problem, *system, print_row, NULL, NULL, &report);
        printf("%zu steps, %zu drifts\n\n", report.steps, report.drift_evaluations);
    }
    return status;
}

int main(void)
{
    wick_context *context = wick_context_alloc();
    wick_problem *problem = NULL;
    wick_system *system = NULL;

    wick_status status = wick_problem_alloc(context, &problem);
    for (size_t i = 0; status == WICK_OK && i < sizeof keys / sizeof keys[0]; i++) {
        status = wick_problem_set(context, problem, keys[i][0], keys[i][1]);
    }
    if (status == WICK_OK) status = print_curves(context, problem, &system);
    if (status != WICK_OK) fprintf(stderr, "%s: %s\n", wick_status_text(status), wick_context_message(context));

    wick_system_free(system);
    wick_problem_free(problem);
    wick_context_free(context);
    return status == WICK_OK ? 0 : 1;
}
