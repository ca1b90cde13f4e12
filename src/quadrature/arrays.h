/* The functions of the math library over arrays: what compiled activations call. Each y may be its x. */
#ifndef WICK_QUADRATURE_ARRAYS_H
#define WICK_QUADRATURE_ARRAYS_H

#include "jit/jit.h"

/* The symbols to bind, and the C declarations that go with them. */
extern const wick_code_symbol wick_array_symbols[];
extern const size_t wick_array_symbol_count;
extern const char wick_array_declarations[];

#endif
