/* Expectations of f(x) = slope x + kink max(x, 0) over Gaussian fields, two at a time, in closed form: relu, leaky relu,
 * the absolute value, and what is linear.
 *
 * slope[i], kink[i]: i = 0 the students' (fields a < p), 1 the targets'. Everything depends on the angle theta,
 * cos theta = Omega_ab / sqrt(Omega_aa Omega_bb), which is taken from the determinant, not from the cosine: near alignment
 * the cosine has lost the angle already. Matrices are row-major with row stride ld.
 */

/* sqrt(u v - c^2), by Kahan's difference of products, which keeps the digits of what cancels. */
static double piecewise_root(double u, double v, double c)
{
    const double square = c * c, lost = fma(-c, c, square);
    return sqrt(fmax(0.0, fma(u, v, -square) + lost));
}

/* pi - theta; pi / 2 where a variance vanishes. */
static double piecewise_opening(double root, double c)
{
    if (!(root > 0.0) && !(c < 0.0 || c > 0.0)) return acos(0.0);
    return acos(-1.0) - atan2(root, c);
}

/* X_ja = E[s''(l_j) f_a], Y_ja = E[s'(l_j) f'_a]: p rows, n columns. */
static void piecewise_slopes(size_t p, size_t n, size_t ld, const double *slope, const double *kink, const double *omega,
                             double *X, double *Y)
{
    const double two_pi = 2.0 * acos(-1.0);
    for (size_t j = 0; j < p; ++j)
        for (size_t a = 0; a < n; ++a) {
            const size_t i = a < p ? 0 : 1;
            const double u = omega[j * ld + j], c = omega[j * ld + a];
            const double root = a == j ? 0.0 : piecewise_root(u, omega[a * ld + a], c);
            const double straight = slope[0] * slope[i] + 0.5 * (slope[0] * kink[i] + kink[0] * slope[i]);
            const double both = kink[0] * kink[i] / two_pi;
            X[j * ld + a] = u > 0.0 ? both * root / u : 0.0;
            Y[j * ld + a] = straight + both * piecewise_opening(root, c);
        }
}

/* Z_ab = E[f_a f_b]: `rows` rows, n columns. */
static void piecewise_values(size_t p, size_t rows, size_t n, size_t ld, const double *slope, const double *kink,
                             const double *omega, double *Z)
{
    const double two_pi = 2.0 * acos(-1.0);
    for (size_t a = 0; a < rows; ++a)
        for (size_t b = a; b < n; ++b) {
            const size_t i = a < p ? 0 : 1, k = b < p ? 0 : 1;
            const double c = omega[a * ld + b];
            const double root = a == b ? 0.0 : piecewise_root(omega[a * ld + a], omega[b * ld + b], c);
            const double straight = slope[i] * slope[k] + 0.5 * (slope[i] * kink[k] + kink[i] * slope[k]);
            const double value = straight * c + kink[i] * kink[k] / two_pi * (root + piecewise_opening(root, c) * c);
            Z[a * ld + b] = value;
            if (b < rows) Z[b * ld + a] = value;
        }
}
