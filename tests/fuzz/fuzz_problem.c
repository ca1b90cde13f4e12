/* Problems: JSON text, and keys set one by one as flags are; read, completed, verified, written and read again.
 *
 * The input: JSON, then lines `key value`, which begin after a line `--`. Either may be missing.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "problem/problem.h"

enum { LENGTH_LIMIT = 4096, WIDTH_LIMIT = 24, POINTS_LIMIT = 100000 };

static void set_keys(wick_context *context, wick_problem *problem, char *lines)
{
    for (char *key = fuzz_line(&lines); key; key = fuzz_line(&lines)) {
        char *value = strchr(key, ' ');
        if (value == NULL) continue;
        *value++ = '\0';
        /* The value of "initial" may be a file's name, and those of this machine are none of the fuzzer's business. */
        if (strstr(key, "initial") && strchr(value, '{') == NULL) continue;
        fuzz_expect_message(context, wick_problem_set(context, problem, key, value));
    }
}

static void read_problem(wick_context *context, char *text, wick_problem *problem)
{
    char *flags = NULL;
    if (strncmp(text, "--\n", 3) == 0) {
        flags = text + 3;
        *text = '\0';
    } else if ((flags = strstr(text, "\n--\n")) != NULL) {
        *flags = '\0';
        flags += 4;
    }
    if (*text) fuzz_expect_message(context, wick_problem_read_json(context, problem, text, "fuzz.json"));
    if (flags) set_keys(context, problem, flags);
}

static bool is_finite(const double *values, size_t count)
{
    for (size_t i = 0; values && i < count; i++)
        if (!isfinite(values[i])) return false;
    return true;
}

static void check_decoded(const wick_problem *problem)
{
    const size_t p = problem->p, k = problem->k;
    fuzz_expect(p >= 1 && k >= 1 && problem->M && problem->P && problem->a && problem->a_star, "a problem without a state");
    fuzz_expect((problem->q != NULL) == !wick_regime_at(problem->regime)->full, "q in another regime");
    fuzz_expect(is_finite(problem->Q, p * p) && is_finite(problem->M, p * k) && is_finite(problem->P, k * k) &&
                    is_finite(problem->q, p) && is_finite(problem->a, p) && is_finite(problem->a_star, k),
                "the initial state is not finite");
    fuzz_expect(problem->parameter[WICK_LEARNING_RATE] >= 0 && problem->parameter[WICK_NOISE] >= 0 && problem->tolerance > 0,
                "a rate out of range");
}

static void check_times(const wick_problem *problem)
{
    fuzz_expect(problem->time_count > 0 && is_finite(problem->times, problem->time_count), "output times are not finite");
    for (size_t i = 0; i < problem->time_count; i++)
        fuzz_expect(i == 0 ? problem->times[i] >= 0 : problem->times[i] > problem->times[i - 1],
                    "output times do not increase");
}

/* What a result keeps of a problem makes the same problem. */
static void check_round_trip(wick_context *context, wick_problem *problem, wick_purpose purpose)
{
    char *json = NULL, *second = NULL;
    wick_problem *again = NULL;
    wick_status status = wick_problem_json(context, problem, &json);
    fuzz_expect(status == WICK_OK, "a verified problem cannot be written: %s", wick_context_message(context));
    fuzz_expect(wick_problem_alloc(context, &again) == WICK_OK, "no memory for a problem");
    status = wick_problem_read_json(context, again, json, "again.json");
    if (status == WICK_OK) status = wick_problem_check(context, again, purpose);
    if (status == WICK_OK) status = wick_problem_json(context, again, &second);
    fuzz_expect(status == WICK_OK, "%s\nis refused: %s", json, wick_context_message(context));
    fuzz_expect(strcmp(json, second) == 0, "%s\nis written again as\n%s", json, second);
    wick_string_free(json);
    wick_string_free(second);
    wick_problem_free(again);
}

static void check(wick_context *context, wick_problem *problem)
{
    for (int purpose = WICK_FOR_EQUATIONS; purpose <= WICK_FOR_RUN; purpose++) {
        const wick_status status = wick_problem_check(context, problem, (wick_purpose)purpose);
        fuzz_expect_message(context, status);
        if (status != WICK_OK) return;
        if (purpose >= WICK_FOR_CODE && (problem->p > WIDTH_LIMIT || problem->k > WIDTH_LIMIT)) return;
        if (purpose == WICK_FOR_DRIFT) check_decoded(problem);
    }
    check_times(problem);
    check_round_trip(context, problem, WICK_FOR_RUN);
    char *initial = NULL;
    fuzz_expect(wick_problem_initial_json(context, problem, &initial) == WICK_OK, "the initial state cannot be written: %s",
                wick_context_message(context));
    wick_string_free(initial);
}

/* A number of points that only costs memory. */
static bool is_long(const wick_problem *problem)
{
    const json_t *time = json_object_get(problem->given, "time"), *points = json_object_get(time, "points");
    return points && json_number_value(points) > POINTS_LIMIT;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_limit_time();
    if (size > LENGTH_LIMIT) return 0;
    char *text = fuzz_text(data, size);
    wick_context *context = wick_context_alloc();
    wick_problem *problem = NULL;
    fuzz_expect(context && wick_problem_alloc(context, &problem) == WICK_OK, "no memory for a problem");
    read_problem(context, text, problem);
    if (!is_long(problem)) check(context, problem);
    wick_problem_free(problem);
    wick_context_free(context);
    free(text);
    return 0;
}
