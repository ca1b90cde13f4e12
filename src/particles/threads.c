/* See threads.h. */
#include "particles/threads.h"

#include <omp.h>
#include <stdatomic.h>
#include <sys/types.h>
#include <unistd.h>

int wick_threads_most(void) { return omp_get_max_threads(); }

int wick_threads_now(int wanted)
{
    static _Atomic pid_t first; /* the process that shared a drift, or its parent did; 0: none yet */
    if (wanted <= 1) return 1;
    pid_t user = 0;
    const pid_t own = getpid();
    return atomic_compare_exchange_strong(&first, &user, own) || user == own ? wanted : 1;
}
