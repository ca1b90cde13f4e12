/* The rows of a result, collected in memory: time, risk, excess risk and, if asked for, the state. */
#ifndef WICK_OUTPUT_TRAJECTORY_H
#define WICK_OUTPUT_TRAJECTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "wick/wick.h"

typedef struct {
    bool keeps_states; /* set before the first row */
    size_t count, dimension;
    double *times, *risks, *excess_risks;
    double *states; /* count x dimension, row-major; NULL unless kept */
    size_t row_capacity[3], state_capacity;
} wick_trajectory;

/* Adds a copy of the point; false if memory is exhausted, and then the rows are as they were. */
bool wick_trajectory_append(wick_trajectory *trajectory, const wick_point *point);

/* Releases the rows. */
void wick_trajectory_clear(wick_trajectory *trajectory);

#endif
