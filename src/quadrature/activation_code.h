/* An activation and its derivative, compiled by libtcc into a chain of calls over arrays: one call for each operation of the
 * expression, each over a block of points, so that the time goes into the math library. */
#ifndef WICK_QUADRATURE_ACTIVATION_CODE_H
#define WICK_QUADRATURE_ACTIVATION_CODE_H

#include "activation/graph.h"
#include "jit/jit.h"

typedef struct wick_activation_code wick_activation_code;

/* Compiles it; the result owns its machine code and counts references. */
wick_status wick_activation_code_make(wick_context *context, const wick_graph *function, wick_activation_code **code);
wick_activation_code *wick_activation_code_share(wick_activation_code *code);
void wick_activation_code_free(wick_activation_code *code);

/* The source that was compiled. */
const char *wick_activation_code_source(const wick_activation_code *code);

/* Doubles of scratch that evaluation needs: at any number of points, and at `n` points or fewer. */
size_t wick_activation_code_work(const wick_activation_code *code);
size_t wick_activation_code_work_for(const wick_activation_code *code, size_t n);

/* s and s' at n points; either result may be NULL. */
void wick_activation_evaluate(const wick_activation_code *code, size_t n, const double *x, double *work, double *s,
                              double *derivative);

#endif
