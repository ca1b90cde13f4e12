/* Through A of tables_second_layer(), of which the number takes taken_A; arguments else as of tables_flow_adjoint(). */
static void tables_second_layer_adjoint(size_t p, size_t n, size_t ld, const double *c, const double *Z, const double *D,
                                        const double *taken_A, double *S, double *diagonal_of, double *weight)
{
    for (size_t j = 0; j < p; ++j)
        for (size_t a = 0; a < n; ++a) {
            weight[a] += taken_A[j] * Z[j * ld + a];
            tables_take(p, ld, D + 6 * p * ld, j, a, taken_A[j] * c[a], S, diagonal_of);
        }
}
