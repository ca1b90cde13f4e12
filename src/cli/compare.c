/* See compare.h. */
#include "cli/compare.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

/* Times that were printed and read again differ by no more. */
static const double same_time = 1e-12;

/* The row of a time, simulation->rows if there is none. */
static size_t find_row(const wick_table *simulation, size_t column, double time)
{
    size_t row = 0;
    while (row < simulation->rows) {
        const double there = simulation->values[row * simulation->columns + column];
        if (fabs(there - time) <= same_time * fabs(time)) break;
        ++row;
    }
    return row;
}

wick_status wick_compare_check(wick_context *context, const wick_problem *problem, const char *file,
                               const wick_table *simulation)
{
    const size_t column = wick_table_time(simulation);
    if (column == simulation->columns || wick_table_find(simulation, "excess_risk") == simulation->columns)
        return wick_fail(context, WICK_ERROR_PROBLEM, "--compare: %s has no columns t and excess_risk", file);
    for (size_t i = 0; i < problem->time_count; ++i)
        if (find_row(simulation, column, problem->times[i]) == simulation->rows)
            return wick_fail(context, WICK_ERROR_PROBLEM,
                             "--compare: %s has no row for %s = %.10g; run and simulation need the same output times", file,
                             simulation->names[column], problem->times[i]);
    return WICK_OK;
}

/* ---- The table ----------------------------------------------------------------------------------------------------- */

/* Which column of the simulation an entry of the state is compared with; simulation->columns if with none. */
typedef struct {
    size_t dimension; /* 0 if states are not kept */
    size_t *column;
    bool any;
} matches;

static wick_status start_table(wick_context *context, const wick_layout *layout, const wick_trajectory *trajectory,
                               const wick_table *simulation, matches *with, wick_table *table)
{
    if (trajectory->keeps_states && !wick_layout_dimension(layout, &with->dimension)) with->dimension = 0;
    with->column = wick_allocate(with->dimension, 1, sizeof *with->column);
    bool made = with->column && wick_table_add_column(table, wick_layout_clock(layout)) &&
                wick_table_add_column(table, "risk") && wick_table_add_column(table, "excess_risk");
    char name[64];
    for (size_t i = 0; made && i < with->dimension; ++i) {
        wick_layout_name(layout, i, name);
        made = wick_table_add_column(table, name);
        with->column[i] = wick_table_find(simulation, name);
        with->any = with->any || with->column[i] < simulation->columns;
    }
    made = made && wick_table_add_column(table, "risk_distance");
    if (made && with->any) made = wick_table_add_column(table, "state_distance");
    return made ? WICK_OK : wick_fail_memory(context, "comparing with a simulation");
}

static void fill_row(const wick_trajectory *trajectory, const wick_table *simulation, const matches *with, size_t row,
                     double *values)
{
    const size_t there = find_row(simulation, wick_table_time(simulation), trajectory->times[row]);
    const double *other = simulation->values + there * simulation->columns;
    const double *state = with->dimension > 0 ? trajectory->states + row * trajectory->dimension : NULL;
    double most = 0;
    *values++ = trajectory->times[row];
    *values++ = trajectory->risks[row];
    *values++ = trajectory->excess_risks[row];
    for (size_t i = 0; i < with->dimension; ++i) {
        *values++ = state[i];
        if (with->column[i] < simulation->columns) most = fmax(most, fabs(state[i] - other[with->column[i]]));
    }
    *values++ = fabs(trajectory->excess_risks[row] - other[wick_table_find(simulation, "excess_risk")]);
    if (with->any) *values = most;
}

wick_status wick_compare_table(wick_context *context, const wick_layout *layout, const wick_trajectory *trajectory,
                               const wick_table *simulation, wick_table *table)
{
    matches with = {0};
    *table = WICK_TABLE_EMPTY;
    wick_status status = start_table(context, layout, trajectory, simulation, &with, table);
    double *values = status == WICK_OK ? wick_allocate(table->columns, 1, sizeof *values) : NULL;
    if (status == WICK_OK && !values) status = wick_fail_memory(context, "comparing with a simulation");
    for (size_t row = 0; status == WICK_OK && row < trajectory->count; ++row) {
        fill_row(trajectory, simulation, &with, row, values);
        if (!wick_table_add_row(table, values)) status = wick_fail_memory(context, "comparing with a simulation");
    }
    free(values);
    free(with.column);
    if (status != WICK_OK) wick_table_clear(table);
    return status;
}
