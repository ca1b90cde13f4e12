/* See quadrature.h. */
#include "quadrature/quadrature.h"

#include <math.h>
#include <stdlib.h>

#include "quadrature/activation_code.h"
#include "quadrature/adapted.h"
#include "quadrature/resolution.h"
#include "quadrature/sharp_variance.h"
#include "quadrature/smooth.h"

typedef struct {
    wick_activation_code *code[2];
    wick_resolution *resolution[2];
    bool polynomials;
    wick_smooth *smooth; /* NULL where functions have kinks or jump */
    wick_adapted *adapted;
    wick_sharp_variance *variance; /* NULL if it is not wanted */
    double checked[2];             /* deviations up to which fields were looked at, and what was found: */
    double width[2], noise[2];
} quadrature;

/* ---- Where few nodes are enough ------------------------------------------------------------------------------------ */

/* The largest deviation of the students' or the targets' fields. */
static double largest_deviation(const wick_fields *fields, size_t which)
{
    double most = 0;
    const size_t first = which ? fields->p : 0, last = which ? fields->n : fields->p;
    for (size_t a = first; a < last; a++) most = fmax(most, fields->omega[a * fields->n + a]);
    return sqrt(most);
}

/* How far apart, in deviations, nodes may be; 0 if expectations do not exist or are not resolved. What holds for a deviation
 * holds for smaller ones, so it is looked up for the next power of two, once. */
static double find_fineness(quadrature *q, const wick_fields *fields, double *noise)
{
    double fineness = INFINITY;
    *noise = 0;
    for (size_t i = 0; i < 2; i++) {
        const double deviation = largest_deviation(fields, i);
        if (!(deviation < 1e150)) return 0;
        if (!(deviation > 0)) continue;
        const double above = exp2(ceil(log2(deviation)));
        if (above < q->checked[i] || above > q->checked[i]) {
            const bool exists = wick_resolution_reach(q->resolution[i], deviation, 1e-13, 9) < INFINITY;
            q->width[i] = exists ? wick_resolution_width(q->resolution[i], 9 * above) : 0;
            q->noise[i] = wick_resolution_noise(q->resolution[i], 9 * above);
            q->checked[i] = exists ? above : 0;
        }
        fineness = fmin(fineness, q->polynomials && q->width[i] > 0 ? INFINITY : 0.55 * q->width[i] / deviation);
        *noise = fmax(*noise, q->noise[i]);
    }
    return fineness;
}

/* ---- Tables -------------------------------------------------------------------------------------------------------- */

static void fill(void *self, const wick_fields *fields, const wick_tables *tables, const wick_tables *errors)
{
    quadrature *q = self;
    double noise = 0;
    const double fineness = q->smooth ? find_fineness(q, fields, &noise) : 0;
    const wick_tables two = {tables->X, tables->Y, tables->Z, NULL};
    if (two.X || two.Z) {
        const bool done = fineness > 0 && wick_smooth_two(q->smooth, fields, fineness, noise, &two, errors) &&
                          wick_tables_error(fields, &two, errors) <= fields->tolerance;
        if (!done) wick_adapted_fill(q->adapted, fields, &two, errors);
    }
    if (tables->V) {
        const size_t pairs = fields->p * fields->p;
        if (!(fineness > 0) || !wick_smooth_variance(q->smooth, fields, fineness, noise, tables->V, errors->V))
            for (size_t i = 0; i < pairs; i++) errors->V[i] = INFINITY;
        wick_sharp_variance_fill(q->variance, fields, tables->V, errors->V);
    }
}

/* ---- Making one -------------------------------------------------------------------------------------------------- */

static void release(void *self)
{
    quadrature *q = self;
    if (!q) return;
    for (size_t i = 0; i < 2; i++) {
        wick_activation_code_free(q->code[i]);
        wick_resolution_free(q->resolution[i]);
    }
    wick_smooth_free(q->smooth);
    wick_adapted_free(q->adapted);
    wick_sharp_variance_free(q->variance);
    free(q);
}

static void *copy(const void *self)
{
    const quadrature *from = self;
    quadrature *q = malloc(sizeof *q);
    if (!q) return NULL;
    *q = *from;
    for (size_t i = 0; i < 2; i++) {
        q->code[i] = wick_activation_code_share(from->code[i]);
        q->resolution[i] = wick_resolution_share(from->resolution[i]);
    }
    q->smooth = from->smooth ? wick_smooth_copy(from->smooth) : NULL;
    q->adapted = wick_adapted_copy(from->adapted);
    q->variance = from->variance ? wick_sharp_variance_copy(from->variance) : NULL;
    if (q->adapted && (q->smooth || !from->smooth) && (q->variance || !from->variance)) return q;
    release(q);
    return NULL;
}

static bool has_kinks(const wick_resolution *r)
{
    for (size_t i = 0; i <= r->count; i++)
        if (r->sharp[i]) return true;
    return false;
}

static wick_status make_smooth(wick_context *context, const wick_graph *const functions[2], size_t p, size_t k,
                               bool variance, quadrature *q)
{
    const int s = wick_graph_parity(functions[0]), t = wick_graph_parity(functions[1]);
    q->polynomials = wick_graph_as_polynomial(functions[0]) && wick_graph_as_polynomial(functions[1]);
    return wick_smooth_make(context, q->code, s != 0 && s == t, q->polynomials, p, k, variance, &q->smooth);
}

static wick_status make(wick_context *context, const wick_graph *const functions[2], size_t p, size_t k, bool variance,
                        quadrature *q)
{
    for (size_t i = 0; i < 2; i++) {
        WICK_TRY(wick_activation_code_make(context, functions[i], &q->code[i]));
        WICK_TRY(wick_resolution_make(context, functions[i], &q->resolution[i]));
    }
    const bool kinks = has_kinks(q->resolution[0]) || has_kinks(q->resolution[1]);
    if (!kinks) WICK_TRY(make_smooth(context, functions, p, k, variance, q));
    q->adapted = wick_adapted_make(q->code, q->resolution, p, k);
    if (variance) q->variance = wick_sharp_variance_make(q->code, q->resolution, p, k);
    return q->adapted && (q->variance || !variance) ? WICK_OK : wick_fail_memory(context, "making a quadrature");
}

wick_status wick_quadrature_make(wick_context *context, const wick_graph *const functions[2], size_t p, size_t k,
                                 bool variance, wick_text *source, wick_expectations *expectations)
{
    *expectations = (wick_expectations){0};
    quadrature *q = calloc(1, sizeof *q);
    if (!q) return wick_fail_memory(context, "making a quadrature");
    const wick_status status = make(context, functions, p, k, variance, q);
    if (status != WICK_OK) {
        release(q);
        return status;
    }
    wick_text_printf(source, "/* student */\n%s\n/* target */\n%s", wick_activation_code_source(q->code[0]),
                     wick_activation_code_source(q->code[1]));
    *expectations = (wick_expectations){.self = q, .fill = fill, .copy = copy, .release = release};
    return WICK_OK;
}
