/* The place of Omega_ab in a state, so its column in the Jacobian and the row of its drift; a or b is a student. */
static size_t tables_place(size_t p, size_t n, size_t a, size_t b)
{
    const size_t low = a < b ? a : b, high = a < b ? b : a, k = n - p;
    return high < p ? p * k + low * p - low * (low + 1) / 2 + high : low * k + high - p;
}
