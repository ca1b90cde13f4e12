/* A result as HDF5, written chunk by chunk: memory does not grow with the number of output times.
 *
 *     /                attributes: wick (the version), one for each key of the problem (text, the counts p, k and d as
 *                      integers, other numbers as doubles, all else as JSON), problem (the whole, as JSON); where
 *                      expectations are quadratures, quadrature_tolerance and quadrature_error, the largest estimated; and
 *                      stopped, the reason, if the run did not reach its end
 *     /time            (count)
 *     /risk            (count)
 *     /excess_risk     (count)
 *     /M               (count x p x k)
 *     /Q               (count x p x p), full and symmetric; or, in the mean-field regimes, /q (count x p)
 *     /a               (count x p), if the second layer is trained
 *
 * Doubles in chunks of at most a mebibyte; each dataset has the attributes units and description. The same run gives the
 * same bytes: nothing in the file depends on when it was written.
 *
 * HDF5 keeps global state. All calls here go one at a time, through one mutex, and HDF5's printing of errors is off during
 * each and afterwards as it was.
 */
#ifndef WICK_OUTPUT_HDF5_H
#define WICK_OUTPUT_HDF5_H

#include "dynamics/dynamics.h"

typedef struct wick_hdf5 wick_hdf5;

/* The units of the time where it counts steps, tau; else they are those of t. */
#define WICK_HDF5_STEPS_UNITS "nu / d"

/* Does the name end in .h5 or .hdf5? */
bool wick_hdf5_named(const char *path);

/* Whether wick_hdf5_open() would succeed, to be known before long work. Leaves nothing behind. */
wick_status wick_hdf5_check(wick_context *context, const char *path);

/* What is known before the first row. */
typedef struct {
    const char *problem_json; /* what wick_problem_json() gave */
    wick_layout layout;
    bool keeps_states; /* M, Q or q, and a, too */
    size_t rows;       /* how many there will be, for the size of the chunks; more or fewer may come */
} wick_hdf5_contents;

/* Creates the file under another name in the same folder. */
wick_status wick_hdf5_open(wick_context *context, const char *path, const wick_hdf5_contents *contents, wick_hdf5 **file);

/* Adds a row. After a failure the file can only be discarded. */
wick_status wick_hdf5_append(wick_context *context, wick_hdf5 *file, const wick_point *point);

/* Adds an attribute that is known only after the run. After a failure the file can only be discarded. */
wick_status wick_hdf5_put_number(wick_context *context, wick_hdf5 *file, const char *name, double value);

/* Completes the file and gives it its name; `stopped` is NULL for a run that reached its end. Releases it, also on failure,
 * and then it is removed. */
wick_status wick_hdf5_close(wick_context *context, wick_hdf5 *file, const char *stopped);

/* Removes what was written. NULL is allowed. */
void wick_hdf5_discard(wick_hdf5 *file);

#endif
