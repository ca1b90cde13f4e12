/* Names of a generated source file that must not meet those of another. Private to src/emit. */
#ifndef WICK_EMIT_PREFIX_H
#define WICK_EMIT_PREFIX_H

#include "base/text.h"

/* Appends C source with "NAME_" before every name that templates/overlaps.c.in, jacobian*.in, particles.c.in, closed_*.in
 * and the headers of src/kernels give to what they define for themselves; comments and strings stay as they are. */
void wick_prefix_internal_names(wick_text *text, const char *source, const char *name);

#endif
