/* Expectations of f(x) = scale erf(rate x) over Gaussian fields, two at a time, in closed form [Saad & Solla, Phys. Rev. E
 * 52, 1995].
 *
 * scale[i] and rho[i] = sqrt(2) rate: i = 0 the students' (fields a < p), 1 the targets'. In the covariance
 * C_ab = rho_a rho_b Omega_ab the formulas of erf(x / sqrt(2)) hold. Matrices are row-major with row stride ld.
 */

/* X_ja = E[s''(l_j) f_a], Y_ja = E[s'(l_j) f'_a]: p rows, n columns. */
static void erf_slopes(size_t p, size_t n, size_t ld, const double *scale, const double *rho, const double *omega, double *X,
                       double *Y)
{
    const double pi = acos(-1.0);
    for (size_t j = 0; j < p; ++j) {
        const double one_j = 1.0 + rho[0] * rho[0] * omega[j * ld + j];
        for (size_t a = 0; a < n; ++a) {
            const size_t i = a < p ? 0 : 1;
            const double one_a = 1.0 + rho[i] * rho[i] * omega[a * ld + a], c = rho[0] * rho[i] * omega[j * ld + a];
            const double common = scale[0] * rho[0] * scale[i] * 2.0 / (pi * sqrt(one_j * one_a - c * c));
            X[j * ld + a] = -common * rho[0] * c / one_j;
            Y[j * ld + a] = common * rho[i];
        }
    }
}

/* Z_ab = E[f_a f_b]: `rows` rows, n columns. */
static void erf_values(size_t p, size_t rows, size_t n, size_t ld, const double *scale, const double *rho,
                       const double *omega, double *Z)
{
    const double pi = acos(-1.0);
    for (size_t a = 0; a < rows; ++a)
        for (size_t b = a; b < n; ++b) {
            const size_t i = a < p ? 0 : 1, k = b < p ? 0 : 1;
            const double one_a = 1.0 + rho[i] * rho[i] * omega[a * ld + a],
                         one_b = 1.0 + rho[k] * rho[k] * omega[b * ld + b];
            const double value =
                scale[i] * scale[k] * 2.0 / pi * asin(rho[i] * rho[k] * omega[a * ld + b] / sqrt(one_a * one_b));
            Z[a * ld + b] = value;
            if (b < rows) Z[b * ld + a] = value;
        }
}
