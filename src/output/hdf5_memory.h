/* What happens when memory ends inside of HDF5: it uses what it could not allocate. It has no hook for that, so the linker
 * puts allocation functions of ours in the place of those that the archive calls (--wrap in src/CMakeLists.txt); they leave
 * from where HDF5 would go on. A shared libhdf5 is out of their reach.
 */
#ifndef WICK_OUTPUT_HDF5_MEMORY_H
#define WICK_OUTPUT_HDF5_MEMORY_H

#include <stdbool.h>

/* Does work(data), in which alone HDF5 may be called: one thread at a time, and HDF5 prints nothing. False if memory ended,
 * now or once before: HDF5 was left half way through, and is out of use for the rest of the process. */
bool wick_hdf5_guard(void (*work)(void *data), void *data);

#endif
