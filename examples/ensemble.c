/* An ensemble from C: four learning rates, with and without noise, ten random starts each; compiled once.
 *
 * wick_integrate() takes start, learning rate and noise from the problem as it is then, so the loop only changes keys. The
 * plateau from which a network learns is left at a time that depends on the start; the table says how far that spreads. */
#include <stdio.h>

#include <wick/wick.h>

enum { SEEDS = 10 };

static const char *const keys[][2] = {
    {"activation", "erf(x/sqrt(2))"},
    {"regime", "high-dimensional"},
    {"p", "4"},
    {"k", "2"},
    {"d", "1000"},
    {"scale", "0.1"},
    {"learning_rate", "1"},
    {"time", "{\"at\": [300]}"},
};
static const char *const learning_rates[] = {"0.5", "1", "2", "4"}, *const noises[] = {"0", "0.01"};

static int keep_excess_risk(void *user, const wick_point *point)
{
    *(double *)user = point->excess_risk;
    return 0;
}

/* Of one member of the ensemble. */
static wick_status find_excess_risk(wick_context *context, wick_problem *problem, wick_system *system, int seed,
                                    double *excess_risk)
{
    char text[16];
    snprintf(text, sizeof text, "%d", seed);
    const wick_status status = wick_problem_set(context, problem, "seed", text);
    if (status != WICK_OK) return status;
    return wick_integrate(context, problem, system, keep_excess_risk, NULL, excess_risk, NULL);
}

/* One line of the table: all seeds at the problem's learning rate and noise. */
static wick_status print_spread(wick_context *context, wick_problem *problem, wick_system *system, const char *title)
{
    double risk = 0, least = 0, most = 0, mean = 0;
    for (int seed = 1; seed <= SEEDS; seed++) {
        const wick_status status = find_excess_risk(context, problem, system, seed, &risk);
        if (status != WICK_OK) return status;
        if (seed == 1 || risk < least) least = risk;
        if (seed == 1 || risk > most) most = risk;
        mean += risk / SEEDS;
    }
    printf("%s  %12.4g  %12.4g  %12.4g\n", title, least, mean, most);
    return WICK_OK;
}

static wick_status print_table(wick_context *context, wick_problem *problem, wick_system *system)
{
    printf("learning rate   noise  %12s  %12s  %12s\n", "least", "mean", "most");
    wick_status status = WICK_OK;
    for (size_t i = 0; status == WICK_OK && i < sizeof learning_rates / sizeof *learning_rates; i++) {
        for (size_t j = 0; status == WICK_OK && j < sizeof noises / sizeof *noises; j++) {
            char title[32];
            snprintf(title, sizeof title, "%13s  %6s", learning_rates[i], noises[j]);
            status = wick_problem_set(context, problem, "learning_rate", learning_rates[i]);
            if (status == WICK_OK) status = wick_problem_set(context, problem, "noise", noises[j]);
            if (status == WICK_OK) status = print_spread(context, problem, system, title);
        }
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
    if (status == WICK_OK) status = wick_system_compile(context, problem, &system);
    if (status == WICK_OK) status = print_table(context, problem, system);
    if (status != WICK_OK) fprintf(stderr, "%s: %s\n", wick_status_text(status), wick_context_message(context));

    wick_system_free(system);
    wick_problem_free(problem);
    wick_context_free(context);
    return status == WICK_OK ? 0 : 1;
}
