/* The statistics of one output time; see simulate.h. */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "simulate/simulate.h"
#include "simulate/statistics.h"

wick_status wick_outputs_alloc(const wick_experiment *experiment, wick_outputs *outputs)
{
    const size_t runs = experiment->simulation->runs, dimension = experiment->risks->dimension;
    *outputs = (wick_outputs){.runs = runs, .dimension = dimension};
    outputs->excess_risks = wick_allocate(runs, 1, sizeof *outputs->excess_risks);
    outputs->work = wick_allocate(runs, 1, sizeof *outputs->work);
    if (experiment->simulation->state_statistics) outputs->state = wick_allocate(dimension, 1, sizeof *outputs->state);
    if (outputs->excess_risks && outputs->work && (outputs->state || !experiment->simulation->state_statistics))
        return WICK_OK;
    wick_outputs_clear(outputs);
    return wick_fail_memory(experiment->context, "preparing statistics");
}

void wick_outputs_clear(wick_outputs *outputs)
{
    free(outputs->excess_risks);
    free(outputs->work);
    free(outputs->state);
    *outputs = (wick_outputs){0};
}

wick_status wick_outputs_show(const wick_experiment *experiment, wick_outputs *outputs, size_t index, double samples,
                              const double *states)
{
    const size_t runs = outputs->runs, dimension = outputs->dimension;
    const double time = experiment->problem->times[index];
    for (size_t run = 0; run < runs; ++run) {
        const double risk = experiment->risks->excess_risk(experiment->risks->self, states + run * dimension);
        if (!isfinite(risk))
            return wick_fail(experiment->context, WICK_ERROR_DIVERGED,
                             "run %zu diverged at %s = %.10g: its risk is not finite", run + 1,
                             wick_rule_clock(experiment->problem->rules), time);
        outputs->excess_risks[run] = risk;
    }
    experiment->report->time = time;
    if (!experiment->sampler) return WICK_OK;
    for (size_t i = 0; outputs->state && i < dimension; ++i)
        outputs->state[i] = wick_statistic_of(states + i, dimension, runs, outputs->work);
    wick_sample sample = {.time = time,
                          .samples = samples,
                          .excess_risk = wick_statistic_of(outputs->excess_risks, 1, runs, outputs->work),
                          .state = outputs->state,
                          .excess_risks = outputs->excess_risks,
                          .states = states,
                          .dimension = dimension,
                          .runs = runs,
                          .index = index,
                          .count = experiment->problem->time_count};
    sample.risk = wick_statistic_shifted(sample.excess_risk, experiment->risks->noise / 2);
    return experiment->sampler(experiment->user, &sample) ? WICK_STOPPED : WICK_OK;
}
