/* The derivative of the drift with respect to the state, (M, Q's upper triangle, and a if it is trained), out of tables as
 * in tables_flow() and their derivatives as erf_gradients() and its like leave them in D. Row i of the Jacobian, which has
 * `dimension` columns, belongs to entry i of the drift.
 */

/* Adds factor times the derivative of B_jb to a row. G: B = G Omega. */
static void tables_add_flow(size_t p, size_t n, size_t ld, const double *omega, const double *c, const double *G,
                            const double *D, size_t j, size_t b, double factor, double *row)
{
    const size_t table = p * ld;
    const double *const X = D + j * ld, *const Y = X + 3 * table;
    const double direct = factor * omega[j * ld + b];
    double own = 0.0;
    for (size_t a = 0; a < n; ++a) { /* b or a is a student, or Omega_ab does not move */
        const double x = c[a] * direct, y = c[a] * factor * omega[a * ld + b];
        own += x * X[a] + y * Y[a];
        if (a < p || b < p) row[tables_place(p, n, a, b)] += factor * G[j * ld + a];
        if (a == j) continue;
        if (a < p) row[tables_place(p, n, a, a)] += x * X[table + a] + y * Y[table + a];
        row[tables_place(p, n, j, a)] += x * X[2 * table + a] + y * Y[2 * table + a];
    }
    row[tables_place(p, n, j, j)] += own;
}

/* Adds the derivatives of a_j B_jb to the rows of M (b a target) and Q (b a student). B: n columns, row stride ld. */
static void tables_flow_jacobian(size_t p, size_t n, size_t ld, size_t dimension, int trained, const double *a,
                                 const double *omega, const double *c, const double *X, const double *Y, const double *G,
                                 const double *B, const double *D, double *jacobian)
{
    const size_t layer = p * (n - p) + p * (p + 1) / 2;
    for (size_t j = 0; j < p; ++j)
        for (size_t b = 0; b < n; ++b) {
            double *const row = jacobian + tables_place(p, n, j, b) * dimension;
            const double twice = b == j ? 2.0 : 1.0, factor = twice * a[j];
            tables_add_flow(p, n, ld, omega, c, G, D, j, b, factor, row);
            if (!trained) continue;
            row[layer + j] += twice * B[j * ld + b];
            if (trained == 2) continue;    /* c stays, as in the loss -y f */
            for (size_t l = 0; l < p; ++l) /* c_l = -a_l / p */
                row[layer + l] -=
                    factor / (double)p * (X[j * ld + l] * omega[j * ld + b] + Y[j * ld + l] * omega[l * ld + b]);
        }
}
