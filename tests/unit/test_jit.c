/* The compiler in memory: code that runs, errors that come back as text and go nowhere else, no file and no header needed,
 * counted references, several threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "jit/jit.h"
#include "support.h"

enum { SOURCE_SIZE = 1024 };

/* drift[0] = FACTOR state[0], and a risk that calls a kernel: parameters . state over two entries. */
static void write_source(char source[SOURCE_SIZE], int factor)
{
    snprintf(source, SOURCE_SIZE,
             "typedef __SIZE_TYPE__ size_t;\n"
             "double dot(size_t, size_t, const double *, const double *);\n"
             "void system_drift(const double *parameters, const double *state, double *work, double *drift)\n"
             "{ drift[0] = %d * state[0]; }\n"
             "double system_excess_risk(const double *parameters, const double *state, double *work)\n"
             "{ return dot(0, 2, parameters, state); }\n",
             factor);
}

static wick_code *compile(wick_context *context, int factor)
{
    char source[SOURCE_SIZE];
    write_source(source, factor);
    wick_code *code = NULL;
    if (wick_code_compile(context, source, &code) != WICK_OK) fail_msg("%s", wick_context_message(context));
    return code;
}

static int gives(const wick_code *code, int factor)
{
    const double parameters[] = {2, 3}, state[] = {5, 7};
    double drift = 0, work = 0;
    wick_code_drift(code)(parameters, state, &work, &drift);
    return drift == 5 * factor && wick_code_excess_risk(code)(parameters, state, &work) == 2 * 5 + 3 * 7;
}

static void test_runs(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    wick_code *code = compile(context, 11);
    assert_true(gives(code, 11));
    wick_code_free(code);
    wick_code_free(NULL);
    wick_context_free(context);
}

/* ---- Errors ------------------------------------------------------------------------------------------------------ */

static void refuses(wick_context *context, const char *source, const char *message)
{
    wick_code *code = (wick_code *)context; /* must be overwritten */
    assert_int_equal(wick_code_compile(context, source, &code), WICK_ERROR_COMPILE);
    assert_null(code);
    if (strstr(wick_context_message(context), message) == NULL)
        fail_msg("should hold \"%s\": %s", message, wick_context_message(context));
}

#define RISK "double system_excess_risk(const double *p, const double *s, double *w) { return 0; }\n"

static void refuse_all(wick_context *context)
{
    refuses(context, RISK "\nvoid system_drift(void) { undeclared = 1; }\n", ":3: error: 'undeclared' undeclared");
    refuses(context, RISK "void system_drift(void) {", "error: ");
    refuses(context, RISK "void nowhere(void); void system_drift(void) { nowhere(); }\n", "undefined symbol 'nowhere'");
    refuses(context, "#include <stdio.h>\n" RISK, ":1: error: include file 'stdio.h' not found");
    refuses(context, RISK, "libtcc refused the generated code");
    refuses(context, "", "libtcc refused the generated code");
}

static void test_errors(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    refuse_all(context);
    wick_code *code = compile(context, 3); /* an error leaves nothing behind */
    assert_true(gives(code, 3));
    wick_code_free(code);
    wick_context_free(context);
}

/* Both streams go into a file for a while; its size is what was printed. */
static void test_errors_print_nothing(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    FILE *caught = tmpfile();
    assert_non_null(caught);
    fflush(stdout);
    fflush(stderr);
    const int output = dup(STDOUT_FILENO), error = dup(STDERR_FILENO);
    assert_true(output >= 0 && error >= 0);
    assert_true(dup2(fileno(caught), STDOUT_FILENO) >= 0 && dup2(fileno(caught), STDERR_FILENO) >= 0);

    wick_code *code = NULL;
    const wick_status status = wick_code_compile(context, RISK "void system_drift(void) { undeclared = 1; }\n", &code);

    fflush(stdout);
    fflush(stderr);
    assert_true(dup2(output, STDOUT_FILENO) >= 0 && dup2(error, STDERR_FILENO) >= 0);
    close(output);
    close(error);
    assert_int_equal(status, WICK_ERROR_COMPILE);
    struct stat information;
    assert_int_equal(fstat(fileno(caught), &information), 0);
    assert_int_equal(information.st_size, 0);
    fclose(caught);
    wick_context_free(context);
}

/* ---- Files ------------------------------------------------------------------------------------------------------- */

/* With no descriptor to be had, open() fails for every file, read or written; compiling must not notice. */
static void test_needs_no_file(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    struct rlimit limit, none;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    none = limit;
    none.rlim_cur = 0;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    const int descriptor = open("/dev/null", O_RDONLY);
    char source[SOURCE_SIZE];
    write_source(source, 7);
    wick_code *code = NULL;
    const wick_status status = wick_code_compile(context, source, &code);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);

    assert_int_equal(descriptor, -1);
    if (status != WICK_OK) fail_msg("%s", wick_context_message(context));
    assert_true(gives(code, 7));
    wick_code_free(code);
    wick_context_free(context);
}

/* ---- References and threads -------------------------------------------------------------------------------------- */

static void test_references(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    wick_code *code = compile(context, 5);
    assert_ptr_equal(wick_code_share(code), code);
    assert_ptr_equal(wick_code_share(code), code);
    for (int users = 3; users > 0; users--) {
        wick_code *other = compile(context, 100 + users); /* would take the place of code that went too early */
        assert_true(gives(code, 5));
        assert_true(gives(other, 100 + users));
        wick_code_free(other);
        wick_code_free(code); /* the last time it is gone: the sanitizers tell if not */
    }
    wick_context_free(context);
}

enum { THREADS = 4, COMPILES = 100 };

typedef struct {
    int index;
    size_t failures; /* assertions belong to the main thread */
    wick_code *shared;
} worker;

/* The message must name this thread's own mistake. */
static int refused(wick_context *context, int factor)
{
    char source[SOURCE_SIZE], name[64];
    snprintf(name, sizeof name, "'undeclared_%d'", factor);
    snprintf(source, sizeof source, RISK "void system_drift(void) { undeclared_%d = 1; }\n", factor);
    wick_code *code = NULL;
    return wick_code_compile(context, source, &code) == WICK_ERROR_COMPILE && code == NULL &&
           strstr(wick_context_message(context), name) != NULL;
}

static void *work(void *argument)
{
    worker *self = argument;
    wick_context *context = wick_context_alloc();
    for (int i = 0; i < COMPILES; i++) {
        const int factor = self->index * COMPILES + i;
        char source[SOURCE_SIZE];
        write_source(source, factor);
        wick_code *code = NULL;
        if (wick_code_compile(context, source, &code) != WICK_OK || !gives(code, factor)) self->failures++;
        if (i % 4 == 0 && !refused(context, factor)) self->failures++;
        wick_code *shared = wick_code_share(self->shared);
        if (!gives(shared, 13)) self->failures++;
        wick_code_free(shared);
        wick_code_free(code);
    }
    wick_code_free(self->shared);
    wick_context_free(context);
    return NULL;
}

static void test_threads(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    wick_code *shared = compile(context, 13);
    worker workers[THREADS];
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) workers[i] = (worker){.index = i, .shared = wick_code_share(shared)};
    wick_code_free(shared);
    for (int i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    for (int i = 0; i < THREADS; i++) assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (int i = 0; i < THREADS; i++) assert_int_equal(workers[i].failures, 0);
    wick_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_runs),          cmocka_unit_test(test_errors),     cmocka_unit_test(test_errors_print_nothing),
        cmocka_unit_test(test_needs_no_file), cmocka_unit_test(test_references), cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
