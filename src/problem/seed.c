/* What a simulation asks of a random initial state. See problem.h. */
#include "problem/merge.h"
#include "problem/stages.h"

bool wick_problem_is_random(const wick_problem *problem)
{
    return wick_json_at(problem->complete, "initial.random") != NULL;
}

unsigned long wick_problem_seed(const wick_problem *problem)
{
    return wick_problem_is_random(problem) ? (unsigned long)wick_complete_number(problem->complete, "initial.random.seed")
                                           : 1;
}
