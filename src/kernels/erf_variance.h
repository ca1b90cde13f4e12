/* V_jl = E[s'(l_j) s'(l_l) E^2] for f(x) = scale erf(rate x): the four-field integrals of Saad & Solla (Phys. Rev. E 52,
 * 1995), summed; arguments as of erf_slopes(). */

/* The sum over all a, b of w_a w_b times the integral, without 4 / pi^2 and the students' slopes. With
 * t = C_l (1 + C_jj) - C_jl C_j and s = C_j (1 + C_ll) - C_jl C_l, L0 = L4 C_ab - C_lb t_a - C_jb s_a. */
static double erf_four_fields(size_t n, size_t ld, const double *C, const double *w, size_t j, size_t l, double *s,
                              double *t, double *inverse)
{
    const double *const row_j = C + j * ld, *const row_l = C + l * ld;
    const double one_j = 1.0 + row_j[j], one_l = 1.0 + row_l[l], c = row_j[l];
    /* For j = l this is L4 = 1 + 2 C_jj, as it must be. */
    const double L4 = 1.0 + row_j[j] + row_l[l] + (row_j[j] * row_l[l] - c * c);
    double total = 0.0;
    for (size_t a = 0; a < n; ++a) {
        t[a] = row_l[a] * one_j - c * row_j[a];
        s[a] = row_j[a] * one_l - c * row_l[a];
        inverse[a] = 1.0 / sqrt(L4 * (1.0 + C[a * ld + a]) - row_l[a] * t[a] - row_j[a] * s[a]); /* L1 */
    }
    for (size_t a = 0; a < n; ++a) {
        const double *const row = C + a * ld;
        const double ta = t[a], sa = s[a], inverse_a = inverse[a];
        double sum = 0.0;
        for (size_t b = a; b < n; ++b) {
            const double L0 = L4 * row[b] - row_l[b] * ta - row_j[b] * sa;
            sum += (b == a ? 0.5 : 1.0) * w[b] * asin(L0 * inverse_a * inverse[b]);
        }
        total += 2.0 * w[a] * sum;
    }
    return total / sqrt(L4);
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

/* p x p, row stride ldv. E = sum_a c_a f_a; room: (n + 4) ld doubles. */
static void erf_variance(size_t p, size_t n, size_t ld, const double *scale, const double *rho, const double *omega,
                         const double *c, double *room, double *V, size_t ldv)
{
    double *const C = room, *const w = C + n * ld, *const s = w + ld, *const t = s + ld, *const inverse = t + ld;
    const double slope = scale[0] * rho[0] * 2.0 / acos(-1.0);
    erf_rescale(p, n, ld, scale, rho, omega, c, C, w);
    for (size_t j = 0; j < p; ++j)
        for (size_t l = j; l < p; ++l) {
            const double value = slope * slope * erf_four_fields(n, ld, C, w, j, l, s, t, inverse);
            V[j * ldv + l] = value;
            V[l * ldv + j] = value;
        }
}
