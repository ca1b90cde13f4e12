/* See piecewise_variance.h. */
#include "quadrature/piecewise_variance.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

typedef struct {
    double straight[2], bent[2]; /* B and D */
    int level;                   /* of the double-exponential rule: steps of 2^-level */
    size_t n;
    double *moved; /* overlaps, n x n, and V, at most as large */
} piecewise_variance;

/* Covariance of the four fields. */
typedef struct {
    double c[4][4];
} covariance;

static const double pi = 3.14159265358979323846;

/* ---- Few fields -------------------------------------------------------------------------------------------------- */

/* What is left of variance and covariance at rounding level is nothing. */
static bool vanishes(double rest, double of) { return rest <= 8 * DBL_EPSILON * of; }

/* E[sgn(1) sgn(2)]; 0 if one of them is always 0. */
static double two_signs(double c11, double c22, double c12)
{
    if (!(c11 > 0) || !(c22 > 0)) return 0;
    const double square = c12 * c12, lost = fma(-c12, c12, square);
    const double determinant = fmax(0, fma(c11, c22, -square) + lost);
    return 2 / pi * atan2(c12, sqrt(determinant));
}

/* E[|1| |2|] = (2 / pi) (sqrt(det) + C12 asin(r)) */
static double two_moduli(double c11, double c22, double c12)
{
    const double square = c12 * c12, lost = fma(-c12, c12, square);
    const double root = sqrt(fmax(0, fma(c11, c22, -square) + lost));
    return 2 / pi * (root + c12 * atan2(c12, root));
}

/* The covariance of a, b given that i vanishes; what is left of a variance at rounding level is 0. */
static double given(const covariance *of, size_t i, size_t a, size_t b)
{
    const double rest = of->c[a][b] - of->c[a][i] * of->c[b][i] / of->c[i][i];
    return a == b && vanishes(rest, of->c[a][a]) ? 0 : rest;
}

/* E[2 delta(i) sgn(a) sgn(b)] */
static double delta_two_signs(const covariance *of, size_t i, size_t a, size_t b)
{
    if (!(of->c[i][i] > 0)) return 0;
    return 2 / sqrt(2 * pi * of->c[i][i]) * two_signs(given(of, i, a, a), given(of, i, b, b), given(of, i, a, b));
}

/* E[sgn(a) sgn(b) |e|], e = l_e sgn(l_e), by Stein's lemma. */
static double two_signs_modulus(const covariance *of, size_t a, size_t b, size_t e)
{
    return of->c[e][a] * delta_two_signs(of, a, b, e) + of->c[e][b] * delta_two_signs(of, b, a, e) +
           of->c[e][e] * delta_two_signs(of, e, a, b);
}

/* E[2 delta(i) sgn(a) sgn(b) |e|] */
static double delta_signs_modulus(const covariance *of, size_t i, size_t a, size_t b, size_t e)
{
    if (!(of->c[i][i] > 0)) return 0;
    const size_t field[3] = {a, b, e};
    covariance left = {{{0}}};
    for (size_t x = 0; x < 3; x++)
        for (size_t y = 0; y < 3; y++) left.c[x][y] = given(of, i, field[x], field[y]);
    for (size_t x = 0; x < 3; x++) /* nothing correlates with what is 0 */
        for (size_t y = 0; y < 3; y++)
            if (!(left.c[x][x] > 0)) left.c[x][y] = left.c[y][x] = 0;
    return 2 / sqrt(2 * pi * of->c[i][i]) * two_signs_modulus(&left, 0, 1, 2);
}

/* E[sgn(i) l_a |b|] = C_ai E[2 delta(i) |b|] + C_ab E[sgn(i) sgn(b)] */
static double sign_field_modulus(const covariance *of, size_t i, size_t a, size_t b)
{
    double sum = of->c[a][b] * two_signs(of->c[i][i], of->c[b][b], of->c[i][b]);
    if (of->c[i][i] > 0) sum += of->c[a][i] * 2 / sqrt(2 * pi * of->c[i][i]) * sqrt(2 / pi * fmax(0, given(of, i, b, b)));
    return sum;
}

/* E[sgn(1) sgn(2) l_3 l_4] */
static double two_signs_fields(const covariance *of)
{
    const double c11 = of->c[0][0], c22 = of->c[1][1], c12 = of->c[0][1];
    double sum = of->c[2][3] * two_signs(c11, c22, c12);
    const double determinant = c11 * c22 - c12 * c12;
    if (vanishes(determinant, c11 * c22)) return sum;
    const double *a = of->c[2], *b = of->c[3];
    return sum + 2 / (pi * sqrt(determinant)) * (a[0] * b[1] + a[1] * b[0] - c12 * (a[0] * b[0] / c11 + a[1] * b[1] / c22));
}

/* ---- K ----------------------------------------------------------------------------------------------------------- */

static double slope_at(const covariance *full, double t)
{
    covariance at = *full;
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 2; k < 4; k++) at.c[i][k] = at.c[k][i] = t * full->c[i][k];
    double sum = 0;
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 2; k < 4; k++)
            if (full->c[i][k] < 0 || full->c[i][k] > 0) sum += full->c[i][k] * delta_signs_modulus(&at, i, 1 - i, k, 5 - k);
    return sum;
}

/* The integral by steps of 2^-level, and by every second node. */
static double integrate(const covariance *full, int level, double *coarse)
{
    const double step = ldexp(1, -level), reach = 3.2;
    const int last = (int)(reach / step);
    double even = 0, odd = 0;
    for (int i = -last; i <= last; i++) {
        const double u = step * i, inner = 0.5 * pi * sinh(u), t = 1 / (1 + exp(-2 * inner));
        const double weight = step * 0.25 * pi * cosh(u) / (cosh(inner) * cosh(inner));
        if (weight < 1e-18) continue;
        *(i % 2 ? &odd : &even) += weight * slope_at(full, t);
    }
    *coarse = 2 * even;
    return even + odd;
}

static double signs_moduli(const covariance *of, int level, double *error)
{
    const double start =
        two_signs(of->c[0][0], of->c[1][1], of->c[0][1]) * two_moduli(of->c[2][2], of->c[3][3], of->c[2][3]);
    double coarse;
    const double fine = integrate(of, level, &coarse);
    *error = fabs(fine - coarse);
    return start + fine;
}

/* ---- V ----------------------------------------------------------------------------------------------------------- */

static covariance gather(const wick_fields *fields, size_t j, size_t l, size_t a, size_t b)
{
    const size_t field[4] = {j, l, a, b};
    covariance of;
    for (size_t x = 0; x < 4; x++)
        for (size_t y = 0; y < 4; y++) of.c[x][y] = fields->omega[field[x] * fields->n + field[y]];
    return of;
}

/* E[s'(j) s'(l) f_a f_b]; adds to *error. */
static double four_fields(const piecewise_variance *of, const wick_fields *fields, size_t j, size_t l, size_t a, size_t b,
                          double weight, double *error)
{
    const covariance c = gather(fields, j, l, a, b);
    const size_t k = a < fields->p ? 0 : 1, m = b < fields->p ? 0 : 1;
    const double B = of->straight[0], D = of->bent[0];
    const double Ba = of->straight[k], Da = of->bent[k], Bb = of->straight[m], Db = of->bent[m];
    double sum = B * B * (Ba * Bb * c.c[2][3] + Da * Db * two_moduli(c.c[2][2], c.c[3][3], c.c[2][3]));
    const bool mixed = (B < 0 || B > 0) && (D < 0 || D > 0);
    for (size_t i = 0; i < 2 && mixed; i++)
        sum += B * D * (Ba * Db * sign_field_modulus(&c, i, 2, 3) + Da * Bb * sign_field_modulus(&c, i, 3, 2));
    if (D < 0 || D > 0) sum += D * D * Ba * Bb * two_signs_fields(&c);
    const double bent = D * D * Da * Db;
    if (bent < 0 || bent > 0) {
        double own;
        sum += bent * signs_moduli(&c, of->level, &own);
        *error += fabs(weight * bent) * own;
    }
    return weight * sum;
}

static double fill_once(const piecewise_variance *of, const wick_fields *fields, double *V, double *errors)
{
    const size_t p = fields->p;
    for (size_t j = 0; j < p; j++)
        for (size_t l = j; l < p; l++) {
            double sum = 0, error = 0;
            for (size_t a = 0; a < fields->n; a++)
                for (size_t b = a; b < fields->n; b++)
                    sum += four_fields(of, fields, j, l, a, b, fields->c[a] * fields->c[b] * (a == b ? 1 : 2), &error);
            V[j * p + l] = V[l * p + j] = sum;
            errors[j * p + l] = errors[l * p + j] = error;
        }
    return wick_table_error(V, errors, p * p);
}

/* ---- What rounded overlaps leave open ---------------------------------------------------------------------------- */

/* Where fields nearly align, signs differ on a wedge whose angle goes like the root of 1 - r^2: overlaps that are right to
 * rounding tell it to eight digits. This far they may be off. */
static const double input_error = 4 * DBL_EPSILON;
static const double nearly = 1e-6; /* 1 - r^2, up to where that exceeds other errors */

/* Moves the overlaps of fields that are nearly aligned, and not exactly, apart; false if there are none. */
static bool move_apart(const wick_fields *fields, double *moved)
{
    const size_t n = fields->n;
    const double *omega = fields->omega;
    bool any = false;
    memcpy(moved, omega, n * n * sizeof *moved);
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < n; b++) {
            const double product = omega[a * n + a] * omega[b * n + b], c = omega[a * n + b], square = c * c;
            const double rest = fma(omega[a * n + a], omega[b * n + b], -square) + fma(-c, c, square);
            if (a == b || !(rest < 0 || rest > 0) || rest > nearly * product) continue;
            moved[a * n + b] = c * (1 - input_error);
            any = true;
        }
    return any;
}

static void add_input_errors(const piecewise_variance *of, const wick_fields *fields, const double *V, double *errors)
{
    const size_t n = fields->n, p = fields->p;
    double *other = of->moved + n * n, *own = other + p * p;
    wick_fields apart = *fields;
    if (!move_apart(fields, of->moved)) return;
    apart.omega = of->moved;
    fill_once(of, &apart, other, own);
    for (size_t i = 0; i < p * p; i++) errors[i] += fabs(V[i] - other[i]);
}

/* ---- As expectations ------------------------------------------------------------------------------------------------ */

static void fill(void *self, const wick_fields *fields, const wick_tables *tables, const wick_tables *errors)
{
    enum { LAST_LEVEL = 6 };
    piecewise_variance *of = self;
    for (;; of->level++) {
        const double error = fill_once(of, fields, tables->V, errors->V);
        if (isnan(error) || error <= fields->tolerance || of->level == LAST_LEVEL) break;
    }
    add_input_errors(of, fields, tables->V, errors->V);
}

static void release(void *self)
{
    piecewise_variance *of = self;
    if (of) free(of->moved);
    free(of);
}

static bool allocate(piecewise_variance *of)
{
    of->moved = wick_allocate(3 * of->n, of->n, sizeof *of->moved);
    return of->moved;
}

static void *copy(const void *self)
{
    piecewise_variance *of = malloc(sizeof *of);
    if (!of) return NULL;
    *of = *(const piecewise_variance *)self;
    if (allocate(of)) return of;
    release(of);
    return NULL;
}

wick_status wick_piecewise_variance_make(wick_context *context, const double slope[2], const double kink[2], size_t n,
                                         wick_expectations *expectations)
{
    piecewise_variance *of = malloc(sizeof *of);
    if (!of) return wick_fail_memory(context, "making a quadrature");
    *of = (piecewise_variance){.level = 2, .n = n};
    for (size_t i = 0; i < 2; i++) {
        of->straight[i] = slope[i] + 0.5 * kink[i];
        of->bent[i] = 0.5 * kink[i];
    }
    if (!allocate(of)) {
        release(of);
        return wick_fail_memory(context, "making a quadrature");
    }
    *expectations = (wick_expectations){.self = of, .fill = fill, .copy = copy, .release = release};
    return WICK_OK;
}
