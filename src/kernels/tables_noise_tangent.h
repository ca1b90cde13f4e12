/* What (V_jl + Delta Y_jl) / 2 moves by; moved_V (row stride ldv) may be NULL. Arguments else as of tables_flow_tangent().
 */
static void tables_noise_tangent(size_t p, size_t ld, double delta, const double *moved_V, size_t ldv, const double *V,
                                 const double *own, const double *D, double *half)
{
    for (size_t j = 0; j < p; ++j)
        for (size_t l = 0; l < p; ++l)
            half[j * ld + l] =
                0.5 * ((moved_V ? moved_V[j * ldv + l] : 0.0) + delta * tables_moved(p, ld, V, own, D + 3 * p * ld, j, l));
}
