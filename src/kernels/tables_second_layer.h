/* Of a table Z as in tables_squared_error(): A_j = sum_a c_a Z_ja = E[s(l_j) E] */
static void tables_second_layer(size_t p, size_t n, size_t ld, const double *c, const double *Z, double *A)
{
    for (size_t j = 0; j < p; ++j) {
        double sum = 0.0;
        for (size_t a = 0; a < n; ++a) sum += c[a] * Z[j * ld + a];
        A[j] = sum;
    }
}
