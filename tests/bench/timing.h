/* What benchmarks time with, beside wick_seconds(). */
#ifndef WICK_BENCH_TIMING_H
#define WICK_BENCH_TIMING_H

#include <stddef.h>

/* The median; sorts the values. */
double wick_bench_median(double *values, size_t count);

#endif
