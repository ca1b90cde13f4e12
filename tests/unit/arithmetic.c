/* See arithmetic.h. */
#include "arithmetic.h"

#include <gmp.h>
#include <stdlib.h>

static wick_test_arithmetic counted;

static void *count(void *block, size_t size)
{
    counted.requests++;
    counted.bytes += size;
    if (block == NULL) abort(); /* GMP takes no NULL */
    return block;
}

static void *allocate(size_t size) { return count(malloc(size), size); }

static void *reallocate(void *block, size_t before, size_t size)
{
    (void)before;
    return count(realloc(block, size), size);
}

static void release(void *block, size_t size)
{
    (void)size;
    free(block);
}

void wick_test_arithmetic_start(void)
{
    counted = (wick_test_arithmetic){0, 0};
    mp_set_memory_functions(allocate, reallocate, release);
}

wick_test_arithmetic wick_test_arithmetic_stop(void)
{
    mp_set_memory_functions(NULL, NULL, NULL); /* GMP's own, malloc() too, so blocks may outlive the count */
    return counted;
}
