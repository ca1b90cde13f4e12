/* erf_variance(), and its derivative.
 *
 * Given l_j and l_l with slopes s', the other fields are Gaussian with covariance S = C - R K^-1 R^T, where
 * K = [[1 + C_jj, C_jl], [C_jl, 1 + C_ll]] and R_a = (C_ja, C_la), so that up to constants
 *
 *     V_jl = det(K)^(-1/2) W,  W = sum_ab w_a w_b asin(S_ab / sqrt((1 + S_aa) (1 + S_bb)))
 *     dW   = Tr(H dS),  H_ab = w_a w_b / sqrt((1 + S_aa) (1 + S_bb) - S_ab^2) =: h_ab  for a != b,
 *                       H_aa = h_aa - sum_b h_ab S_ab / (1 + S_aa)
 *     dV   = det(K)^(-1/2) [Tr(H dC) - 2 Tr((H T)^T dR) + Tr((T^T H T - W K^-1 / 2) dK)],  T = R K^-1
 */

/* W and H of one pair; sums[a] = sum_b w_b asin(...). Returns W; inverse: ld doubles. */
static double erf_conditional(const erf_plane *given, size_t n, size_t ld, const double *C, const double *w, double *inverse,
                              double *sums, double *H)
{
    const double *const own = given->own, *const v = given->v, *const row_j = C + given->j * ld;
    const int steep = given->steep;
    double total = 0.0;
    for (size_t a = 0; a < n; ++a) {
        sums[a] = 0.0;
        inverse[a] = 1.0 / sqrt(1.0 + own[a]);
        H[a * ld + a] = 0.0;
    }
    for (size_t a = 0; a < n; ++a) {
        const double *const row = C + a * ld;
        const double x = given->x[a], t = given->t[a], own_a = own[a], square_a = inverse[a] * inverse[a];
        const double own_root = sqrt(1.0 + 2.0 * own_a);
        sums[a] += w[a] * (steep ? atan2(own_a, own_root) : asin(own_a * square_a));
        H[a * ld + a] += w[a] * w[a] / own_root * square_a;
        for (size_t b = a + 1; b < n; ++b) {
            const double ab = steep ? erf_steep_entry(given, row_j, row[b], a, b) : row[b] - row_j[b] * x - v[b] * t;
            const double product = steep ? erf_apart(own_a, own[b], ab, ab) : own_a * own[b] - ab * ab;
            const double root = sqrt(1.0 + own_a + own[b] + (product > 0.0 ? product : 0.0)), h = w[a] * w[b] / root;
            const double angle = steep ? atan2(ab, root) : asin(ab * inverse[a] * inverse[b]);
            sums[a] += w[b] * angle;
            sums[b] += w[a] * angle;
            H[a * ld + b] = h;
            H[b * ld + a] = h;
            H[a * ld + a] -= h * ab * square_a;
            H[b * ld + b] -= h * ab * inverse[b] * inverse[b];
        }
    }
    for (size_t a = 0; a < n; ++a) total += w[a] * sums[a];
    return total;
}

/* Adds factor rho_a rho_b times the gradient by C to a row of the Jacobian. */
static void erf_add_gradient(size_t p, size_t n, size_t ld, const double *rho, size_t j, size_t l, double factor,
                             const double *H, const double *Hs, const double *Ht, double *row)
{
    for (size_t a = 0; a < n; ++a) {
        const double scaled = factor * rho[a < p ? 0 : 1], student = scaled * rho[0];
        row[tables_place(p, n, j, a)] -= 2.0 * student * Hs[a];
        row[tables_place(p, n, l, a)] -= 2.0 * student * Ht[a];
        if (a >= p) continue;
        row[tables_place(p, n, a, a)] += student * H[a * ld + a];
        for (size_t b = a + 1; b < n; ++b)
            row[tables_place(p, n, a, b)] += 2.0 * scaled * rho[b < p ? 0 : 1] * H[a * ld + b];
    }
}

/* One pair: returns V_jl without the students' slopes and 4 / pi^2, adds factor times its derivative by M and Q to the row,
 * and leaves half of that by w in sums. room: (n + 8) ld doubles. */
static double erf_pair_jacobian(size_t p, size_t n, size_t ld, const double *rho, const double *C, const double *w, size_t j,
                                size_t l, double factor, double *room, double *sums, double *row)
{
    erf_plane given = {j, l, 0, 0.0, room, room + ld, room + 2 * ld, room + 3 * ld, room + 4 * ld};
    const double *const s = given.s, *const t = given.t;
    double *const rest = room + 5 * ld, *const Hs = rest + ld, *const Ht = Hs + ld, *const H = Ht + ld;
    const double u = 1.0 + C[j * ld + j], v = 1.0 + C[l * ld + l], c = C[j * ld + l], ss = rho[0] * rho[0];
    double jj = 0.0, jl = 0.0, ll = 0.0;
    erf_given(&given, n, ld, C);
    const double det = given.det, inverse = 1.0 / sqrt(det), W = erf_conditional(&given, n, ld, C, w, rest, sums, H);
    for (size_t a = 0; a < n; ++a) {
        double hs = 0.0, ht = 0.0;
        for (size_t b = 0; b < n; ++b) {
            hs += H[a * ld + b] * s[b];
            ht += H[a * ld + b] * t[b];
        }
        Hs[a] = hs;
        Ht[a] = ht;
        jj += s[a] * hs;
        jl += s[a] * ht;
        ll += t[a] * ht;
        sums[a] *= inverse;
    }
    factor *= inverse;
    erf_add_gradient(p, n, ld, rho, j, l, factor, H, Hs, Ht, row);
    row[tables_place(p, n, j, j)] += factor * ss * (jj - 0.5 * W * v / det);
    row[tables_place(p, n, l, l)] += factor * ss * (ll - 0.5 * W * u / det);
    row[tables_place(p, n, j, l)] += factor * ss * (2.0 * jl + W * c / det);
    return W * inverse;
}

/* V as erf_variance(), and to the rows of Q rate a_j a_l times its derivatives by M, Q and, if trained, a through w.
 * Arguments as of tables_flow_jacobian(); room: (2 n + 10) ld doubles. */
static void erf_variance_jacobian(size_t p, size_t n, size_t ld, size_t dimension, int trained, double rate,
                                  const double *scale, const double *rho, const double *a, const double *omega,
                                  const double *c, double *room, double *V, size_t ldv, double *jacobian)
{
    double *const C = room, *const w = C + n * ld, *const sums = w + ld, *const rest = sums + ld;
    const size_t layer = p * (n - p) + p * (p + 1) / 2;
    const double slope = scale[0] * rho[0] * 2.0 / acos(-1.0);
    erf_rescale(p, n, ld, scale, rho, omega, c, C, w);
    for (size_t j = 0; j < p; ++j)
        for (size_t l = j; l < p; ++l) {
            double *const row = jacobian + tables_place(p, n, j, l) * dimension;
            const double factor = rate * a[j] * a[l] * slope * slope;
            const double value = slope * slope * erf_pair_jacobian(p, n, ld, rho, C, w, j, l, factor, rest, sums, row);
            V[j * ldv + l] = value;
            V[l * ldv + j] = value;
            for (size_t m = 0; m < p && trained; ++m) row[layer + m] -= factor * 2.0 * sums[m] * scale[0] / (double)p;
        }
}
