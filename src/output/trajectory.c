/* See trajectory.h. */
#include "output/trajectory.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static bool reserve_states(wick_trajectory *trajectory, size_t rows, size_t dimension)
{
    size_t entries;
    return wick_multiply_sizes(rows, dimension, &entries) &&
           wick_reserve(&trajectory->states, &trajectory->state_capacity, entries, sizeof *trajectory->states);
}

bool wick_trajectory_append(wick_trajectory *trajectory, const wick_point *point)
{
    const size_t row = trajectory->count;
    double **columns[] = {&trajectory->times, &trajectory->risks, &trajectory->excess_risks};
    const double values[] = {point->time, point->risk, point->excess_risk};
    for (size_t i = 0; i < 3; ++i)
        if (!wick_reserve(columns[i], &trajectory->row_capacity[i], row + 1, sizeof(double))) return false;
    if (trajectory->keeps_states && !reserve_states(trajectory, row + 1, point->dimension)) return false;

    for (size_t i = 0; i < 3; ++i) (*columns[i])[row] = values[i];
    trajectory->dimension = point->dimension;
    if (trajectory->keeps_states && point->dimension > 0)
        memcpy(trajectory->states + row * point->dimension, point->state, point->dimension * sizeof(double));
    trajectory->count = row + 1;
    return true;
}

void wick_trajectory_clear(wick_trajectory *trajectory)
{
    free(trajectory->times);
    free(trajectory->risks);
    free(trajectory->excess_risks);
    free(trajectory->states);
    *trajectory = (wick_trajectory){.keeps_states = trajectory->keeps_states};
}
