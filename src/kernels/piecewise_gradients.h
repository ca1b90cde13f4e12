/* Derivatives of the tables of piecewise_slopes() and piecewise_values() with respect to Omega. */

/* D holds tables of p rows of stride ld: of X, and then of Y, the derivatives by Omega_jj, Omega_aa and Omega_ja, if
 * `values` is not 0 followed by those of Z. Where a = j, the first of three is the derivative by Omega_jj as a whole, and
 * the others are 0. Where two fields are aligned or one vanishes, X and Y have infinite derivatives; 0 stands for them. */
static void piecewise_gradients(size_t p, size_t n, size_t ld, const double *slope, const double *kink, const double *omega,
                                int values, double *D)
{
    const double two_pi = 2.0 * acos(-1.0);
    const size_t table = p * ld;
    for (size_t j = 0; j < p; ++j)
        for (size_t a = 0; a < n; ++a) {
            double *const d = D + j * ld + a;
            const size_t i = a < p ? 0 : 1;
            const double u = omega[j * ld + j], v = omega[a * ld + a], c = omega[j * ld + a];
            const double both = kink[0] * kink[i] / two_pi;
            const double straight = slope[0] * slope[i] + 0.5 * (slope[0] * kink[i] + kink[0] * slope[i]);
            const double root = a == j ? 0.0 : piecewise_root(u, v, c), angle = piecewise_opening(root, c);
            const int smooth = root > 0.0; /* and then u > 0 and v > 0 */
            d[0] = smooth ? both * (0.5 * v / (root * u) - root / (u * u)) : 0.0;
            d[table] = smooth ? both * 0.5 / root : 0.0;
            d[2 * table] = smooth ? -both * c / (root * u) : 0.0;
            d[3 * table] = smooth ? -both * 0.5 * c / (root * u) : 0.0;
            d[4 * table] = smooth ? -both * 0.5 * c / (root * v) : 0.0;
            d[5 * table] = smooth ? both / root : 0.0;
            if (!values) continue;
            d[6 * table] = a == j ? straight + both * angle : u > 0.0 ? 0.5 * both * root / u : 0.0;
            d[7 * table] = a == j ? 0.0 : v > 0.0 ? 0.5 * both * root / v : 0.0;
            d[8 * table] = a == j ? 0.0 : straight + both * angle;
        }
}
