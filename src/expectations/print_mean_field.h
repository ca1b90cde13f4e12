/* The same as print.h in the mean-field regimes, whose drifts are averages over xi: what differs there. Private to
 * src/expectations. */
#ifndef WICK_EXPECTATIONS_PRINT_MEAN_FIELD_H
#define WICK_EXPECTATIONS_PRINT_MEAN_FIELD_H

#include <jansson.h>

#include "expectations/print.h"

/* The equations, the integrals and how they are averaged, and the symbols. */
void wick_mean_field_print_text(const wick_description *of, wick_text *text);
void wick_mean_field_print_latex(const wick_description *of, wick_text *text);
/* An array as "integrals" in the JSON of other regimes. */
json_t *wick_mean_field_integrals(const wick_description *of);

#endif
