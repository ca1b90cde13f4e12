/* Whole runs: bytes make a small problem, which is compiled, evaluated, integrated and simulated.
 *
 * The input: bytes, each of which chooses something, in the order of draw() below; what is missing is made up. Where student
 * and target have closed forms, quadrature must agree with them; copies, Jacobians and risks with what they should be.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "problem/methods.h"
#include "problem/problem.h"
#include "wick/wick.h"

enum { WIDTH = 3, FIELDS = 2 * WIDTH, STATE = WIDTH * WIDTH + WIDTH * (WIDTH + 1) / 2 + WIDTH, PROGRESS_LIMIT = 30 };

/* ---- The problem ------------------------------------------------------------------------------------------------- */

typedef struct {
    const uint8_t *data;
    size_t size, position;
} input;

static unsigned next(input *in)
{
    const size_t at = in->position++;
    return at < in->size ? in->data[at] : (unsigned)(at * 167 + 13) % 256;
}

static double next_weight(input *in) { return ((double)next(in) - 100) / 64; }

typedef enum { POLYNOMIAL, ERF, PIECEWISE, SMOOTH, KINKED } kind;

static const struct {
    const char *text;
    kind kind;
} activations[] = {
    {"x^2", POLYNOMIAL},
    {"x^3 - x", POLYNOMIAL},
    {"(x-1)^3/2", POLYNOMIAL},
    {"he3", POLYNOMIAL},
    {"1", POLYNOMIAL},
    {"x/3", POLYNOMIAL},
    {"erf(x/sqrt(2))", ERF},
    {"2*erf(3*x)", ERF},
    {"relu", PIECEWISE},
    {"abs(x) - x/2", PIECEWISE},
    {"leaky_relu(x, 0.1)", PIECEWISE},
    {"tanh", SMOOTH},
    {"sigmoid(2*x)", SMOOTH},
    {"gelu", SMOOTH},
    {"softplus(3*x)", SMOOTH},
    {"x*tanh(x)", SMOOTH},
    {"exp(-x^2/2)", SMOOTH},
    {"sin(3*x)", SMOOTH},
    {"tanh(20*x)", SMOOTH},
    {"relu(x - 1)", KINKED},
    {"relu(x)*exp(-x^2)", KINKED},
};

enum { ACTIVATIONS = sizeof activations / sizeof *activations };

/* Polynomials, erf and relu's kin, whose closed forms need no other integral. */
static bool has_closed_form(size_t student, size_t target, wick_regime regime)
{
    const kind a = activations[student].kind, b = activations[target].kind;
    if (a != b || a > PIECEWISE || regime > WICK_HIGH_DIMENSIONAL) return false;
    return a != PIECEWISE || regime != WICK_HIGH_DIMENSIONAL;
}

typedef struct {
    size_t student, target, p, k;
    wick_regime regime;
    bool trained;
    double learning_rate, noise;
    const char *method;
    double Q[WIDTH * WIDTH], M[WIDTH * WIDTH], P[WIDTH * WIDTH], q[WIDTH], a[WIDTH], a_star[WIDTH];
    unsigned engine, seed;
} study;

static double product(const double *u, const double *v)
{
    double sum = 0;
    for (size_t i = 0; i < FIELDS; i++) sum += u[i] * v[i];
    return sum / FIELDS;
}

/* Overlaps of weights, so that they are possible ones. Students may nearly coincide with each other or with targets. */
static void draw_state(input *in, study *drawn)
{
    double fields[2 * WIDTH][FIELDS];
    const size_t p = drawn->p, k = drawn->k;
    for (size_t j = 0; j < p + k; j++) {
        const unsigned how = next(in), of = next(in);
        for (size_t i = 0; i < FIELDS; i++) {
            const double weight = next_weight(in);
            fields[j][i] = j > 0 && how % 4 == 1 ? fields[of % j][i] + weight * pow(10, -(double)(how / 4 % 16)) : weight;
        }
        if (how % 4 == 2 && j < p) memset(fields[j], 0, sizeof fields[j]);
    }
    for (size_t j = 0; j < p + k; j++)
        for (size_t l = 0; l < p + k; l++) {
            const double overlap = product(fields[j], fields[l]);
            if (j < p && l < p) drawn->Q[j * p + l] = overlap;
            if (j < p && l >= p) drawn->M[j * k + l - p] = overlap;
            if (j >= p && l >= p) drawn->P[(j - p) * k + l - p] = overlap;
        }
    for (size_t j = 0; j < p; j++) drawn->q[j] = fabs(next_weight(in)), drawn->a[j] = next_weight(in);
    for (size_t r = 0; r < k; r++) drawn->a_star[r] = next_weight(in);
}

static study draw(input *in)
{
    static const double rates[] = {0, 0.1, 1, 5}, noises[] = {0, 0.01, 1};
    study drawn = {.student = next(in) % ACTIVATIONS, .target = next(in) % ACTIVATIONS};
    const unsigned layer = next(in);
    drawn.regime = (wick_regime)(next(in) % 5);
    drawn.trained = layer % 2 == 1 && drawn.regime <= WICK_HIGH_DIMENSIONAL;
    drawn.p = 1 + next(in) % WIDTH;
    drawn.k = 1 + next(in) % WIDTH;
    drawn.learning_rate = rates[next(in) % 4];
    drawn.noise = noises[next(in) % 3];
    drawn.method = wick_method_row_at(next(in) % wick_method_row_count())->name;
    drawn.engine = next(in) % 3;
    drawn.seed = next(in);
    draw_state(in, &drawn);
    return drawn;
}

/* ---- Into the library -------------------------------------------------------------------------------------------- */

typedef struct {
    wick_context *context;
    wick_problem *problem;
    const study *of;
} run;

static wick_status set_number(const run *self, const char *key, double value)
{
    char text[64];
    snprintf(text, sizeof text, "%.17g", value);
    return wick_problem_set(self->context, self->problem, key, text);
}

static wick_status set_words(const run *self, const char *method)
{
    static const char *const regimes[] = {"classical", "classical-noise", "high-dimensional", "mean-field",
                                          "mean-field-high-d"};
    const study *of = self->of;
    const char *const words[][2] = {{"activation", activations[of->student].text},
                                    {"target_activation", activations[of->target].text},
                                    {"regime", regimes[of->regime]},
                                    {"second_layer", of->trained ? "trained" : "fixed"},
                                    {"integrator.method", of->method},
                                    {"time", "{\"at\": [0, 0.001, 0.01]}"},
                                    {"d", "9"},
                                    {"method", method}};
    wick_status status = strcmp(of->method, "euler") == 0 ? set_number(self, "dt", 0.001) : WICK_OK;
    for (size_t i = 0; status == WICK_OK && i < sizeof words / sizeof *words; i++)
        if (words[i][1]) status = wick_problem_set(self->context, self->problem, words[i][0], words[i][1]);
    if (status == WICK_OK) status = set_number(self, "learning_rate", of->learning_rate);
    return status == WICK_OK ? set_number(self, "noise", of->noise) : status;
}

static wick_status set_overlaps(const run *self)
{
    const study *of = self->of;
    wick_context *context = self->context;
    wick_problem *problem = self->problem;
    const bool reduced = of->regime >= WICK_MEAN_FIELD;
    wick_status status = wick_problem_set_matrix(context, problem, "M", of->M, of->p, of->k);
    if (status == WICK_OK) status = wick_problem_set_matrix(context, problem, "P", of->P, of->k, of->k);
    if (status == WICK_OK && !reduced) status = wick_problem_set_matrix(context, problem, "Q", of->Q, of->p, of->p);
    if (status == WICK_OK && reduced) status = wick_problem_set_matrix(context, problem, "q", of->q, 1, of->p);
    if (status == WICK_OK) status = wick_problem_set_matrix(context, problem, "a", of->a, 1, of->p);
    return status == WICK_OK ? wick_problem_set_matrix(context, problem, "a_star", of->a_star, 1, of->k) : status;
}

/* `method` as in a problem, or NULL. */
static wick_status compile(run *self, const char *method, wick_system **system)
{
    *system = NULL;
    self->problem = NULL;
    fuzz_expect(wick_problem_alloc(self->context, &self->problem) == WICK_OK, "no memory for a problem");
    wick_status status = set_words(self, method);
    fuzz_expect(status == WICK_OK, "a key is refused: %s", wick_context_message(self->context));
    status = set_overlaps(self);
    if (status == WICK_OK) status = wick_system_compile(self->context, self->problem, system);
    fuzz_expect_message(self->context, status);
    return status;
}

/* ---- What must hold ---------------------------------------------------------------------------------------------- */

static double largest(const double *values, size_t count)
{
    double found = 0;
    for (size_t i = 0; i < count; i++) {
        fuzz_expect(isfinite(values[i]), "%g with a status of success", values[i]);
        found = fmax(found, fabs(values[i]));
    }
    return found;
}

typedef struct {
    size_t dimension;
    double state[STATE], drift[STATE], risk, excess;
    bool known; /* the drift could be evaluated */
} values;

static void evaluate(const run *self, wick_system *system, values *at)
{
    at->dimension = wick_system_dimension(system);
    fuzz_expect(at->dimension <= STATE, "%zu entries", at->dimension);
    fuzz_expect(wick_system_initial_state(self->context, system, at->state) == WICK_OK, "no initial state");
    largest(at->state, at->dimension);
    at->known = wick_system_drift(system, at->state, at->drift) == WICK_OK &&
                wick_system_risk(system, at->state, &at->risk, &at->excess) == WICK_OK;
    if (!at->known) return;
    largest(at->drift, at->dimension);
    const double scale = 1 + fabs(at->risk);
    fuzz_expect(isfinite(at->risk) && at->excess > -1e-7 * scale, "an excess risk of %g", at->excess);
    fuzz_expect(fabs(at->risk - at->excess - self->of->noise / 2) <= 1e-12 * scale, "risk %g, excess risk %g", at->risk,
                at->excess);
    const wick_accuracy accuracy = wick_system_accuracy(system);
    fuzz_expect(accuracy.error <= accuracy.tolerance, "error %g beyond the tolerance %g", accuracy.error,
                accuracy.tolerance);
}

static void check_copy(const run *self, const wick_system *system, const values *at)
{
    wick_system *copy = NULL;
    double drift[STATE];
    fuzz_expect(wick_system_copy(self->context, system, &copy) == WICK_OK, "%s", wick_context_message(self->context));
    fuzz_expect(wick_system_drift(copy, at->state, drift) == WICK_OK, "a copy's drift fails");
    fuzz_expect(memcmp(drift, at->drift, at->dimension * sizeof *drift) == 0, "a copy has another drift");
    wick_system_free(copy);
}

/* Along one direction, by central differences, where nothing bends: polynomials. */
static void check_jacobian(const run *self, wick_system *system, const values *at)
{
    static double jacobian[STATE * STATE];
    const size_t n = at->dimension;
    const wick_status status = wick_system_jacobian(self->context, system, at->state, jacobian);
    fuzz_expect_message(self->context, status);
    if (status != WICK_OK) return;
    const double scale = 1 + largest(jacobian, n * n), step = 1e-5;
    if (activations[self->of->student].kind != POLYNOMIAL || activations[self->of->target].kind != POLYNOMIAL) return;
    double up[STATE], down[STATE], beyond[STATE], before[STATE];
    for (size_t s = 0; s < n; s++) {
        up[s] = at->state[s] + step * (s % 2 ? 1 : -0.5);
        down[s] = at->state[s] - step * (s % 2 ? 1 : -0.5);
    }
    if (wick_system_drift(system, up, beyond) != WICK_OK || wick_system_drift(system, down, before) != WICK_OK) return;
    for (size_t i = 0; i < n; i++) {
        double slope = 0;
        for (size_t s = 0; s < n; s++) slope += jacobian[i * n + s] * (s % 2 ? 1 : -0.5);
        const double difference = (beyond[i] - before[i]) / (2 * step);
        fuzz_expect(fabs(slope - difference) <= 1e-5 * scale + 1e-10 * fabs(beyond[i]) / step,
                    "entry %zu of the Jacobian: %.10g, differences say %.10g", i, slope, difference);
    }
}

typedef struct {
    int calls;
    size_t points;
} watch;

static int observe(void *user, const wick_point *point)
{
    watch *self = user;
    fuzz_expect(point->index == self->points++, "output number %zu", point->index);
    largest(point->state, point->dimension);
    fuzz_expect(isfinite(point->risk) && isfinite(point->excess_risk), "a risk of %g", point->risk);
    return 0;
}

static int limit(void *user, double time, double end)
{
    watch *self = user;
    fuzz_expect(time >= 0 && time <= end, "time %g of %g", time, end);
    return ++self->calls > PROGRESS_LIMIT;
}

static int observe_sample(void *user, const wick_sample *sample)
{
    watch *self = user;
    self->points++;
    fuzz_expect(isfinite(sample->risk.mean) && isfinite(sample->risk.deviation), "a risk of %g", sample->risk.mean);
    return 0;
}

static void move(const run *self, wick_system *system)
{
    watch integration = {0, 0}, simulation = {0, 0};
    wick_report report;
    wick_status status = wick_integrate(self->context, self->problem, system, observe, limit, &integration, &report);
    if (status != WICK_STOPPED) fuzz_expect_message(self->context, status);
    fuzz_expect(status != WICK_OK || integration.points == 3, "%zu outputs", integration.points);
    if (self->of->regime > WICK_HIGH_DIMENSIONAL || self->of->learning_rate <= 0) return;
    const wick_simulation how = {.engine = (wick_engine)self->of->engine, .seed = self->of->seed, .runs = 1, .threads = 1};
    status = wick_simulate(self->context, self->problem, system, &how, observe_sample, limit, &simulation, &report);
    if (status != WICK_STOPPED) fuzz_expect_message(self->context, status);
}

/* Both ways to the same numbers, where there are two. */
static void check_quadrature(const run *self, const values *exact)
{
    run other = *self;
    wick_system *system;
    values found;
    if (!has_closed_form(self->of->student, self->of->target, self->of->regime)) return;
    if (compile(&other, "quadrature", &system) == WICK_OK) evaluate(&other, system, &found);
    if (system && found.known) {
        const double tolerance = 2e-8;
        for (size_t i = 0; i < exact->dimension; i++)
            fuzz_expect(fabs(found.drift[i] - exact->drift[i]) <= tolerance * fmax(1, fabs(exact->drift[i])),
                        "entry %zu of the drift: %.17g, by quadrature %.17g", i, exact->drift[i], found.drift[i]);
        fuzz_expect(fabs(found.risk - exact->risk) <= tolerance * fmax(1, exact->risk), "risk %.17g, by quadrature %.17g",
                    exact->risk, found.risk);
    }
    wick_system_free(system);
    wick_problem_free(other.problem);
}

/* What one drift costs under sanitizers: nothing where forms are closed, and too much where four fields or pairs of students
 * of the mean field go by quadrature over kinks. */
typedef enum { CHEAP, DEAR, TOO_DEAR } cost;

static cost cost_of(const study *drawn)
{
    const kind a = activations[drawn->student].kind, b = activations[drawn->target].kind;
    const bool kinked = a == KINKED || b == KINKED || a == PIECEWISE || b == PIECEWISE;
    const size_t width = drawn->p > drawn->k ? drawn->p : drawn->k;
    if (has_closed_form(drawn->student, drawn->target, drawn->regime) || (a == POLYNOMIAL && b == POLYNOMIAL)) return CHEAP;
    if (kinked && (width > 1 || drawn->regime >= WICK_HIGH_DIMENSIONAL)) return TOO_DEAR;
    return width > 1 || drawn->regime >= WICK_HIGH_DIMENSIONAL ? DEAR : CHEAP;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_limit_time();
    input in = {data, size, 0};
    const study drawn = draw(&in);
    const cost drift = cost_of(&drawn);
    if (drift == TOO_DEAR) return 0;
    run self = {.context = wick_context_alloc(), .of = &drawn};
    wick_system *system;
    values at = {0};
    fuzz_expect(self.context != NULL, "no memory for a context");
    if (compile(&self, NULL, &system) == WICK_OK) {
        evaluate(&self, system, &at);
        if (at.known) {
            check_copy(&self, system, &at);
            check_jacobian(&self, system, &at);
            check_quadrature(&self, &at);
        }
        if (drift == CHEAP) move(&self, system);
    }
    wick_system_free(system);
    wick_problem_free(self.problem);
    wick_context_free(self.context);
    return 0;
}
