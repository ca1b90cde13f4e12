/* A result of wick run in HDF5, read back as the table that its CSV would be. */
#ifndef WICK_OUTPUT_HDF5_READ_H
#define WICK_OUTPUT_HDF5_READ_H

#include "output/table.h"

/* Does the file begin as HDF5 does? Pipes are not looked into. */
bool wick_hdf5_is(const char *path);

/* Columns t, risk and excess_risk; with `states` those of M, Q (its upper triangle) or q, and a, too, as far as the file has
 * them. Comments are the attributes: the keys of the problem, and "stopped". WICK_ERROR_PROBLEM if it is no result of wick.
 */
wick_status wick_hdf5_read_table(wick_context *context, const char *path, bool states, wick_table *table);

#endif
