/* See statistics.h. */
#include "simulate/statistics.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

static const double probabilities[WICK_QUANTILES] = {0.05, 0.25, 0.5, 0.75, 0.95};

double wick_quantile_probability(size_t index) { return index < WICK_QUANTILES ? probabilities[index] : NAN; }

wick_statistic wick_statistic_of(const double *values, size_t stride, size_t count, double *work)
{
    for (size_t i = 0; i < count; ++i) work[i] = values[i * stride];
    wick_statistic of = {.mean = count == 1 ? work[0] : gsl_stats_mean(work, 1, count)};
    if (count > 1) of.deviation = gsl_stats_sd_m(work, 1, count, of.mean);
    gsl_sort(work, 1, count);
    for (size_t i = 0; i < WICK_QUANTILES; ++i)
        of.quantile[i] = gsl_stats_quantile_from_sorted_data(work, 1, count, probabilities[i]);
    return of;
}

wick_statistic wick_statistic_shifted(wick_statistic statistic, double shift)
{
    statistic.mean += shift;
    for (size_t i = 0; i < WICK_QUANTILES; ++i) statistic.quantile[i] += shift;
    return statistic;
}
