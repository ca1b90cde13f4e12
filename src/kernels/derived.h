/* What tangents J v and adjoints J^T u of a drift have that drifts have not. Matrices are row-major with row stride ld,
 * fields are p students and then k targets; a state is M (p x k), Q's upper triangle row by row, and perhaps a. After
 * product.h.
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

/* The derivative of <u, drift> by B: a_j u_jb, all ld columns. u_jj counts twice, as Q_jj has both of its terms. */
static void flow_seed(size_t p, size_t k, size_t ld, const double *a, const double *u, double *out)
{
    const double *pair = u + p * k;
    size_t j, l, r;
    for (j = 0; j < p; ++j) {
        double *const row = out + j * ld;
        row[j] = 2.0 * a[j] * *pair++;
        for (l = j + 1; l < p; ++l) {
            const double value = *pair++;
            row[l] = a[j] * value;
            out[l * ld + j] = a[l] * value;
        }
        for (r = 0; r < k; ++r) row[p + r] = a[j] * u[j * k + r];
        for (r = p + k; r < ld; ++r) row[r] = 0.0;
    }
}

/* The same by Y: rate a_j a_l u_jl, nothing beyond students; rate = gamma / p. */
static void variance_seed(size_t p, size_t k, size_t ld, double rate, const double *a, const double *u, double *out)
{
    const double *pair = u + p * k;
    size_t j, l;
    for (j = 0; j < p; ++j) {
        double *const row = out + j * ld;
        row[j] = 2.0 * rate * a[j] * a[j] * *pair++;
        for (l = j + 1; l < p; ++l) {
            const double value = rate * a[j] * a[l] * *pair++;
            row[l] = value;
            out[l * ld + j] = value;
        }
        for (l = p; l < ld; ++l) row[l] = 0.0;
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

/* `height` <= 4 rows and `width` <= 2 vectors of columns of the sum below, held in registers. */
KERNEL_PART void outer_block(size_t height, size_t width, size_t rows, size_t ld, const double *X, const double *Y,
                             double *T)
{
    lanes sum[4][2] = {{{0}}};
    size_t j, u, v;
    for (j = 0; j < rows; ++j)
        for (u = 0; u < height; ++u)
            for (v = 0; v < width; ++v) sum[u][v] += X[j * ld + u] * *(const lanes *)(Y + j * ld + v * LANES);
    for (u = 0; u < height; ++u)
        for (v = 0; v < width; ++v) *(lanes *)(T + u * ld + v * LANES) = sum[u][v];
}

KERNEL_PART void outer_rows(size_t height, size_t rows, size_t ld, const double *X, const double *Y, double *T)
{
    size_t c = 0;
    for (; c + 2 * LANES <= ld; c += 2 * LANES) outer_block(height, 2, rows, ld, X, Y + c, T + c);
    for (; c < ld; c += LANES) outer_block(height, 1, rows, ld, X, Y + c, T + c);
}

/* T_ab = sum over `rows` j of X_ja Y_jb, n rows of ld columns. T overlaps neither. */
static void outer(size_t rows, size_t n, size_t ld, const double *X, const double *Y, double *T)
{
    size_t a = 0;
    for (; a + 4 <= n; a += 4) outer_rows(4, rows, ld, X + a, Y, T + a * ld);
    for (; a < n; ++a) outer_rows(1, rows, ld, X + a, Y, T + a * ld);
}

/* Row j of what M moves by, to `out`, and of Z, where Q_jl moves by Z_jl + Z_lj, in place of dB; arguments as below. */
static void tangent_row(size_t p, size_t k, size_t ld, double rate, const double *a, const double *da, const double *B,
                        const double *Y, double *dB, const double *dY, size_t j, double *out)
{
    const double own = a[j], moved = da ? da[j] : 0.0;
    double *const Z = dB + j * ld;
    size_t l, r;
    for (r = 0; r < k; ++r) out[r] = own * Z[p + r] + (da ? moved * B[j * ld + p + r] : 0.0);
    for (l = 0; l < p; ++l) Z[l] *= own;
    for (l = 0; l < p && dY; ++l) Z[l] += rate * own * a[l] * dY[j * ld + l];
    for (l = 0; l < p && da; ++l) Z[l] += moved * B[j * ld + l];
    for (l = 0; l < p && da && Y; ++l) Z[l] += rate * (moved * a[l] + own * da[l]) * Y[j * ld + l];
}

/* J v, out of what B, Y and A move by, each of which may be NULL; dB is overwritten. da, how a moves, is NULL unless it is
 * trained, and only then B and Y are read. */
static void put_tangent(size_t p, size_t k, size_t ld, double rate, const double *a, const double *da, const double *B,
                        const double *Y, double *dB, const double *dY, const double *dA, double *out)
{
    size_t j, l;
    for (j = 0; j < p; ++j, out += k) {
        if (dB) tangent_row(p, k, ld, rate, a, da, B, Y, dB, dY, j, out);
        for (l = 0; l < k && !dB; ++l) out[l] = 0.0; /* without dB there is no drift at all */
    }
    for (j = 0; j < p; ++j)
        for (l = j; l < p; ++l) *out++ = dB ? dB[j * ld + l] + dB[l * ld + j] : 0.0;
    for (j = 0; j < p && da; ++j) *out++ = dA ? dA[j] : 0.0;
}

/* Adds to `layer` the derivative by a of what a multiplies in <u, drift>. */
static void adjoint_of_layer(size_t p, size_t k, size_t ld, double rate, const double *a, const double *u, const double *B,
                             const double *Y, double *layer)
{
    const double *pair = u + p * k;
    size_t j, l, r;
    for (j = 0; j < p; ++j) {
        double sum = 0.0;
        for (r = 0; r < k; ++r) sum += u[j * k + r] * B[j * ld + p + r];
        for (l = j; l < p; ++l) {
            const double weight = *pair++, noise = Y ? rate * (Y[j * ld + l] + Y[l * ld + j]) : 0.0;
            sum += weight * (B[j * ld + l] + a[l] * noise);
            layer[l] += weight * (B[l * ld + j] + a[j] * noise);
        }
        layer[j] += sum;
    }
}

/* J^T u, out of the derivatives by Omega (p x n), by its diagonal and by c, which may be NULL. The second layer's are
 * written if it is trained; where u is NULL they are those by c alone. */
static void put_adjoint(size_t p, size_t k, size_t ld, double rate, int trained, const double *a, const double *u,
                        const double *B, const double *Y, const double *omega, const double *diagonal_of,
                        const double *weight, double *out)
{
    size_t j, l, r;
    for (j = 0; j < p; ++j)
        for (r = 0; r < k; ++r) *out++ = omega ? omega[j * ld + p + r] : 0.0;
    for (j = 0; j < p; ++j) {
        *out++ = (omega ? omega[j * ld + j] : 0.0) + (diagonal_of ? diagonal_of[j] : 0.0);
        for (l = j + 1; l < p; ++l) *out++ = omega ? omega[j * ld + l] + omega[l * ld + j] : 0.0;
    }
    if (!trained) return;
    for (j = 0; j < p; ++j) out[j] = weight ? -weight[j] / (double)p : 0.0;
    if (u) adjoint_of_layer(p, k, ld, rate, a, u, B, Y, out);
}
