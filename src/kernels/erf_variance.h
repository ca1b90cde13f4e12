/* V_jl = E[s'(l_j) s'(l_l) E^2] for f(x) = scale erf(rate x): the four-field integrals of Saad & Solla (Phys. Rev. E 52,
 * 1995), summed; arguments as of erf_slopes(). */

/* x y - u v to two roundings, so that it vanishes where the products are of the same numbers. */
static double erf_apart(double x, double y, double u, double v)
{
    const double product = u * v, lost = fma(-u, v, product);
    return fma(x, y, -product) + lost;
}

/* asin(S_ab / sqrt((1 + S_aa) (1 + S_bb))), also where that is nearly 1 and an arc sine would see half of the digits. */
static double erf_angle(double aa, double bb, double ab)
{
    return atan2(ab, sqrt(1.0 + aa + bb + fmax(0.0, aa * bb - ab * ab)));
}

/* Fields given that l_j and l_l vanish, each with independent noise of variance 1 added. */
typedef struct {
    size_t j, l;
    int steep;     /* covariances are so large that plain differences would lose digits */
    double det;    /* of K, 1 + the covariances of the two */
    double *x, *v; /* l_j first: x_a = C_ja / (1 + C_jj), v_a = C_la - C_jl x_a */
    double *s, *t; /* R K^-1 of R_a = (C_ja, C_la) */
    double *own;   /* S_aa of S = C - R K^-1 R^T */
} erf_plane;

/* S_ab, one field eliminated after the other, each by (C_ab + (C_ab C_jj - C_ja C_jb)) / (1 + C_jj): nothing is lost. */
static double erf_given_entry(const erf_plane *given, const double *row_j, double ab, size_t a, size_t b)
{
    const double jj = row_j[given->j], ll = given->v[given->l];
    const double first = (ab + erf_apart(ab, jj, row_j[a], row_j[b])) / (1.0 + jj);
    return given->j == given->l ? first - given->v[a] * given->t[b]
                                : (first + erf_apart(first, ll, given->v[a], given->v[b])) / (1.0 + ll);
}

static void erf_given(erf_plane *given, size_t n, size_t ld, const double *C)
{
    const double *const row_j = C + given->j * ld, *const row_l = C + given->l * ld;
    const double jj = row_j[given->j], ll = row_l[given->l], c = row_j[given->l];
    given->steep = 0;
    for (size_t a = 0; a < n; ++a)
        if (C[a * ld + a] > 30.0) given->steep = 1;
    given->det = 1.0 + jj + ll + fmax(0.0, given->steep ? erf_apart(jj, ll, c, c) : jj * ll - c * c);
    const double first = 1.0 / (1.0 + jj), second = (1.0 + jj) / given->det;
    for (size_t a = 0; a < n; ++a) {
        given->x[a] = first * row_j[a];
        given->v[a] = given->steep ? first * (row_l[a] + erf_apart(jj, row_l[a], c, row_j[a])) : row_l[a] - c * given->x[a];
        given->t[a] = second * given->v[a];
        given->s[a] = first * (row_j[a] - c * given->t[a]);
    }
    for (size_t a = 0; a < n; ++a) {
        const double own = C[a * ld + a];
        given->own[a] = fmax(0.0, given->steep ? erf_given_entry(given, row_j, own, a, a)
                                               : own - row_j[a] * given->x[a] - given->v[a] * given->t[a]);
    }
    given->own[given->j] = given->s[given->j];
    given->own[given->l] = given->t[given->l];
}

/* S_ab of steep fields. In the rows of j and l, S is R K^-1 itself. */
static double erf_steep_entry(const erf_plane *given, const double *row_j, double ab, size_t a, size_t b)
{
    if (a == given->j || b == given->j) return given->s[a == given->j ? b : a];
    if (a == given->l || b == given->l) return given->t[a == given->l ? b : a];
    return erf_given_entry(given, row_j, ab, a, b);
}

/* sum_b w_b asin(S_ab / sqrt((1 + S_aa) (1 + S_bb))) over b >= a, half of it for b = a. */
static double erf_row_sum(const erf_plane *given, size_t n, size_t ld, const double *C, const double *w,
                          const double *inverse, size_t a)
{
    const double *const row = C + a * ld, *const row_j = C + given->j * ld, *const v = given->v;
    const double x = given->x[a], t = given->t[a], inverse_a = inverse[a];
    double sum = 0.5 * w[a] * asin(given->own[a] * inverse_a * inverse_a);
    for (size_t b = a + 1; b < n; ++b) sum += w[b] * asin((row[b] - row_j[b] * x - v[b] * t) * inverse_a * inverse[b]);
    return sum;
}

static double erf_steep_row_sum(const erf_plane *given, size_t n, size_t ld, const double *C, const double *w, size_t a)
{
    const double *const row = C + a * ld, *const row_j = C + given->j * ld, *const own = given->own;
    double sum = 0.5 * w[a] * erf_angle(own[a], own[a], own[a]);
    for (size_t b = a + 1; b < n; ++b) sum += w[b] * erf_angle(own[a], own[b], erf_steep_entry(given, row_j, row[b], a, b));
    return sum;
}

/* The sum over all a, b of w_a w_b times the integral, without 4 / pi^2 and the students' slopes; room: 6 ld doubles. */
static double erf_four_fields(size_t n, size_t ld, const double *C, const double *w, size_t j, size_t l, double *room)
{
    erf_plane given = {j, l, 0, 0.0, room, room + ld, room + 2 * ld, room + 3 * ld, room + 4 * ld};
    double *const inverse = room + 5 * ld;
    double total = 0.0;
    erf_given(&given, n, ld, C);
    for (size_t a = 0; a < n; ++a) inverse[a] = 1.0 / sqrt(1.0 + given.own[a]);
    for (size_t a = 0; a < n; ++a)
        total += 2.0 * w[a] *
                 (given.steep ? erf_steep_row_sum(&given, n, ld, C, w, a) : erf_row_sum(&given, n, ld, C, w, inverse, a));
    return total / sqrt(given.det);
}

/* Covariances C of the rescaled fields, n x n, and weights w of E = sum_a c_a f_a by erf(rho_a l_a / sqrt(2)). */
static void erf_rescale(size_t p, size_t n, size_t ld, const double *scale, const double *rho, const double *omega,
                        const double *c, double *C, double *w)
{
    for (size_t a = 0; a < n; ++a) {
        const size_t i = a < p ? 0 : 1;
        for (size_t b = 0; b < n; ++b) C[a * ld + b] = rho[i] * rho[b < p ? 0 : 1] * omega[a * ld + b];
        w[a] = c[a] * scale[i];
    }
}

/* p x p, row stride ldv. E = sum_a c_a f_a; room: (n + 7) ld doubles. */
static void erf_variance(size_t p, size_t n, size_t ld, const double *scale, const double *rho, const double *omega,
                         const double *c, double *room, double *V, size_t ldv)
{
    double *const C = room, *const w = C + n * ld, *const rest = w + ld;
    const double slope = scale[0] * rho[0] * 2.0 / acos(-1.0);
    erf_rescale(p, n, ld, scale, rho, omega, c, C, w);
    for (size_t j = 0; j < p; ++j)
        for (size_t l = j; l < p; ++l) {
            const double value = slope * slope * erf_four_fields(n, ld, C, w, j, l, rest);
            V[j * ldv + l] = value;
            V[l * ldv + j] = value;
        }
}
