/* Mean, standard deviation and quantiles of a quantity over independent runs. */
#ifndef WICK_SIMULATE_STATISTICS_H
#define WICK_SIMULATE_STATISTICS_H

#include <stddef.h>

#include "wick/wick.h"

/* Of values[0], values[stride], ...; `work` has room for `count` numbers, count >= 1. */
wick_statistic wick_statistic_of(const double *values, size_t stride, size_t count, double *work);

/* The same with a constant added to every value. */
wick_statistic wick_statistic_shifted(wick_statistic statistic, double shift);

#endif
