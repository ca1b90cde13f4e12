/* See flow.h. */
#include "simulate/flow.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/rules.h"

/* E[f^{(m)}(sqrt(v) z)] as polynomials in v, for m up to the degree of f: coefficients of order m from m * (degree + 1) on.
 */
typedef struct {
    size_t degree;
    double *coefficient;
} mean_table;

struct wick_flow {
    size_t p, k, n;
    bool trained;
    const wick_problem *problem; /* which tells the learning rules at any time */
    wick_layout layout;          /* of states */
    wick_coordinates start;
    double *a, *a_star;
    mean_table student, target;
    size_t orders;  /* of derivatives in `means` */
    double *fields; /* n x columns: students, then targets */
    double *omega;  /* n x n */
    double *means;  /* n x orders: E[f_alpha^{(m)}(l_alpha)] */
};

/* ---- Making one ---------------------------------------------------------------------------------------------------- */

static wick_status make_table(wick_context *context, const wick_polynomial *polynomial, mean_table *table)
{
    table->degree = polynomial->count > 0 ? polynomial->count - 1 : 0;
    const size_t width = table->degree + 1;
    table->coefficient = wick_allocate(width, width, sizeof *table->coefficient);
    wick_polynomial mean = WICK_POLYNOMIAL_ZERO;
    bool made = table->coefficient != NULL;
    for (size_t m = 0; m < width && made; ++m) {
        made = wick_polynomial_gaussian_mean(&mean, polynomial, m);
        for (size_t i = 0; made && i < mean.count; ++i)
            table->coefficient[m * width + i] = wick_rational_value(mean.coefficient[i]);
    }
    wick_polynomial_clear(&mean);
    return made ? WICK_OK : wick_fail_memory(context, "preparing the gradient flow");
}

static wick_status allocate(wick_context *context, const wick_problem *problem, wick_flow *flow)
{
    const size_t p = flow->p, k = flow->k, n = flow->n, columns = flow->start.columns, inside = flow->start.inside;
    flow->a = wick_allocate(p, 1, sizeof *flow->a);
    flow->a_star = wick_allocate(k, 1, sizeof *flow->a_star);
    flow->fields = wick_allocate(n, columns, sizeof *flow->fields);
    flow->omega = wick_allocate(n, n, sizeof *flow->omega);
    flow->means = wick_allocate(n, flow->orders, sizeof *flow->means);
    if (!flow->a || !flow->a_star || !flow->fields || !flow->omega || !flow->means)
        return wick_fail_memory(context, "preparing the gradient flow");
    memcpy(flow->a, problem->a, p * sizeof *flow->a);
    memcpy(flow->a_star, problem->a_star, k * sizeof *flow->a_star);
    for (size_t r = 0; r < k; ++r)
        memcpy(flow->fields + (p + r) * columns, flow->start.T + r * inside, inside * sizeof *flow->fields);
    return WICK_OK;
}

wick_status wick_flow_alloc(wick_context *context, const wick_problem *problem, const wick_polynomial *student,
                            const wick_polynomial *target, wick_flow **flow)
{
    wick_flow *made = calloc(1, sizeof *made);
    if (!made) return wick_fail_memory(context, "preparing the gradient flow");
    made->p = problem->p;
    made->k = problem->k;
    made->n = problem->p + problem->k;
    made->layout = wick_layout_of(problem->regime, problem->second_layer_trained, problem->p, problem->k);
    made->trained = problem->second_layer_trained;
    made->problem = problem;
    wick_status status = wick_coordinates_find(context, problem, &made->start);
    if (status == WICK_OK) status = make_table(context, student, &made->student);
    if (status == WICK_OK) status = make_table(context, target, &made->target);
    made->orders = 1 + (made->student.degree > made->target.degree ? made->student.degree : made->target.degree);
    if (status == WICK_OK) status = allocate(context, problem, made);
    if (status == WICK_OK)
        *flow = made;
    else
        wick_flow_free(made);
    return status;
}

void wick_flow_free(wick_flow *flow)
{
    if (!flow) return;
    wick_coordinates_clear(&flow->start);
    free(flow->student.coefficient);
    free(flow->target.coefficient);
    free(flow->a);
    free(flow->a_star);
    free(flow->fields);
    free(flow->omega);
    free(flow->means);
    free(flow);
}

/* ---- The flow ------------------------------------------------------------------------------------------------------ */

static void fill_omega(wick_flow *flow)
{
    const size_t n = flow->n, columns = flow->start.columns;
    for (size_t i = 0; i < n; ++i)
        for (size_t j = 0; j <= i; ++j) {
            double sum = 0;
            for (size_t b = 0; b < columns; ++b) sum += flow->fields[i * columns + b] * flow->fields[j * columns + b];
            flow->omega[i * n + j] = flow->omega[j * n + i] = sum;
        }
}

static void fill_means(wick_flow *flow)
{
    for (size_t i = 0; i < flow->n; ++i) {
        const mean_table *table = i < flow->p ? &flow->student : &flow->target;
        const size_t width = table->degree + 1;
        const double variance = flow->omega[i * flow->n + i];
        for (size_t m = 0; m < flow->orders; ++m) {
            double mean = 0;
            for (size_t power = width; power-- > 0 && m < width;)
                mean = mean * variance + table->coefficient[m * width + power];
            flow->means[i * flow->orders + m] = mean;
        }
    }
}

/* T^{uv} = E[f_i^{(u)}(l_i) f_j^{(v)}(l_j)]. */
static double pair_mean(const wick_flow *flow, size_t i, size_t u, size_t j, size_t v)
{
    const double *first = flow->means + i * flow->orders, *second = flow->means + j * flow->orders;
    const double overlap = flow->omega[i * flow->n + j];
    double sum = 0, power = 1;
    for (size_t m = 0; u + m < flow->orders && v + m < flow->orders; ++m) {
        sum += power * first[u + m] * second[v + m];
        power *= overlap / (double)(m + 1);
    }
    return sum;
}

/* Row j of dW/dt; returns E[s(l_j) E]. */
static double student_drift(const wick_flow *flow, const double *a, size_t j, double *row)
{
    const size_t p = flow->p, columns = flow->start.columns;
    double own = 0, second_layer = 0;
    memset(row, 0, columns * sizeof *row);
    const size_t first = flow->problem->rules & WICK_CORRELATION ? p : 0;
    for (size_t i = first; i < flow->n; ++i) {
        const double c = i < p ? -a[i] / (double)p : flow->a_star[i - p] / (double)flow->k;
        own += c * pair_mean(flow, j, 2, i, 0);
        second_layer += c * pair_mean(flow, j, 0, i, 0);
        const double factor = a[j] * c * pair_mean(flow, j, 1, i, 1);
        for (size_t b = 0; b < columns; ++b) row[b] += factor * flow->fields[i * columns + b];
    }
    for (size_t b = 0; b < columns; ++b) row[b] += a[j] * own * flow->fields[j * columns + b];
    return second_layer;
}

/* Both constraints are this without noise: a row's part along its student is taken away. */
static void stay_on_sphere(const double *w, size_t columns, double *row)
{
    double along = 0, square = 0;
    for (size_t b = 0; b < columns; ++b) {
        along += w[b] * row[b];
        square += w[b] * w[b];
    }
    for (size_t b = 0; b < columns; ++b) row[b] -= along / square * w[b];
}

static void drift(void *self, double time, const double *weights, double *out)
{
    wick_flow *flow = self;
    double parameter[WICK_PARAMETER_COUNT];
    wick_problem_parameters_at(flow->problem, time, parameter);
    const wick_rules rules = wick_rules_of(flow->problem->rules, flow->p, parameter);
    const size_t p = flow->p, columns = flow->start.columns;
    memcpy(flow->fields, weights, p * columns * sizeof *weights);
    fill_omega(flow);
    fill_means(flow);
    const double *a = flow->trained ? weights + p * columns : flow->a;
    for (size_t j = 0; j < p; ++j) {
        const wick_layer_rule *first = &rules.layer[WICK_WEIGHTS], *second = &rules.layer[WICK_SECOND_LAYER];
        const double second_layer = student_drift(flow, a, j, out + j * columns);
        if (flow->problem->rules & WICK_CONSTRAINTS) stay_on_sphere(weights + j * columns, columns, out + j * columns);
        for (size_t b = j * columns; b < (j + 1) * columns; ++b) out[b] = first->rate * out[b] - first->decay * weights[b];
        if (flow->trained) out[p * columns + j] = second->rate * second_layer - second->decay * a[j];
    }
}

static double no_risk(void *self, const double *weights)
{
    (void)self;
    (void)weights;
    return 0;
}

wick_dynamics wick_flow_dynamics(wick_flow *flow)
{
    const size_t weights = flow->p * flow->start.columns;
    return (wick_dynamics){.layout = flow->layout,
                           .dimension = weights + (flow->trained ? flow->p : 0),
                           .self = flow,
                           .drift = drift,
                           .excess_risk = no_risk};
}

void wick_flow_start(const wick_flow *flow, double *weights)
{
    const size_t count = flow->p * flow->start.columns;
    memcpy(weights, flow->start.W, count * sizeof *weights);
    if (flow->trained) memcpy(weights + count, flow->a, flow->p * sizeof *weights);
}

static double dot(const double *x, const double *y, size_t count)
{
    double sum = 0;
    for (size_t b = 0; b < count; ++b) sum += x[b] * y[b];
    return sum;
}

void wick_flow_state(const wick_flow *flow, const double *weights, double *state)
{
    const size_t p = flow->p, k = flow->k, columns = flow->start.columns, inside = flow->start.inside;
    const wick_layout *layout = &flow->layout;
    for (size_t j = 0; j < p; ++j) {
        const double *w = weights + j * columns;
        for (size_t r = 0; r < k; ++r)
            state[wick_layout_at(layout, WICK_BLOCK_M, j, r)] = dot(w, flow->start.T + r * inside, inside);
        for (size_t l = j; l < p; ++l)
            state[wick_layout_at(layout, WICK_BLOCK_Q, j, l)] = dot(w, weights + l * columns, columns);
    }
    if (flow->trained) memcpy(state + wick_layout_start(layout, WICK_BLOCK_LAYER), weights + p * columns, p * sizeof *state);
}
