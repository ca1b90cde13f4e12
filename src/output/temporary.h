/* Files under another name until they are complete: NAME.wick-PID-NUMBER.tmp, locked by who writes them.
 *
 * The lock is the system's (flock), which ends with the process however that ends, also on another machine or in another
 * container that shares the folder. Where a file system has no such locks, nothing is ever taken for left.
 */
#ifndef WICK_OUTPUT_TEMPORARY_H
#define WICK_OUTPUT_TEMPORARY_H

#include <sys/types.h>

/* A new file beside `target`, locked; *name is to be released with free(). An errno value, or 0. Files of dead processes
 * there are removed first. */
int wick_temporary_open(const char *target, mode_t mode, char **name, int *descriptor);

/* Removes the files of dead processes, or those of this one, in the folder of `target`. */
void wick_temporary_remove_dead(const char *target);
void wick_temporary_remove_own(const char *target);

#endif
