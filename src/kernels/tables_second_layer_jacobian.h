/* Adds the derivatives of A_j = sum_a c_a Z_ja to the rows of the second layer. Arguments as of tables_flow_jacobian(). */
static void tables_second_layer_jacobian(size_t p, size_t n, size_t ld, size_t dimension, int trained, const double *c,
                                         const double *Z, const double *D, double *jacobian)
{
    const size_t layer = p * (n - p) + p * (p + 1) / 2, table = p * ld;
    for (size_t j = 0; j < p; ++j) {
        double *const row = jacobian + (layer + j) * dimension;
        const double *const d = D + 6 * table + j * ld;
        for (size_t a = 0; a < n; ++a) {
            row[tables_place(p, n, j, j)] += c[a] * d[a];
            if (a < p) row[tables_place(p, n, a, a)] += c[a] * d[table + a];
            if (a < p && trained == 1) row[layer + a] -= Z[j * ld + a] / (double)p;
            row[tables_place(p, n, j, a)] += c[a] * d[2 * table + a];
        }
    }
}
