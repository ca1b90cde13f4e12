/* Of tables X, Y and V as in tables_flow(): half of what moves Q at second order, (V_jl + Delta Y_jl) / 2; V (row stride
 * ldv) may be NULL. */
static void tables_noise(size_t p, size_t ld, double delta, const double *V, size_t ldv, const double *Y, double *half)
{
    for (size_t j = 0; j < p; ++j)
        for (size_t l = 0; l < p; ++l) half[j * ld + l] = 0.5 * ((V ? V[j * ldv + l] : 0.0) + delta * Y[j * ld + l]);
}
