/* See problem.h. */
#include "problem/problem.h"

#include <stdlib.h>
#include <string.h>

#include "problem/merge.h"

wick_status wick_problem_alloc(wick_context *context, wick_problem **problem)
{
    wick_problem *made = calloc(1, sizeof *made);
    if (made) {
        made->given = json_object();
        made->places = json_object();
    }
    if (!made || !made->given || !made->places) {
        wick_problem_free(made);
        return wick_fail_memory(context, "making a problem");
    }
    *problem = made;
    return WICK_OK;
}

static void release(double **array)
{
    free(*array);
    *array = NULL;
}

void wick_problem_forget(wick_problem *problem, wick_purpose first)
{
    release(&problem->times);
    if (first <= WICK_FOR_DRIFT) {
        release(&problem->Q);
        release(&problem->M);
        release(&problem->P);
        release(&problem->a);
        release(&problem->a_star);
        release(&problem->q);
    }
    if (first <= WICK_FOR_CODE) problem->p = problem->k = 0;
    if (first <= WICK_FOR_EQUATIONS) {
        json_decref(problem->complete);
        free(problem->activation);
        free(problem->target_activation);
        wick_graph_clear(&problem->schedule);
        wick_problem bare = {.given = problem->given, .places = problem->places};
        memcpy(bare.given_at, problem->given_at, sizeof bare.given_at);
        *problem = bare;
    }
    if (problem->verified > (int)first) problem->verified = (int)first;
}

void wick_problem_free(wick_problem *problem)
{
    if (!problem) return;
    wick_problem_forget(problem, WICK_FOR_EQUATIONS);
    json_decref(problem->given);
    json_decref(problem->places);
    free(problem);
}

void wick_problem_parameters_at(const wick_problem *problem, double t, double parameter[WICK_PARAMETER_COUNT])
{
    memmove(parameter, problem->parameter, sizeof problem->parameter);
    if (problem->schedule.count > 0)
        parameter[WICK_LEARNING_RATE] = wick_graph_at(&problem->schedule, problem->schedule.value, t);
}

const char *wick_problem_schedule(const wick_problem *problem)
{
    return problem->schedule.count > 0 ? json_string_value(wick_json_at(problem->complete, "learning_rate")) : NULL;
}

wick_arrays wick_problem_arrays(const wick_problem *problem)
{
    return (wick_arrays){.array = {[WICK_BLOCK_M] = problem->M,
                                   [WICK_BLOCK_Q] = problem->Q,
                                   [WICK_BLOCK_NORMS] = problem->q,
                                   [WICK_BLOCK_LAYER] = problem->a,
                                   [WICK_BLOCK_TARGET_LAYER] = problem->a_star,
                                   [WICK_BLOCK_P] = problem->P}};
}

size_t wick_problem_p(const wick_problem *problem) { return problem->p; }

size_t wick_problem_k(const wick_problem *problem) { return problem->k; }

wick_regime wick_problem_regime(const wick_problem *problem) { return problem->regime; }

void wick_string_free(char *string) { free(string); }

bool wick_problem_gives_initial(const wick_problem *problem)
{
    static const char *const values[] = {"initial.Q", "initial.M", "initial.P", "initial.q", "initial.a", "initial.a_star"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (wick_json_at(problem->given, values[i])) return true;
    return false;
}
