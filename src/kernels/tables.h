/* The drift out of expectations X_ja = E[s''(l_j) f_a], Y_ja = E[s'(l_j) f'_a], Z_ab = E[f_a f_b] and
 * V_jl = E[s'(l_j) s'(l_l) E^2] over students j, l < p and fields a, b < n. By Gaussian regression of l_b on (l_j, l_a)
 *
 *     E[s'(l_j) l_b f_a] = X_ja Omega_jb + Y_ja Omega_ab
 *
 * and the error is E = sum_a c_a f_a + noise of variance Delta. Matrices are row-major with row stride ld.
 */

/* G with B = G Omega, B_jb = E[s'(l_j) l_b E]: c_a Y_ja, and on the diagonal also sum_a c_a X_ja. */
static void tables_flow(size_t p, size_t n, size_t ld, const double *c, const double *X, const double *Y, double *G)
{
    for (size_t j = 0; j < p; ++j) {
        double sum = 0.0;
        for (size_t a = 0; a < n; ++a) {
            sum += c[a] * X[j * ld + a];
            G[j * ld + a] = c[a] * Y[j * ld + a];
        }
        G[j * ld + j] += sum;
    }
}

/* sum_ab c_a c_b Z_ab = E[E^2] without the noise */
static double tables_squared_error(size_t n, size_t ld, const double *c, const double *Z)
{
    double total = 0.0;
    for (size_t a = 0; a < n; ++a) {
        double row = 0.0;
        for (size_t b = 0; b < n; ++b) row += c[b] * Z[a * ld + b];
        total += c[a] * row;
    }
    return total;
}
