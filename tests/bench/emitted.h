/* The emitted library of a problem, compiled by the system's compiler and opened. */
#ifndef WICK_BENCH_EMITTED_H
#define WICK_BENCH_EMITTED_H

#include "wick/wick.h"

typedef struct {
    void *object;           /* of dlopen */
    const void *parameters; /* those the library was generated with */
    size_t work_size, jacobian_work_size;
    void (*drift)(const void *parameters, const double *state, double *work, double *drift);
    void (*jacobian)(const void *parameters, const double *state, double *work, double *jacobian);
} wick_emitted;

/* Emits, compiles with -O3 -march=native and opens it; prints why it could not and returns 0 then. */
int wick_emitted_open(wick_context *context, wick_problem *problem, wick_emitted *emitted);
void wick_emitted_close(wick_emitted *emitted);

#endif
