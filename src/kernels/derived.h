/* What tangents J v and adjoints J^T u of a drift have that drifts have not. Matrices are row-major with row stride ld,
 * fields are p students and then k targets; a state is M (p x k), Q's upper triangle row by row, and perhaps a.
 */

/* V: how Omega = [[Q, M], [M^T, P]] moves along `direction`, all ld columns; P stays. */
static void direction_overlaps(size_t p, size_t k, size_t ld, const double *direction, double *omega)
{
    const double *Q = direction + p * k;
    size_t j, l, r, i;
    for (i = p * ld; i < (p + k) * ld; ++i) omega[i] = 0.0;
    for (j = 0; j < p; ++j) {
        for (l = j; l < p; ++l) {
            const double value = *Q++;
            omega[j * ld + l] = value;
            omega[l * ld + j] = value;
        }
        for (r = 0; r < k; ++r) {
            omega[j * ld + p + r] = direction[j * k + r];
            omega[(p + r) * ld + j] = direction[j * k + r];
        }
        for (i = p + k; i < ld; ++i) omega[j * ld + i] = 0.0;
    }
}

/* How c moves: -v_j / p for students, `layer` being v's part of a. */
static void direction_weights(size_t p, size_t k, const double *layer, double *c)
{
    size_t i;
    for (i = 0; i < p; ++i) c[i] = -layer[i] / (double)p;
    for (i = p; i < p + k; ++i) c[i] = 0.0;
}

/* out = power x y, `count` entries. */
static void slope(size_t count, size_t power, const double *x, const double *y, double *out)
{
    size_t i;
    for (i = 0; i < count; ++i) out[i] = (double)power * x[i] * y[i];
}

/* The entry of u that belongs to Q_jl, twice on the diagonal, where Q_jj has both of its terms. */
static double weight_of_pair(size_t p, size_t k, const double *u, size_t j, size_t l)
{
    const size_t low = j < l ? j : l, high = j < l ? l : j;
    const double value = u[p * k + low * p - low * (low + 1) / 2 + high];
    return j == l ? 2.0 * value : value;
}

/* The derivative of <u, drift> by B: a_j u, all ld columns. */
static void flow_seed(size_t p, size_t k, size_t ld, const double *a, const double *u, double *out)
{
    size_t j, l, r;
    for (j = 0; j < p; ++j) {
        for (l = 0; l < p; ++l) out[j * ld + l] = a[j] * weight_of_pair(p, k, u, j, l);
        for (r = 0; r < k; ++r) out[j * ld + p + r] = a[j] * u[j * k + r];
        for (r = p + k; r < ld; ++r) out[j * ld + r] = 0.0;
    }
}

/* The same by Y: rate a_j a_l u, nothing beyond students; rate = gamma / p. */
static void variance_seed(size_t p, size_t k, size_t ld, double rate, const double *a, const double *u, double *out)
{
    size_t j, l;
    for (j = 0; j < p; ++j) {
        for (l = 0; l < p; ++l) out[j * ld + l] = rate * a[j] * a[l] * weight_of_pair(p, k, u, j, l);
        for (l = p; l < ld; ++l) out[j * ld + l] = 0.0;
    }
}

/* x of p entries and then zeros, up to ld. */
static void extend(size_t p, size_t ld, const double *x, double *out)
{
    size_t i;
    for (i = 0; i < p; ++i) out[i] = x[i];
    for (i = p; i < ld; ++i) out[i] = 0.0;
}

/* out += x */
static void add(size_t count, const double *x, double *out)
{
    size_t i;
    for (i = 0; i < count; ++i) out[i] += x[i];
}

/* out_jb = T_jb + T_bj, p rows of n columns. */
static void fold(size_t p, size_t n, size_t ld, const double *T, double *out)
{
    size_t j, b;
    for (j = 0; j < p; ++j) {
        for (b = 0; b < n; ++b) out[j * ld + b] = T[j * ld + b] + T[b * ld + j];
        for (b = n; b < ld; ++b) out[j * ld + b] = 0.0;
    }
}

static void halve_diagonal(size_t p, size_t ld, const double *x, double *out)
{
    size_t j, l;
    for (j = 0; j < p; ++j) {
        for (l = 0; l < p; ++l) out[j * ld + l] = x[j * ld + l];
        out[j * ld + j] *= 0.5;
    }
}

/* T_ab = sum over `rows` j of X_ja Y_jb, n rows of ld columns. */
static void outer(size_t rows, size_t n, size_t ld, const double *X, const double *Y, double *T)
{
    size_t a, b, j;
    for (a = 0; a < n; ++a) {
        double *const row = T + a * ld;
        for (b = 0; b < ld; ++b) row[b] = 0.0;
        for (j = 0; j < rows; ++j) {
            const double x = X[j * ld + a], *const y = Y + j * ld;
            for (b = 0; b < ld; ++b) row[b] += x * y[b];
        }
    }
}

/* J v, out of what B, Y and A move by (dY and dA may be NULL); da, how a moves, is NULL unless it is trained, and only then
 * B and Y are read. */
static void tangent(size_t p, size_t k, size_t ld, double rate, const double *a, const double *da, const double *B,
                    const double *Y, const double *dB, const double *dY, const double *dA, double *out)
{
    size_t j, l, r;
    for (j = 0; j < p; ++j)
        for (r = 0; r < k; ++r) *out++ = (dB ? a[j] * dB[j * ld + p + r] : 0.0) + (da ? da[j] * B[j * ld + p + r] : 0.0);
    for (j = 0; j < p; ++j)
        for (l = j; l < p; ++l) {
            double value = dB ? a[j] * dB[j * ld + l] + a[l] * dB[l * ld + j] : 0.0;
            if (dY) value += rate * a[j] * a[l] * (dY[j * ld + l] + dY[l * ld + j]);
            if (da) value += da[j] * B[j * ld + l] + da[l] * B[l * ld + j];
            if (da && Y) value += rate * (da[j] * a[l] + a[j] * da[l]) * (Y[j * ld + l] + Y[l * ld + j]);
            *out++ = value;
        }
    if (da)
        for (j = 0; j < p; ++j) *out++ = dA ? dA[j] : 0.0;
}

/* The derivative by a_j of what a multiplies in <u, drift>. */
static double adjoint_of_layer(size_t p, size_t k, size_t ld, double rate, const double *a, const double *u, const double *B,
                               const double *Y, size_t j)
{
    double sum = 0.0;
    size_t l, r;
    for (r = 0; r < k; ++r) sum += u[j * k + r] * B[j * ld + p + r];
    for (l = 0; l < p; ++l) {
        const double weight = weight_of_pair(p, k, u, j, l);
        sum += weight * B[j * ld + l];
        if (Y) sum += rate * weight * a[l] * (Y[j * ld + l] + Y[l * ld + j]);
    }
    return sum;
}

/* J^T u, out of the derivatives by Omega (p x n), by its diagonal and by c, which may be NULL. The second layer's are
 * written if it is trained; where u is NULL they are those by c alone. */
static void adjoint(size_t p, size_t k, size_t ld, double rate, int trained, const double *a, const double *u,
                    const double *B, const double *Y, const double *omega, const double *diagonal_of, const double *weight,
                    double *out)
{
    size_t j, l, r;
    for (j = 0; j < p; ++j)
        for (r = 0; r < k; ++r) *out++ = omega ? omega[j * ld + p + r] : 0.0;
    for (j = 0; j < p; ++j) {
        *out++ = (omega ? omega[j * ld + j] : 0.0) + (diagonal_of ? diagonal_of[j] : 0.0);
        for (l = j + 1; l < p; ++l) *out++ = omega ? omega[j * ld + l] + omega[l * ld + j] : 0.0;
    }
    if (trained)
        for (j = 0; j < p; ++j)
            *out++ = (u ? adjoint_of_layer(p, k, ld, rate, a, u, B, Y, j) : 0.0) - (weight ? weight[j] / (double)p : 0.0);
}
