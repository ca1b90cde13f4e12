/* Expectations of any activations by quadrature: rules with few nodes where they resolve the functions (smooth.h), panels
 * that the expressions tell where functions bend sharply, have kinks or jump (adapted.h, sharp_variance.h). */
#ifndef WICK_QUADRATURE_QUADRATURE_H
#define WICK_QUADRATURE_QUADRATURE_H

#include "activation/graph.h"
#include "base/text.h"
#include "expectations/expectations.h"

/* Of student and target; the source that was compiled for them is appended to `source`. `variance`: V will be wanted. */
wick_status wick_quadrature_make(wick_context *context, const wick_graph *const functions[2], size_t p, size_t k,
                                 bool variance, wick_text *source, wick_expectations *expectations);

#endif
