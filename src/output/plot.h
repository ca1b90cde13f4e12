/* Risk and excess risk against time, drawn by gnuplot into an SVG, PNG or PDF file. */
#ifndef WICK_OUTPUT_PLOT_H
#define WICK_OUTPUT_PLOT_H

#include "output/file.h"
#include "output/table.h"
#include "output/trajectory.h"

/* Whether the name ends in .svg, .png or .pdf; otherwise WICK_ERROR_PROBLEM, to be known before a run. */
wick_status wick_plot_check_name(wick_context *context, const char *path);

/* Draws it; the file appears whole or not at all. The title names activation, regime and widths from `problem_json`, what
 * wick_problem_json() gave; `partial` adds that the run was stopped. WICK_ERROR_FILE if gnuplot is not there or fails, or if
 * the file cannot be written. */
wick_status wick_plot_write(wick_context *context, const char *path, const char *problem_json,
                            const wick_trajectory *trajectory, bool partial);

/* The same for a simulation, whose `table` has the columns t, risk and excess_risk, means over the runs; if it has
 * q05(excess_risk) and q95(excess_risk), a band between them. The title names `process` in place of the regime. */
wick_status wick_plot_simulation(wick_context *context, const char *path, const char *problem_json, const char *process,
                                 const wick_table *table, bool partial);

/* The gnuplot script, terminal included, as wick_plot_write() runs it; for `path` only its extension counts. */
wick_status wick_plot_script(wick_context *context, const char *path, const char *problem_json,
                             const wick_trajectory *trajectory, bool partial, char **script);

#endif
