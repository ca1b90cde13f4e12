/* Sets a problem, compiles it and prints one drift, with nothing but an installed wick; both C and C++.
 *
 * One square neuron, one target, Q = M = 1/2, P = 1: the classical drift is
 *     dM = 2 (P - Q) M + 4 (M P - Q M) = 3/2,    dQ = 4 (P - Q) Q + 8 (M^2 - Q^2) = 1. */
#include <stdio.h>

#include <wick/wick.h>

static const char *const keys[][2] = {{"activation", "x^2"},  {"regime", "classical"}, {"p", "1"}, {"k", "1"},
                                      {"learning_rate", "1"}, {"noise", "0"}};

static wick_status compile(wick_context *context, wick_problem *problem, wick_system **system)
{
    const double half = 0.5;
    wick_status status = WICK_OK;
    for (size_t i = 0; status == WICK_OK && i < sizeof keys / sizeof keys[0]; i++) {
        status = wick_problem_set(context, problem, keys[i][0], keys[i][1]);
    }
    if (status == WICK_OK) status = wick_problem_set_matrix(context, problem, "Q", &half, 1, 1);
    if (status == WICK_OK) status = wick_problem_set_matrix(context, problem, "M", &half, 1, 1);
    if (status == WICK_OK) status = wick_system_compile(context, problem, system);
    return status;
}

int main(void)
{
    wick_context *context = wick_context_alloc();
    wick_problem *problem = NULL;
    wick_system *system = NULL;
    double state[2], drift[2];

    wick_status status = wick_problem_alloc(context, &problem);
    if (status == WICK_OK) status = compile(context, problem, &system);
    if (status == WICK_OK && wick_system_dimension(system) != 2) status = WICK_ERROR_UNSUPPORTED;
    if (status == WICK_OK) status = wick_system_initial_state(context, system, state);
    if (status == WICK_OK) status = wick_system_drift(system, state, drift);
    if (status == WICK_OK) {
        printf("dM = %.12g, dQ = %.12g\n", drift[0], drift[1]);
    } else {
        printf("%s: %s\n", wick_status_text(status), wick_context_message(context));
    }

    wick_system_free(system);
    wick_problem_free(problem);
    wick_context_free(context);
    return status == WICK_OK ? 0 : 1;
}
