/* See pieces.h. Kinked operations are visited in the order of the nodes, so that between the kinks found before, the sign of
 * every argument inside the next one is known and relu, abs and steps are polynomials where their arguments are. */
#include "activation/pieces.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "activation/bounds.h"
#include "activation/roots.h"
#include "base/memory.h"

/* Limits of the work: boxes, nodes evaluated over boxes, and nodes expanded as polynomials. */
enum { BOXES = 40000, BOX_NODES = 1000000, EXPANSIONS = 200000, PIECE_DEGREE = 48, PIECE_BITS = 20000 };

/* The line is searched up to FAR, whose square still leaves bounds that tell something; beyond ENOUGH no field comes, and
 * values below UNDERFLOW mean nothing. */
#define FAR       1e60
#define ENOUGH    1e4
#define UNDERFLOW 1e-290

#define WICK_PIECES_TRY(call)                                                                                               \
    do {                                                                                                                    \
        const wick_pieces_status try_status = (call);                                                                       \
        if (try_status != WICK_PIECES_KNOWN) return try_status;                                                             \
    } while (0)

void wick_graph_mark(const wick_graph *f, size_t node, bool *used)
{
    used[node] = true;
    for (size_t i = node + 1; i-- > 0;) {
        const wick_graph_node *of = &f->node[i];
        if (!used[i] || of->operation == WICK_POLYNOMIAL_NODE || of->operation == WICK_PI) continue;
        used[of->left] = used[of->right] = true;
    }
}

/* ---- Kinks so far ---------------------------------------------------------------------------------------------------- */

static bool nearly_equal(double a, double b) { return fabs(a - b) <= 8 * DBL_EPSILON * fmax(fabs(a), fabs(b)); }

static wick_pieces_status add_kink(wick_pieces *p, double kink)
{
    size_t at = p->count;
    for (size_t i = 0; i < p->count; i++)
        if (nearly_equal(p->kink[i], kink)) return WICK_PIECES_KNOWN;
    if (p->count == WICK_KINK_LIMIT) return WICK_PIECES_MANY;
    for (; at > 0 && p->kink[at - 1] > kink; at--) p->kink[at] = p->kink[at - 1];
    p->kink[at] = fabs(kink) > 0 ? kink : 0;
    p->count++;
    return WICK_PIECES_KNOWN;
}

typedef struct {
    double lower, upper, inside;
} piece;

/* Piece 0 to count between the kinks, from the first to the last double. */
static piece piece_of(const double *kinks, size_t count, size_t index)
{
    const double lower = index == 0 ? -DBL_MAX : kinks[index - 1], upper = index == count ? DBL_MAX : kinks[index];
    double inside = lower + 0.5 * (upper - lower);
    if (count == 0)
        inside = 0;
    else if (index == 0)
        inside = upper - fmax(1, fabs(upper));
    else if (index == count)
        inside = lower + fmax(1, fabs(lower));
    return (piece){lower, upper, inside};
}

/* ---- Polynomials piece by piece ------------------------------------------------------------------------------------- */

typedef struct {
    bool known;
    wick_polynomial polynomial;
} form;

static bool is_small(const wick_polynomial *a)
{
    if (a->count > PIECE_DEGREE) return false;
    for (size_t i = 0; i < a->count; i++)
        if (mpz_sizeinbase(mpq_numref(a->coefficient[i]), 2) + mpz_sizeinbase(mpq_denref(a->coefficient[i]), 2) > PIECE_BITS)
            return false;
    return true;
}

static bool set_number(wick_polynomial *result, double value)
{
    mpq_t number;
    mpq_init(number);
    mpq_set_d(number, value);
    const bool done = wick_polynomial_set_monomial(result, number, 0);
    mpq_clear(number);
    return done;
}

static bool divide(wick_polynomial *result, const wick_polynomial *a, const wick_polynomial *b)
{
    mpq_t inverse;
    mpq_init(inverse);
    mpq_inv(inverse, b->coefficient[0]);
    const bool done = wick_polynomial_scale(result, a, inverse);
    mpq_clear(inverse);
    return done;
}

/* The sign of an argument on the piece: exactly, if it is a polynomial there. */
static int sign_on(const wick_pieces *p, const form *argument, size_t node, const piece *on)
{
    if (argument->known) return wick_polynomial_sign(&argument->polynomial, on->inside);
    const double value = wick_graph_at(p->f, node, on->inside);
    return value > 0 ? 1 : value < 0 ? -1 : 0;
}

/* A factor of 1 or of the slope, for relu and its kin times their argument and for a step by itself. */
static bool form_of_kink(const wick_pieces *p, const wick_graph_node *of, const form *left, const piece *on, form *result)
{
    const int sign = sign_on(p, left, of->left, on);
    const double factor = sign > 0 ? 1 : sign < 0 ? of->slope : (1 + of->slope) / 2;
    wick_polynomial number = WICK_POLYNOMIAL_ZERO;
    if (!set_number(&number, factor)) return false;
    if (of->operation == WICK_STEP || wick_polynomial_is_zero(&number)) {
        result->polynomial = number;
        return result->known = true;
    }
    result->known = left->known;
    const bool done = !left->known || wick_polynomial_multiply(&result->polynomial, &number, &left->polynomial);
    wick_polynomial_clear(&number);
    return done;
}

static bool form_of_pair(const wick_graph_node *of, const form *left, const form *right, form *result)
{
    if (!left->known || !right->known) return true;
    const wick_polynomial *a = &left->polynomial, *b = &right->polynomial;
    result->known = true;
    switch (of->operation) {
    case WICK_SUM: return wick_polynomial_add(&result->polynomial, a, b);
    case WICK_PRODUCT: return wick_polynomial_multiply(&result->polynomial, a, b);
    case WICK_QUOTIENT:
        if (b->count == 1) return divide(&result->polynomial, a, b);
        break;
    default:
        if (of->exponent * a->count < 2 * PIECE_DEGREE) return wick_polynomial_power(&result->polynomial, a, of->exponent);
    }
    result->known = false;
    return true;
}

static bool form_of(const wick_pieces *p, size_t node, const form *forms, const piece *on, form *result)
{
    const wick_graph_node *of = &p->f->node[node];
    if (of->operation == WICK_POLYNOMIAL_NODE) {
        result->known = true;
        return wick_polynomial_copy(&result->polynomial, &of->polynomial);
    }
    if (of->constant) {
        const double value = wick_graph_at(p->f, node, 0);
        result->known = isfinite(value);
        return !result->known || set_number(&result->polynomial, value);
    }
    const form *left = &forms[of->left], *right = &forms[of->right];
    if (of->operation == WICK_LEAKY || of->operation == WICK_STEP) return form_of_kink(p, of, left, on, result);
    return of->operation <= WICK_POWER ? form_of_pair(of, left, right, result) : true;
}

/* The node as a polynomial on the piece; *known says whether it is one. */
static wick_pieces_status polynomial_on(wick_pieces *p, size_t node, const piece *on, wick_polynomial *result, bool *known)
{
    bool used[WICK_GRAPH_LIMIT] = {false}, fine = true;
    const wick_polynomial zero = WICK_POLYNOMIAL_ZERO;
    p->unsure_at = on->inside;
    if (p->expansions < node + 1) return WICK_PIECES_UNSURE;
    p->expansions -= node + 1;
    form *forms = wick_allocate(node + 1, 1, sizeof *forms);
    if (!forms) return WICK_PIECES_MEMORY;
    wick_graph_mark(p->f, node, used);
    for (size_t i = 0; i <= node; i++) forms[i] = (form){false, zero};
    for (size_t i = 0; fine && i <= node; i++) {
        if (!used[i]) continue;
        fine = form_of(p, i, forms, on, &forms[i]);
        if (forms[i].known && !is_small(&forms[i].polynomial)) forms[i].known = false;
    }
    *known = fine && forms[node].known;
    if (*known) fine = wick_polynomial_copy(result, &forms[node].polynomial);
    for (size_t i = 0; i <= node; i++) wick_polynomial_clear(&forms[i].polynomial);
    free(forms);
    return fine ? WICK_PIECES_KNOWN : WICK_PIECES_MEMORY;
}

/* ---- Anything else: boxes -------------------------------------------------------------------------------------------- */

typedef struct {
    wick_pieces *pieces;
    size_t value, slope; /* nodes of the copy */
    bool has_slope;
    bool of_value[WICK_GRAPH_LIMIT], of_slope[WICK_GRAPH_LIMIT]; /* what they are made of */
    bool has_sum;                                                /* the value is left + right, */
    size_t left, right;
    double terms; /* of which one is at least so large over the box that was looked at last */
    wick_pieces_status status;
    double *root; /* where the sign changes */
    size_t count;
    int sign; /* the last one that could be told, and where */
    double at;
} search;

/* The least size of the numbers in an interval, and the largest. */
static double smallest(wick_interval a) { return a.lower > 0 ? a.lower : a.upper < 0 ? -a.upper : 0; }

static double largest(wick_interval a) { return fmax(fabs(a.lower), fabs(a.upper)); }

static wick_interval bound(search *s, bool slope, double lower, double upper)
{
    wick_interval bounds[WICK_GRAPH_LIMIT];
    const size_t node = slope ? s->slope : s->value;
    wick_graph_bounds(&s->pieces->copy, node, lower, upper, slope ? s->of_slope : s->of_value, bounds);
    if (!slope) s->terms = s->has_sum ? fmax(smallest(bounds[s->left]), smallest(bounds[s->right])) : 0;
    return bounds[node];
}

/* Is the value a sum? */
static void find_sum(search *s)
{
    const wick_graph_node *of = &s->pieces->copy.node[s->value];
    s->has_sum = of->operation == WICK_SUM;
    s->left = of->left;
    s->right = of->right;
}

static wick_pieces_status search_begin(search *s, wick_pieces *p, size_t node, bool slope)
{
    *s = (search){.pieces = p, .value = node, .status = WICK_PIECES_KNOWN};
    if (p->copy.count == 0 && !wick_graph_copy(&p->copy, p->f)) return WICK_PIECES_MEMORY;
    wick_graph_mark(&p->copy, node, s->of_value);
    find_sum(s);
    s->has_slope = slope && wick_graph_derive(&p->copy, node, &s->slope);
    if (s->has_slope) wick_graph_mark(&p->copy, s->slope, s->of_slope);
    return WICK_PIECES_KNOWN;
}

/* The sign of the value at x as far as rounding lets it be told; 0 if it does not. */
static int sign_at(search *s, double x)
{
    const wick_interval value = bound(s, false, x, x);
    return value.lower > 0 ? 1 : value.upper < 0 ? -1 : 0;
}

static double middle_of(double lower, double upper)
{
    if (lower < 0 && upper > 0) return 0;
    const double small = fmin(fabs(lower), fabs(upper)), large = fmax(fabs(lower), fabs(upper));
    if (!(small < large / 4) || large <= 1) return lower + 0.5 * (upper - lower);
    const double size = small < 1 ? 1 : sqrt(small) * sqrt(large);
    return upper > 0 ? size : -size;
}

static double bisect(search *s, double lower, double upper, int above)
{
    for (;;) {
        const double middle = middle_of(lower, upper);
        if (!(middle > lower) || !(middle < upper)) return upper;
        const double value = wick_graph_at(&s->pieces->copy, s->value, middle);
        if (!(value < 0) && !(value > 0)) return middle;
        if ((value > 0) == (above > 0))
            upper = middle;
        else
            lower = middle;
    }
}

/* Takes down that the sign at x is `sign`, unless it cannot be told (0). Where it is not the one before, it changed between.
 */
static void note(search *s, double x, int sign)
{
    if (sign == 0 || s->status != WICK_PIECES_KNOWN) return;
    if (s->sign != 0 && sign != s->sign) {
        if (s->count == WICK_KINK_LIMIT)
            s->status = WICK_PIECES_MANY;
        else
            s->root[s->count++] = bisect(s, s->at, x, sign);
    }
    s->sign = sign;
    s->at = x;
}

static bool is_tiny(double lower, double upper) { return upper - lower <= 1e-13 * fmax(1, fmax(fabs(lower), fabs(upper))); }

static bool spend(search *s, double at)
{
    if (s->pieces->boxes > 0) return s->pieces->boxes--, true;
    s->status = WICK_PIECES_UNSURE;
    s->pieces->unsure_at = at;
    return false;
}

/* Are the terms of a sum equal to rounding over the box? There the sign means nothing, and a kink moves nothing. By the
 * value in the middle and the slope. */
static bool cancels(search *s, double lower, double upper, wick_interval slope)
{
    if (!s->has_sum) return false;
    const double terms = s->terms, middle = lower + 0.5 * (upper - lower);
    return largest(bound(s, false, middle, middle)) + largest(slope) * 0.5 * (upper - lower) <= 1e-12 * terms;
}

/* Far out, where no field comes, boxes are not divided for ever. */
static bool is_far(double lower, double upper)
{
    return (lower > ENOUGH || upper < -ENOUGH) && upper - lower <= fmin(fabs(lower), fabs(upper));
}

/* Takes down the changes of sign in [lower, upper], from left to right. */
static void look(search *s, double lower, double upper)
{
    if (s->status != WICK_PIECES_KNOWN || !spend(s, lower)) return;
    const wick_interval value = bound(s, false, lower, upper);
    if (value.lower >= 0 || value.upper <= 0) {
        const int sign = value.upper > 0 ? 1 : value.lower < 0 ? -1 : 0;
        note(s, lower, sign);
        note(s, upper, sign);
        return;
    }
    const double middle = middle_of(lower, upper);
    bool settled = largest(value) < UNDERFLOW || is_tiny(lower, upper) || is_far(lower, upper) || !(middle > lower) ||
                   !(middle < upper);
    if (!settled && s->has_slope) {
        const wick_interval slope = bound(s, true, lower, upper);
        settled = slope.lower > 0 || slope.upper < 0 || cancels(s, lower, upper, slope);
    }
    if (settled) {
        note(s, lower, sign_at(s, lower));
        note(s, upper, sign_at(s, upper));
        return;
    }
    look(s, lower, middle);
    look(s, middle, upper);
}

/* Changes of sign of a node that is no polynomial, on the whole line. */
static wick_pieces_status search_line(wick_pieces *p, size_t node, double *roots, size_t *count)
{
    search s;
    WICK_PIECES_TRY(search_begin(&s, p, node, true));
    s.root = roots;
    look(&s, -FAR, FAR);
    *count = s.count;
    return s.status;
}

/* ---- Kinks -------------------------------------------------------------------------------------------------------------
 */

/* Of the roots of a polynomial, those inside the piece where its sign changes. */
static wick_pieces_status add_changes(wick_pieces *p, const wick_polynomial *a, const piece *on)
{
    double roots[PIECE_DEGREE];
    size_t count;
    if (a->count < 2) return WICK_PIECES_KNOWN;
    if (!wick_polynomial_roots(a, roots, &count)) return WICK_PIECES_MEMORY;
    for (size_t i = 0; i < count; i++) {
        if (!(roots[i] >= on->lower) || !(roots[i] <= on->upper)) continue;
        const piece before = piece_of(roots, count, i), after = piece_of(roots, count, i + 1);
        if (wick_polynomial_sign(a, before.inside) == wick_polynomial_sign(a, after.inside)) continue;
        const wick_pieces_status status = add_kink(p, roots[i]);
        if (status != WICK_PIECES_KNOWN) return status;
    }
    return WICK_PIECES_KNOWN;
}

static wick_pieces_status find_of(wick_pieces *p, size_t argument)
{
    double before[WICK_KINK_LIMIT], roots[WICK_KINK_LIMIT];
    const size_t count = p->count;
    for (size_t i = 0; i < count; i++) before[i] = p->kink[i];
    wick_pieces_status status = WICK_PIECES_KNOWN;
    bool all = true;
    for (size_t i = 0; status == WICK_PIECES_KNOWN && all && i <= count; i++) {
        const piece on = piece_of(before, count, i);
        wick_polynomial a = WICK_POLYNOMIAL_ZERO;
        status = polynomial_on(p, argument, &on, &a, &all);
        if (status == WICK_PIECES_KNOWN && all) status = add_changes(p, &a, &on);
        wick_polynomial_clear(&a);
    }
    if (status != WICK_PIECES_KNOWN || all) return status;
    size_t found = 0;
    status = search_line(p, argument, roots, &found);
    for (size_t i = 0; status == WICK_PIECES_KNOWN && i < found; i++) status = add_kink(p, roots[i]);
    return status;
}

wick_pieces_status wick_pieces_find(wick_pieces *p, const wick_graph *f)
{
    *p = (wick_pieces){.f = f, .copy = WICK_GRAPH_EMPTY};
    wick_graph_mark(f, f->value, p->used);
    const size_t affordable = BOX_NODES / (f->count + 1);
    p->boxes = affordable < BOXES ? affordable : BOXES;
    p->expansions = EXPANSIONS;
    wick_pieces_status status = WICK_PIECES_KNOWN;
    for (size_t i = 0; status == WICK_PIECES_KNOWN && i <= f->value; i++) {
        const wick_graph_node *of = &f->node[i];
        const bool kinked = of->operation == WICK_LEAKY || of->operation == WICK_STEP;
        if (p->used[i] && !of->constant && kinked && (of->slope < 1 || of->slope > 1)) status = find_of(p, of->left);
    }
    return status;
}

void wick_pieces_clear(wick_pieces *pieces) { wick_graph_clear(&pieces->copy); }

/* ---- Demands -----------------------------------------------------------------------------------------------------------
 */

/* Positive, not negative, or nothing known, from the form of the expression alone. */
typedef enum { ANY, NOT_NEGATIVE, ABOVE_ZERO } knowledge;

static knowledge know(const wick_graph_node *of, knowledge left, knowledge right)
{
    const knowledge least = left < right ? left : right, most = left < right ? right : left;
    switch (of->operation) {
    case WICK_PI:
    case WICK_EXP:
    case WICK_SIGMOID:
    case WICK_SOFTPLUS:
    case WICK_ERFC:
    case WICK_COSH:
    case WICK_SECH: return ABOVE_ZERO;
    case WICK_SQRT: return left == ABOVE_ZERO ? ABOVE_ZERO : NOT_NEGATIVE;
    case WICK_REAL_POWER: return left == ABOVE_ZERO || of->denominator > 1 || of->numerator % 2 == 0 ? ABOVE_ZERO : ANY;
    case WICK_SUM: return least == ANY ? ANY : most;
    case WICK_PRODUCT:
    case WICK_QUOTIENT: return of->left == of->right && least == ANY ? NOT_NEGATIVE : least;
    case WICK_POWER: return left == ANY && of->exponent % 2 == 0 ? NOT_NEGATIVE : left;
    case WICK_LEAKY:
        if (left == ABOVE_ZERO || of->slope < 0) return left == ABOVE_ZERO ? left : NOT_NEGATIVE;
        return of->slope > 0 ? left : NOT_NEGATIVE;
    case WICK_STEP: return of->slope > 0 ? ABOVE_ZERO : of->slope < 0 ? ANY : NOT_NEGATIVE;
    default: return ANY;
    }
}

/* A polynomial without real roots has the sign of any of its values. */
static knowledge know_polynomial(const wick_polynomial *a)
{
    double roots[PIECE_DEGREE];
    size_t count = 1;
    if (a->count == 0) return NOT_NEGATIVE;
    if (a->count > PIECE_DEGREE || mpq_sgn(a->coefficient[0]) <= 0) return ANY;
    return a->count == 1 || (wick_polynomial_roots(a, roots, &count) && count == 0) ? ABOVE_ZERO : ANY;
}

static bool is_known_positive(const wick_graph *f, size_t node)
{
    bool used[WICK_GRAPH_LIMIT] = {false};
    unsigned char known[WICK_GRAPH_LIMIT] = {0};
    wick_graph_mark(f, node, used);
    for (size_t i = 0; i <= node; i++) {
        const wick_graph_node *of = &f->node[i];
        if (!used[i]) continue;
        if (of->operation == WICK_POLYNOMIAL_NODE)
            known[i] = (unsigned char)know_polynomial(&of->polynomial);
        else if (of->constant)
            known[i] = wick_graph_at(f, i, 0) > 0 ? ABOVE_ZERO : ANY;
        else
            known[i] = (unsigned char)know(of, (knowledge)known[of->left], (knowledge)known[of->right]);
    }
    return known[node] == ABOVE_ZERO;
}

/* The polynomial on the piece, its ends included. */
static bool check_polynomial(const wick_polynomial *a, const piece *on, wick_demand demand, bool *holds, double *at)
{
    double roots[PIECE_DEGREE];
    size_t count = 0;
    if (a->count > 0 && !wick_polynomial_roots(a, roots, &count)) return false;
    for (size_t i = 0; i < count && *holds; i++) {
        if (!(roots[i] >= on->lower) || !(roots[i] <= on->upper)) continue;
        *holds = false;
        *at = roots[i];
    }
    if (*holds && (a->count == 0 || (demand == WICK_POSITIVE && wick_polynomial_sign(a, on->inside) < 0))) {
        *holds = false;
        *at = on->inside;
    }
    return true;
}

typedef struct {
    search search;
    wick_demand demand;
    bool holds;
    double at;
} demand_search;

/* On a box so small, or so wrong, that nothing more is to be found: is the demand broken there, or can that not be told? */
static void give_up(demand_search *d, double lower, double upper)
{
    search *s = &d->search;
    const wick_graph *f = &s->pieces->copy;
    const double around = 1e-7 * fmax(1, fmax(fabs(lower), fabs(upper)));
    const double one = wick_graph_at(f, s->value, lower), two = wick_graph_at(f, s->value, upper);
    const double before = wick_graph_at(f, s->value, lower - around), after = wick_graph_at(f, s->value, upper + around);
    const bool positive = one > 0 && two > 0 && before > 0 && after > 0;
    const bool negative = one < 0 && two < 0 && before < 0 && after < 0;
    d->holds = false;
    d->at = fabs(one) <= fabs(two) ? lower : upper;
    s->pieces->unsure_at = d->at;
    if (positive || (d->demand == WICK_NOT_ZERO && negative)) s->status = WICK_PIECES_UNSURE;
}

/* Of a box: positive numbers first, nearest to 0 first, so that the point that is named is a natural one. */
static void check_box(demand_search *d, double lower, double upper)
{
    search *s = &d->search;
    if (!d->holds || s->status != WICK_PIECES_KNOWN || !spend(s, lower)) return;
    const wick_interval value = bound(s, false, lower, upper);
    if (value.lower > 0 || (d->demand == WICK_NOT_ZERO && value.upper < 0)) return;
    const double middle = middle_of(lower, upper);
    const bool tiny = is_tiny(lower, upper) || !(middle > lower) || !(middle < upper);
    if (tiny || value.upper < 0) {
        give_up(d, lower, upper);
        return;
    }
    const bool positive = lower >= 0;
    check_box(d, positive ? lower : middle, positive ? middle : upper);
    check_box(d, positive ? middle : lower, positive ? upper : middle);
}

static wick_pieces_status check_line(wick_pieces *p, size_t node, wick_demand demand, bool *holds, double *at)
{
    demand_search d = {.demand = demand, .holds = true};
    WICK_PIECES_TRY(search_begin(&d.search, p, node, false));
    check_box(&d, -FAR, FAR);
    *holds = d.holds;
    *at = d.search.status == WICK_PIECES_KNOWN ? d.at : p->unsure_at;
    return d.search.status;
}

wick_pieces_status wick_pieces_check(wick_pieces *p, size_t node, wick_demand demand, bool *holds, double *at)
{
    *holds = true;
    *at = 0;
    for (; p->f->node[node].operation == WICK_POWER; node = p->f->node[node].left) /* u^2 is positive where u is not 0 */
        if (p->f->node[node].exponent % 2 == 0) demand = WICK_NOT_ZERO;
    if (is_known_positive(p->f, node)) return WICK_PIECES_KNOWN;
    bool all = true;
    for (size_t i = 0; *holds && all && i <= p->count; i++) {
        const piece on = piece_of(p->kink, p->count, i);
        wick_polynomial a = WICK_POLYNOMIAL_ZERO;
        wick_pieces_status status = polynomial_on(p, node, &on, &a, &all);
        if (status == WICK_PIECES_KNOWN && all && !check_polynomial(&a, &on, demand, holds, at)) status = WICK_PIECES_MEMORY;
        wick_polynomial_clear(&a);
        if (status != WICK_PIECES_KNOWN) return *at = on.inside, status;
    }
    return all || !*holds ? WICK_PIECES_KNOWN : check_line(p, node, demand, holds, at);
}
