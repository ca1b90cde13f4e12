/* What a number takes of Omega and of c through the parts of a drift: it is added to S_jb (p x n, of Omega_jb), to
 * diagonal_j (of Omega_jj, also) and to weight_a (of c_a). Tables as in tables_flow(), their derivatives D as
 * erf_gradients() and its like leave them. Row strides are ld.
 */

/* Of a table of p rows whose three derivatives begin at D, of which the number takes `taken` at row j and field a. */
static void tables_take(size_t p, size_t ld, const double *D, size_t j, size_t a, double taken, double *S,
                        double *diagonal_of)
{
    const double *const d = D + j * ld + a;
    diagonal_of[j] += taken * d[0];
    if (a < p) diagonal_of[a] += taken * d[p * ld];
    S[j * ld + a] += taken * d[2 * p * ld];
}

/* Through G of tables_flow(), of which the number takes taken_G. */
static void tables_flow_adjoint(size_t p, size_t n, size_t ld, const double *c, const double *X, const double *Y,
                                const double *D, const double *taken_G, double *S, double *diagonal_of, double *weight)
{
    for (size_t j = 0; j < p; ++j) {
        const double own = taken_G[j * ld + j];
        for (size_t a = 0; a < n; ++a) {
            const double taken = taken_G[j * ld + a];
            weight[a] += taken * Y[j * ld + a] + own * X[j * ld + a];
            tables_take(p, ld, D, j, a, own * c[a], S, diagonal_of);
            tables_take(p, ld, D + 3 * p * ld, j, a, taken * c[a], S, diagonal_of);
        }
    }
}

/* Of T (n x n), through B = G Omega, T = G^T taken_B: all of it for students, with T^T for targets. */
static void tables_omega_adjoint(size_t p, size_t n, size_t ld, const double *T, double *S)
{
    for (size_t j = 0; j < p; ++j)
        for (size_t b = 0; b < n; ++b) S[j * ld + b] += T[j * ld + b] + (b < p ? 0.0 : T[b * ld + j]);
}
