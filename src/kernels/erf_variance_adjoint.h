/* V as erf_variance_jacobian(), and to `out` (a state) what <u, rate a_j a_l V_jl> takes of M, Q and, if trained, of a
 * through w; rate = gamma / p. */
static void erf_variance_adjoint(size_t p, size_t n, size_t ld, int trained, double rate, const double *scale,
                                 const double *rho, const double *a, const double *omega, const double *c, const double *u,
                                 double *room, double *V, size_t ldv, double *out)
{
    double *const C = room, *const w = C + n * ld, *const sums = w + ld, *const rest = sums + ld;
    const size_t layer = p * (n - p) + p * (p + 1) / 2;
    const double slope = scale[0] * rho[0] * 2.0 / acos(-1.0), *pair = u + p * (n - p);
    erf_rescale(p, n, ld, scale, rho, omega, c, C, w);
    for (size_t j = 0; j < p; ++j)
        for (size_t l = j; l < p; ++l) {
            const double factor = rate * a[j] * a[l] * slope * slope * *pair++;
            const double value = slope * slope * erf_pair_jacobian(p, n, ld, rho, C, w, j, l, factor, rest, sums, out);
            V[j * ldv + l] = value;
            V[l * ldv + j] = value;
            for (size_t m = 0; m < p && trained; ++m) out[layer + m] -= factor * 2.0 * sums[m] * scale[0] / (double)p;
        }
}
