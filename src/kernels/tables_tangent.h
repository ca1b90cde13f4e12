/* How the parts of a drift move along V, the direction of Omega (n x n), with its diagonal, and dc, that of c (NULL: c
 * stays), out of tables as in tables_flow() and their derivatives as erf_gradients() and its like leave them in D. Row
 * strides are ld.
 */

/* A table of p rows whose three derivatives begin at D, at row j and field a. */
static double tables_moved(size_t p, size_t ld, const double *V, const double *own, const double *D, size_t j, size_t a)
{
    const double *const d = D + j * ld + a;
    return d[0] * V[j * ld + j] + d[p * ld] * own[a] + d[2 * p * ld] * V[j * ld + a];
}

/* dG, of G in tables_flow(); then dB = dG Omega + G V. */
static void tables_flow_tangent(size_t p, size_t n, size_t ld, const double *V, const double *diagonal_of, const double *c,
                                const double *dc, const double *X, const double *Y, const double *D, double *dG)
{
    for (size_t j = 0; j < p; ++j) {
        double own = 0.0;
        for (size_t a = 0; a < n; ++a) {
            const double moved = dc ? dc[a] : 0.0;
            own += moved * X[j * ld + a] + c[a] * tables_moved(p, ld, V, diagonal_of, D, j, a);
            dG[j * ld + a] = moved * Y[j * ld + a] + c[a] * tables_moved(p, ld, V, diagonal_of, D + 3 * p * ld, j, a);
        }
        dG[j * ld + j] += own;
    }
}
