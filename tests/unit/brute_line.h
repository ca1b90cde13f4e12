/* Integrals over the line against the standard normal density, by GSL's Gauss-Kronrod rules and its adaptive QAG, between
 * points that the caller knows to matter. */
#ifndef WICK_TESTS_BRUTE_LINE_H
#define WICK_TESTS_BRUTE_LINE_H

#include <gsl/gsl_integration.h>
#include <gsl/gsl_math.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct {
    double value, error;
} brute_number;

enum { BRUTE_POINT_LIMIT = 256 };

typedef struct {
    size_t count;
    double at[BRUTE_POINT_LIMIT];
} brute_points;

/* Those of the density alone: from -12 to 12, beyond which nothing counts. */
void brute_points_begin(brute_points *points);
/* A bend at `centre` of this width: points around it, at distances that grow geometrically until the bend is over, at 77
 * widths, or, if heavy, until `reach`. Width 0: the centre alone. */
void brute_points_bend(brute_points *points, double centre, double width, bool heavy, double reach);
/* Sorts, and drops what coincides or lies outside. */
void brute_points_end(brute_points *points);

/* The density. */
double brute_density(double z);

/* The integral of function(z) over the points; the function includes the density. Intervals are halved until each is known
 * to the part `precision` of the integral of |function|, or all are to `noise`, the error that the function itself brings.
 * That integral goes to *size unless it is NULL. */
brute_number brute_line(const gsl_function *function, const brute_points *points, gsl_integration_workspace *workspace,
                        double precision, double noise, double *size);

#endif
