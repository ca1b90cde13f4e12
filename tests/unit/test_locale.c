/* The host's locale does not matter: whatever decimal mark it has, of the process or of one thread, wick prints and reads
 * the same texts, and leaves the locale as it was. Everything a host can call goes into one long text, which is compared
 * with that of the C locale. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "locales.h"
#include "output/plot.h"
#include "output/table.h"
#include "support.h"
#include "wick/wick.h"

/* LeakSanitizer asks for this: glibc's setlocale() keeps the folders of $LOCPATH. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:setlocale\nleak:argz_add_sep\n"; }

static const char *const problems[] = {
    "{\"activation\": \"0.5*x\", \"p\": 2, \"k\": 1, \"learning_rate\": 0.25, \"noise\": 1.5e-3, \"regime\": "
    "\"high-dimensional\","
    " \"initial\": {\"Q\": [[1.25, 0.1], [0.1, 1.5]], \"M\": [[0.3], [1e-3]], \"P\": [[1.1]], \"a\": [1.5, 0.5]},"
    " \"time\": {\"end\": 1.5, \"points\": 7}}",
    "{\"activation\": \"x^2/3 - 0.1*x\", \"p\": 2, \"k\": 2, \"d\": 40, \"learning_rate\": 0.1, \"noise\": 0.01,"
    " \"second_layer\": \"trained\", \"initial\": {\"random\": {\"seed\": 3}}, \"time\": {\"at\": [0, 0.125, 0.7]}}",
    "{\"activation\": \"1.5*erf(0.7*x)\", \"p\": 2, \"k\": 1, \"d\": 50, \"learning_rate\": 0.2, \"regime\": "
    "\"classical-noise\","
    " \"noise\": 0.125, \"time\": {\"end\": 0.5, \"points\": 4}}",
    "{\"activation\": \"leaky_relu(x, 0.25) - 0.5*x\", \"p\": 2, \"k\": 1, \"d\": 50, \"learning_rate\": 0.2,"
    " \"regime\": \"classical\", \"time\": {\"end\": 0.5, \"points\": 4}}",
    "{\"activation\": \"tanh(0.9*x) + 0.125\", \"p\": 2, \"k\": 1, \"d\": 50, \"learning_rate\": 0.2, \"regime\": "
    "\"classical\","
    " \"quadrature\": {\"tol\": 1.5e-6}, \"time\": {\"end\": 0.25, \"points\": 3}}",
    "{\"activation\": \"x^2 - 0.75\", \"p\": 4, \"k\": 2, \"d\": 30, \"learning_rate\": 0.2, \"regime\": \"mean-field\","
    " \"time\": {\"end\": 0.5, \"points\": 4}}",
};

/* ---- Everything, as text -----------------------------------------------------------------------------------------------
 */

static void add_derivation(wick_context *context, wick_problem *problem, wick_text *text)
{
    static const wick_format formats[] = {WICK_TEXT, WICK_LATEX, WICK_JSON, WICK_LATEX_DOCUMENT};
    wick_equations *equations = NULL;
    assert_int_equal(wick_equations_derive(context, problem, &equations), WICK_OK);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; ++i) {
        char *printed = NULL;
        assert_int_equal(wick_equations_print(context, equations, formats[i], &printed), WICK_OK);
        wick_text_append(text, printed);
        wick_string_free(printed);
    }
    wick_equations_free(equations);
}

static void add_emission(wick_context *context, wick_problem *problem, wick_text *text)
{
    static const char *const targets[] = {"library", "header", "solver", "gsl", "cvode", "cmake", "python"};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; ++i) {
        wick_files *files = NULL;
        const wick_status status = wick_emit(context, problem, targets[i], "study", &files);
        if (status == WICK_ERROR_UNSUPPORTED) continue; /* in any locale: the texts are compared */
        if (status != WICK_OK) fail_msg("%s: %s", targets[i], wick_context_message(context));
        for (size_t j = 0; j < wick_files_count(files); ++j) {
            wick_text_append(text, wick_files_name(files, j));
            wick_text_append(text, wick_files_text(files, j));
        }
        wick_files_free(files);
    }
}

/* Bits, so that a number that prints alike and is another is seen. */
static void add_bits(wick_text *text, const double *values, size_t count)
{
    for (size_t i = 0; i < count; ++i) {
        unsigned long long bits;
        memcpy(&bits, &values[i], sizeof bits);
        wick_text_printf(text, "%llx ", bits);
    }
    wick_text_append(text, "\n");
}

static int add_point(void *user, const wick_point *point)
{
    wick_text *text = user;
    add_bits(text, &point->time, 1);
    add_bits(text, &point->risk, 1);
    add_bits(text, point->state, point->dimension);
    return 0;
}

static int add_sample(void *user, const wick_sample *sample)
{
    add_bits(user, &sample->time, 1);
    add_bits(user, sample->excess_risks, sample->runs);
    return 0;
}

static void add_system(wick_context *context, wick_problem *problem, wick_text *text)
{
    wick_system *system = NULL;
    if (wick_system_compile(context, problem, &system) != WICK_OK) fail_msg("%s", wick_context_message(context));
    wick_text_append(text, wick_system_source(system));
    const size_t dimension = wick_system_dimension(system);
    double *state = calloc(2 * dimension, sizeof *state), risk;
    assert_int_equal(wick_system_initial_state(context, system, state), WICK_OK);
    assert_int_equal(wick_system_drift(system, state, state + dimension), WICK_OK);
    assert_int_equal(wick_system_risk(system, state, &risk, NULL), WICK_OK);
    add_bits(text, state, 2 * dimension);
    add_bits(text, &risk, 1);
    free(state);
    assert_int_equal(wick_integrate(context, problem, system, add_point, NULL, text, NULL), WICK_OK);
    const wick_simulation simulation = {.engine = WICK_SGD, .seed = 5, .runs = 2, .threads = 2};
    const wick_status status = wick_simulate(context, problem, system, &simulation, add_sample, NULL, text, NULL);
    if (status != WICK_OK) wick_text_append(text, wick_context_message(context));
    wick_system_free(system);
}

static void add_texts(wick_context *context, wick_problem *problem, wick_text *text)
{
    char *json = NULL, *script = NULL;
    assert_int_equal(wick_problem_json(context, problem, &json), WICK_OK);
    wick_text_append(text, json);
    double times[] = {0, 0.125, 1e-7}, risks[] = {0.5, 1.0 / 3, 12.5}, excess[] = {0.25, 1e-9, 0.75};
    const wick_trajectory trajectory = {.count = 3, .times = times, .risks = risks, .excess_risks = excess};
    assert_int_equal(wick_plot_script(context, "picture.svg", json, &trajectory, true, &script), WICK_OK);
    wick_text_append(text, script);
    wick_string_free(script);
    wick_string_free(json);
    if (wick_problem_initial_json(context, problem, &json) == WICK_OK) {
        wick_text_append(text, json);
        wick_string_free(json);
    }
}

static void add_error(wick_context *context, wick_problem *problem, const char *key, const char *value, wick_text *text)
{
    wick_system *system = NULL;
    if (wick_problem_set(context, problem, key, value) == WICK_OK &&
        wick_problem_check(context, problem, WICK_FOR_RUN) == WICK_OK &&
        wick_system_compile(context, problem, &system) == WICK_OK)
        fail_msg("%s = %s was taken", key, value);
    wick_text_printf(text, "%s = %s: %s\n", key, value, wick_context_message(context));
    wick_system_free(system);
}

static void add_errors(wick_context *context, wick_text *text)
{
    static const char *const wrong[][2] = {
        {"learning_rate", "-0.25"},     {"learning_rate", "0,25"},       {"tol", "1.5e-17"},    {"p", "2.5"},
        {"Q", "[[1, 0.5], [0.25, 1]]"}, {"Q", "[[0.1, 2], [2, 0.1]]"},   {"at", "[0.5, 0.25]"}, {"activation", "log(x)"},
        {"activation", "0,5*x"},        {"activation", "sqrt(x - 1.5)"}, {"d", "0.5"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; ++i) {
        wick_problem *problem = NULL;
        assert_int_equal(wick_problem_alloc(context, &problem), WICK_OK);
        assert_int_equal(wick_problem_read_json(context, problem, problems[0], "problem"), WICK_OK);
        add_error(context, problem, wrong[i][0], wrong[i][1], text);
        wick_problem_free(problem);
    }
    wick_problem *problem = NULL;
    assert_int_equal(wick_problem_alloc(context, &problem), WICK_OK);
    assert_int_not_equal(wick_problem_read_file(context, problem, "/no/such/file.json"), WICK_OK);
    wick_text_append(text, wick_context_message(context));
    wick_problem_free(problem);
}

static void add_problem(wick_context *context, const char *json, wick_text *text)
{
    wick_problem *problem = NULL;
    assert_int_equal(wick_problem_alloc(context, &problem), WICK_OK);
    if (wick_problem_read_json(context, problem, json, "problem") != WICK_OK) fail_msg("%s", wick_context_message(context));
    add_texts(context, problem, text);
    add_derivation(context, problem, text);
    add_emission(context, problem, text);
    add_system(context, problem, text);
    assert_int_equal(wick_problem_set(context, problem, "noise", "+.5"), WICK_OK);
    add_texts(context, problem, text);
    wick_problem_free(problem);
}

static char *everything(void)
{
    wick_context *context = wick_context_alloc();
    wick_text text = WICK_TEXT_EMPTY;
    for (size_t i = 0; i < sizeof problems / sizeof *problems; ++i) add_problem(context, problems[i], &text);
    add_errors(context, &text);
    char *bytes = NULL;
    assert_int_equal(wick_text_take(context, &text, &bytes), WICK_OK);
    wick_context_free(context);
    return bytes;
}

/* ---- Locales -----------------------------------------------------------------------------------------------------------
 */

typedef struct {
    char *folder, *expected;
} fixture;

static int set_up(void **state)
{
    fixture *made = calloc(1, sizeof *made);
    made->folder = wick_test_folder_make();
    made->expected = everything();
    *state = made;
    return 0;
}

static int tear_down(void **state)
{
    fixture *made = *state;
    wick_test_locales_remove(made->folder);
    wick_test_folder_remove(made->folder);
    free(made->expected);
    free(made);
    return 0;
}

static void check_same(const char *expected, const char *found)
{
    size_t i = 0;
    while (expected[i] && expected[i] == found[i]) ++i;
    if (expected[i] != found[i]) {
        const size_t before = i < 60 ? i : 60;
        fail_msg("should be\n%.120s\nis\n%.120s", expected + i - before, found + i - before);
    }
}

/* The locale is in force, or the test would prove nothing. */
static void check_mark(const char *mark)
{
    char text[16], expected[16];
    snprintf(text, sizeof text, "%.1f", 0.5);
    snprintf(expected, sizeof expected, "0%s5", mark);
    assert_string_equal(text, expected);
    assert_string_equal(localeconv()->decimal_point, mark);
}

static void check_process(void **state, const char *name, const char *mark)
{
    const fixture *of = *state;
    char *locale = wick_test_locale_make(of->folder, name);
    if (!setlocale(LC_ALL, locale)) fail_msg("%s was made, and the C library does not take it", locale);
    check_mark(mark);
    char *found = everything();
    check_mark(mark);
    setlocale(LC_ALL, "C");
    check_same(of->expected, found);
    free(found);
    free(locale);
}

static void test_comma(void **state) { check_process(state, "de_DE", ","); }

/* Two bytes, of which jansson knows what to do with the first. */
static void test_mark_of_two_bytes(void **state) { check_process(state, "ps_AF", "\xd9\xab"); }

/* Its small i is not that of I. */
static void test_turkish(void **state) { check_process(state, "tr_TR", ","); }

/* A thread with a locale of its own, beside one without. */
static void *in_other_thread(void *user)
{
    (void)user;
    return everything();
}

static void test_locale_of_one_thread(void **state)
{
    const fixture *of = *state;
    char *name = wick_test_locale_make(of->folder, "de_DE");
    const locale_t locale = newlocale(LC_ALL_MASK, name, (locale_t)0);
    assert_true(locale != (locale_t)0);
    const locale_t before = uselocale(locale);
    check_mark(",");
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, in_other_thread, NULL), 0);
    char *found = everything();
    void *other;
    assert_int_equal(pthread_join(thread, &other), 0);
    check_mark(",");
    assert_true(uselocale(before) == locale);
    freelocale(locale);
    check_same(of->expected, found);
    check_same(of->expected, other);
    free(other);
    free(found);
    free(name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_comma),
        cmocka_unit_test(test_mark_of_two_bytes),
        cmocka_unit_test(test_turkish),
        cmocka_unit_test(test_locale_of_one_thread),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
