/* Through half of tables_squared_error(); arguments as of tables_flow_adjoint(). */
static void tables_risk_adjoint(size_t p, size_t n, size_t ld, const double *c, const double *Z, const double *D, double *S,
                                double *diagonal_of, double *weight)
{
    for (size_t j = 0; j < p; ++j)
        for (size_t a = 0; a < n; ++a) { /* with targets there is Z_aj, too */
            weight[j] += c[a] * Z[j * ld + a];
            tables_take(p, ld, D + 6 * p * ld, j, a, (a < p ? 0.5 : 1.0) * c[j] * c[a], S, diagonal_of);
        }
}
