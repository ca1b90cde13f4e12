/* Derivatives of the tables of erf_slopes() and erf_values() with respect to Omega. */

/* D holds tables of p rows of stride ld: of X, and then of Y, the derivatives by Omega_jj, Omega_aa and Omega_ja, which by
 * Price's theorem are expectations, too; if `values` is not 0, those of Z follow. Where a = j, the first of three is the
 * derivative by Omega_jj as a whole, and the others are 0. */
static void erf_gradients(size_t p, size_t n, size_t ld, const double *scale, const double *rho, const double *omega,
                          int values, double *D)
{
    const double factor = 2.0 / acos(-1.0);
    const size_t table = p * ld;
    for (size_t j = 0; j < p; ++j)
        for (size_t a = 0; a < n; ++a) {
            double *const d = D + j * ld + a;
            const size_t i = a < p ? 0 : 1;
            const double uu = rho[0] * rho[0], vv = rho[i] * rho[i], uv = rho[0] * rho[i];
            const double u = 1.0 + uu * omega[j * ld + j], v = 1.0 + vv * omega[a * ld + a], c = uv * omega[j * ld + a];
            const double by_det = 1.0 / (u * v - c * c), by_u = 1.0 / u;
            const double common = scale[0] * scale[i] * factor * sqrt(by_det);
            const double X = -common * uu * c * by_u, Y = common * uv;
            const double Xu = -uu * X * (by_u + 0.5 * v * by_det), Xv = -vv * 0.5 * X * u * by_det;
            const double Xc = uv * (X * c * by_det - common * uu * by_u);
            const double Yu = -uu * 0.5 * Y * v * by_det, Yv = -vv * 0.5 * Y * u * by_det, Yc = uv * Y * c * by_det;
            const int same = a == j;
            d[0] = same ? Xu + Xv + Xc : Xu;
            d[table] = same ? 0.0 : Xv;
            d[2 * table] = same ? 0.0 : Xc;
            d[3 * table] = same ? Yu + Yv + Yc : Yu;
            d[4 * table] = same ? 0.0 : Yv;
            d[5 * table] = same ? 0.0 : Yc;
            if (!values) continue;
            d[6 * table] = same ? X + Y : 0.5 * X;
            d[7 * table] = same ? 0.0 : -0.5 * common * vv * c / v;
            d[8 * table] = same ? 0.0 : Y;
        }
}
