/* A problem written out: the defaults filled in, keys in the order of the table, numbers that read back to the same bits
 * with no more digits than that takes.
 *
 * A random state is written as what it was drawn from; P, a and a_star are left out if they were, which means identity and
 * ones. */
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "problem/keys.h"
#include "problem/merge.h"
#include "problem/stages.h"

/* 1, 1.0 and 1e0 are all written as 1. Minus zero has no integer, and large integers read worse than 1e20. */
static json_t *number(double value)
{
    const bool whole = value == floor(value) && fabs(value) < 1e15 && !(value == 0 && signbit(value));
    return whole ? json_integer((json_int_t)value) : json_real(value);
}

/* A value in which numbers are written in one way. */
static json_t *canonical(const json_t *value)
{
    if (json_is_number(value)) return number(json_number_value(value));
    if (!json_is_array(value)) return json_incref((json_t *)value);
    json_t *array = json_array();
    for (size_t i = 0; i < json_array_size(value); i++) {
        if (json_array_append_new(array, canonical(json_array_get(value, i))) == 0) continue;
        json_decref(array);
        return NULL;
    }
    return array;
}

static json_t *count_or_null(size_t count) { return count ? json_integer((json_int_t)count) : json_null(); }

/* The defaults that depend on other keys; JSON's null for a key that has none, NULL if memory is exhausted. */
static json_t *derived(const json_t *complete, const char *path)
{
    json_t *activation = wick_json_at(complete, "activation");
    if (strcmp(path, "target_activation") == 0) return activation ? json_incref(activation) : json_null();
    if (strcmp(path, "p") == 0) return count_or_null(wick_complete_p(complete));
    if (strcmp(path, "k") == 0) return count_or_null(wick_complete_k(complete));
    if (strcmp(path, "learning_rate") == 0 && strcmp(wick_complete_text(complete, "regime"), "classical") == 0)
        return number(1);
    if (strcmp(path, "integrator.method") == 0) return json_string(wick_complete_method(complete));
    if (strcmp(path, "time.start") == 0 && wick_json_at(complete, "time.end")) return number(wick_complete_start(complete));
    return json_null();
}

static json_t *make_whole(const json_t *complete)
{
    json_t *whole = json_object();
    for (size_t i = 0; i < wick_problem_key_count() && whole; i++) {
        const wick_key_row *row = wick_key_row_at(i);
        if (row->kind == WICK_KIND_GROUP) continue;
        const json_t *given = wick_json_at(complete, row->key.path);
        json_t *value = given ? canonical(given) : derived(complete, row->key.path);
        if (json_is_null(value) || (value && wick_json_put(whole, row->key.path, value))) continue;
        json_decref(whole);
        return NULL;
    }
    return whole;
}

wick_status wick_problem_json(wick_context *context, wick_problem *problem, char **json)
{
    WICK_TRY(wick_problem_check(context, problem, WICK_FOR_EQUATIONS));
    json_t *whole = make_whole(problem->complete);
    wick_text text = WICK_TEXT_EMPTY;
    if (!whole) return wick_fail_memory(context, "writing a problem");
    wick_json_print(&text, whole, JSON_COMPACT);
    json_decref(whole);
    return wick_text_take(context, &text, json);
}
