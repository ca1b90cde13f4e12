/* How many threads of OpenMP share a drift. Where it is one, the drift must not enter a parallel region: libgomp allocates a
 * team for one thread too, and ends the process where it cannot.
 */
#ifndef WICK_PARTICLES_THREADS_H
#define WICK_PARTICLES_THREADS_H

/* As many as OpenMP has. */
int wick_threads_most(void);

/* `wanted`, or 1 in a child of fork() whose parent shared a drift: libgomp would wait there for threads that only the parent
 * has. To be asked before each parallel region. */
int wick_threads_now(int wanted);

#endif
