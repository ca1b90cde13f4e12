/* See keys.h. */
#include "problem/keys.h"

#include <float.h>
#include <string.h>

#include "model/regime.h"
#include "problem/methods.h"
#include "problem/nearest.h"

static const char *const layers[] = {"fixed", "trained", NULL};
static const char *const ways[] = {"closed-form", "quadrature", NULL};
static const char *const constraints[] = {"none", "sphere", "spherical-gradient", NULL};
static const char *const losses[] = {"square", "correlation", NULL};
static const char *const clocks[] = {"t", "steps", NULL};
static const char *const spacings[] = {"linear", "log", NULL};

/* Counts up to 1e15 are exact as doubles; GSL's generator takes seeds of 32 bits. */
#define LARGE        1e15
#define LARGEST_SEED 4294967295.0
#define POSITIVE     DBL_MIN

#define ROW(kind, path, flag, value, meaning, minimum, maximum, choices)                                                    \
    {                                                                                                                       \
        {path, flag, value, meaning}, WICK_KIND_##kind, NULL, minimum, maximum, choices                                     \
    }
#define ROW_DEFAULT(kind, path, flag, value, meaning, fallback, minimum, maximum, choices)                                  \
    {                                                                                                                       \
        {path, flag, value, meaning " (default " fallback ")"}, WICK_KIND_##kind, fallback, minimum, maximum, choices       \
    }
#define PARAMETER(identifier, key, flag, symbol, latex, about, meaning, fallback, absent, least, most, kind)                \
    {{key, flag, WICK_PLACEHOLDER_##kind, meaning}, WICK_KIND_##kind, fallback, least, most, NULL},

#define WICK_PLACEHOLDER_NUMBER  "NUMBER"
#define WICK_PLACEHOLDER_OF_TIME "NUMBER"
#define WICK_PLACEHOLDER_WHOLE   "COUNT"

/* Groups before their keys. */
static const wick_key_row rows[] = {
    ROW(TEXT, "activation", "activation", "EXPRESSION",
        "the students' activation: an expression in x, such as erf(x/sqrt(2)) or 1/(1+x^2), or a word such as he3 or silu",
        0, 0, NULL),
    ROW(TEXT, "target_activation", "target-activation", "EXPRESSION",
        "the targets' activation, which may jump as sign does (default: the students')", 0, 0, NULL),
    ROW(WHOLE, "p", "p", "COUNT", "student neurons (default: as many as the initial state has)", 1, LARGE, NULL),
    ROW(WHOLE, "k", "k", "COUNT", "target neurons (default: as many as the initial state has)", 1, LARGE, NULL),
    ROW(WHOLE, "d", "d", "COUNT", "input dimension; needed by random initial states and by regime mean-field", 1, LARGE,
        NULL),
    WICK_PARAMETER_ROWS(PARAMETER) ROW_DEFAULT(
        CHOICE, "regime", "regime", "NAME", "classical, classical-noise, high-dimensional, mean-field or mean-field-high-d",
        "high-dimensional", 0, 0, wick_regime_names),
    ROW_DEFAULT(CHOICE, "second_layer", "second-layer", "NAME", "fixed or trained", "fixed", 0, 0, layers),
    ROW(CHOICE, "loss", "loss", "NAME",
        "square, (f - y)^2/2, of which steps are the gradient (default), or correlation, -y f", 0, 0, losses),
    ROW(CHOICE, "constraint", "constraint", "NAME",
        "none (default); sphere: weights keep their norms, projected SGD; or spherical-gradient, without the projection", 0,
        0, constraints),
    ROW(CHOICE, "method", "method", "NAME", "closed-form or quadrature (default: quadrature where there is no closed form)",
        0, 0, ways),
    ROW(GROUP, "quadrature", "quadrature", "JSON", "quadrature: an object of the key below", 0, 0, NULL),
    ROW(NUMBER, "quadrature.tol", "tol", "NUMBER", "error allowed in an expectation by quadrature (default 1e-8)", 1e-15, 1,
        NULL),

    ROW(GROUP, "initial", "initial", "FILE|JSON", "initial state: an object, or the file that holds it (default: random)", 0,
        0, NULL),
    ROW(MATRIX, "initial.Q", "Q", "MATRIX", "student-student overlaps, p x p", 0, 0, NULL),
    ROW(MATRIX, "initial.M", "M", "MATRIX", "student-target overlaps, p x k", 0, 0, NULL),
    ROW(MATRIX, "initial.P", "P", "MATRIX", "target-target overlaps, k x k (default: identity)", 0, 0, NULL),
    ROW(VECTOR, "initial.a", "a", "VECTOR", "the students' second layer, p numbers (default: ones)", 0, 0, NULL),
    ROW(VECTOR, "initial.a_star", "a-star", "VECTOR", "the targets' second layer, k numbers (default: ones)", 0, 0, NULL),
    ROW(VECTOR, "initial.q", "q", "VECTOR", "mean-field regimes: squared norms off the target space, p numbers", 0, 0, NULL),
    ROW(GROUP, "initial.random", "random", "JSON", "random initial weights in place of given overlaps", 0, 0, NULL),
    ROW_DEFAULT(WHOLE, "initial.random.seed", "seed", "COUNT", "seed of the random initial weights", "1", 0, LARGEST_SEED,
                NULL),
    ROW_DEFAULT(NUMBER, "initial.random.scale", "scale", "NUMBER", "standard deviation of the students' weights", "1.0", 0,
                1e100, NULL),
    ROW_DEFAULT(BOOLEAN, "initial.random.orthonormal_target", "orthonormal-target", "true|false",
                "orthonormal target weights, P = I", "true", 0, 0, NULL),

    ROW(GROUP, "time", "time", "JSON", "output times: an object of the keys below", 0, 0, NULL),
    ROW_DEFAULT(NUMBER, "time.end", "end", "NUMBER", "last output time", "100", 0, DBL_MAX, NULL),
    ROW(NUMBER, "time.start", "start", "NUMBER", "first output time (default: end * 1e-6 in log spacing, 0 in linear)", 0,
        DBL_MAX, NULL),
    ROW_DEFAULT(WHOLE, "time.points", "points", "COUNT", "number of output times", "200", 1, 1e9, NULL),
    ROW_DEFAULT(CHOICE, "time.spacing", "spacing", "NAME", "linear or log", "log", 0, 0, spacings),
    ROW(CHOICE, "time.clock", "clock", "NAME",
        "t, the distance gamma/(p d) a step (default), or steps, tau = steps/d, also where the rate vanishes", 0, 0, clocks),
    ROW(VECTOR, "time.at", "at", "VECTOR", "the output times themselves, in place of the four above", 0, 0, NULL),

    ROW(GROUP, "integrator", "integrator", "JSON", "the integrator: an object of the keys below", 0, 0, NULL),
    ROW(METHOD, "integrator.method", "method", "NAME",
        "default rk8pd, mean field rkck; rkf45, rk4, rk2, msadams, euler; implicit: bsimp, msbdf, rk1imp, rk2imp, rk4imp", 0,
        0, NULL),
    ROW_DEFAULT(NUMBER, "integrator.rtol", "rtol", "NUMBER", "error allowed in a step, relative to each component", "1e-8",
                0, 1, NULL),
    ROW_DEFAULT(NUMBER, "integrator.atol", "atol", "NUMBER", "error allowed in a step, absolute", "1e-12", 0, DBL_MAX, NULL),
    ROW(NUMBER, "integrator.dt", "dt", "NUMBER", "the step of method euler; no default", POSITIVE, DBL_MAX, NULL),
};

enum { ROW_COUNT = sizeof rows / sizeof *rows };

size_t wick_problem_key_count(void) { return ROW_COUNT; }

const wick_problem_key *wick_problem_key_at(size_t index) { return &rows[index].key; }

const wick_key_row *wick_key_row_at(size_t index) { return &rows[index]; }

bool wick_key_row_is_text(const wick_key_row *row)
{
    return row->kind == WICK_KIND_TEXT || row->kind == WICK_KIND_CHOICE || row->kind == WICK_KIND_METHOD;
}

static bool is_separator(char c) { return c == '-' || c == '_' || c == '.'; }

static bool same_name(const char *one, const char *other)
{
    while (*one && (*one == *other || (is_separator(*one) && is_separator(*other)))) one++, other++;
    return *one == *other;
}

const wick_key_row *wick_key_row_find(const char *name)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (same_name(rows[i].key.flag, name) || same_name(rows[i].key.path, name)) return &rows[i];
    return NULL;
}

/* The part of a row's path after "GROUP.", or NULL if the row is not a key of the group. */
static const char *name_in_group(const wick_key_row *row, const char *group)
{
    const size_t length = strlen(group);
    if (strncmp(row->key.path, group, length) != 0) return NULL;
    const char *name = row->key.path + length;
    if (length > 0 && *name++ != '.') return NULL;
    return strchr(name, '.') ? NULL : name;
}

const wick_key_row *wick_key_row_child(const char *group, const char *name, size_t length)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const char *own = name_in_group(&rows[i], group);
        if (own && strlen(own) == length && memcmp(own, name, length) == 0) return &rows[i];
    }
    return NULL;
}

static void append_names(wick_text *text, const char *const *names, size_t count, const char *prefix)
{
    for (size_t i = 0; i < count; i++) wick_text_printf(text, "%s%s%s", i ? ", " : "", prefix, names[i]);
}

/* A key that stands in another group is likelier meant than one that is spelt alike. */
static const wick_key_row *misplaced(const char *name, size_t length)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const char *dot = strrchr(rows[i].key.path, '.'), *leaf = dot ? dot + 1 : rows[i].key.path;
        if (strlen(leaf) == length && memcmp(leaf, name, length) == 0) return &rows[i];
    }
    return NULL;
}

const char *wick_problem_key_remark(const char *name, size_t length)
{
    static const char momentum[] = "momentum";
    if (length != strlen(momentum) || memcmp(name, momentum, length) != 0) return NULL;
    return "momentum of a fixed beta is, for large d, plain SGD at the rate gamma/(1 - beta): give that as learning_rate";
}

void wick_key_explain_unknown(wick_text *text, const char *group, const char *name, size_t length)
{
    const char *names[ROW_COUNT];
    size_t count = 0;
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const char *own = group ? name_in_group(&rows[i], group) : rows[i].key.flag;
        if (own) names[count++] = own;
    }
    const char *prefix = group ? "" : "--";
    const wick_key_row *elsewhere = group ? misplaced(name, length) : NULL;
    const char *nearest = wick_nearest(name, length, names, count), *remark = wick_problem_key_remark(name, length);
    if (remark)
        wick_text_printf(text, "; %s.", remark);
    else if (elsewhere)
        wick_text_printf(text, "; did you mean %s?", elsewhere->key.path);
    else if (nearest)
        wick_text_printf(text, "; did you mean %s%s?", prefix, nearest);
    else
        wick_text_append(text, ";");
    wick_text_append(text, " Allowed: ");
    append_names(text, names, count, prefix);
}

void wick_key_explain_choice(wick_text *text, const wick_key_row *row, const char *found)
{
    const char *names[ROW_COUNT];
    size_t count = 0;
    if (row->kind == WICK_KIND_METHOD) {
        for (size_t i = 0; i < wick_method_row_count(); i++) names[count++] = wick_method_row_at(i)->name;
    } else {
        while (row->choices[count]) names[count] = row->choices[count], count++;
    }
    const char *nearest = wick_nearest(found, strlen(found), names, count);
    if (nearest)
        wick_text_printf(text, "; did you mean %s? Allowed: ", nearest);
    else
        wick_text_append(text, "; allowed: ");
    append_names(text, names, count, "");
}
