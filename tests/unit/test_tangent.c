/* J v and J^T u against the dense Jacobian and against each other, and the gradient of the risk against differences: of
 * polynomials, erf and relu, in every regime with a full state, with fixed and trained second layers and learning rules, on
 * random states; in memory and emitted as C.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"
#include "wick/wick.h"

static const double tolerance = 1e-12; /* relative to the sizes of what is added */

static double *allocate(size_t count)
{
    double *made = calloc(count, sizeof *made);
    assert_non_null(made);
    return made;
}

typedef struct {
    const char *student, *target, *p, *k;
} shape;

static const shape shapes[] = {
    {"x", "x", "2", "1"},
    {"x^2", "x^2", "3", "2"},
    {"x^2", "x^2", "9", "3"},
    {"x^2+x/2-1/3", "x^3-x", "3", "2"},
    {"x^3", "x^3", "3", "2"},
    {"x^3-x^2/2+x-1/4", "x^2+1/2", "2", "3"},
    {"he3+x^2/3", "he4", "4", "2"},
    {"x^4/4-x", "x^3/3", "2", "2"},
    {"x^5/10+x^2", "x^5/9-x^3", "2", "1"},
    {"x^3/2+x^2", "x", "9", "1"},
    {"he3+x^2", "he3+x^2", "4", "2"},
    {"erf(x/sqrt(2))", "erf(x/sqrt(2))", "2", "1"},
    {"1.5*erf(0.8*x)", "-erf(x/2)", "4", "3"},
    {"erf(5*x)", "erf(4*x)", "3", "2"},
    {"relu(x)", "relu(x)", "3", "2"},
    {"leaky_relu(x,0.1)-0.3*x", "2*relu(x)", "4", "3"},
};

static const char *const regimes[] = {"classical", "classical-noise", "high-dimensional"};
static const char *const rules[][6] = {
    {NULL},
    {"weight_decay", "0.4", NULL},
    {"weight_decay", "0.3", "time.clock", "steps", NULL},
    {"second_layer_rate", "0.2", "second_layer_decay", "0.7", NULL},
    {"loss", "correlation", NULL},
    {"constraint", "sphere", NULL},
    {"constraint", "spherical-gradient", "weight_decay", "0.3", NULL},
    {"learning_rate", "2.4/(1+t)", NULL},
};

typedef struct {
    wick_context *context;
    wick_problem *problem;
    wick_system *system;
    size_t n;
    double *state, *v, *u, *Jv, *Ju, *J;
    gsl_rng *rng;
    bool constrained;
    char what[512];
} subject;

static void set(subject *of, const char *key, const char *value)
{
    if (wick_problem_set(of->context, of->problem, key, value) != WICK_OK)
        fail_msg("%s: %s", of->what, wick_context_message(of->context));
}

/* A random positive definite Omega comes from the random start; the second layer is drawn here. */
static void draw(subject *of)
{
    assert_int_equal(wick_system_initial_state(of->context, of->system, of->state), WICK_OK);
    for (size_t i = 0; i < of->n; ++i) {
        of->v[i] = gsl_ran_gaussian(of->rng, 1);
        of->u[i] = gsl_ran_gaussian(of->rng, 1);
    }
}

static subject open_subject(const shape *one, size_t regime, bool trained, size_t rule, unsigned long seed)
{
    subject of = {.context = wick_context_alloc()};
    snprintf(of.what, sizeof of.what, "%s on %s, p = %s, k = %s, %s, %s, rule %zu", one->student, one->target, one->p,
             one->k, regimes[regime], trained ? "trained" : "fixed", rule);
    assert_int_equal(wick_problem_alloc(of.context, &of.problem), WICK_OK);
    char text[32];
    snprintf(text, sizeof text, "%lu", seed);
    const char *const keys[][2] = {{"activation", one->student},
                                   {"target_activation", one->target},
                                   {"p", one->p},
                                   {"k", one->k},
                                   {"d", "25"},
                                   {"learning_rate", "0.6"},
                                   {"noise", "0.3"},
                                   {"regime", regimes[regime]},
                                   {"second_layer", trained ? "trained" : "fixed"},
                                   {"initial.random.seed", text},
                                   {"initial.random.orthonormal_target", "false"}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; ++i) set(&of, keys[i][0], keys[i][1]);
    of.constrained = rules[rule][0] && strcmp(rules[rule][0], "constraint") == 0;
    for (size_t i = 0; rules[rule][i]; i += 2) set(&of, rules[rule][i], rules[rule][i + 1]);
    if (wick_system_compile(of.context, of.problem, &of.system) != WICK_OK)
        fail_msg("%s: %s", of.what, wick_context_message(of.context));
    of.n = wick_system_dimension(of.system);
    of.state = allocate(of.n);
    of.v = allocate(of.n);
    of.u = allocate(of.n);
    of.Jv = allocate(of.n);
    of.Ju = allocate(of.n);
    of.J = allocate(of.n * of.n);
    of.rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(of.rng, seed);
    draw(&of);
    return of;
}

static void close_subject(subject *of)
{
    double *const arrays[] = {of->state, of->v, of->u, of->Jv, of->Ju, of->J};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; ++i) free(arrays[i]);
    gsl_rng_free(of->rng);
    wick_system_free(of->system);
    wick_problem_free(of->problem);
    wick_context_free(of->context);
}

static void check(const subject *of, const char *which, size_t i, double found, double expected, double size)
{
    if (!(fabs(found - expected) <= tolerance * fmax(1, size)))
        fail_msg("%s: %s, entry %zu of %zu: %.17g, should be %.17g", of->what, which, i, of->n, found, expected);
}

static void check_products(const subject *of)
{
    const size_t n = of->n;
    for (size_t i = 0; i < n; ++i) {
        double Jv = 0, Ju = 0, Jv_size = 0, Ju_size = 0;
        for (size_t s = 0; s < n; ++s) {
            Jv += of->J[i * n + s] * of->v[s];
            Jv_size += fabs(of->J[i * n + s] * of->v[s]);
            Ju += of->J[s * n + i] * of->u[s];
            Ju_size += fabs(of->J[s * n + i] * of->u[s]);
        }
        check(of, "J v", i, of->Jv[i], Jv, Jv_size);
        check(of, "J^T u", i, of->Ju[i], Ju, Ju_size);
    }
    double one = 0, other = 0, size = 0;
    for (size_t i = 0; i < n; ++i) {
        one += of->u[i] * of->Jv[i];
        other += of->Ju[i] * of->v[i];
        size += fabs(of->u[i] * of->Jv[i]) + fabs(of->Ju[i] * of->v[i]);
    }
    check(of, "<u, J v> = <J^T u, v>", 0, one, other, size);
}

/* By central differences of order 10 and, with fixed second layers and with trained ones, of the risk itself. */
static void check_gradient(const subject *of, double *gradient)
{
    enum { WINGS = 5 };
    const double h = 1e-3;
    for (size_t s = 0; s < of->n; ++s) {
        double ratio = 1, sum = 0, risk, most = 1;
        for (int m = 1; m <= WINGS; ++m) {
            ratio *= (double)(WINGS - m + 1) / (WINGS + m);
            for (int side = -1; side <= 1; side += 2) {
                const double kept = of->state[s];
                of->state[s] = kept + side * m * h;
                wick_system_risk(of->system, of->state, NULL, &risk);
                of->state[s] = kept;
                most = fmax(most, fabs(risk));
                sum += side * (m % 2 ? 1 : -1) * ratio / m / h * risk;
            }
        }
        if (!(fabs(sum - gradient[s]) <= 1e-11 * most + 1e-10 * fabs(sum)))
            fail_msg("%s: gradient of the risk, entry %zu: %.17g, should be %.17g", of->what, s, gradient[s], sum);
    }
}

/* J v against central differences of the drift, of order 10. */
static void check_difference(const subject *of)
{
    enum { WINGS = 5 };
    const double h = 2e-3;
    double *sum = allocate(of->n), *at = allocate(of->n), *drift = allocate(of->n), ratio = 1, most = 1;
    for (int m = 1; m <= WINGS; ++m) {
        ratio *= (double)(WINGS - m + 1) / (WINGS + m);
        for (int side = -1; side <= 1; side += 2) {
            for (size_t i = 0; i < of->n; ++i) at[i] = of->state[i] + side * m * h * of->v[i];
            wick_system_drift(of->system, at, drift);
            for (size_t i = 0; i < of->n; ++i) {
                sum[i] += side * (m % 2 ? 1 : -1) * ratio / m / h * drift[i];
                most = fmax(most, fabs(drift[i]));
            }
        }
    }
    for (size_t i = 0; i < of->n; ++i)
        if (!(fabs(sum[i] - of->Jv[i]) <= 1e-9 * (most + fabs(of->Jv[i]))))
            fail_msg("%s: J v, entry %zu: %.17g, by differences %.17g", of->what, i, of->Jv[i], sum[i]);
    free(sum);
    free(at);
    free(drift);
}

static void check_vectors(subject *of)
{
    const bool derived = wick_system_tangent(of->context, of->system, of->state, of->v, of->Jv) == WICK_OK &&
                         wick_system_adjoint(of->context, of->system, of->state, of->u, of->Ju) == WICK_OK &&
                         wick_system_jacobian(of->context, of->system, of->state, of->J) == WICK_OK;
    if (!derived) fail_msg("%s: %s", of->what, wick_context_message(of->context));
    check_products(of);
}

static void check_subject(subject *of)
{
    check_vectors(of);
    check_difference(of);
    if (wick_system_risk_gradient(of->context, of->system, of->state, of->Jv) != WICK_OK)
        fail_msg("%s: %s", of->what, wick_context_message(of->context));
    check_gradient(of, of->Jv);
}

/* Calls visit for every problem there is. */
static void for_all(void (*visit)(subject *of, size_t number, void *data), void *data)
{
    size_t number = 0;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; ++i)
        for (size_t regime = 0; regime < 3; ++regime)
            for (size_t trained = 0; trained < 2; ++trained)
                for (size_t rule = 0; rule < 7; ++rule) {
                    if (rule == 3 && !trained) continue;
                    if (regime == 0 && (rule == 2 || rule == 3)) continue;
                    if (regime == 2 && strstr(shapes[i].student, "relu")) continue; /* its variance goes by quadrature */
                    subject of = open_subject(&shapes[i], regime, trained, rule, number + 2);
                    visit(&of, number++, data);
                    close_subject(&of);
                }
}

static void move(subject *of)
{
    for (size_t i = 0; i < of->n; ++i) {
        of->state[i] *= 1 + 0.1 * sin((double)i);
        of->v[i] = gsl_ran_gaussian(of->rng, 1);
        of->u[i] = gsl_ran_gaussian(of->rng, 1);
    }
}

/* At two states, the second after what the first left in the scratch. */
static void check_twice(subject *of, size_t number, void *data)
{
    (void)number;
    (void)data;
    check_subject(of);
    move(of);
    check_subject(of);
}

static void check_products_twice(subject *of)
{
    check_vectors(of);
    move(of);
    check_vectors(of);
}

static void test_in_memory(void **unused)
{
    (void)unused;
    for_all(check_twice, NULL);
}

static void draw_polynomial(gsl_rng *rng, char text[256])
{
    const unsigned long degree = 1 + gsl_rng_uniform_int(rng, 6);
    size_t length = 0;
    for (unsigned long m = 0; m <= degree; ++m) {
        const int numerator = (int)gsl_rng_uniform_int(rng, 9) - 4;
        if (m < degree && gsl_rng_uniform_int(rng, 2)) continue;
        length += (size_t)snprintf(text + length, 256 - length, "%s(%d/%lu)*x^%lu", length ? "+" : "",
                                   numerator ? numerator : 1, 1 + gsl_rng_uniform_int(rng, 3), m);
    }
}

/* Whatever diagrams there are, at widths around those of a cache line. */
static void test_random(void **unused)
{
    (void)unused;
    enum { CASES = 70 };
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    for (unsigned long i = 0; i < CASES; ++i) {
        char student[256], target[256], p[8], k[8];
        draw_polynomial(rng, student);
        draw_polynomial(rng, target);
        snprintf(p, sizeof p, "%lu", 1 + gsl_rng_uniform_int(rng, i % 10 ? 6 : 11));
        snprintf(k, sizeof k, "%lu", 1 + gsl_rng_uniform_int(rng, 4));
        const shape one = {student, target, p, k};
        subject of = open_subject(&one, gsl_rng_uniform_int(rng, 3), gsl_rng_uniform_int(rng, 2), 0, i + 1);
        check_products_twice(&of);
        close_subject(&of);
    }
    gsl_rng_free(rng);
}

/* A learning rate that is 0.6 at t = 3: the same digits as of one that always is. */
static void test_in_time(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; ++i) {
        const size_t regime = shapes[i].student[0] == 'r' || shapes[i].student[0] == 'l' ? 1 : 2,
                     last = sizeof rules / sizeof *rules - 1;
        subject constant = open_subject(&shapes[i], regime, true, 0, 5),
                falling = open_subject(&shapes[i], regime, true, last, 5);
        const size_t bytes = constant.n * sizeof(double);
        check_vectors(&constant);
        assert_int_equal(wick_system_jacobian_at(falling.context, falling.system, 3, falling.state, falling.J), WICK_OK);
        assert_int_equal(wick_system_tangent_at(falling.context, falling.system, 3, falling.state, falling.v, falling.Jv),
                         WICK_OK);
        assert_int_equal(wick_system_adjoint_at(falling.context, falling.system, 3, falling.state, falling.u, falling.Ju),
                         WICK_OK);
        assert_memory_equal(falling.J, constant.J, constant.n * bytes);
        assert_memory_equal(falling.Jv, constant.Jv, bytes);
        assert_memory_equal(falling.Ju, constant.Ju, bytes);
        close_subject(&constant);
        close_subject(&falling);
    }
}

/* Systems without a Jacobian say so. */
static void test_none(void **unused)
{
    (void)unused;
    static const char *const keys[][2] = {
        {"activation", "tanh(x)"}, {"p", "2"}, {"k", "1"}, {"d", "9"}, {"learning_rate", "1"}};
    subject of = {.context = wick_context_alloc()};
    assert_int_equal(wick_problem_alloc(of.context, &of.problem), WICK_OK);
    for (size_t i = 0; i < 5; ++i) set(&of, keys[i][0], keys[i][1]);
    assert_int_equal(wick_system_compile(of.context, of.problem, &of.system), WICK_OK);
    double state[5] = {0}, v[5] = {0}, out[5];
    assert_int_equal(wick_system_tangent(of.context, of.system, state, v, out), WICK_ERROR_UNSUPPORTED);
    assert_non_null(strstr(wick_context_message(of.context), "no tangent"));
    assert_int_equal(wick_system_adjoint(of.context, of.system, state, v, out), WICK_ERROR_UNSUPPORTED);
    assert_int_equal(wick_system_risk_gradient(of.context, of.system, state, out), WICK_ERROR_UNSUPPORTED);
    wick_system_free(of.system);
    wick_problem_free(of.problem);
    wick_context_free(of.context);
}

/* Copies have what the original has compiled, and their own parameters. */
static void test_copies(void **unused)
{
    (void)unused;
    subject of = open_subject(&shapes[4], 2, true, 0, 7);
    wick_system *copy = NULL;
    check_subject(&of);
    assert_int_equal(wick_system_copy(of.context, of.system, &copy), WICK_OK);
    assert_int_equal(wick_system_set_learning_rate(of.context, copy, 3), WICK_OK);
    wick_system *const original = of.system;
    of.system = copy;
    check_subject(&of);
    of.system = original;
    check_subject(&of);
    wick_system_free(copy);
    close_subject(&of);
}

/* ---- Emitted ----------------------------------------------------------------------------------------------------- */

/* Some of the problems: those whose number is a multiple of this, so that all shapes, regimes and rules are among them. */
enum { EVERY = 13 };

static bool is_emitted(const subject *of, size_t number) { return number % EVERY == 0 && !of->constrained; }

static void emit_one(subject *of, size_t number, void *data)
{
    char name[32];
    wick_files *files = NULL;
    if (!is_emitted(of, number)) return;
    snprintf(name, sizeof name, "case_%zu", number);
    if (wick_emit(of->context, of->problem, "library", name, &files) != WICK_OK ||
        wick_files_write(of->context, files, data) != WICK_OK)
        fail_msg("%s: %s", of->what, wick_context_message(of->context));
    wick_files_free(files);
    char path[1024];
    snprintf(path, sizeof path, "%s/driver_%zu.c", (const char *)data, number);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (size_t way = 0; way < 2; ++way) { /* with scratch that holds no number */
        const char *which = way ? "adjoint" : "tangent";
        if (way == 0) fprintf(file, "#include <math.h>\n#include \"%s.h\"\n", name);
        fprintf(file, "void %s_%s_at(const double *, const double *, double *);\n", name, which);
        fprintf(file, "void %s_%s_at(const double *state, const double *v, double *out)\n{\n", name, which);
        fprintf(file, "    static double work[%s_derived_work_size]; %s_parameters parameters; int i;\n", name, name);
        fprintf(file, "    for (i = 0; i < %s_derived_work_size; ++i) work[i] = (double)NAN;\n", name);
        fprintf(file, "    %s_defaults(&parameters); %s_%s(&parameters, state, v, work, out);\n}\n", name, name, which);
    }
    assert_int_equal(fclose(file), 0);
}

static void check_emitted(subject *of, size_t number, void *object)
{
    if (!is_emitted(of, number)) return;
    for (size_t way = 0; way < 2; ++way) {
        char name[64];
        void (*function)(const double *, const double *, double *);
        snprintf(name, sizeof name, "case_%zu_%s_at", number, way ? "adjoint" : "tangent");
        void *const symbol = dlsym(object, name);
        assert_non_null(symbol);
        memcpy(&function, &symbol, sizeof symbol);
        function(of->state, way ? of->u : of->v, way ? of->Ju : of->Jv);
    }
    assert_int_equal(wick_system_jacobian(of->context, of->system, of->state, of->J), WICK_OK);
    check_products(of);
}

static void test_emitted(void **unused)
{
    (void)unused;
    char *folder = wick_test_folder_make(), command[4096], path[1024];
    for_all(emit_one, folder);
    snprintf(command, sizeof command,
             "cd '%s' && '%s' -std=c99 -pedantic -Wall -Wextra -Wconversion -Werror -O1 -shared -fPIC -o cases.so *.c -lm",
             folder, WICK_C_COMPILER);
    if (system(command) != 0) fail_msg("failed: %s", command);
    snprintf(path, sizeof path, "%s/cases.so", folder);
    void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!object) fail_msg("%s", dlerror());
    for_all(check_emitted, object);
    dlclose(object);
    wick_test_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_memory), cmocka_unit_test(test_random), cmocka_unit_test(test_none),
        cmocka_unit_test(test_in_time),   cmocka_unit_test(test_copies), cmocka_unit_test(test_emitted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
