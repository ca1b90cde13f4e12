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

double wick_table_error(const double *a, const double *error, size_t count)
{
    double scale = 1, most = 0;
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(a[i]) || isnan(error[i])) return NAN;
        scale = fmax(scale, fabs(a[i]));
        most = fmax(most, error[i]);
    }
    return most / scale;
}

double wick_tables_error(const wick_fields *fields, const wick_tables *tables, const wick_tables *errors)
{
    const size_t p = fields->p, n = fields->n, counts[] = {p * n, p * n, n * n, p * p};
    const double *const values[] = {tables->X, tables->Y, tables->Z, tables->V};
    const double *const bounds[] = {errors->X, errors->Y, errors->Z, errors->V};
    double worst = 0;
    for (size_t i = 0; i < 4; i++)
        if (values[i]) worst = wick_worse_error(worst, wick_table_error(values[i], bounds[i], counts[i]));
    return worst;
}
