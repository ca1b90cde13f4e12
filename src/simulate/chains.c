/* Experiments with chains: SGD and the overlap process. See simulate.h. */
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "simulate/crew.h"
#include "simulate/simulate.h"

/* Whole numbers up to here are doubles. */
static const double largest_step_count = 9007199254740992.0;

/* What a chain keeps besides its weights. */
static const double bytes_of_chain = 1000;

static size_t thread_count(const wick_simulation *simulation)
{
    if (simulation->threads > 0) return simulation->threads;
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors > 0 ? (size_t)processors : 1;
}

static wick_status check(const wick_experiment *experiment)
{
    const wick_problem *problem = experiment->problem;
    const double end = problem->times[problem->time_count - 1];
    if (problem->d == 0)
        return wick_problem_fail(experiment->context, problem, "d", "missing; a simulation needs the input dimension");
    const double step = wick_rules_of(problem->rules, problem->p, problem->parameter).step;
    if (!(step > 0))
        return wick_problem_fail(experiment->context, problem, "learning_rate",
                                 "must be greater than 0 to simulate samples, found %g",
                                 problem->parameter[WICK_LEARNING_RATE]);
    const double samples = end * problem->d / step;
    if (!(samples < largest_step_count))
        return wick_problem_fail(experiment->context, problem, "time.end",
                                 "%s = %g is that of %.3g samples; at most %.3g can be counted",
                                 wick_rule_clock(problem->rules), end, samples, largest_step_count);
    return WICK_OK;
}

/* Memory that is promised and then not there would end the process: all the weights must fit into the machine. */
static wick_status check_memory(const wick_experiment *experiment, const wick_process *process)
{
    const double size = wick_memory_size();
    const double of_one =
        (double)process->stride * ((double)process->p + 2 * (double)process->batch) * sizeof(double) + bytes_of_chain;
    const double needed = of_one * (double)experiment->simulation->runs;
    if (needed < 0.9 * size) return WICK_OK;
    return wick_fail(experiment->context, WICK_ERROR_MEMORY,
                     "%zu runs need %.3g GB of memory, and this machine has %.3g; take fewer runs%s",
                     experiment->simulation->runs, needed / 1e9, size / 1e9,
                     experiment->simulation->engine == WICK_SGD ? ", or engine overlap, which needs no vector of R^d" : "");
}

static wick_status fail_standing(const wick_experiment *experiment, double time)
{
    return wick_problem_fail(experiment->context, experiment->problem, "learning_rate",
                             "is 0 at t = %.6g, where a simulation then stays: t counts distances gamma/(p d)", time);
}

static wick_status walk_outputs(const wick_experiment *experiment, wick_crew *crew, const wick_process *process,
                                wick_outputs *outputs, double *states)
{
    const wick_problem *problem = experiment->problem;
    double walked = 0, at = 0;
    const double end = problem->times[problem->time_count - 1];
    for (size_t index = 0; index < problem->time_count; ++index) {
        const wick_stretch before = {walked, at};
        const double time = problem->times[index], samples = wick_process_steps_until(process, walked, &at, time);
        if (isinf(samples)) return fail_standing(experiment, at);
        WICK_TRY(wick_crew_walk(experiment->context, crew, before, (wick_stretch){samples, at}, outputs->dimension, states,
                                experiment->progress, experiment->user, end));
        walked = samples;
        WICK_TRY(wick_outputs_show(experiment, outputs, index, samples, states));
        if (experiment->progress && experiment->progress(experiment->user, time, end)) return WICK_STOPPED;
    }
    return WICK_OK;
}

static wick_status walk(const wick_experiment *experiment, const wick_process *process)
{
    const wick_simulation *simulation = experiment->simulation;
    wick_outputs outputs;
    wick_crew *crew = NULL;
    WICK_TRY(wick_outputs_alloc(experiment, &outputs));
    double *states = wick_allocate(simulation->runs, outputs.dimension, sizeof *states);
    wick_status status = states ? wick_crew_alloc(experiment->context, process, simulation->seed, simulation->runs,
                                                  thread_count(simulation), &crew)
                                : wick_fail_memory(experiment->context, "making room for the states of every run");
    if (status == WICK_OK) status = walk_outputs(experiment, crew, process, &outputs, states);
    if (crew) experiment->report->steps = (size_t)wick_crew_steps(crew);
    experiment->report->step = process->sizes.time_step;
    wick_crew_free(crew);
    free(states);
    wick_outputs_clear(&outputs);
    return status;
}

wick_status wick_experiment_chains(const wick_experiment *experiment, wick_scalar_function student,
                                   wick_scalar_function target)
{
    wick_process process;
    wick_status status = check(experiment);
    if (status != WICK_OK) {
        wick_scalar_function_clear(&student);
        wick_scalar_function_clear(&target);
        return status;
    }
    WICK_TRY(wick_process_make(experiment->context, experiment->problem, student, target,
                               experiment->simulation->engine == WICK_SGD, &process));
    status = check_memory(experiment, &process);
    if (status == WICK_OK) status = walk(experiment, &process);
    wick_process_clear(&process);
    return status;
}
