/* Problem to simulated trajectories. See wick.h. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "api/api.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/number.h"
#include "model/regime.h"
#include "quadrature/activation_code.h"
#include "simulate/simulate.h"

static wick_status check(wick_context *context, wick_problem *problem, const wick_simulation *simulation)
{
    WICK_TRY(wick_problem_check(context, problem, WICK_FOR_RUN));
    if (!problem->parts->full)
        return wick_problem_fail(context, problem, "regime",
                                 "a simulation keeps all of Q; regime %s keeps its diagonal alone: take classical, from "
                                 "the same initial state",
                                 problem->parts->name);
    if (simulation->runs == 0) return wick_fail(context, WICK_ERROR_PROBLEM, "runs: must be at least 1, found 0");
    return WICK_OK;
}

/* ---- Activations that are no polynomials ---------------------------------------------------------------------------- */

static void evaluate_code(const void *self, size_t count, const double *x, double *scratch, double *value, double *slope)
{
    wick_activation_evaluate(self, count, x, scratch, value, slope);
}

static void release_code(void *self) { wick_activation_code_free(self); }

/* For at most `count` points at a time: every chain has scratch of its own, and there may be very many. */
static wick_status make_function(wick_context *context, const wick_graph *graph, size_t count,
                                 wick_scalar_function *function)
{
    const wick_polynomial *polynomial = wick_graph_as_polynomial(graph);
    if (polynomial) return wick_scalar_function_polynomial(context, polynomial, function);
    wick_activation_code *code;
    WICK_TRY(wick_activation_code_make(context, graph, &code));
    *function = (wick_scalar_function){evaluate_code, wick_activation_code_work_for(code, count), code, release_code};
    return WICK_OK;
}

static wick_status simulate_chains(const wick_experiment *experiment, const wick_graph *student, const wick_graph *target)
{
    wick_scalar_function s = {0}, s_star = {0};
    wick_status status = make_function(experiment->context, student, experiment->problem->p, &s);
    if (status == WICK_OK) status = make_function(experiment->context, target, experiment->problem->k, &s_star);
    if (status == WICK_OK) return wick_experiment_chains(experiment, s, s_star);
    wick_scalar_function_clear(&s);
    return status;
}

static wick_status check_flow(wick_context *context, const wick_problem *problem, const wick_graph *student,
                              const wick_graph *target)
{
    const bool polynomial = wick_graph_as_polynomial(student);
    if (polynomial && wick_graph_as_polynomial(target)) return WICK_OK;
    return wick_problem_fail(context, problem, polynomial ? "target_activation" : "activation",
                             "engine weights-flow takes polynomials alone; engines sgd and overlap take any activation");
}

/* A step may not take more of the weights away than there is. */
static wick_status check_decay(wick_context *context, const wick_problem *problem)
{
    const wick_rules rules = wick_rules_of(problem->rules, problem->p, problem->parameter);
    const double step = problem->parameter[WICK_LEARNING_RATE] / ((double)problem->p * problem->d);
    for (size_t i = 0; i < WICK_LAYER_COUNT; ++i)
        if (rules.step / problem->d * rules.layer[i].decay >= 1)
            return wick_problem_fail(context, problem, "d",
                                     "a step takes more than all of the %s away: times gamma/(p d) = %g, its decay must be "
                                     "below 1; give a larger d",
                                     i == WICK_WEIGHTS ? "weights" : "second layer", step);
    return WICK_OK;
}

/* With gamma and Delta of the system, where they were set later than those of the problem. */
static wick_status follow_and_simulate(const wick_experiment *experiment, wick_system *system, const wick_graph *student,
                                       const wick_graph *target)
{
    wick_context *context = experiment->context;
    const bool flow = experiment->simulation->engine == WICK_WEIGHTS_FLOW;
    if (flow) WICK_TRY(check_flow(context, experiment->problem, student, target));
    WICK_TRY(wick_follow(context, experiment->problem, system));
    WICK_TRY(wick_restart(context, experiment->problem, system, system->initial));
    system->fresh = false;
    wick_problem followed = *experiment->problem;
    memcpy(followed.parameter, system->parameter, sizeof followed.parameter);
    followed.schedule = system->schedule;
    if (!flow) WICK_TRY(check_decay(context, &followed));
    wick_experiment own = *experiment;
    own.problem = &followed;
    own.risks = &system->dynamics;
    return flow ? wick_experiment_flow(&own, wick_graph_as_polynomial(student), wick_graph_as_polynomial(target))
                : simulate_chains(&own, student, target);
}

static wick_status simulate(const wick_experiment *experiment, wick_system *system)
{
    wick_graph student, target;
    WICK_TRY(wick_read_activations(experiment->context, experiment->problem, &student, &target));
    const wick_status status = follow_and_simulate(experiment, system, &student, &target);
    wick_graph_clear(&student);
    wick_graph_clear(&target);
    return status;
}

/* ---- Risks that miss their tolerance --------------------------------------------------------------------------------- */

/* A sampler that stops as soon as a risk was integrated worse than quadrature.tol asks for. */
typedef struct {
    const wick_system *system;
    wick_sampler sampler;
    wick_progress progress;
    void *user;
    double missed_at; /* NAN: nowhere */
} guard;

static int sample_guarded(void *user, const wick_sample *sample)
{
    guard *over = user;
    const wick_accuracy accuracy = wick_system_accuracy(over->system);
    if (accuracy.tolerance > 0 && !(accuracy.error <= accuracy.tolerance)) {
        over->missed_at = sample->time;
        return 1;
    }
    return over->sampler ? over->sampler(over->user, sample) : 0;
}

static int progress_guarded(void *user, double time, double end)
{
    const guard *over = user;
    return over->progress ? over->progress(over->user, time, end) : 0;
}

wick_status wick_simulate(wick_context *context, wick_problem *problem, wick_system *system,
                          const wick_simulation *simulation, wick_sampler sampler, wick_progress progress, void *user,
                          wick_report *report)
{
    wick_report own = {0};
    if (report) *report = own;
    if (!system) return wick_fail_no_system(context);
    WICK_TRY(check(context, problem, simulation));
    guard over = {system, sampler, progress, user, NAN};
    const wick_experiment experiment = {.context = context,
                                        .problem = problem,
                                        .simulation = simulation,
                                        .sampler = sample_guarded,
                                        .progress = progress_guarded,
                                        .user = &over,
                                        .report = report ? report : &own};
    const double start = wick_seconds();
    const unsigned long failed = wick_failed_allocations();
    wick_status status = simulate(&experiment, system);
    experiment.report->seconds = wick_seconds() - start;
    if (status == WICK_STOPPED && !isnan(over.missed_at)) status = wick_fail_tolerance(context, system, over.missed_at);
    return wick_blame_memory(context, status, failed);
}

wick_status wick_problem_set_samples(wick_context *context, wick_problem *problem, double samples)
{
    WICK_TRY(wick_problem_check(context, problem, WICK_FOR_DRIFT));
    if (!(samples >= 1) || samples != floor(samples) || !isfinite(samples))
        return wick_fail(context, WICK_ERROR_PROBLEM, "samples: must be a whole number, at least 1, found %s",
                         wick_number(samples).text);
    if (problem->d == 0)
        return wick_problem_fail(context, problem, "d", "missing; a number of samples needs the input dimension");
    const wick_rules rules = wick_rules_of(problem->rules, problem->p, problem->parameter);
    if (problem->schedule.count > 0 && !(problem->rules & WICK_CLOCK_OF_STEPS))
        return wick_problem_fail(
            context, problem, "learning_rate",
            "depends on t: give the last output time itself, time.end, in place of a number of samples, "
            "or count steps, time.clock steps");
    char end[40];
    wick_number_print(end, samples / problem->parameter[WICK_BATCH] * rules.step / problem->d);
    return wick_problem_set(context, problem, "time.end", end);
}
