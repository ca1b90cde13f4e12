/* Problems: what is refused and with which words and place, what overrides what, defaults, writing and reading back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "problem/keys.h"
#include "problem/problem.h"
#include "support.h"

typedef struct {
    wick_context *context;
    wick_problem *problem;
} fixture;

static int set_up(void **state)
{
    fixture *with = calloc(1, sizeof *with);
    *state = with;
    return with && (with->context = wick_context_alloc()) && wick_problem_alloc(with->context, &with->problem) == WICK_OK
               ? 0
               : -1;
}

static int tear_down(void **state)
{
    fixture *with = *state;
    wick_problem_free(with->problem);
    wick_context_free(with->context);
    free(with);
    return 0;
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

static void expect_ok(const fixture *with, wick_status status)
{
    if (status != WICK_OK) fail_msg("%s: %s", wick_status_text(status), wick_context_message(with->context));
}

static void expect_error(const fixture *with, wick_status status, wick_status expected, const char *message)
{
    assert_string_equal(wick_context_message(with->context), message);
    assert_int_equal(status, expected);
}

static void read_text(const fixture *with, const char *text)
{
    expect_ok(with, wick_problem_read_json(with->context, with->problem, text, "in.json"));
}

static void set(const fixture *with, const char *key, const char *value)
{
    expect_ok(with, wick_problem_set(with->context, with->problem, key, value));
}

static void check(const fixture *with, wick_purpose purpose)
{
    expect_ok(with, wick_problem_check(with->context, with->problem, purpose));
}

/* The problem written out must be `expected`. */
static void expect_json(const fixture *with, const char *expected)
{
    char *json = NULL;
    expect_ok(with, wick_problem_json(with->context, with->problem, &json));
    assert_string_equal(json, expected);
    wick_string_free(json);
}

/* ---- Bad input --------------------------------------------------------------------------------------------------- */

/* Texts that are refused as they are read. */
static const struct {
    const char *text, *message;
} unreadable[] = {
    {"", "in.json:1:1: not valid JSON: unexpected token near end of file"},
    {"{\n  \"p\": 3,\n  \"k\" 1 }", "in.json:3:7: not valid JSON: ':' expected near '1'"},
    {"{\"noise\": NaN}", "in.json:1:11: not valid JSON: invalid token near 'NaN'"},
    {"{\"noise\": 1e999}", "in.json:1:11: not valid JSON: real number overflow near '1e999'"},
    {"{\"p\": 1,\n \"p\": 2}", "in.json:2:2: not valid JSON: duplicate object key near '\"p\"'"},
    {"[1, 2]", "in.json:1:1: expected an object, { \"activation\": ... }, found an array"},

    {"{\"p\": 3,\n  \"lerning_rate\": 1}",
     "in.json:2:3: unknown key \"lerning_rate\"; did you mean learning_rate? Allowed: "
     "activation, target_activation, p, k, d, "
     "learning_rate, noise, weight_decay, second_layer_decay, second_layer_rate, "
     "batch, regime, second_layer, loss, constraint, method, quadrature, initial, time, integrator"},
    {"{\"time\": {\"end\": 3, \"begin\": 1}}",
     "in.json:1:21: unknown key \"begin\" in \"time\"; Allowed: end, start, points, spacing, clock, at"},
    {"{\"time\": {\"edn\": 3}}",
     "in.json:1:11: unknown key \"edn\" in \"time\"; Allowed: end, start, points, spacing, clock, at"},
    {"{\"initial\": {\"random\": {\"seeds\": 3}}}", "in.json:1:25: unknown key \"seeds\" in \"initial.random\"; did you "
                                                    "mean seed? Allowed: seed, scale, orthonormal_target"},
    {"{\"integrator\": {\"end\": 3}}",
     "in.json:1:17: unknown key \"end\" in \"integrator\"; did you mean time.end? Allowed: method, rtol, atol, dt"},

    {"{\"activation\": 2}", "in.json:1:16: activation: expected a string, found 2"},
    {"{\"p\": \"three\"}", "in.json:1:7: p: expected a whole number, found the string \"three\""},
    {"{\"p\": 2.5}", "in.json:1:7: p: expected a whole number, found 2.5"},
    {"{\"p\": 0}", "in.json:1:7: p: must be at least 1, found 0"},
    {"{\"k\": -4}", "in.json:1:7: k: must be at least 1, found -4"},
    {"{\"d\": 1e16}", "in.json:1:7: d: must be at most 1e+15, found 1e+16"},
    {"{\"noise\": -0.1}", "in.json:1:11: noise: must be at least 0, found -0.1"},
    {"{\"learning_rate\": null}", "in.json:1:19: learning_rate: expected a number, or an expression in t, found null"},
    {"{\"regime\": \"high-dimensionel\"}", "in.json:1:12: regime: unknown name \"high-dimensionel\"; did you mean "
                                           "high-dimensional? Allowed: classical, classical-noise, "
                                           "high-dimensional, mean-field, mean-field-high-d"},
    {"{\"second_layer\": true}", "in.json:1:18: second_layer: expected a string, found true"},
    {"{\"second_layer\": \"free\"}", "in.json:1:18: second_layer: unknown name \"free\"; allowed: fixed, trained"},
    {"{\"initial\": 5}", "in.json:1:13: initial: expected an object, found 5"},
    {"{\"initial\": {\"Q\": 5}}", "in.json:1:19: initial.Q: expected an array of rows of numbers, found 5"},
    {"{\"initial\": {\"Q\": []}}", "in.json:1:19: initial.Q: expected an array of rows of numbers, found an empty array"},
    {"{\"initial\": {\"Q\": [1, 2]}}", "in.json:1:19: initial.Q: row 1: expected an array of numbers, found 1"},
    {"{\"initial\": {\"Q\": [[1], [\"b\"]]}}",
     "in.json:1:19: initial.Q: entry [2,1]: expected a number, found the string \"b\""},
    {"{\"initial\": {\"a\": [1, [2]]}}", "in.json:1:19: initial.a: entry 2: expected a number, found an array"},
    {"{\"initial\": {\"random\": {\"orthonormal_target\": 1}}}",
     "in.json:1:47: initial.random.orthonormal_target: expected true or false, found 1"},
    {"{\"initial\": {\"random\": {\"seed\": 4294967296}}}",
     "in.json:1:33: initial.random.seed: must be at most 4294967295, found 4294967296"},
    {"{\"initial\": {\"random\": {}, \"M\": [[1]]}}", "in.json:1:33: initial.M: excludes initial.random; give one of them"},
    {"{\"time\": {\"at\": [1], \"points\": 3}}", "in.json:1:32: time.points: excludes time.at; give one of them"},
    {"{\"time\": {\"points\": 0}}", "in.json:1:21: time.points: must be at least 1, found 0"},
    {"{\"integrator\": {\"dt\": 0}}", "in.json:1:23: integrator.dt: must be greater than 0, found 0"},
    {"{\"integrator\": {\"method\": \"rk45\"}}", "in.json:1:27: integrator.method: unknown name \"rk45\"; did you mean "
                                                 "rkf45? Allowed: rk8pd, rkf45, rkck, rk4, rk2, msadams, "
                                                 "euler, bsimp, rk1imp, rk2imp, rk4imp, msbdf"},
    /* Columns count characters; braces and escaped quotes in strings do not count. */
    {"{\"activation\": \"\xc3\xa9\\\"}{\", \"noise\": -1}", "in.json:1:34: noise: must be at least 0, found -1"},
    {"{ \"time\" : { \"at\" : [ 0 , 1 ] } ,\r\n\t\"noise\" : -1 }", "in.json:2:12: noise: must be at least 0, found -1"},
};

static void test_unreadable(void **state)
{
    fixture *with = *state;
    read_text(with, "{\"activation\": \"x\", \"p\": 7, \"time\": {\"end\": 5}}");
    char *before = NULL, *after = NULL;
    expect_ok(with, wick_problem_json(with->context, with->problem, &before));
    for (size_t i = 0; i < sizeof unreadable / sizeof *unreadable; i++) {
        const wick_status status = wick_problem_read_json(with->context, with->problem, unreadable[i].text, "in.json");
        expect_error(with, status, WICK_ERROR_PROBLEM, unreadable[i].message);
    }
    /* On failure the problem is as it was. */
    expect_ok(with, wick_problem_json(with->context, with->problem, &after));
    assert_string_equal(after, before);
    wick_string_free(before);
    wick_string_free(after);
}

#define SMALL "\"activation\": \"x^2\", \"learning_rate\": 0.1"

/* Texts that are read, and refused by the check for a run. */
static const struct {
    const char *text, *message;
} inconsistent[] = {
    {"{}", "in.json:1:1: activation: missing; give an expression in x, such as \"x^2\", or a name, such as \"he3\""},
    {"{" SMALL "}", "in.json:1:1: p: missing; give the number of student neurons"},
    {"{" SMALL ", \"p\": 2}", "in.json:1:1: k: missing; give the number of target neurons"},
    {"{" SMALL ",\n \"p\": 4294967296, \"k\": 4294967296}",
     "in.json:2:7: p: p = 4294967296 and k = 4294967296: the overlaps do not fit in memory"},
    {"{" SMALL ",\n \"p\": 4294967296, \"k\": 1}",
     "in.json:2:7: p: p = 4294967296 and k = 1: the overlaps do not fit in memory"},
    {"{" SMALL ",\n \"k\": 1e10, \"p\": 1}",
     "in.json:2:18: p: p = 1 and k = 10000000000: the overlaps do not fit in memory"},
    {"{" SMALL ", \"p\": 2, \"k\": 1}", "in.json:1:1: d: missing; a random initial state (the default) is that of weights "
                                        "in R^d: give d, or initial.M and initial.Q"},
    {"{" SMALL ",\n\"p\": 2, \"k\": 3, \"d\": 2}",
     "in.json:2:22: d: must be at least k = 3 for an orthonormal target, found 2"},
    {"{\"activation\": \"x\", \"p\": 2, \"k\": 1, \"d\": 2}",
     "in.json:1:1: learning_rate: missing; regime high-dimensional needs gamma"},
    {"{" SMALL ", \"p\": 2, \"k\": 1, \"regime\": \"mean-field\"}",
     "in.json:1:1: d: missing; regime mean-field needs the input dimension"},

    {"{" SMALL ",\n\"initial\": {\"M\": [[0]]}}", "in.json:2:12: initial.Q: missing; regime high-dimensional needs M and Q"},
    {"{" SMALL ", \"k\": 1,\n\"initial\": {\"Q\": [[1]]}}",
     "in.json:2:12: initial.M: missing; regime high-dimensional needs M and Q, or initial.random"},
    {"{" SMALL ",\n\"initial\": {\"M\": [[0]], \"q\": [1]}}",
     "in.json:2:30: initial.q: is for the mean-field regimes; regime high-dimensional needs Q"},
    {"{" SMALL ", \"regime\": \"mean-field-high-d\",\n\"initial\": {\"M\": [[0]]}}",
     "in.json:2:12: initial.q: missing; regime mean-field-high-d needs M and q (or Q)"},

    {"{" SMALL ", \"p\": 3,\n\"initial\": {\"M\": [[0, 0], [0, 0]], \"Q\": [[1, 0], [0, 1]]}}",
     "in.json:2:18: initial.M: must be p x k = 3 x 2, found 2 rows"},
    {"{" SMALL ",\n\"initial\": {\"M\": [[0, 0], [0]], \"Q\": [[1, 0], [0, 1]]}}",
     "in.json:2:18: initial.M: must be p x k = 2 x 2, but row 2 has 1 entries"},
    {"{" SMALL ",\n\"initial\": {\"M\": [[0], [0]], \"Q\": [[1, 0], [0, 1], [0, 0]]}}",
     "in.json:2:35: initial.Q: must be p x p = 2 x 2, found 3 rows"},
    {"{" SMALL ",\n\"initial\": {\"M\": [[0]], \"Q\": [[1]], \"P\": [[1, 0], [0, 1]]}}",
     "in.json:2:42: initial.P: must be k x k = 1 x 1, found 2 rows"},
    {"{" SMALL ",\n\"initial\": {\"M\": [[0]], \"Q\": [[1]], \"a_star\": [1, 1]}}",
     "in.json:2:47: initial.a_star: must have k = 1 entries, found 2"},
    {"{" SMALL ", \"p\": 2, \"k\": 1, \"d\": 9,\n\"initial\": {\"a\": [1, 1, 1]}}",
     "in.json:2:18: initial.a: must have p = 2 entries, found 3"},

    {"{" SMALL ",\n\"initial\": {\"M\": [[0], [0]], \"Q\": [[1, 0.5], [0.25, 1]]}}",
     "in.json:2:35: initial.Q: must be symmetric, but entry [1,2] is 0.5 and entry [2,1] is 0.25"},
    {"{" SMALL ",\n\"initial\": {\"M\": [[0, 0]], \"Q\": [[1]], \"P\": [[1, 0], [1e-11, 1]]}}",
     "in.json:2:45: initial.P: must be symmetric, but entry [1,2] is 0 and entry [2,1] is 1e-11"},
    {"{" SMALL ",\n\"initial\": {\"M\": [[2]], \"Q\": [[1]]}}",
     "in.json:2:12: initial: Omega = [[Q, M], [M^T, P]] is not positive semidefinite: smallest eigenvalue -1"},
    {"{" SMALL ",\n\"initial\": {\"M\": [[0]], \"Q\": [[-0.25]]}}",
     "in.json:2:12: initial: Omega = [[Q, M], [M^T, P]] is not positive semidefinite: smallest eigenvalue -0.25"},
    {"{" SMALL ", \"regime\": \"mean-field-high-d\",\n\"initial\": {\"M\": [[2]], \"Q\": [[1]]}}",
     "in.json:2:30: initial.Q: q = diag(Q - M P^-1 M^T) must not be negative, but q[1] is -3"},
    {"{" SMALL ", \"regime\": \"mean-field-high-d\",\n\"initial\": {\"M\": [[2]], \"q\": [-1]}}",
     "in.json:2:30: initial.q: entry 1: must be at least 0, found -1"},
    {"{" SMALL ", \"regime\": \"mean-field-high-d\",\n\"initial\": {\"M\": [[1, 1]], \"q\": [1], \"P\": [[1, 1], [1, 1]]}}",
     "in.json:2:43: initial.P: must be positive definite in regime mean-field-high-d"},
    {"{" SMALL ", \"regime\": \"mean-field\", \"d\": 1,\n\"initial\": {\"M\": [[2]], \"q\": [0.5]}}",
     "in.json:1:74: d: d = k = 1 needs q = 0, but q[1] is 0.5"},

    {"{" SMALL ", \"initial\": {\"M\": [[0]], \"Q\": [[1]]},\n\"time\": {\"at\": [0, 2, 2]}}",
     "in.json:2:16: time.at: must increase; entry 3 is 2 after 2"},
    {"{" SMALL ", \"initial\": {\"M\": [[0]], \"Q\": [[1]]},\n\"time\": {\"at\": [-1]}}",
     "in.json:2:16: time.at: entry 1: must be at least 0, found -1"},
    {"{" SMALL ", \"initial\": {\"M\": [[0]], \"Q\": [[1]]},\n\"time\": {\"start\": 0}}",
     "in.json:2:19: time.start: log spacing needs a start greater than 0, found 0"},
    {"{" SMALL ", \"initial\": {\"M\": [[0]], \"Q\": [[1]]},\n\"time\": {\"start\": 5, \"end\": 2}}",
     "in.json:2:29: time.end: must be later than the start, 5, found 2"},
    {"{" SMALL ", \"initial\": {\"M\": [[0]], \"Q\": [[1]]},\n\"time\": {\"start\": 1, \"end\": 1.000000000000001}}",
     "in.json:2:9: time.points: 200 different times do not fit between 1 and 1.000000000000001"},
    {"{" SMALL ", \"initial\": {\"M\": [[0]], \"Q\": [[1]]},\n\"integrator\": {\"method\": \"euler\"}}",
     "in.json:2:15: integrator.dt: missing; method euler needs a step"},
    {"{" SMALL ", \"initial\": {\"M\": [[0]], \"Q\": [[1]]},\n\"integrator\": {\"dt\": 0.5}}",
     "in.json:2:22: integrator.dt: only method euler takes a step; rk8pd chooses its own from rtol and atol"},
    {"{" SMALL ", \"initial\": {\"M\": [[0]], \"Q\": [[1]]},\n\"integrator\": {\"rtol\": 0, \"atol\": 0}}",
     "in.json:2:24: integrator.rtol: rtol and atol are both 0; one must be positive"},
};

static void test_inconsistent(void **state)
{
    fixture *with = *state;
    for (size_t i = 0; i < sizeof inconsistent / sizeof *inconsistent; i++) {
        wick_problem_free(with->problem);
        with->problem = NULL;
        expect_ok(with, wick_problem_alloc(with->context, &with->problem));
        read_text(with, inconsistent[i].text);
        const wick_status status = wick_problem_check(with->context, with->problem, WICK_FOR_RUN);
        expect_error(with, status, WICK_ERROR_PROBLEM, inconsistent[i].message);
    }
}

static void test_bad_files(void **state)
{
    fixture *with = *state;
    wick_status status = wick_problem_read_file(with->context, with->problem, "/no/such/file.json");
    expect_error(with, status, WICK_ERROR_FILE, "/no/such/file.json: cannot be opened: No such file or directory");
    status = wick_problem_read_file(with->context, with->problem, "/");
    expect_error(with, status, WICK_ERROR_FILE, "/: cannot be read: Is a directory");
    status = wick_problem_set(with->context, with->problem, "initial", "/no/such/file.json");
    expect_error(with, status, WICK_ERROR_FILE,
                 "--initial: /no/such/file.json: cannot be opened: No such file or directory");
}

static void test_bad_flags(void **state)
{
    fixture *with = *state;
    static const struct {
        const char *key, *value, *message;
    } cases[] = {
        {"noise", "-1", "--noise: must be at least 0, found -1"},
        {"learning_rate", "NaN", "--learning-rate: not valid JSON: column 1: invalid token near 'NaN'"},
        {"noise", "fast", "--noise: not valid JSON: column 1: invalid token near 'fast'"},
        {"Q", "[[1, 0], [0 1]]", "--Q: not valid JSON: column 13: ']' expected near '1'"},
        {"time", "{\"end\": -1}", "--time: time.end: must be at least 0, found -1"},
        {"time", "{\"ent\": -1}",
         "--time: unknown key \"ent\" in \"time\"; did you mean end? Allowed: end, start, points, spacing, clock, at"},
        {"time.points", "0", "--points: must be at least 1, found 0"},
        {"activation", "\xff", "--activation: the text is not valid UTF-8"},
        {"regime", "classic",
         "--regime: unknown name \"classic\"; did you mean classical? Allowed: classical, classical-noise, "
         "high-dimensional, "
         "mean-field, mean-field-high-d"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const wick_status status = wick_problem_set(with->context, with->problem, cases[i].key, cases[i].value);
        expect_error(with, status, WICK_ERROR_PROBLEM, cases[i].message);
    }
    assert_int_equal(wick_problem_set(with->context, with->problem, "method", "msbdf"), WICK_OK);
    wick_status status = wick_problem_set(with->context, with->problem, "method", "msbfd");
    expect_error(with, status, WICK_ERROR_PROBLEM,
                 "--method: unknown name \"msbfd\"; did you mean msbdf? Allowed: rk8pd, rkf45, rkck, "
                 "rk4, rk2, msadams, euler, bsimp, rk1imp, rk2imp, rk4imp, msbdf");
    status = wick_problem_set(with->context, with->problem, "lerning-rate", "1");
    assert_int_equal(status, WICK_ERROR_PROBLEM);
    assert_non_null(strstr(wick_context_message(with->context),
                           "--lerning-rate: unknown key; did you mean --learning-rate? Allowed: --act"));
}

static void test_bad_numbers(void **state)
{
    fixture *with = *state;
    const double values[] = {1, 2, NAN, 4};
    wick_status status = wick_problem_set_matrix(with->context, with->problem, "Q", values, 2, 2);
    expect_error(with, status, WICK_ERROR_PROBLEM, "initial.Q: entry [2,1]: expected a finite number, found nan");
    const double infinite[] = {1, -INFINITY};
    status = wick_problem_set_matrix(with->context, with->problem, "a", infinite, 1, 2);
    expect_error(with, status, WICK_ERROR_PROBLEM, "initial.a: entry [1,2]: expected a finite number, found -inf");
    status = wick_problem_set_matrix(with->context, with->problem, "a", values, 2, 1);
    expect_error(with, status, WICK_ERROR_PROBLEM, "initial.a: expected a vector (rows = 1), found 2 rows");
    status = wick_problem_set_matrix(with->context, with->problem, "M", values, 0, 2);
    expect_error(with, status, WICK_ERROR_PROBLEM, "initial.M: expected a matrix with entries, found 0 x 2");
    status = wick_problem_set_matrix(with->context, with->problem, "M", values, SIZE_MAX / 2, 4);
    assert_int_equal(status, WICK_ERROR_PROBLEM);
    assert_non_null(strstr(wick_context_message(with->context), "do not fit in memory"));
    status = wick_problem_set_matrix(with->context, with->problem, "noise", values, 1, 1);
    expect_error(with, status, WICK_ERROR_PROBLEM, "noise: not a matrix or vector; allowed: Q, M, P, a, a_star, q, at");
    /* A matrix set over one from a file has no place any more. */
    read_text(with, "{\"activation\": \"x\", \"initial\": {\"M\": [[0], [0]], \"Q\": [[1, 0], [0, 1]]}}");
    const double asymmetric[] = {1, 0.5, 0, 1};
    expect_ok(with, wick_problem_set_matrix(with->context, with->problem, "Q", asymmetric, 2, 2));
    set(with, "regime", "classical");
    status = wick_problem_check(with->context, with->problem, WICK_FOR_DRIFT);
    assert_int_equal(status, WICK_ERROR_PROBLEM);
    assert_non_null(strstr(wick_context_message(with->context),
                           "initial.Q: must be symmetric, but entry [1,2] is 0.5 and entry [2,1] is 0"));
}

static void test_public_places(void **state)
{
    fixture *with = *state;
    read_text(with, "{\n  \"p\": 2,   \"activation\" :  \"x +\" }");
    set(with, "target-activation", "y");
    expect_error(with, wick_problem_fail(with->context, with->problem, "activation", "bad %d", 7), WICK_ERROR_PROBLEM,
                 "in.json:2:29: bad 7");
    expect_error(with, wick_problem_fail(with->context, with->problem, "target_activation", "bad"), WICK_ERROR_PROBLEM,
                 "--target-activation: bad");
    expect_error(with, wick_problem_fail(with->context, with->problem, "regime", "bad"), WICK_ERROR_PROBLEM, "regime: bad");
}

/* ---- Overriding -------------------------------------------------------------------------------------------------- */

static void test_flags_over_files(void **state)
{
    fixture *with = *state;
    read_text(with, "{" SMALL ", \"p\": 2, \"k\": 1, \"d\": 50, \"noise\": 0.5, \"time\": {\"end\": 7, \"points\": 3}}");
    set(with, "noise", "0.25");
    set(with, "time-points", "2");
    set(with, "learning_rate", "1e-1");
    check(with, WICK_FOR_RUN);
    assert_true(with->problem->parameter[WICK_NOISE] == 0.25);
    assert_int_equal(with->problem->time_count, 2);
    assert_true(with->problem->times[1] == 7);
    /* Files over flags, if read later. */
    read_text(with, "{\"time\": {\"end\": 8}}");
    check(with, WICK_FOR_RUN);
    assert_int_equal(with->problem->time_count, 2);
    assert_true(with->problem->times[1] == 8);
}

static void test_rivals(void **state)
{
    fixture *with = *state;
    read_text(with,
              "{" SMALL ", \"p\": 1, \"k\": 1, \"d\": 50, \"time\": {\"end\": 7, \"points\": 3, \"spacing\": \"linear\"}}");
    set(with, "at", "[0, 0.5, 7.5, 9]");
    check(with, WICK_FOR_RUN);
    assert_int_equal(with->problem->time_count, 4);
    assert_true(with->problem->times[2] == 7.5);
    set(with, "end", "20");
    check(with, WICK_FOR_RUN);
    assert_int_equal(with->problem->time_count, 200); /* what "at" replaced does not come back */
    assert_true(with->problem->times[199] == 20);

    set(with, "M", "[[0.5]]");
    set(with, "Q", "[[2]]");
    set(with, "a", "[3]");
    check(with, WICK_FOR_DRIFT);
    assert_true(with->problem->Q[0] == 2 && with->problem->a[0] == 3);
    set(with, "seed", "5");
    check(with, WICK_FOR_DRIFT);
    assert_true(with->problem->Q[0] != 2 && with->problem->a[0] == 3);
    expect_json(with,
                "{\"activation\":\"x^2\",\"target_activation\":\"x^2\",\"p\":1,\"k\":1,\"d\":50,\"learning_rate\":0.1,"
                "\"noise\":0,\"regime\":\"high-dimensional\",\"second_layer\":\"fixed\",\"initial\":{\"a\":[3],"
                "\"random\":{\"seed\":5,\"scale\":1,\"orthonormal_target\":true}},\"time\":{\"end\":20,\"start\":2e-5,"
                "\"points\":200,\"spacing\":\"log\"},\"integrator\":{\"method\":\"rk8pd\",\"rtol\":1e-8,\"atol\":1e-12}}");

    set(with, "integrator", "{\"method\": \"euler\", \"dt\": 0.125}");
    check(with, WICK_FOR_RUN);
    assert_true(with->problem->dt == 0.125);
    set(with, "method", "rk4");
    check(with, WICK_FOR_RUN);
    assert_true(with->problem->dt == 0);
    assert_string_equal(with->problem->method, "rk4");
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void test_initial_from_file(void **state)
{
    fixture *with = *state;
    char *folder = wick_test_folder_make(), path[512], expected[1024];
    snprintf(path, sizeof path, "%s/state.json", folder);
    set(with, "activation", "x");
    set(with, "regime", "classical");
    write_file(path, " {\"M\": [[0.25]],\n \"Q\": [[1.5]]}");
    set(with, "initial", path);
    check(with, WICK_FOR_DRIFT);
    assert_true(with->problem->Q[0] == 1.5 && with->problem->M[0] == 0.25);
    write_file(path, "{\"noise\": 3, \"initial\":\n {\"M\": [[0.25]],\n \"Q\": [[2.5]]}}");
    set(with, "initial", path);
    check(with, WICK_FOR_DRIFT);
    assert_true(with->problem->Q[0] == 2.5 && with->problem->parameter[WICK_NOISE] == 0);

    write_file(path, "{\"initial\":\n {\"M\": [[0.25]],\n \"Q\": [[2, 5]]}}");
    set(with, "initial", path);
    snprintf(expected, sizeof expected, "%s:3:7: initial.Q: must be p x p = 1 x 1, but row 1 has 2 entries", path);
    expect_error(with, wick_problem_check(with->context, with->problem, WICK_FOR_DRIFT), WICK_ERROR_PROBLEM, expected);
    write_file(path, "{\"QQ\":\n 1}");
    snprintf(expected, sizeof expected,
             "%s:1:2: unknown key \"QQ\" in \"initial\"; did you mean Q? Allowed: Q, M, P, a, a_star, q, random", path);
    expect_error(with, wick_problem_set(with->context, with->problem, "initial", path), WICK_ERROR_PROBLEM, expected);
    write_file(path, "{\"M\":\n ]");
    snprintf(expected, sizeof expected, "%s:2:2: not valid JSON: unexpected token near ']'", path);
    expect_error(with, wick_problem_set(with->context, with->problem, "initial", path), WICK_ERROR_PROBLEM, expected);
    write_file(path, "{\"activation\": \"x^3\",\n \"noise\": -2}");
    snprintf(expected, sizeof expected, "%s:2:11: noise: must be at least 0, found -2", path);
    expect_error(with, wick_problem_read_file(with->context, with->problem, path), WICK_ERROR_PROBLEM, expected);
    wick_test_folder_remove(folder);
}

/* ---- Defaults, writing, caching ---------------------------------------------------------------------------------- */

static void test_defaults(void **state)
{
    fixture *with = *state;
    read_text(with,
              "{\"activation\": \"x^2 - 1\", \"learning_rate\": 2, \"initial\": {\"M\": [[0, 0.5], [0, 0], [0.25, 0]], "
              "\"Q\": [[1, 0, 0], [0, 1, 0], [0, 0, 1]]}}");
    check(with, WICK_FOR_RUN);
    const wick_problem *problem = with->problem;
    assert_string_equal(problem->target_activation, "x^2 - 1");
    assert_int_equal(wick_problem_p(problem), 3);
    assert_int_equal(wick_problem_k(problem), 2);
    assert_int_equal(wick_problem_regime(problem), WICK_HIGH_DIMENSIONAL);
    assert_false(problem->second_layer_trained);
    assert_true(problem->parameter[WICK_NOISE] == 0 && problem->d == 0 && problem->parameter[WICK_LEARNING_RATE] == 2);
    const double identity[] = {1, 0, 0, 1}, ones[] = {1, 1, 1};
    assert_memory_equal(problem->P, identity, sizeof identity);
    assert_memory_equal(problem->a, ones, sizeof ones);
    assert_memory_equal(problem->a_star, ones, 2 * sizeof *ones);
    assert_null(problem->q);
    assert_int_equal(problem->time_count, 200);
    assert_true(problem->times[0] == 1e-4 && problem->times[199] == 100);
    assert_string_equal(problem->method, "rk8pd");
    assert_true(problem->rtol == 1e-8 && problem->atol == 1e-12 && problem->dt == 0);
    set(with, "regime", "classical-noise");
    set(with, "second-layer", "trained");
    check(with, WICK_FOR_EQUATIONS);
    assert_int_equal(wick_problem_regime(problem), WICK_CLASSICAL_NOISE);
    assert_true(problem->second_layer_trained);
}

static void test_counts(void **state)
{
    fixture *with = *state;
    read_text(with, "{\"activation\": \"x\", \"regime\": \"classical\", \"p\": 8.0, \"k\": 1e0, \"d\": 1e15}");
    check(with, WICK_FOR_DRIFT);
    assert_int_equal(with->problem->p, 8);
    assert_true(with->problem->d == 1e15 && with->problem->parameter[WICK_LEARNING_RATE] == 1);
}

static void test_purposes(void **state)
{
    fixture *with = *state;
    set(with, "activation", "x");
    check(with, WICK_FOR_EQUATIONS);
    assert_int_equal(wick_problem_check(with->context, with->problem, WICK_FOR_CODE), WICK_ERROR_PROBLEM);
    set(with, "p", "2");
    set(with, "k", "1");
    check(with, WICK_FOR_CODE);
    assert_int_equal(wick_problem_check(with->context, with->problem, WICK_FOR_DRIFT), WICK_ERROR_PROBLEM);
    /* A failure leaves what was verified before it. */
    assert_string_equal(with->problem->activation, "x");
    assert_int_equal(wick_problem_p(with->problem), 2);
    set(with, "d", "10");
    set(with, "learning_rate", "1");
    set(with, "method", "euler");
    check(with, WICK_FOR_DRIFT);
    assert_int_equal(wick_problem_check(with->context, with->problem, WICK_FOR_RUN), WICK_ERROR_PROBLEM);
    /* Nothing set, nothing done again; something set, all is done again. */
    const double *Q = with->problem->Q;
    check(with, WICK_FOR_DRIFT);
    assert_ptr_equal(with->problem->Q, Q);
    const double before = Q[0];
    set(with, "seed", "2");
    assert_null(with->problem->Q);
    check(with, WICK_FOR_DRIFT);
    assert_true(with->problem->Q[0] != before);
}

/* A problem written and read back is written the same, and means the same bits. */
static void check_round_trip(fixture *with)
{
    char *json = NULL, *again = NULL;
    wick_problem *copy = NULL;
    check(with, WICK_FOR_RUN);
    expect_ok(with, wick_problem_json(with->context, with->problem, &json));
    assert_null(strchr(json, '\n'));
    expect_ok(with, wick_problem_alloc(with->context, &copy));
    expect_ok(with, wick_problem_read_json(with->context, copy, json, "copy"));
    expect_ok(with, wick_problem_check(with->context, copy, WICK_FOR_RUN));
    expect_ok(with, wick_problem_json(with->context, copy, &again));
    assert_string_equal(again, json);
    const wick_problem *one = with->problem;
    const size_t p = one->p, k = one->k;
    assert_int_equal(copy->p, p);
    assert_int_equal(copy->k, k);
    assert_memory_equal(copy->M, one->M, p * k * sizeof(double));
    assert_memory_equal(copy->P, one->P, k * k * sizeof(double));
    assert_memory_equal(copy->a, one->a, p * sizeof(double));
    assert_memory_equal(copy->a_star, one->a_star, k * sizeof(double));
    if (one->Q) assert_memory_equal(copy->Q, one->Q, p * p * sizeof(double));
    if (one->q) assert_memory_equal(copy->q, one->q, p * sizeof(double));
    assert_int_equal(copy->time_count, one->time_count);
    assert_memory_equal(copy->times, one->times, one->time_count * sizeof(double));
    assert_true(copy->rtol == one->rtol && copy->atol == one->atol && copy->dt == one->dt &&
                copy->parameter[WICK_NOISE] == one->parameter[WICK_NOISE]);
    assert_true(copy->parameter[WICK_LEARNING_RATE] == one->parameter[WICK_LEARNING_RATE] && copy->d == one->d &&
                copy->regime == one->regime);
    wick_problem_free(copy);
    wick_string_free(json);
    wick_string_free(again);
}

static void test_round_trips(void **state)
{
    fixture *with = *state;
    static const char *const texts[] = {
        "{\"activation\": \"x^2\", \"p\": 3, \"k\": 2, \"d\": 1e9, \"learning_rate\": 0.1}",
        "{\"initial\": {\"M\": [[0.1, 0], [0, 0.3]], \"Q\": [[1, 0.7], [0.7, 1.1]], \"P\": [[1, 0.1], [0.1, 1]], \"a\": [1, "
        "0.3333333333333333]}, \"p\": 2}",
        "{\"regime\": \"mean-field\", \"d\": 7, \"noise\": 1e-300, \"time\": {\"at\": [0, 0.1, 1e9]}}",
        "{\"initial\": {\"M\": [[0.1, 0]], \"q\": [0.7], \"a_star\": [0.1, -5]}, \"p\": 1, \"regime\": "
        "\"mean-field-high-d\"}",
        "{\"integrator\": {\"method\": \"euler\", \"dt\": 0.001}, \"target_activation\": \"a \\\"\\n\\u00e9 b\"}",
        "{\"time\": {\"start\": 0.3, \"spacing\": \"linear\", \"points\": 7}, \"second_layer\": \"trained\"}",
        "{\"time\": {\"at\": [0.1, 0.30000000000000004, 1e22]}, \"noise\": 1.7976931348623157e308}", /* 17 digits */
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (i == 3) set(with, "a", "[1]");
        read_text(with, texts[i]);
        check_round_trip(with);
    }
}

/* What the help texts say of defaults and names is what the table does. */
static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < wick_problem_key_count(); i++) {
        const wick_key_row *row = wick_key_row_at(i);
        assert_ptr_equal(&row->key, wick_problem_key_at(i));
        /* "method" alone is the key of that path; wick_problem_set() tells the two apart by their values. */
        if (strcmp(row->key.path, "integrator.method") != 0) assert_ptr_equal(wick_key_row_find(row->key.flag), row);
        assert_ptr_equal(wick_key_row_find(row->key.path), row);
        if (row->fallback) assert_non_null(strstr(row->key.meaning, row->fallback));
        for (size_t n = 0; row->choices && row->choices[n]; n++) assert_non_null(strstr(row->key.meaning, row->choices[n]));
        assert_true(strlen(row->key.meaning) < 120 && !strchr(row->key.meaning, '\n'));
    }
    for (int regime = WICK_CLASSICAL; regime <= WICK_MEAN_FIELD_HIGH_D; regime++)
        assert_int_equal(!wick_regime_at((wick_regime)regime)->full,
                         strncmp(wick_regime_name((wick_regime)regime), "mean-field", 10) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_unreadable),        TEST(test_inconsistent),  TEST(test_bad_files),        TEST(test_bad_flags),
        TEST(test_bad_numbers),       TEST(test_public_places), TEST(test_flags_over_files), TEST(test_rivals),
        TEST(test_initial_from_file), TEST(test_defaults),      TEST(test_counts),           TEST(test_purposes),
        TEST(test_round_trips),       TEST(test_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
