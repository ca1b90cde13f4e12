/* What `wick run --compare SIMULATION.csv` adds to a run: its distance to a simulation. */
#ifndef WICK_CLI_COMPARE_H
#define WICK_CLI_COMPARE_H

#include "dynamics/dynamics.h"
#include "output/table.h"
#include "output/trajectory.h"
#include "problem/problem.h"

/* Whether the simulation has a row for each output time of the checked problem; the message names the first it lacks. */
wick_status wick_compare_check(wick_context *context, const wick_problem *problem, const char *file,
                               const wick_table *simulation);

/* The rows of the run as a table, with two columns more: risk_distance, |R - R of the simulation|, and, if the run keeps its
 * states and the simulation has any of their columns, state_distance, the largest difference in those. */
wick_status wick_compare_table(wick_context *context, const wick_layout *layout, const wick_trajectory *trajectory,
                               const wick_table *simulation, wick_table *table);

#endif
