/* CSV to the letter, files whole or not at all, plots by gnuplot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output/csv.h"
#include "output/file.h"
#include "output/plot.h"
#include "output/trajectory.h"
#include "place.h"
#include "support.h"

static const char problem[] = "{\"activation\": \"x^2\", \"target_activation\": \"x^2\", \"p\": 1, \"k\": 2, "
                              "\"regime\": \"high-dimensional\", \"noise\": 0.1}";

/* Release with free(). */
static char *text_of(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) fail_msg("%s cannot be read", path);
    char *text = calloc(1, 1 << 20);
    assert_non_null(text);
    assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
    fclose(file);
    return text;
}

static void assert_text(const char *path, const char *expected)
{
    char *text = text_of(path);
    assert_string_equal(text, expected);
    free(text);
}

static void assert_says(const wick_test_place *here, const char *part)
{
    const char *message = wick_context_message(here->context);
    if (!strstr(message, part)) fail_msg("\"%s\" does not hold \"%s\"", message, part);
}

/* ---- Rows -------------------------------------------------------------------------------------------------------- */

static void append(wick_trajectory *trajectory, double time, double risk, double excess, const double *state,
                   size_t dimension)
{
    const wick_point point = {.time = time, .risk = risk, .excess_risk = excess, .state = state, .dimension = dimension};
    assert_true(wick_trajectory_append(trajectory, &point));
}

static void test_trajectory_copies(void **unused)
{
    (void)unused;
    wick_trajectory trajectory = {.keeps_states = true};
    double state[3] = {0};
    for (size_t i = 0; i < 1000; ++i) {
        for (size_t n = 0; n < 3; ++n) state[n] = (double)(10 * i + n);
        append(&trajectory, (double)i, 2.0 * (double)i, 3.0 * (double)i, state, 3);
    }
    assert_int_equal(trajectory.count, 1000);
    assert_int_equal(trajectory.dimension, 3);
    for (size_t i = 0; i < 1000; ++i) {
        assert_true(trajectory.times[i] == (double)i && trajectory.risks[i] == 2.0 * (double)i);
        assert_true(trajectory.excess_risks[i] == 3.0 * (double)i);
        for (size_t n = 0; n < 3; ++n) assert_true(trajectory.states[3 * i + n] == (double)(10 * i + n));
    }
    wick_trajectory_clear(&trajectory);
    assert_int_equal(trajectory.count, 0);
    assert_null(trajectory.states);
}

/* ---- CSV --------------------------------------------------------------------------------------------------------- */

static void check_csv(const char *json, bool keeps_states, const char *stopped, const char *expected)
{
    const wick_layout layout = wick_layout_of(WICK_CLASSICAL, true, 1, 2);
    wick_trajectory trajectory = {.keeps_states = keeps_states};
    const double states[2][4] = {{0.1, -2, 1e-300, 4}, {1.0 / 3, 0, 1e300, -0.5}};
    append(&trajectory, 0, 1.5, 1.45, states[0], 4);
    append(&trajectory, 0.001, 1e-5, 1.0 / 3, states[1], 4);
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    assert_non_null(stream);
    wick_csv_write(stream, json, &layout, &trajectory, stopped);
    fclose(stream);
    assert_string_equal(text, expected);
    free(text);
    wick_trajectory_clear(&trajectory);
}

static void test_csv(void **unused)
{
    (void)unused;
    check_csv(problem, false, NULL,
              "# wick: " WICK_VERSION "\n"
              "# activation: \"x^2\"\n# target_activation: \"x^2\"\n# p: 1\n# k: 2\n"
              "# regime: \"high-dimensional\"\n# noise: 0.1\n"
              "t,risk,excess_risk\n"
              "0,1.5,1.45\n"
              "0.001,1e-5,0.3333333333333333\n");
}

static void test_csv_with_states(void **unused)
{
    (void)unused;
    check_csv("{\"p\":1}", true, "diverged at t = 1\nand a second line",
              "# wick: " WICK_VERSION "\n# p: 1\n"
              "t,risk,excess_risk,\"M[1,1]\",\"M[1,2]\",\"Q[1,1]\",a[1]\n"
              "0,1.5,1.45,0.1,-2,1e-300,4\n"
              "0.001,1e-5,0.3333333333333333,0.3333333333333333,0,1e300,-0.5\n"
              "# stopped: diverged at t = 1\n");
}

/* Values go in as they are written, whatever they hold. */
static void test_csv_problem_lines(void **unused)
{
    (void)unused;
    check_csv(" {\n \"initial\" : {\"Q\": [[1, 2], [3, 4.50]], \"s\": \"},{\\\"]\"} , \"empty\":{},\"text\":\"a, "
              "\\\\\",\"last\":true }\n",
              false, NULL,
              "# wick: " WICK_VERSION "\n"
              "# initial: {\"Q\": [[1, 2], [3, 4.50]], \"s\": \"},{\\\"]\"}\n"
              "# empty: {}\n# text: \"a, \\\\\"\n# last: true\n"
              "t,risk,excess_risk\n"
              "0,1.5,1.45\n"
              "0.001,1e-5,0.3333333333333333\n");
    check_csv("{}", false, NULL,
              "# wick: " WICK_VERSION "\nt,risk,excess_risk\n0,1.5,1.45\n"
              "0.001,1e-5,0.3333333333333333\n");
}

/* ---- Files ------------------------------------------------------------------------------------------------------- */

static void test_file_appears_when_closed(void **state)
{
    wick_test_place *here = *state;
    wick_output output;
    const char *path = wick_test_place_path(here, "curve.csv");
    assert_int_equal(wick_output_open(here->context, path, &output), WICK_OK);
    fputs("one\n", output.stream);
    fflush(output.stream);
    assert_int_not_equal(access(path, F_OK), 0);
    fputs("two\n", output.stream);
    assert_int_equal(wick_output_close(here->context, &output), WICK_OK);
    assert_text(path, "one\ntwo\n");
    assert_int_equal(wick_test_place_files(here), 1);
}

static void test_file_is_replaced_whole(void **state)
{
    wick_test_place *here = *state;
    const char *path = wick_test_place_path(here, "curve.csv");
    assert_int_equal(wick_output_write_text(here->context, path, "old\n"), WICK_OK);
    assert_int_equal(chmod(path, 0600), 0);
    wick_output output;
    assert_int_equal(wick_output_open(here->context, path, &output), WICK_OK);
    fputs("new\n", output.stream);
    fflush(output.stream);
    assert_text(path, "old\n");
    wick_output_discard(&output);
    assert_text(path, "old\n");
    assert_int_equal(wick_test_place_files(here), 1);

    assert_int_equal(wick_output_write_text(here->context, path, "new\n"), WICK_OK);
    assert_text(path, "new\n");
    struct stat found;
    assert_int_equal(stat(path, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0600);
    assert_int_equal(wick_test_place_files(here), 1);
}

static void test_file_permissions_follow_the_mask(void **state)
{
    wick_test_place *here = *state;
    const char *path = wick_test_place_path(here, "curve.csv");
    const mode_t mask = umask(0027);
    assert_int_equal(wick_output_write_text(here->context, path, "x"), WICK_OK);
    umask(mask);
    struct stat found;
    assert_int_equal(stat(path, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0640);
}

static void test_link_stays_a_link(void **state)
{
    wick_test_place *here = *state;
    assert_int_equal(wick_output_write_text(here->context, wick_test_place_path(here, "real"), "old\n"), WICK_OK);
    const char *link = wick_test_place_path(here, "link");
    assert_int_equal(symlink("real", link), 0);
    assert_int_equal(wick_output_write_text(here->context, link, "new\n"), WICK_OK);
    struct stat found;
    assert_int_equal(lstat(link, &found), 0);
    assert_true(S_ISLNK(found.st_mode));
    assert_text(wick_test_place_path(here, "real"), "new\n");
    assert_int_equal(wick_test_place_files(here), 2);
}

static void test_unwritable(void **state)
{
    wick_test_place *here = *state;
    wick_output output;
    const char *path = "/proc/no/such/folder.csv";
    assert_int_equal(wick_output_open(here->context, path, &output), WICK_ERROR_FILE);
    assert_says(here, path);
    assert_says(here, "No such file or directory");
    assert_int_equal(wick_output_check(here->context, path), WICK_ERROR_FILE);
    assert_int_equal(wick_output_write_text(here->context, path, ""), WICK_ERROR_FILE);
    assert_int_equal(wick_output_check(here->context, here->folder), WICK_ERROR_FILE);
    assert_says(here, "Is a directory");
    assert_int_equal(wick_test_place_files(here), 0);
}

static void test_check_leaves_nothing(void **state)
{
    wick_test_place *here = *state;
    const char *path = wick_test_place_path(here, "curve.csv");
    assert_int_equal(wick_output_check(here->context, path), WICK_OK);
    assert_int_equal(wick_test_place_files(here), 0);
    assert_int_equal(wick_output_write_text(here->context, path, "kept"), WICK_OK);
    assert_int_equal(wick_output_check(here->context, path), WICK_OK);
    assert_text(path, "kept");
    assert_int_equal(wick_test_place_files(here), 1);
    assert_int_equal(wick_output_check(here->context, NULL), WICK_OK);
    assert_int_equal(wick_output_check(here->context, "-"), WICK_OK);
    assert_int_equal(wick_output_check(here->context, "/dev/null"), WICK_OK);
}

static void test_device_is_written_and_stays(void **state)
{
    wick_test_place *here = *state;
    struct stat found;
    assert_int_equal(wick_output_write_text(here->context, "/dev/null", "x"), WICK_OK);
    assert_int_equal(stat("/dev/null", &found), 0);
    assert_true(S_ISCHR(found.st_mode));
    assert_int_equal(wick_output_write_text(here->context, "/dev/full", "x"), WICK_ERROR_FILE);
    assert_says(here, "cannot write /dev/full: No space left on device");
    assert_int_equal(stat("/dev/full", &found), 0);
    assert_true(S_ISCHR(found.st_mode));
}

/* A file that may not grow stands for a full disk: what was there stays, nothing half-written is left. */
static void test_file_too_large_is_removed(void **state)
{
    wick_test_place *here = *state;
    const char *path = wick_test_place_path(here, "curve.csv");
    assert_int_equal(wick_output_write_text(here->context, path, "old\n"), WICK_OK);
    wick_output output;
    assert_int_equal(wick_output_open(here->context, path, &output), WICK_OK);
    struct rlimit before, limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = before;
    limit.rlim_cur = 100;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    for (size_t i = 0; i < 100; ++i) fputs("more than fits into a hundred bytes\n", output.stream);
    const wick_status status = wick_output_close(here->context, &output);
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, handler);
    assert_int_equal(status, WICK_ERROR_FILE);
    assert_says(here, path);
    assert_says(here, "File too large");
    assert_text(path, "old\n");
    assert_int_equal(wick_test_place_files(here), 1);
}

/* ---- Plots ------------------------------------------------------------------------------------------------------- */

enum { POINTS = 50 };

/* Powers of ten from 1e-3 on; `offset` moves the excess risk. */
static wick_trajectory curve(double decades, double offset)
{
    wick_trajectory trajectory = {0};
    for (size_t i = 0; i < POINTS; ++i) {
        const double exponent = decades * (double)i / (POINTS - 1), risk = pow(10, -exponent);
        append(&trajectory, 1e-3 * pow(10, exponent), risk, risk - offset, NULL, 0);
    }
    return trajectory;
}

static char *script_of(const char *json, const wick_trajectory *trajectory, bool partial)
{
    char *script;
    assert_int_equal(wick_plot_script(NULL, "x.svg", json, trajectory, partial, &script), WICK_OK);
    return script;
}

static bool script_has(const char *json, const wick_trajectory *trajectory, const char *part)
{
    char *script = script_of(json, trajectory, false);
    const bool found = strstr(script, part) != NULL;
    free(script);
    return found;
}

static void test_plot_axes(void **unused)
{
    (void)unused;
    wick_trajectory wide = curve(6, 1e-9), narrow = curve(1.3, 0.01), flat = curve(0.1, 0), negative = curve(6, 2),
                    rounded = curve(6, 1.1e-6);
    assert_true(script_has(problem, &wide, "set logscale x\n") && script_has(problem, &wide, "set logscale y\n"));
    assert_true(script_has(problem, &wide, "set format y '10^{%T}'"));
    assert_true(script_has(problem, &narrow, "set logscale y\n") && script_has(problem, &narrow, "set ytics ("));
    assert_false(script_has(problem, &flat, "set logscale"));
    assert_true(script_has(problem, &negative, "set logscale x\n"));
    assert_true(script_has(problem, &rounded, "set logscale y\n")); /* a few values below zero at the end */
    for (size_t i = 0; i < POINTS; ++i) negative.risks[i] = -1;
    assert_false(script_has(problem, &negative, "set logscale y\n"));

    assert_true(script_has(problem, &wide, "\u03bd\u03b3/(pd)"));
    assert_true(script_has(problem, &wide, "title 'excess risk R \u2212 \u0394/2'"));
    assert_false(script_has(problem, &flat, "title 'excess risk R")); /* the same curve, drawn once */
    wick_trajectory *all[] = {&wide, &narrow, &flat, &negative, &rounded};
    for (size_t i = 0; i < sizeof all / sizeof *all; ++i) wick_trajectory_clear(all[i]);
}

static void test_plot_title(void **unused)
{
    (void)unused;
    wick_trajectory trajectory = curve(6, 0);
    assert_true(script_has(problem, &trajectory, "set title '\u03c3 = x^2, high-dimensional, p = 1, k = 2' noenhanced\n"));
    assert_true(
        script_has("{\"activation\":\"it's\\n{x}\",\"target_activation\":\"he3\",\"regime\":\"classical\",\"p\":8,\"k\":4}",
                   &trajectory, "set title '\u03c3 = it''s {x}, \u03c3* = he3, classical, p = 8, k = 4' noenhanced\n"));
    char *script = script_of(problem, &trajectory, true);
    assert_non_null(strstr(script, "k = 2 (stopped early)'"));
    free(script);
    wick_trajectory_clear(&trajectory);
}

static void test_plot_names(void **state)
{
    wick_test_place *here = *state;
    static const char *const good[] = {"a.svg", "dir.x/a.PNG", "a.b.pdf"}, *const bad[] = {"a.gif", "svg", ".svg",
                                                                                           "a.svg.gz", ""};
    for (size_t i = 0; i < sizeof good / sizeof *good; ++i) assert_int_equal(wick_plot_check_name(NULL, good[i]), WICK_OK);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
        assert_int_equal(wick_plot_check_name(here->context, bad[i]), WICK_ERROR_PROBLEM);
        assert_says(here, "must end in .svg, .png or .pdf");
    }
}

static void check_picture(wick_test_place *here, const char *name, const char *beginning, const wick_trajectory *trajectory)
{
    const char *path = wick_test_place_path(here, name);
    if (wick_plot_write(here->context, path, problem, trajectory, false) != WICK_OK)
        fail_msg("%s", wick_context_message(here->context));
    char *text = text_of(path);
    assert_memory_equal(text, beginning, strlen(beginning));
    free(text);
}

static void test_plot_is_drawn(void **state)
{
    wick_test_place *here = *state;
    wick_trajectory wide = curve(6, 1e-9), narrow = curve(1.3, 0.01), flat = curve(0.1, 0), negative = curve(6, 2),
                    single = {0};
    append(&single, 0, 1, 1, NULL, 0);
    check_picture(here, "it's a \"plot\".svg", "<?xml", &wide);
    check_picture(here, "a.png", "\x89PNG", &narrow);
    check_picture(here, "a.pdf", "%PDF", &flat);
    check_picture(here, "b.svg", "<?xml", &negative);
    check_picture(here, "c.svg", "<?xml", &single);
    assert_int_equal(wick_test_place_files(here), 5);
    char *text = text_of(wick_test_place_path(here, "it's a \"plot\".svg"));
    assert_non_null(strstr(text, "</svg>"));
    assert_non_null(strstr(text, "high-dimensional, p = 1, k = 2"));
    assert_non_null(strstr(text, "population risk"));
    assert_non_null(strstr(text, "excess risk"));
    free(text);
    wick_trajectory *all[] = {&wide, &narrow, &flat, &negative, &single};
    for (size_t i = 0; i < sizeof all / sizeof *all; ++i) wick_trajectory_clear(all[i]);
}

static void test_plot_failures(void **state)
{
    wick_test_place *here = *state;
    wick_trajectory trajectory = curve(6, 0), empty = {0};
    assert_int_equal(wick_plot_write(here->context, wick_test_place_path(here, "a.svg"), problem, &empty, true),
                     WICK_ERROR_FILE);
    assert_says(here, "before its first output");
    assert_int_equal(wick_plot_write(here->context, "/proc/no/a.svg", problem, &trajectory, false), WICK_ERROR_FILE);
    assert_says(here, "No such file or directory");
    assert_int_equal(wick_plot_write(here->context, "/dev/full", problem, &trajectory, false), WICK_ERROR_PROBLEM);

    char *search = getenv("PATH");
    char *before = search ? strdup(search) : NULL;
    assert_non_null(before);
    setenv("PATH", here->folder, 1);
    const wick_status status =
        wick_plot_write(here->context, wick_test_place_path(here, "a.svg"), problem, &trajectory, false);
    setenv("PATH", before, 1);
    free(before);
    assert_int_equal(status, WICK_ERROR_FILE);
    assert_says(here, "a.svg: gnuplot was not found; install gnuplot-nox");
    assert_int_equal(wick_test_place_files(here), 0);
    wick_trajectory_clear(&trajectory);
}

/* Whatever goes wrong inside gnuplot is told, and no half-drawn file stays. */
static void test_plot_tells_what_gnuplot_says(void **state)
{
    wick_test_place *here = *state;
    wick_trajectory trajectory = curve(6, 0);
    char program[4096];
    snprintf(program, sizeof program, "%s", wick_test_place_path(here, "gnuplot"));
    assert_int_equal(
        wick_output_write_text(here->context, program,
                               "#!/bin/sh\necho '<svg>'\necho '   ^' >&2\necho 'line 1: no such terminal' >&2\nexit 1\n"),
        WICK_OK);
    assert_int_equal(chmod(program, 0755), 0);
    char *search = getenv("PATH");
    char *before = search ? strdup(search) : NULL;
    assert_non_null(before);
    setenv("PATH", here->folder, 1);
    const wick_status status =
        wick_plot_write(here->context, wick_test_place_path(here, "a.svg"), problem, &trajectory, false);
    setenv("PATH", before, 1);
    free(before);
    assert_int_equal(status, WICK_ERROR_FILE);
    assert_says(here, "gnuplot says: line 1: no such terminal");
    assert_int_equal(wick_test_place_files(here), 1);
    wick_trajectory_clear(&trajectory);
}

#define WITH_PLACE(test) cmocka_unit_test_setup_teardown(test, wick_test_place_make, wick_test_place_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trajectory_copies),
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_csv_with_states),
        cmocka_unit_test(test_csv_problem_lines),
        WITH_PLACE(test_file_appears_when_closed),
        WITH_PLACE(test_file_is_replaced_whole),
        WITH_PLACE(test_file_permissions_follow_the_mask),
        WITH_PLACE(test_link_stays_a_link),
        WITH_PLACE(test_unwritable),
        WITH_PLACE(test_check_leaves_nothing),
        WITH_PLACE(test_device_is_written_and_stays),
        WITH_PLACE(test_file_too_large_is_removed),
        cmocka_unit_test(test_plot_axes),
        cmocka_unit_test(test_plot_title),
        WITH_PLACE(test_plot_names),
        WITH_PLACE(test_plot_is_drawn),
        WITH_PLACE(test_plot_failures),
        WITH_PLACE(test_plot_tells_what_gnuplot_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
