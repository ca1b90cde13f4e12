/* dA, of A in tables_second_layer(); arguments as of tables_flow_tangent(). */
static void tables_second_layer_tangent(size_t p, size_t n, size_t ld, const double *V, const double *diagonal_of,
                                        const double *c, const double *dc, const double *Z, const double *D, double *dA)
{
    for (size_t j = 0; j < p; ++j) {
        double sum = 0.0;
        for (size_t a = 0; a < n; ++a)
            sum += (dc ? dc[a] * Z[j * ld + a] : 0.0) + c[a] * tables_moved(p, ld, V, diagonal_of, D + 6 * p * ld, j, a);
        dA[j] = sum;
    }
}
