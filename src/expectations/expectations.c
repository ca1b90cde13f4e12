/* See expectations.h. */
#include "expectations/expectations.h"

#include <math.h>

double wick_worse_error(double a, double b) { return isnan(a) || isnan(b) ? NAN : fmax(a, b); }

double wick_table_difference(const double *a, const double *b, size_t count)
{
    double scale = 1, difference = 0;
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(a[i]) || !isfinite(b[i])) return NAN;
        scale = fmax(scale, fabs(a[i]));
        difference = fmax(difference, fabs(a[i] - b[i]));
    }
    return difference / scale;
}
