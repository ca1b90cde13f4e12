/* The promise of the mean field: every number is within the error that is claimed, and that within the tolerance; or the
 * call is refused. Against brute force over a wide family of problems: students and targets of different kinds, norms from
 * 1e-8 to 10, P from 1e-4 to 25, any d, second layers of both signs, students in the target's space.
 *
 * Brute force knows nothing of series, nor of wick's expressions. For each pair of fields and each xi, E[s' z f] and E[s f]
 * are sums over a grid of whitened coordinates z_1, z_2, with l_i = sqrt(v_i) z_1; two grids whose steps have no common
 * measure must agree. Those of relu are the textbook's. Averages over xi are Gauss-Legendre sums over its angle. Students
 * come in classes of equal ones, so that p may be large; the pair of two equal students still has a xi of its own.
 *
 * WICK_CASES=10000 tries more cases than usual, WICK_SEED others, WICK_SHOW=1 prints them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"
#include "wick/wick.h"

enum {
    CASES = 160,
    CLASSES = 3,
    WIDEST = 3,
    FIELDS = CLASSES + WIDEST,
    P_LIMIT = 100,
    GRID_LIMIT = 800,
    ANGLES = 64, /* GSL has all digits of these rules */
    FINE_ANGLES = 512
};

/* ---- Activations ------------------------------------------------------------------------------------------------- */

typedef struct {
    const char *text;
    double (*value)(double), (*slope)(double);
    double steepness; /* the grid's step is divided by this */
} activation;

static double bell(double x) { return exp(-x * x / 2) / sqrt(2 * acos(-1.0)); }
static double cumulative(double x) { return erfc(-x / sqrt(2)) / 2; }
static double erf_value(double x) { return erf(x / sqrt(2)); }
static double erf_slope(double x) { return 2 * bell(x); }
static double erf_20(double x) { return erf(20 * x); }
static double erf_20_slope(double x) { return 40 / sqrt(acos(-1.0)) * exp(-400 * x * x); }
static double tanh_slope(double x) { return 1 / (cosh(x) * cosh(x)); }
static double tanh_5(double x) { return tanh(5 * x); }
static double tanh_5_slope(double x) { return 5 * tanh_slope(5 * x); }
static double sigmoid(double x) { return 1 / (1 + exp(-x)); }
static double sigmoid_slope(double x) { return sigmoid(x) * sigmoid(-x); }
static double gelu(double x) { return x * cumulative(x); }
static double gelu_slope(double x) { return cumulative(x) + x * bell(x); }
static double softplus(double x) { return fmax(x, 0) + log1p(exp(-fabs(x))); }
static double sin_3(double x) { return sin(3 * x); }
static double sin_3_slope(double x) { return 3 * cos(3 * x); }
static double sin_10(double x) { return sin(10 * x); }
static double sin_10_slope(double x) { return 10 * cos(10 * x); }
static double minus_sin(double x) { return -sin(x); }
static double square(double x) { return x * x; }
static double twice(double x) { return 2 * x; }
static double cubic(double x) { return x * x * x / 6 - x; }
static double cubic_slope(double x) { return x * x / 2 - 1; }
static double one(double x) { return (void)x, 1; }
static double zero(double x) { return (void)x, 0; }
static double gauss(double x) { return exp(-(x - 1) * (x - 1)); }
static double gauss_slope(double x) { return -2 * (x - 1) * gauss(x); }
static double x_tanh(double x) { return x * tanh(x); }
static double x_tanh_slope(double x) { return tanh(x) + x * tanh_slope(x); }

static double relu(double x) { return fmax(x, 0); }
static double relu_slope(double x) { return x > 0 ? 1 : x < 0 ? 0 : 0.5; }

static const activation relu_activation = {"relu", relu, relu_slope, 1};
static const activation activations[] = {{"erf(x/sqrt(2))", erf_value, erf_slope, 1},
                                         {"tanh(x)", tanh, tanh_slope, 1.5},
                                         {"sigmoid(x)", sigmoid, sigmoid_slope, 1},
                                         {"gelu(x)", gelu, gelu_slope, 1},
                                         {"softplus(x)", softplus, sigmoid, 1},
                                         {"sin(x)", sin, cos, 1},
                                         {"cos(x)", cos, minus_sin, 1},
                                         {"sin(3*x)", sin_3, sin_3_slope, 3},
                                         {"x^2", square, twice, 1},
                                         {"x^3/6 - x", cubic, cubic_slope, 1},
                                         {"1", one, zero, 1},
                                         {"exp(-(x-1)^2)", gauss, gauss_slope, 2},
                                         {"x*tanh(x)", x_tanh, x_tanh_slope, 1.5},
                                         {"tanh(5*x)", tanh_5, tanh_5_slope, 7},
                                         {"erf(20*x)", erf_20, erf_20_slope, 28},
                                         {"sin(10*x)", sin_10, sin_10_slope, 10}};
enum { ACTIVATIONS = sizeof activations / sizeof *activations, MILD = ACTIVATIONS - 3 };

/* ---- One problem ------------------------------------------------------------------------------------------------- */

typedef struct {
    const activation *function[2]; /* student, target */
    size_t classes, copies, k;     /* p = classes * copies; student i is of class i % classes */
    double d, noise, rate;
    double M[CLASSES][WIDEST], q[CLASSES], a[CLASSES], P[WIDEST][WIDEST], a_star[WIDEST];
    double tolerance;
} setting;

static size_t width(const setting *of) { return of->classes * of->copies; }

/* M P^-1 M^T, M, P of classes and targets. */
static void set_inside(const setting *of, double inside[FIELDS][FIELDS])
{
    const size_t n = of->classes + of->k;
    double inverse[WIDEST * WIDEST], V[FIELDS][WIDEST];
    for (size_t i = 0; i < n; i++)
        for (size_t r = 0; r < of->k; r++) V[i][r] = i < of->classes ? of->M[i][r] : of->P[i - of->classes][r];
    for (size_t r = 0; r < of->k; r++)
        for (size_t s = 0; s < of->k; s++) inverse[r * of->k + s] = of->P[r][s];
    gsl_matrix_view P = gsl_matrix_view_array(inverse, of->k, of->k);
    assert_int_equal(gsl_linalg_cholesky_decomp1(&P.matrix), 0);
    assert_int_equal(gsl_linalg_cholesky_invert(&P.matrix), 0);
    for (size_t i = 0; i < n; i++)
        for (size_t l = 0; l < n; l++) {
            inside[i][l] = 0;
            for (size_t r = 0; r < of->k; r++)
                for (size_t s = 0; s < of->k; s++) inside[i][l] += V[i][r] * inverse[r * of->k + s] * V[l][s];
        }
}

/* ---- Brute force ------------------------------------------------------------------------------------------------- */

/* E[s'(l_i) z_1 f(l_l)], E[s'(l_i) z_2 f(l_l)], E[s(l_i) f(l_l)] where l_i = root z_1, l_l = along z_1 + across z_2. */
typedef struct {
    double along_i, along_l, product;
} moments;

static moments sum_grid(const activation *s, const activation *f, double root, double along, double across, double step)
{
    static double weight[2 * GRID_LIMIT + 1];
    const double reach = 9, steps = fmax(1, fmax(root * s->steepness, hypot(along, across) * f->steepness));
    const double h = step / fmin(steps, 24);
    const int half = (int)ceil(reach / h);
    moments sum = {0, 0, 0};
    assert_true(half <= GRID_LIMIT);
    for (int j = -half; j <= half; j++) weight[j + half] = h * bell(j * h);
    for (int i = -half; i <= half; i++) {
        const double z_1 = i * h, slope = s->slope(root * z_1), value = s->value(root * z_1);
        double mean = 0, first = 0;
        if (across > 0)
            for (int j = -half; j <= half; j++) {
                const double y = weight[j + half] * f->value(along * z_1 + across * j * h);
                mean += y;
                first += y * j * h;
            }
        else
            mean = f->value(along * z_1);
        sum.along_i += weight[i + half] * slope * z_1 * mean;
        sum.along_l += weight[i + half] * slope * first;
        sum.product += weight[i + half] * value * mean;
    }
    return sum;
}

typedef struct {
    double gradient[WIDEST], perp, product; /* E[s'(l_i) l_r f], E[s'(l_i) l_perp,i f], E[s f] */
} pair;

typedef struct {
    const setting *of;
    double inside[FIELDS][FIELDS], step;
} brute;

static const activation *function_of(const setting *of, size_t field) { return of->function[field < of->classes ? 0 : 1]; }

/* E[s'(l_i) l_b f(l_l)] = X Omega_ib + Y Omega_lb; E[s f]. */
static void relu_pair(double v, double w, double c, double *X, double *Y, double *Z)
{
    const double pi = acos(-1.0), both = sqrt(v * w), cosine = both > 0 ? fmax(-1, fmin(1, c / both)) : 0;
    const double theta = acos(cosine), sine = sqrt(fmax(0, 1 - cosine * cosine));
    *X = v > 0 ? sqrt(w / v) * sine / (2 * pi) : 0;
    *Y = (pi - theta) / (2 * pi);
    *Z = both / (2 * pi) * (sine + (pi - theta) * cosine);
}

/* Fields i, a student, and l at overlap `outside` of what is outside of the target's space; weight times that is added. */
static void add_pair(const brute *b, size_t i, size_t l, double outside, double weight, pair *sum)
{
    const setting *of = b->of;
    const size_t classes = of->classes;
    const double q_i = i < classes ? of->q[i] : 0, q_l = l < classes ? of->q[l] : 0;
    const double v = b->inside[i][i] + q_i, w = b->inside[l][l] + q_l, c = b->inside[i][l] + outside;
    if (of->function[0] == &relu_activation) {
        double X, Y, Z;
        relu_pair(v, w, c, &X, &Y, &Z);
        for (size_t r = 0; r < of->k; r++)
            sum->gradient[r] += weight * (X * b->inside[i][classes + r] + Y * b->inside[l][classes + r]);
        sum->perp += weight * (X * q_i + Y * outside);
        sum->product += weight * Z;
        return;
    }
    const double root = sqrt(v), along = v > 0 ? c / root : 0, left = w - along * along;
    const double across = left > 1e-12 * w ? sqrt(left) : 0;
    const moments m = sum_grid(function_of(of, i), function_of(of, l), root, along, across, b->step);
    for (size_t r = 0; r <= of->k; r++) { /* l_perp,i comes last */
        const double with_i = r < of->k ? b->inside[i][classes + r] : q_i;
        const double with_l = r < of->k ? b->inside[l][classes + r] : outside;
        const double one_z = v > 0 ? with_i / root : 0, other_z = across > 0 ? (with_l - along * one_z) / across : 0;
        *(r < of->k ? &sum->gradient[r] : &sum->perp) += weight * (one_z * m.along_i + other_z * m.along_l);
    }
    sum->product += weight * m.product;
}

/* The average over xi, or with itself. */
static pair average(const brute *b, size_t i, size_t l, bool itself)
{
    const setting *of = b->of;
    const double D = of->d - (double)of->k;
    const double size = i < of->classes && l < of->classes ? sqrt(of->q[i] * of->q[l]) : 0;
    pair sum = {{0}, 0, 0};
    if (itself || size == 0 || isinf(D)) {
        add_pair(b, i, l, itself ? of->q[i] : 0, 1, &sum);
        return sum;
    }
    if (D < 1.5) {
        add_pair(b, i, l, size, 0.5, &sum);
        add_pair(b, i, l, -size, 0.5, &sum);
        return sum;
    }
    const size_t count = of->function[0] != &relu_activation ? ANGLES : b->step < 0.31 ? FINE_ANGLES : FINE_ANGLES / 2;
    gsl_integration_glfixed_table *rule = gsl_integration_glfixed_table_alloc(count);
    const double end = fmin(acos(0.0), 9 / sqrt(D));
    double weight[FINE_ANGLES], angle[FINE_ANGLES], total = 0;
    assert_non_null(rule);
    for (size_t j = 0; j < count; j++) {
        gsl_integration_glfixed_point(-end, end, j, &angle[j], &weight[j], rule);
        weight[j] *= pow(cos(angle[j]), D - 2);
        total += weight[j];
    }
    gsl_integration_glfixed_table_free(rule);
    for (size_t j = 0; j < count; j++) add_pair(b, i, l, size * sin(angle[j]), weight[j] / total, &sum);
    return sum;
}

static double steepness(const setting *of, double v)
{
    const activation *s = of->function[0];
    const double h = 0.02 / fmax(1, s->steepness * sqrt(v) / 2);
    if (s == &relu_activation) return v > 0 ? 0.5 : 0.25;
    double sum = 0;
    for (double z = -9; z < 9; z += h) sum += h * bell(z) * pow(s->slope(sqrt(v) * z), 2);
    return sum;
}

/* dM and dq of the classes, and the excess risk. */
static void evaluate(const setting *of, double step, double *out)
{
    brute b = {.of = of, .step = step};
    const size_t classes = of->classes, k = of->k, p = width(of), n = classes + k;
    double gradient[CLASSES][WIDEST + 1] = {{0}}, risk = 0;
    set_inside(of, b.inside);
    for (size_t i = 0; i < n; i++)
        for (size_t l = i < classes ? 0 : i; l < n; l++) {
            const double count = l < classes ? (double)of->copies : 1, own = i < classes ? (double)of->copies : 1;
            const double c_l = l < classes ? -of->a[l] / (double)p : of->a_star[l - classes] / (double)k;
            const double c_i = i < classes ? -of->a[i] / (double)p : of->a_star[i - classes] / (double)k;
            const bool student = i < classes, equal = i == l && student;
            for (int itself = 0; itself < (equal ? 2 : 1); itself++) {
                const double times = equal ? (itself ? 1 : count - 1) : count;
                if (times == 0) continue;
                const pair x = average(&b, i, l, itself);
                for (size_t r = 0; r < k && student; r++) gradient[i][r] += times * c_l * x.gradient[r];
                if (student) gradient[i][k] += times * c_l * x.perp;
                const double twofold = student ? (l < classes ? 1 : 2) : (i == l ? 1 : 2);
                risk += twofold * own * times * c_i * c_l * x.product;
            }
        }
    for (size_t i = 0; i < classes; i++) {
        for (size_t r = 0; r < k; r++) out[i * (k + 1) + r] = of->a[i] * gradient[i][r];
        const double rate = of->d > (double)k ? of->rate / (double)p * of->noise * of->a[i] * of->a[i] : 0;
        out[i * (k + 1) + k] = 2 * of->a[i] * gradient[i][k] + rate * steepness(of, b.inside[i][i] + of->q[i]);
    }
    out[classes * (k + 1)] = risk / 2;
}

/* ---- wick -------------------------------------------------------------------------------------------------------- */

static void set(wick_context *context, wick_problem *problem, const char *key, const char *value)
{
    if (wick_problem_set(context, problem, key, value) != WICK_OK)
        fail_msg("%s = %s: %s", key, value, wick_context_message(context));
}

static void set_number(wick_context *context, wick_problem *problem, const char *key, double value)
{
    char text[64];
    snprintf(text, sizeof text, "%.17g", value);
    set(context, problem, key, text);
}

static void set_matrix(wick_context *context, wick_problem *problem, const char *key, const double *values, size_t rows,
                       size_t columns)
{
    if (wick_problem_set_matrix(context, problem, key, values, rows, columns) != WICK_OK)
        fail_msg("%s: %s", key, wick_context_message(context));
}

static wick_problem *make_problem(wick_context *context, const setting *of)
{
    wick_problem *problem;
    const size_t p = width(of), k = of->k;
    double M[P_LIMIT * WIDEST], q[P_LIMIT], a[P_LIMIT], P[WIDEST * WIDEST];
    for (size_t i = 0; i < p; i++) {
        memcpy(M + i * k, of->M[i % of->classes], k * sizeof *M);
        q[i] = of->q[i % of->classes];
        a[i] = of->a[i % of->classes];
    }
    for (size_t r = 0; r < k; r++) memcpy(P + r * k, of->P[r], k * sizeof *P);
    assert_int_equal(wick_problem_alloc(context, &problem), WICK_OK);
    set(context, problem, "activation", of->function[0]->text);
    set(context, problem, "target_activation", of->function[1]->text);
    if (of->function[0] != &relu_activation) set(context, problem, "method", "quadrature");
    set(context, problem, "regime", isinf(of->d) ? "mean-field-high-d" : "mean-field");
    if (isfinite(of->d)) set_number(context, problem, "d", of->d);
    set_number(context, problem, "tol", of->tolerance);
    set_number(context, problem, "noise", of->noise);
    set_number(context, problem, "learning_rate", of->rate);
    set_matrix(context, problem, "M", M, p, k);
    set_matrix(context, problem, "q", q, 1, p);
    set_matrix(context, problem, "a", a, 1, p);
    set_matrix(context, problem, "P", P, k, k);
    set_matrix(context, problem, "a_star", of->a_star, 1, k);
    return problem;
}

/* Drift and excess risk of the classes as evaluate() has them; false if refused. */
static bool ask(const setting *of, double *out, double *claimed)
{
    const size_t p = width(of), k = of->k, classes = of->classes;
    double state[P_LIMIT * (WIDEST + 1)], drift[P_LIMIT * (WIDEST + 1)];
    wick_context *context = wick_context_alloc();
    wick_problem *problem = make_problem(context, of);
    wick_system *system;
    const wick_status status = wick_system_compile(context, problem, &system);
    if (status != WICK_OK && !strstr(wick_context_message(context), "cannot be met"))
        fail_msg("%s", wick_context_message(context));
    if (status == WICK_OK) {
        assert_int_equal(wick_system_initial_state(context, system, state), WICK_OK);
        assert_int_equal(wick_system_drift(system, state, drift), WICK_OK);
        assert_int_equal(wick_system_risk(system, state, NULL, &out[classes * (k + 1)]), WICK_OK);
        for (size_t i = 0; i < classes; i++) {
            memcpy(out + i * (k + 1), drift + i * k, k * sizeof *out);
            out[i * (k + 1) + k] = drift[p * k + i];
        }
        const wick_accuracy accuracy = wick_system_accuracy(system);
        *claimed = accuracy.error;
        assert_true(accuracy.tolerance == of->tolerance && accuracy.error > 0 && accuracy.error <= accuracy.tolerance);
        wick_system_free(system);
    }
    wick_problem_free(problem);
    wick_context_free(context);
    return status == WICK_OK;
}

/* ---- A family of problems ---------------------------------------------------------------------------------------- */

static double uniform(gsl_rng *rng, double from, double to) { return from + (to - from) * gsl_rng_uniform(rng); }

static size_t pick(gsl_rng *rng, size_t count) { return (size_t)gsl_rng_uniform_int(rng, count); }

static const double sizes[] = {1e-8, 1e-3, 0.1, 0.5, 1, 2, 5}, target_sizes[] = {0.01, 0.3, 1, 1.5, 5};
static const double extra[] = {0, 1, 2, 8, 990, INFINITY, INFINITY};

static void draw_targets(gsl_rng *rng, setting *of)
{
    const double correlation = of->k > 1 ? uniform(rng, -0.4, 0.9) : 0;
    double size[WIDEST];
    for (size_t r = 0; r < of->k; r++) size[r] = target_sizes[pick(rng, sizeof target_sizes / sizeof *target_sizes)];
    for (size_t r = 0; r < of->k; r++)
        for (size_t s = 0; s < of->k; s++) of->P[r][s] = size[r] * size[s] * (r == s ? 1 : correlation);
    for (size_t r = 0; r < of->k; r++) of->a_star[r] = uniform(rng, -1, 1.5);
}

/* A combination of the targets, of norm about `size`; and what is outside. */
static void draw_student(gsl_rng *rng, setting *of, size_t i)
{
    const double size = sizes[pick(rng, sizeof sizes / sizeof *sizes)];
    const size_t kind = pick(rng, 6); /* in the target's space, on a target, outside, zero, or anything */
    for (size_t r = 0; r < of->k; r++) {
        of->M[i][r] = 0;
        for (size_t s = 0; s < of->k; s++) {
            const double share = kind == 1 ? (s == 0 ? size : 0) : size * uniform(rng, -1, 1) / (double)of->k;
            if (kind == 1 || kind != 2) of->M[i][r] += share / sqrt(of->P[s][s]) * of->P[r][s];
        }
        if (kind == 3 && size < 1e-2) of->M[i][r] = 0;
    }
    of->q[i] = kind < 2 || of->d == (double)of->k || (kind == 3 && size < 1e-2) ? 0 : size * size * uniform(rng, 0.1, 1);
    of->a[i] = uniform(rng, -1, 2);
}

static setting draw(gsl_rng *rng)
{
    static const size_t copies[] = {1, 1, 1, 2, 33};
    static const double tolerances[] = {1e-8, 1e-8, 1e-5, 1e-10};
    setting of = {.k = 1 + pick(rng, 3) % (1 + pick(rng, WIDEST)), .classes = 1 + pick(rng, CLASSES)};
    for (size_t i = 0; i < 2; i++) of.function[i] = &activations[pick(rng, pick(rng, 4) ? MILD : ACTIVATIONS)];
    of.copies = copies[pick(rng, 5)];
    of.d = (double)of.k + extra[pick(rng, 7)];
    of.noise = pick(rng, 2) ? 0 : uniform(rng, 0, 2);
    of.rate = uniform(rng, 0.1, 2);
    of.tolerance = tolerances[pick(rng, 4)];
    draw_targets(rng, &of);
    for (size_t i = 0; i < of.classes; i++) draw_student(rng, &of, i);
    return of;
}

static void show(const setting *of)
{
    print_message("%s learning %s, p = %zu (%zu classes), k = %zu, d = %g, tol %g, noise %g, rate %g\n",
                  of->function[0]->text, of->function[1]->text, width(of), of->classes, of->k, of->d, of->tolerance,
                  of->noise, of->rate);
    for (size_t i = 0; i < of->classes; i++) {
        print_message("    q %.17g, a %.17g, M", of->q[i], of->a[i]);
        for (size_t r = 0; r < of->k; r++) print_message(" %.17g", of->M[i][r]);
        print_message("\n");
    }
    for (size_t r = 0; r < of->k; r++) {
        print_message("    a* %.17g, P", of->a_star[r]);
        for (size_t s = 0; s < of->k; s++) print_message(" %.17g", of->P[r][s]);
        print_message("\n");
    }
}

/* ---- Tests ------------------------------------------------------------------------------------------------------- */

typedef struct {
    size_t kept, refused, unknown; /* unknown: brute force is not sure itself */
    double worst, used;            /* |error| / claimed; claimed / tolerance */
} counts;

/* The largest |error| over what is claimed of it. Brute force's own error is the difference of two grids, and rounding. */
static double ratio_of(const setting *of, const double *found, const double *fine, const double *coarse, double claimed)
{
    double worst = 0;
    for (size_t i = 0; i < of->classes * (of->k + 1) + 1; i++) {
        const double scale = fmax(1, fabs(fine[i])), own = fabs(fine[i] - coarse[i]) + 1e-13 * scale;
        const double ratio = fmax(0, fabs(found[i] - fine[i]) - own) / (claimed * scale);
        if (!(ratio <= worst)) worst = ratio;
    }
    return worst;
}

static bool is_sure(const setting *of, const double *fine, const double *coarse)
{
    for (size_t i = 0; i < of->classes * (of->k + 1) + 1; i++)
        if (!(fabs(fine[i] - coarse[i]) <= 1e-11 * fmax(1, fabs(fine[i])))) return false;
    return true;
}

static void check(const setting *of, counts *all)
{
    double found[CLASSES * (WIDEST + 1) + 1], fine[CLASSES * (WIDEST + 1) + 1], coarse[CLASSES * (WIDEST + 1) + 1], claimed;
    if (getenv("WICK_SHOW")) show(of);
    if (!ask(of, found, &claimed)) {
        all->refused++;
        return;
    }
    evaluate(of, 0.3, fine);
    evaluate(of, 0.3 * 1.0837, coarse);
    if (!is_sure(of, fine, coarse)) {
        all->unknown++;
        return;
    }
    all->kept++;
    const double ratio = ratio_of(of, found, fine, coarse, claimed);
    if (!(ratio <= 1)) {
        show(of);
        for (size_t i = 0; i < of->classes * (of->k + 1) + 1; i++) print_message("%.17g, right %.17g\n", found[i], fine[i]);
        fail_msg("error %g times what is claimed, %g", ratio, claimed);
    }
    all->worst = fmax(all->worst, ratio);
    all->used = fmax(all->used, claimed / of->tolerance);
}

static long number(const char *name, long standard)
{
    const char *text = getenv(name);
    return text ? atol(text) : standard;
}

static void say(const counts *all)
{
    print_message("%zu kept, %zu refused, %zu beyond brute force; worst error / claimed %.3g, claimed / tolerance %.3g\n",
                  all->kept, all->refused, all->unknown, all->worst, all->used);
}

static void test_random_problems(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, (unsigned long)number("WICK_SEED", 1));
    counts all = {0};
    for (long i = number("WICK_CASES", CASES); i > 0; i--) {
        const setting of = draw(rng);
        check(&of, &all);
    }
    say(&all);
    assert_true(all.kept > 3 * all.refused);
    gsl_rng_free(rng);
}

/* Pairs of relu by their angles. */
static void test_relu(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, (unsigned long)number("WICK_SEED", 1));
    counts all = {0};
    for (long i = number("WICK_CASES", CASES); i > 0; i--) {
        setting of = draw(rng);
        of.function[0] = of.function[1] = &relu_activation;
        check(&of, &all);
    }
    say(&all);
    assert_true(all.kept > 3 * all.refused);
    gsl_rng_free(rng);
}

/* One student class against one target, nothing drawn. */
static setting simple(const char *student, const char *target, double M, double q, double P, double d)
{
    setting of = {.classes = 1, .copies = 5, .k = 1, .d = d, .rate = 0.1, .tolerance = 1e-8};
    const char *const names[2] = {student, target};
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < ACTIVATIONS; j++)
            if (strcmp(names[i], activations[j].text) == 0) of.function[i] = &activations[j];
    assert_true(of.function[0] && of.function[1]);
    of.M[0][0] = M;
    of.q[0] = q;
    of.a[0] = of.a_star[0] = 1;
    of.P[0][0] = P;
    return of;
}

/* Students too short to need the orders that targets do; none of these may be refused. */
static void test_short_students(void **state)
{
    (void)state;
    static const char *const names[] = {"erf(x/sqrt(2))", "tanh(x)", "sigmoid(x)", "gelu(x)",
                                        "softplus(x)",    "sin(x)",  "1",          "x^2"};
    static const char *const targets[] = {"erf(x/sqrt(2))", "tanh(x)", "sin(3*x)", "x^2"};
    static const double norms[] = {0, 1e-8, 1e-4, 1e-2}, lengths[] = {1e-4, 1, 1.1, 25};
    counts all = {0};
    for (size_t i = 0; i < 8; i++)
        for (size_t t = 0; t < 4; t++)
            for (size_t n = 0; n < 4; n++)
                for (size_t l = 0; l < 4; l++) {
                    const double norm = norms[n], P = lengths[l];
                    const setting of = simple(names[i], targets[t], 0.7 * norm * sqrt(P), 0.51 * norm * norm, P, INFINITY);
                    const size_t before = all.refused;
                    check(&of, &all);
                    if (all.refused > before && norm < 1e-3)
                        fail_msg("%s learning %s, norm %g, P = %g: refused", names[i], targets[t], norm, P);
                }
    say(&all);
}

/* Cases that were wrong once, with their right values. */
static void test_known_values(void **state)
{
    (void)state;
    double found[CLASSES * (WIDEST + 1) + 1], claimed;
    const setting zero_start = simple("erf(x/sqrt(2))", "erf(x/sqrt(2))", 0, 0, 1, INFINITY);
    assert_true(ask(&zero_start, found, &claimed));
    assert_true(fabs(found[2] - 1.0 / 6) <= 1e-12);
    const setting constant = simple("1", "sin(3*x)", 0, 0.5, 1.1, INFINITY);
    assert_true(ask(&constant, found, &claimed));
    assert_true(fabs(found[2] - (0.5 + (1 - exp(-19.8)) / 4)) <= 1e-12);
}

/* What is narrower than any nodes are apart is seen, and refused where it is not resolved. */
static void test_spike(void **state)
{
    (void)state;
    static const char *const spikes[] = {"exp(-1e8*(x-1.2345)^2)", "tanh(x) + exp(-1e8*(x-1.2345)^2)"};
    const double M = 0.5, q = 0.3;
    for (size_t i = 0; i < 2; i++)
        for (size_t target = 0; target < 2; target++) {
            wick_context *context = wick_context_alloc();
            wick_problem *problem;
            wick_system *system = NULL;
            assert_int_equal(wick_problem_alloc(context, &problem), WICK_OK);
            set(context, problem, "activation", target ? "tanh(x)" : spikes[i]);
            set(context, problem, "target_activation", target ? spikes[i] : "tanh(x)");
            set(context, problem, "regime", "mean-field-high-d");
            set(context, problem, "learning_rate", "1");
            set_matrix(context, problem, "M", &M, 1, 1);
            set_matrix(context, problem, "q", &q, 1, 1);
            assert_int_equal(wick_system_compile(context, problem, &system), WICK_ERROR_PROBLEM);
            assert_non_null(strstr(wick_context_message(context), "cannot be met"));
            wick_problem_free(problem);
            wick_context_free(context);
        }
}

/* What a refusal says that can be met is met. */
static void test_advice(void **state)
{
    (void)state;
    static const char *const steep[] = {"tanh(5*x)", "erf(20*x)", "sin(10*x)"};
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++) {
            setting of = simple(steep[i], steep[j], 0.5, 1, 4, INFINITY);
            double found[CLASSES * (WIDEST + 1) + 1], claimed;
            wick_context *context = wick_context_alloc();
            wick_problem *problem = make_problem(context, &of);
            wick_system *system = NULL;
            if (wick_system_compile(context, problem, &system) != WICK_OK) {
                const char *reached = strstr(wick_context_message(context), "reached ");
                assert_non_null(reached);
                const char *advice = strstr(reached, "; ");
                if (advice) {
                    of.tolerance = strtod(advice + 2, NULL);
                    assert_true(of.tolerance > 1e-8 && of.tolerance < 1);
                    assert_true(ask(&of, found, &claimed));
                }
            }
            wick_system_free(system);
            wick_problem_free(problem);
            wick_context_free(context);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_values), cmocka_unit_test(test_short_students), cmocka_unit_test(test_spike),
        cmocka_unit_test(test_advice),       cmocka_unit_test(test_relu),           cmocka_unit_test(test_random_problems),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
