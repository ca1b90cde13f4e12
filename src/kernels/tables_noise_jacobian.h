/* Adds to the rows of Q the derivatives of rate a_j a_l (V_jl + delta Y_jl), but for those of V by Omega; V (row stride ldv)
 * may be NULL. Arguments as of tables_flow_jacobian(); rate = gamma / p. */
static void tables_noise_jacobian(size_t p, size_t n, size_t ld, size_t dimension, int trained, double rate, double delta,
                                  const double *a, const double *V, size_t ldv, const double *Y, const double *D,
                                  double *jacobian)
{
    const size_t layer = p * (n - p) + p * (p + 1) / 2, table = p * ld;
    for (size_t j = 0; j < p; ++j)
        for (size_t l = j; l < p; ++l) {
            double *const row = jacobian + tables_place(p, n, j, l) * dimension;
            const double *const d = D + 3 * table + j * ld + l;
            const double factor = rate * delta * a[j] * a[l];
            const double both = rate * ((V ? V[j * ldv + l] : 0.0) + delta * Y[j * ld + l]);
            row[tables_place(p, n, j, j)] += factor * d[0];
            row[tables_place(p, n, l, l)] += factor * d[table];
            row[tables_place(p, n, j, l)] += factor * d[2 * table];
            if (!trained) continue;
            row[layer + j] += both * a[l];
            row[layer + l] += both * a[j];
        }
}
