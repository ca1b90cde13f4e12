/* See memory.h. */
#include "base/memory.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool wick_multiply_sizes(size_t a, size_t b, size_t *product)
{
    if (b != 0 && a > SIZE_MAX / b) return false;
    *product = a * b;
    return true;
}

static _Thread_local unsigned long failed;

unsigned long wick_failed_allocations(void) { return failed; }

void *wick_noted(void *made)
{
    if (!made) ++failed;
    return made;
}

void *wick_allocate(size_t a, size_t b, size_t size)
{
    size_t count, bytes;
    if (!wick_multiply_sizes(a, b, &count) || !wick_multiply_sizes(count, size, &bytes)) return wick_noted(NULL);
    return wick_noted(calloc(bytes > 0 ? bytes : 1, 1));
}

bool wick_reserve(void *array_pointer, size_t *capacity, size_t count, size_t size)
{
    if (count <= *capacity) return true;
    size_t larger = *capacity < 8 ? 8 : *capacity;
    while (larger < count) {
        if (larger > SIZE_MAX / 2) return false;
        larger *= 2;
    }
    size_t bytes;
    if (!wick_multiply_sizes(larger, size, &bytes)) return false;
    void *old;
    memcpy(&old, array_pointer, sizeof old);
    void *grown = wick_noted(realloc(old, bytes));
    if (!grown) return false;
    memcpy(array_pointer, &grown, sizeof grown);
    *capacity = larger;
    return true;
}

char *wick_copy_string_of_length(const char *string, size_t length)
{
    char *copy = wick_noted(malloc(length + 1));
    if (!copy) return NULL;
    memcpy(copy, string, length);
    copy[length] = '\0';
    return copy;
}

char *wick_copy_string(const char *string) { return wick_copy_string_of_length(string, strlen(string)); }

double wick_memory_size(void)
{
    const long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    return pages > 0 && page > 0 ? (double)pages * (double)page : INFINITY;
}
