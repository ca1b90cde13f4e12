/* A result as CSV.
 *
 *     # wick: 0.1.0                       the version
 *     # activation: "x^2"                 the whole problem, a line of JSON for each key
 *     ...
 *     t,risk,excess_risk,"M[1,1]",...     the state only if the trajectory keeps it
 *     0,1.5,1.4995,...                    the fewest digits that read back exactly
 *     ...
 *     # stopped: diverged at t = ...      if the run did not reach its end
 *
 * Names that hold a comma are quoted, as CSV asks.
 */
#ifndef WICK_OUTPUT_CSV_H
#define WICK_OUTPUT_CSV_H

#include "dynamics/dynamics.h"
#include "output/file.h"
#include "output/trajectory.h"

/* problem_json is what wick_problem_json() gave; `stopped` is NULL for a run that reached its end. Errors of the stream are
 * left to wick_output_close(). */
void wick_csv_write(FILE *stream, const char *problem_json, const wick_layout *layout, const wick_trajectory *trajectory,
                    const char *stopped);

/* Its parts, for other tables: the comment lines at the start, numbers with commas between, and the comment at the end of
 * what was stopped. */
void wick_csv_write_problem(FILE *stream, const char *problem_json);
void wick_csv_write_numbers(FILE *stream, const double *numbers, size_t count);
void wick_csv_write_stopped(FILE *stream, const char *stopped);

#endif
