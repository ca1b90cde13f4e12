/* V as erf_variance_jacobian(), and what it moves by along v, a direction of the state; row: `dimension` doubles. */
static void erf_variance_tangent(size_t p, size_t n, size_t ld, size_t dimension, int trained, const double *scale,
                                 const double *rho, const double *omega, const double *c, const double *v, double *room,
                                 double *row, double *V, double *moved, size_t ldv)
{
    double *const C = room, *const w = C + n * ld, *const sums = w + ld, *const rest = sums + ld;
    const size_t overlaps_of = p * (n - p) + p * (p + 1) / 2;
    const double slope = scale[0] * rho[0] * 2.0 / acos(-1.0);
    (void)dimension;
    erf_rescale(p, n, ld, scale, rho, omega, c, C, w);
    for (size_t j = 0; j < p; ++j)
        for (size_t l = j; l < p; ++l) {
            double sum = 0.0;
            for (size_t i = 0; i < overlaps_of; ++i) row[i] = 0.0;
            const double value =
                slope * slope * erf_pair_jacobian(p, n, ld, rho, C, w, j, l, slope * slope, rest, sums, row);
            for (size_t i = 0; i < overlaps_of; ++i) sum += row[i] * v[i];
            for (size_t m = 0; m < p && trained; ++m)
                sum -= slope * slope * 2.0 * sums[m] * scale[0] / (double)p * v[overlaps_of + m];
            V[j * ldv + l] = value;
            V[l * ldv + j] = value;
            moved[j * ldv + l] = sum;
            moved[l * ldv + j] = sum;
        }
}
