/* Where the system gives no executable memory what would be compiled is walked, says so, and gives the same digits: under
 * seccomp filters, in children, since a filter stays for good. What was compiled before goes on. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wick/wick.h"

/* ---- The filters ----------------------------------------------------------------------------------------------------- */

#define CALL(number)                                                                                                        \
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),                                                  \
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 4)
#define PROTECTION BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2]))
#define REFUSE_IF_ALL(bits)                                                                                                 \
    BPF_STMT(BPF_ALU | BPF_AND | BPF_K, (bits)), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (bits), 0, 1),                         \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES)

/* Refuses mprotect() of PROT_EXEC, and mmap() of all of `bits`. */
static int refuse(unsigned bits)
{
    struct sock_filter program[] = {
        CALL(SYS_mprotect),      PROTECTION, REFUSE_IF_ALL(PROT_EXEC),
#ifdef SYS_pkey_mprotect
        CALL(SYS_pkey_mprotect), PROTECTION, REFUSE_IF_ALL(PROT_EXEC),
#endif
        CALL(SYS_mmap),          PROTECTION, REFUSE_IF_ALL(bits),      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog filter = {.len = sizeof program / sizeof *program, .filter = program};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

static int refuse_any(void) { return refuse(PROT_EXEC); }

/* What MemoryDenyWriteExecute of systemd does; a program can still be loaded. */
static int refuse_writable(void) { return refuse(PROT_WRITE | PROT_EXEC); }

static int refuse_none(void) { return 0; }

/* ---- Children -------------------------------------------------------------------------------------------------------- */

enum { NO_FILTER = 99 };

/* The exit status of a child that does the work, 128 + signal where one ended it; its output in `text`. */
static int run_child(void (*work)(const void *user), const void *user, char *text, size_t size)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        work(user);
        fflush(NULL);
        _exit(0);
    }
    close(ends[1]);
    size_t length = 0;
    ssize_t count;
    while ((count = read(ends[0], text + length, size - 1 - length)) > 0) length += (size_t)count;
    text[length] = '\0';
    close(ends[0]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == NO_FILTER) skip(); /* a system without seccomp */
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void ask(int (*filter)(void))
{
    if (filter() != 0) _exit(NO_FILTER);
    /* The filter is in force. */
    if (filter == refuse_none) return;
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED || mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0) _exit(NO_FILTER);
    munmap(page, 4096);
}

/* ---- The library ----------------------------------------------------------------------------------------------------- */

typedef struct {
    const char *activation, *regime, *more;
    int compiles; /* whether its drift is compiled code */
} kind;

static const kind kinds[] = {
    {"x^2", "classical", "", 1},
    {"x^2", "classical-noise", "", 1},
    {"x^3 - x", "high-dimensional", "", 1},
    {"x^3 - x", "high-dimensional", ", \"second_layer\": \"trained\"", 1},
    {"x^3 - x", "high-dimensional", ", \"method\": \"quadrature\"", 1},
    {"x^2", "mean-field", "", 1},
    {"x^2", "mean-field-high-d", "", 1},
    {"erf(x/sqrt(2))", "classical", "", 0},
    {"erf(x/sqrt(2))", "high-dimensional", "", 0},
    {"erf(x/sqrt(2))", "mean-field", "", 0},
    {"relu", "classical", "", 0},
    {"relu", "mean-field", "", 0},
    {"relu", "mean-field-high-d", "", 0},
    {"tanh", "classical", "", 1},
    {"tanh", "classical-noise", "", 1},
    {"tanh", "high-dimensional", ", \"quadrature\": {\"tol\": 1e-4}", 1},
    {"tanh", "mean-field", "", 1},
    {"tanh", "mean-field-high-d", "", 1},
    {"exp(-abs(x))", "classical", ", \"quadrature\": {\"tol\": 1e-4}", 1},
    {"exp(-abs(x))", "mean-field", ", \"quadrature\": {\"tol\": 1e-4}", 1},
};

static wick_problem *make_problem(wick_context *context, const kind *k)
{
    char json[500];
    snprintf(json, sizeof json,
             "{\"activation\": \"%s\", \"regime\": \"%s\", \"p\": 1, \"k\": 1, \"d\": 9, \"learning_rate\": 0.1, \"time\": "
             "{\"at\": [0, 0.1]}%s}",
             k->activation, k->regime, k->more);
    wick_problem *problem = NULL;
    if (wick_problem_alloc(context, &problem) != WICK_OK ||
        wick_problem_read_json(context, problem, json, "problem") != WICK_OK)
        printf("problem: %s\n", wick_context_message(context));
    return problem;
}

/* Prints what is wrong. */
static void expect(const kind *k, const char *call, wick_context *context, wick_status status)
{
    if (status == WICK_OK) return;
    printf("%s, %s%s: %s returned \"%s\": %s\n", k->activation, k->regime, k->more, call, wick_status_text(status),
           wick_context_message(context));
}

enum { MOST = 4 }; /* entries of a state */

static void take_numbers(const kind *k, wick_context *context, wick_system *system, double numbers[MOST + 1])
{
    double state[MOST];
    memset(numbers, 0, (MOST + 1) * sizeof *numbers);
    expect(k, "wick_system_initial_state", context, wick_system_initial_state(context, system, state));
    expect(k, "wick_system_drift", context, wick_system_drift(system, state, numbers));
    expect(k, "wick_system_risk", context, wick_system_risk(system, state, &numbers[MOST], NULL));
}

static void compile_all(const void *filter)
{
    enum { KINDS = sizeof kinds / sizeof *kinds };
    wick_system *compiled[KINDS];
    wick_context *context = wick_context_alloc();
    for (size_t i = 0; i < KINDS; ++i) {
        wick_problem *problem = make_problem(context, &kinds[i]);
        expect(&kinds[i], "wick_system_compile", context, wick_system_compile(context, problem, &compiled[i]));
        if (wick_system_is_walked(compiled[i])) printf("%s: is walked\n", kinds[i].activation);
        wick_problem_free(problem);
    }
    ask(*(int (*const *)(void))filter);
    for (size_t i = 0; i < KINDS; ++i) {
        wick_problem *problem = make_problem(context, &kinds[i]);
        wick_system *system = NULL;
        double first[MOST + 1], second[MOST + 1];
        expect(&kinds[i], "wick_system_compile", context, wick_system_compile(context, problem, &system));
        if (!system || wick_system_is_walked(system) != kinds[i].compiles ||
            (strstr(wick_system_source(system), "Not compiled") != NULL) != kinds[i].compiles)
            printf("%s, %s: does not say whether it is walked\n", kinds[i].activation, kinds[i].regime);
        take_numbers(&kinds[i], context, compiled[i], first);
        take_numbers(&kinds[i], context, system, second);
        if (memcmp(first, second, sizeof first) != 0)
            printf("%s, %s: another drift\n", kinds[i].activation, kinds[i].regime);
        wick_system_free(system);
        wick_system_free(compiled[i]);
        wick_problem_free(problem);
    }
    wick_context_free(context);
    printf("done\n");
}

static void test_every_kind_is_walked(void **state)
{
    (void)state;
    int (*const filters[])(void) = {refuse_any, refuse_writable};
    char text[20000];
    for (size_t i = 0; i < 2; ++i) {
        assert_int_equal(run_child(compile_all, &filters[i], text, sizeof text), 0);
        assert_string_equal(text, "done\n");
    }
}

static int ignore(void *user, const wick_point *point)
{
    (void)user, (void)point;
    return 0;
}

/* A system compiled before the filter runs on; what would be compiled after it is walked. */
static void compile_before(const void *unused)
{
    (void)unused;
    static const kind polynomial = {"x^2", "classical", "", 1}, erf = {"erf(x/sqrt(2))", "classical", "", 0};
    const wick_simulation simulation = {.engine = WICK_SGD, .seed = 1, .runs = 1, .threads = 1};
    wick_context *context = wick_context_alloc();
    wick_problem *problem = make_problem(context, &polynomial), *other = make_problem(context, &erf);
    wick_system *system = NULL, *copy = NULL, *closed = NULL;
    double first[2], second[2], begin[2], jacobian[4];
    if (wick_system_compile(context, problem, &system) != WICK_OK ||
        wick_system_initial_state(context, system, begin) != WICK_OK || wick_system_drift(system, begin, first) != WICK_OK ||
        wick_system_compile(context, other, &closed) != WICK_OK)
        printf("before: %s\n", wick_context_message(context));
    ask(refuse_any);
    expect(&polynomial, "wick_system_copy", context, wick_system_copy(context, system, &copy));
    expect(&polynomial, "wick_system_drift", context, wick_system_drift(copy, begin, second));
    if (memcmp(first, second, sizeof first) != 0) printf("another drift\n");
    expect(&polynomial, "wick_system_jacobian", context, wick_system_jacobian(context, system, begin, jacobian));
    expect(&polynomial, "wick_integrate", context, wick_integrate(context, problem, system, ignore, NULL, NULL, NULL));
    expect(&erf, "wick_system_jacobian", context, wick_system_jacobian(context, closed, begin, jacobian));
    expect(&erf, "wick_simulate", context, wick_simulate(context, other, closed, &simulation, NULL, NULL, NULL, NULL));
    wick_equations *equations = NULL;
    wick_files *files = NULL;
    expect(&polynomial, "wick_equations_derive", context, wick_equations_derive(context, problem, &equations));
    expect(&polynomial, "wick_emit", context, wick_emit(context, problem, "solver", "name", &files));
    wick_files_free(files);
    wick_equations_free(equations);
    wick_system_free(system);
    wick_system_free(copy);
    wick_system_free(closed);
    wick_problem_free(problem);
    wick_problem_free(other);
    wick_context_free(context);
    printf("done\n");
}

static void test_what_was_compiled_goes_on(void **state)
{
    (void)state;
    char text[20000];
    assert_int_equal(run_child(compile_before, NULL, text, sizeof text), 0);
    assert_string_equal(text, "done\n");
}

/* ---- The command ----------------------------------------------------------------------------------------------------- */

typedef struct {
    int (*filter)(void);
    const char *arguments[16];
} call;

static void run_command(const void *user)
{
    const call *c = user;
    ask(c->filter);
    char *arguments[17] = {WICK_COMMAND};
    for (size_t i = 0; i < 16; ++i) memcpy(&arguments[i + 1], &c->arguments[i], sizeof arguments[0]);
    execv(WICK_COMMAND, arguments);
    _exit(127);
}

static void test_command(void **state)
{
    (void)state;
#define PROBLEM(activation, regime)                                                                                         \
    "--activation", activation, "--regime", regime, "--p", "1", "--k", "1", "--d", "9", "--learning-rate", "0.1"
    static const struct {
        call call;
        int walked;
    } cases[] = {
        {{refuse_writable, {"run", PROBLEM("x^2", "classical"), "--end", "0.1"}}, 1},
        {{refuse_writable, {"eval", PROBLEM("x^2", "high-dimensional")}}, 1},
        {{refuse_writable, {"eval", PROBLEM("tanh", "mean-field")}}, 1},
        {{refuse_writable, {"simulate", PROBLEM("tanh", "classical"), "--end", "0.1"}}, 1},
        {{refuse_writable, {"eval", PROBLEM("erf", "classical")}}, 0},
        {{refuse_writable, {"derive", "--activation", "x^2"}}, 0},
        {{refuse_none, {"eval", PROBLEM("x^2", "high-dimensional")}}, 0},
    };
    char text[20000];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
        const int status = run_child(run_command, &cases[i].call, text, sizeof text);
        static const char line[] = "wick: this system gives no memory for machine code";
        if (status != 0) fail_msg("case %zu: exit status %d, %s", i, status, text);
        if ((strstr(text, line) != NULL) != cases[i].walked) fail_msg("case %zu: %s", i, text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind_is_walked),
        cmocka_unit_test(test_what_was_compiled_goes_on),
        cmocka_unit_test(test_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
