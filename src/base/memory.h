/* Sizes and their products, checked. */
#ifndef WICK_BASE_MEMORY_H
#define WICK_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* *product = a * b; false if that overflows. */
bool wick_multiply_sizes(size_t a, size_t b, size_t *product);

/* calloc(a * b, size) with every product checked; NULL if it overflows or memory is exhausted. Never returns NULL for a
 * zero size. Release with free(). */
void *wick_allocate(size_t a, size_t b, size_t size);

/* Grows *array (of *capacity elements of `size` bytes) so that it holds at least `count`; false if memory is exhausted,
 * and then the array is as it was. */
bool wick_reserve(void *array_pointer, size_t *capacity, size_t count, size_t size);

/* How many of these allocations have failed in this thread. Who meets a number that is not finite where a drift may allocate
 * compares it with what it was before, and so knows whether memory ended. */
unsigned long wick_failed_allocations(void);

/* What another function has allocated, as it is; counted if it is NULL. */
void *wick_noted(void *made);

/* Bytes of physical memory; an infinity if the system does not tell. A system that promises more than it has kills who uses
 * it, so what is large is compared with this before it is allocated. */
double wick_memory_size(void);

/* strdup and strndup of C23; NULL if memory is exhausted. */
char *wick_copy_string(const char *string);
char *wick_copy_string_of_length(const char *string, size_t length);

#endif
