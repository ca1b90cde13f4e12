/* How HDF5 reads and writes our file: a driver that never tells HDF5 of a failed write.
 *
 * HDF5 cannot close a file that it could not write, and a process with such a file crashes when it ends (1.10.8). So the
 * driver keeps the first error for the caller, who is to ask after each call, and lets HDF5 believe that all is well.
 */
#ifndef WICK_OUTPUT_HDF5_DRIVER_H
#define WICK_OUTPUT_HDF5_DRIVER_H

#include <hdf5.h>

/* What the driver writes to: an empty file, open for reading and writing, and its first error (an errno value, 0 before). It
 * must live until the file is closed by HDF5, which leaves the descriptor open. */
typedef struct {
    int descriptor;
    int error;
    hid_t driver; /* as HDF5 knows it, positive while the file is open */
} wick_hdf5_medium;

/* Creates an HDF5 file on the medium with the given creation properties; `name` only appears in HDF5's messages. Negative on
 * failure. */
hid_t wick_hdf5_create_on(wick_hdf5_medium *medium, const char *name, hid_t creation);

/* Closes it. HDF5's own copy of the driver lives until here: H5Fclose() looks into it after its last reference to it. */
herr_t wick_hdf5_close_on(wick_hdf5_medium *medium, hid_t file);

#endif
