/* An allocator that fails when it is told to, for sweep.c: loaded with LD_PRELOAD into the program under test.
 *
 *     WICK_FAIL_AT      number of the first allocation that fails, from 1; 0: none
 *     WICK_FAIL_FOR     how many fail from there on (1 by default; 0: all that follow)
 *     WICK_FAIL_SPARE   allocations that this library asks for (part of its path) neither fail nor count
 *     WICK_FAIL_REPORT  a file: the stack of the first allocation that failed, and at the end how many there were
 *
 * Counted is what is allocated from the start of main() on. Programs that are started from there are left alone.
 */
#define _GNU_SOURCE /* dl_iterate_phdr() */

#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* glibc's own, under the names that it keeps for this. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

enum { DEPTH = 64 };

static atomic_ulong count;
static unsigned long fail_at, fail_for = 1;
static int report = -1;
static atomic_bool reported;
static bool counting;
static struct {
    const char *name;
    uintptr_t from, to;
} spared;
static _Thread_local bool inside;

/* ---- Deciding -------------------------------------------------------------------------------------------------------- */

static void write_stack(void)
{
    if (report < 0 || atomic_exchange(&reported, true)) return;
    void *frames[DEPTH];
    inside = true;
    backtrace_symbols_fd(frames, backtrace(frames, DEPTH), report);
    inside = false;
}

static bool fails(const void *caller)
{
    if (!counting || inside) return false;
    if ((uintptr_t)caller >= spared.from && (uintptr_t)caller < spared.to) return false;
    const unsigned long number = atomic_fetch_add(&count, 1) + 1;
    if (fail_at == 0 || number < fail_at || (fail_for > 0 && number - fail_at >= fail_for)) return false;
    write_stack();
    errno = ENOMEM;
    return true;
}

#define CALLER __builtin_return_address(0)

/* ---- In the place of the C library's -----------------------------------------------------------------------------------
 */

void *malloc(size_t size) { return fails(CALLER) ? NULL : __libc_malloc(size); }

void *calloc(size_t number, size_t size) { return fails(CALLER) ? NULL : __libc_calloc(number, size); }

void *realloc(void *old, size_t size) { return fails(CALLER) ? NULL : __libc_realloc(old, size); }

void *memalign(size_t alignment, size_t size);
void *memalign(size_t alignment, size_t size) { return fails(CALLER) ? NULL : __libc_memalign(alignment, size); }

void *aligned_alloc(size_t alignment, size_t size) { return fails(CALLER) ? NULL : __libc_memalign(alignment, size); }

int posix_memalign(void **made, size_t alignment, size_t size)
{
    if (fails(CALLER)) return ENOMEM;
    *made = __libc_memalign(alignment, size);
    return *made ? 0 : ENOMEM;
}

/* ---- Setting up --------------------------------------------------------------------------------------------------------
 */

static int find_spared(struct dl_phdr_info *library, size_t size, void *data)
{
    (void)size, (void)data;
    if (!strstr(library->dlpi_name, spared.name)) return 0;
    for (size_t i = 0; i < library->dlpi_phnum; ++i) {
        const ElfW(Phdr) *part = &library->dlpi_phdr[i];
        if (part->p_type != PT_LOAD || !(part->p_flags & PF_X)) continue;
        spared.from = library->dlpi_addr + part->p_vaddr;
        spared.to = spared.from + part->p_memsz;
    }
    return 1;
}

static unsigned long number_of(const char *name, unsigned long otherwise)
{
    const char *text = getenv(name);
    return text ? strtoul(text, NULL, 10) : otherwise;
}

/* Runs after the constructors of the libraries that the program needs. */
__attribute__((constructor)) static void begin(void)
{
    void *frames[DEPTH];
    backtrace(frames, DEPTH); /* allocates when it is first called */
    fail_at = number_of("WICK_FAIL_AT", 0);
    fail_for = number_of("WICK_FAIL_FOR", 1);
    spared.name = getenv("WICK_FAIL_SPARE");
    if (spared.name) dl_iterate_phdr(find_spared, NULL);
    const char *path = getenv("WICK_FAIL_REPORT");
    if (path) {
        const int opened = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
        report = fcntl(opened, F_DUPFD_CLOEXEC, 200);
        close(opened);
    }
    unsetenv("LD_PRELOAD");
    counting = true;
}

__attribute__((destructor)) static void end(void)
{
    counting = false;
    if (report >= 0) dprintf(report, "allocations %lu\n", atomic_load(&count));
}
