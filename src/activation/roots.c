/* See roots.h: Sturm's theorem isolates the roots of the square-free part, and bisection with exact signs places them. */
#include "activation/roots.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

static size_t degree(const wick_polynomial *a) { return a->count == 0 ? 0 : a->count - 1; }

static void evaluate(const wick_polynomial *a, const mpq_t x, mpq_t value)
{
    mpq_set_ui(value, 0, 1);
    for (size_t i = a->count; i-- > 0;) {
        mpq_mul(value, value, x);
        mpq_add(value, value, a->coefficient[i]);
    }
}

int wick_polynomial_sign(const wick_polynomial *a, double x)
{
    mpq_t at, value;
    mpq_inits(at, value, NULL);
    mpq_set_d(at, x);
    evaluate(a, at, value);
    const int sign = mpq_sgn(value);
    mpq_clears(at, value, NULL);
    return sign;
}

/* ---- Remainders and Sturm's chain ------------------------------------------------------------------------------------ */

/* a -= (leading terms' quotient) b until a's degree is less than b's; `quotient`, if given, collects those quotients. */
static bool reduce(wick_polynomial *a, const wick_polynomial *b, wick_polynomial *quotient)
{
    wick_polynomial term = WICK_POLYNOMIAL_ZERO, product = WICK_POLYNOMIAL_ZERO;
    mpq_t ratio;
    mpq_init(ratio);
    bool fine = true;
    while (fine && a->count >= b->count && a->count > 0) {
        mpq_div(ratio, a->coefficient[a->count - 1], b->coefficient[b->count - 1]);
        fine = wick_polynomial_set_monomial(&term, ratio, a->count - b->count) &&
               (!quotient || wick_polynomial_add(quotient, quotient, &term)) &&
               wick_polynomial_multiply(&product, &term, b) && wick_polynomial_subtract(a, a, &product);
    }
    mpq_clear(ratio);
    wick_polynomial_clear(&term);
    wick_polynomial_clear(&product);
    return fine;
}

/* Divides by the size of the leading coefficient, which keeps numbers short and signs as they are. */
static bool normalise(wick_polynomial *a)
{
    if (a->count == 0) return true;
    mpq_t factor;
    mpq_init(factor);
    mpq_abs(factor, a->coefficient[a->count - 1]);
    mpq_inv(factor, factor);
    const bool done = wick_polynomial_scale(a, a, factor);
    mpq_clear(factor);
    return done;
}

typedef struct {
    size_t count;
    wick_polynomial *link; /* a, a', then the negative remainders; the last one is the greatest common divisor of a and a' */
} chain;

static void chain_clear(chain *c)
{
    for (size_t i = 0; c->link && i < c->count; i++) wick_polynomial_clear(&c->link[i]);
    free(c->link);
    *c = (chain){0, NULL};
}

static bool chain_make(const wick_polynomial *a, chain *c)
{
    const wick_polynomial zero = WICK_POLYNOMIAL_ZERO;
    c->link = wick_allocate(a->count + 1, 1, sizeof *c->link);
    if (!c->link) return false;
    for (size_t i = 0; i <= a->count; i++) c->link[i] = zero;
    c->count = a->count + 1;
    bool fine = wick_polynomial_copy(&c->link[0], a) && wick_polynomial_derivative(&c->link[1], a, 1);
    size_t last = 1;
    while (fine && c->link[last].count > 1) {
        wick_polynomial *next = &c->link[last + 1];
        fine = normalise(&c->link[last]) && wick_polynomial_copy(next, &c->link[last - 1]) &&
               reduce(next, &c->link[last], NULL) && wick_polynomial_subtract(next, &zero, next);
        if (fine && next->count == 0) break;
        last++;
    }
    c->count = last + 1;
    return fine;
}

/* Changes of sign along the chain at x: their differences count the roots between two points. */
static size_t changes(const chain *c, double x)
{
    size_t count = 0;
    int before = 0;
    for (size_t i = 0; i < c->count; i++) {
        const int sign = wick_polynomial_sign(&c->link[i], x);
        if (sign == 0) continue;
        if (before != 0 && sign != before) count++;
        before = sign;
    }
    return count;
}

/* ---- Isolation ------------------------------------------------------------------------------------------------------- */

/* A double over the size of every root (Cauchy). */
static double bound_of(const wick_polynomial *a)
{
    double largest = 0;
    const double leading = fabs(wick_rational_value(a->coefficient[a->count - 1]));
    for (size_t i = 0; i + 1 < a->count; i++)
        largest = fmax(largest, fabs(wick_rational_value(a->coefficient[i])) / leading);
    return fmin(2 * (1 + largest), DBL_MAX);
}

/* Between the two, by their exponents if they are far apart. */
static double middle_of(double lower, double upper)
{
    if (lower < 0 && upper > 0) return 0;
    const double small = fmin(fabs(lower), fabs(upper)), large = fmax(fabs(lower), fabs(upper));
    if (!(small < large / 4)) return lower + 0.5 * (upper - lower);
    const double size = small > 0 ? sqrt(small) * sqrt(large) : large > 1 ? 1 : large / 16;
    return upper > 0 ? size : -size;
}

/* Does the root between two neighbouring doubles lie in the lower half? `above` is the sign at the upper one. */
static bool is_in_lower_half(const wick_polynomial *a, double lower, double upper, int above)
{
    mpq_t middle, value;
    mpq_inits(middle, value, NULL);
    mpq_set_d(middle, lower);
    mpq_set_d(value, upper);
    mpq_add(middle, middle, value);
    mpq_div_2exp(middle, middle, 1);
    evaluate(a, middle, value);
    const bool lies = mpq_sgn(value) == above;
    mpq_clears(middle, value, NULL);
    return lies;
}

/* The double nearest to the one root in (lower, upper]. */
static double place(const wick_polynomial *a, double lower, double upper)
{
    const int above = wick_polynomial_sign(a, upper);
    if (above == 0) return upper;
    for (;;) {
        const double middle = middle_of(lower, upper);
        if (!(middle > lower) || !(middle < upper)) break;
        const int sign = wick_polynomial_sign(a, middle);
        if (sign == 0) return middle;
        if (sign == above)
            upper = middle;
        else
            lower = middle;
    }
    return is_in_lower_half(a, lower, upper, above) ? lower : upper;
}

/* The roots in (lower, upper], where the chain changes its sign `before` and `after` times. */
static void isolate(const chain *c, double lower, double upper, size_t before, size_t after, double *roots, size_t *count)
{
    if (before <= after) return;
    const double middle = middle_of(lower, upper);
    const bool apart = middle > lower && middle < upper;
    if (before == after + 1 || !apart) {
        roots[(*count)++] = apart ? place(&c->link[0], lower, upper) : upper;
        return;
    }
    const size_t between = changes(c, middle);
    isolate(c, lower, middle, before, between, roots, count);
    isolate(c, middle, upper, between, after, roots, count);
}

/* a divided by the greatest common divisor of a and a'. */
static bool square_free(const wick_polynomial *a, wick_polynomial *result)
{
    chain c = {0, NULL};
    wick_polynomial rest = WICK_POLYNOMIAL_ZERO;
    bool fine = chain_make(a, &c);
    if (fine && c.link[c.count - 1].count <= 1)
        fine = wick_polynomial_copy(result, a);
    else if (fine)
        fine = wick_polynomial_copy(&rest, a) && reduce(&rest, &c.link[c.count - 1], result);
    wick_polynomial_clear(&rest);
    chain_clear(&c);
    return fine;
}

static double linear_root(const wick_polynomial *a)
{
    mpq_t root;
    mpq_init(root);
    mpq_div(root, a->coefficient[0], a->coefficient[1]);
    mpq_neg(root, root);
    const double value = wick_rational_value(root);
    mpq_clear(root);
    return value;
}

bool wick_polynomial_roots(const wick_polynomial *a, double *roots, size_t *count)
{
    *count = 0;
    if (degree(a) == 0) return true;
    if (degree(a) == 1) {
        roots[(*count)++] = linear_root(a);
        return true;
    }
    chain c = {0, NULL};
    wick_polynomial part = WICK_POLYNOMIAL_ZERO;
    const bool fine = square_free(a, &part) && chain_make(&part, &c);
    if (fine) {
        const double bound = bound_of(&part);
        isolate(&c, -bound, bound, changes(&c, -bound), changes(&c, bound), roots, count);
    }
    wick_polynomial_clear(&part);
    chain_clear(&c);
    return fine;
}
