/* Through Delta Y_jl / 2, of which the number takes `seed` (p x p); arguments else as of tables_flow_adjoint(). */
static void tables_noise_adjoint(size_t p, size_t ld, double delta, const double *seed, const double *D, double *S,
                                 double *diagonal_of)
{
    for (size_t j = 0; j < p; ++j)
        for (size_t l = 0; l < p; ++l)
            tables_take(p, ld, D + 3 * p * ld, j, l, 0.5 * delta * seed[j * ld + l], S, diagonal_of);
}
