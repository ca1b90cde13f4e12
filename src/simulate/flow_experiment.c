/* Experiments with the gradient flow in weight space. See simulate.h. */
#include <stdlib.h>

#include "base/memory.h"
#include "simulate/flow.h"
#include "simulate/simulate.h"
#include "solve/integrate.h"

/* What the integrator's observer needs. */
typedef struct {
    const wick_experiment *experiment;
    const wick_flow *flow;
    wick_outputs outputs;
    double *state;
    wick_status status;
} showing;

static double samples_at(const wick_problem *problem, double time)
{
    return problem->d > 0 && problem->parameter[WICK_LEARNING_RATE] > 0
               ? time * (double)problem->p * problem->d / problem->parameter[WICK_LEARNING_RATE]
               : 0;
}

static int show(void *user, const wick_point *point)
{
    showing *to = user;
    wick_flow_state(to->flow, point->state, to->state);
    const double samples = samples_at(to->experiment->problem, point->time);
    to->status = wick_outputs_show(to->experiment, &to->outputs, point->index, samples, to->state);
    return to->status != WICK_OK;
}

static int pass_progress(void *user, double time, double end)
{
    const wick_experiment *experiment = ((showing *)user)->experiment;
    return experiment->progress ? experiment->progress(experiment->user, time, end) : 0;
}

static wick_status integrate(showing *to, wick_flow *flow, double *weights)
{
    const wick_problem *problem = to->experiment->problem;
    const wick_dynamics dynamics = wick_flow_dynamics(flow);
    const wick_integration integration = {.method = problem->method,
                                          .rtol = problem->rtol,
                                          .atol = problem->atol,
                                          .dt = problem->dt,
                                          .times = problem->times,
                                          .time_count = problem->time_count};
    wick_flow_start(flow, weights);
    const wick_status status = wick_solve(to->experiment->context, &dynamics, &integration, weights, show, pass_progress, to,
                                          to->experiment->report);
    return to->status != WICK_OK ? to->status : status;
}

static wick_status run(const wick_experiment *experiment, wick_flow *flow)
{
    showing to = {.experiment = experiment, .flow = flow};
    WICK_TRY(wick_outputs_alloc(experiment, &to.outputs));
    to.state = wick_allocate(to.outputs.dimension, 1, sizeof *to.state);
    double *weights = wick_allocate(wick_flow_dynamics(flow).dimension, 1, sizeof *weights);
    const wick_status status = to.state && weights ? integrate(&to, flow, weights)
                                                   : wick_fail_memory(experiment->context, "preparing the gradient flow");
    free(weights);
    free(to.state);
    wick_outputs_clear(&to.outputs);
    return status;
}

wick_status wick_experiment_flow(const wick_experiment *experiment, const wick_polynomial *student,
                                 const wick_polynomial *target)
{
    if (experiment->simulation->runs != 1)
        return wick_fail(experiment->context, WICK_ERROR_PROBLEM,
                         "runs: engine weights-flow has no noise and takes one run, found %zu",
                         experiment->simulation->runs);
    wick_flow *flow;
    WICK_TRY(wick_flow_alloc(experiment->context, experiment->problem, student, target, &flow));
    const wick_status status = run(experiment, flow);
    wick_flow_free(flow);
    return status;
}
