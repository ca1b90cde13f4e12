/* See executable.h. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */

#include "jit/executable.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/locale.h"

static wick_status fail_to_reserve(wick_context *context, int error)
{
    if (error == ENOMEM || error == EAGAIN) return wick_fail_memory(context, "reserving room for machine code");
    return wick_fail(context, WICK_ERROR_EXECUTABLE,
                     "the system gives no memory that is writable and executable, which compiled code needs: %s (SELinux, "
                     "MemoryDenyWriteExecute and seccomp filters can forbid it to a process; derive and emit need none)",
                     wick_error_text(error));
}

wick_status wick_executable_reserve(wick_context *context, size_t size, wick_executable *memory)
{
    *memory = (wick_executable){0};
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    if (size > SIZE_MAX - page) return wick_fail_memory(context, "reserving room for machine code");
    const size_t whole = size <= page ? page : (size + page - 1) / page * page;
    void *bytes = mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (bytes == MAP_FAILED) return fail_to_reserve(context, errno);
    /* By mprotect(), as libtcc does: what a system allows of one it may forbid of the other. */
    if (mprotect(bytes, whole, PROT_READ | PROT_WRITE | PROT_EXEC) != 0) {
        const int error = errno;
        munmap(bytes, whole);
        return fail_to_reserve(context, error);
    }
    *memory = (wick_executable){bytes, whole};
    return WICK_OK;
}

void wick_executable_release(wick_executable *memory)
{
    if (memory->bytes) munmap(memory->bytes, memory->size);
    *memory = (wick_executable){0};
}

wick_status wick_executable_check(wick_context *context)
{
    wick_executable page;
    if (context && context->walk) return wick_fail(context, WICK_ERROR_EXECUTABLE, "this context walks plans");
    WICK_TRY(wick_executable_reserve(context, 1, &page));
    wick_executable_release(&page);
    return WICK_OK;
}
