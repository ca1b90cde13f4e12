/* How much exact arithmetic something takes, counted where GMP asks for memory: a measure of work that does not depend on
 * how busy the machine is. */
#ifndef WICK_TESTS_ARITHMETIC_H
#define WICK_TESTS_ARITHMETIC_H

#include <stddef.h>

typedef struct {
    size_t requests; /* of new or larger blocks */
    size_t bytes;    /* their sizes together */
} wick_test_arithmetic;

/* Counts from zero on; GMP's memory is counted in the whole process, so for tests with one thread. */
void wick_test_arithmetic_start(void);
wick_test_arithmetic wick_test_arithmetic_stop(void);

#endif
