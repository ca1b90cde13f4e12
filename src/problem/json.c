/* A problem written out: the defaults filled in, keys in the order of the table, numbers that read back to the same bits
 * with no more digits than that takes.
 *
 * A random state is written as what it was drawn from; P, a and a_star are left out if they were, which means identity and
 * ones. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static int append(const char *bytes, size_t length, void *text)
{
    wick_text_append_bytes(text, bytes, length);
    return 0;
}

/* Whether every real in the value is the same number again after a way through so many digits. */
static bool reads_back(const json_t *value, int digits)
{
    if (json_is_real(value)) {
        char text[32];
        snprintf(text, sizeof text, "%.*g", digits, json_real_value(value));
        return strtod(text, NULL) == json_real_value(value);
    }
    for (size_t i = 0; i < json_array_size(value); i++)
        if (!reads_back(json_array_get(value, i), digits)) return false;
    for (void *at = json_object_iter((json_t *)value); at; at = json_object_iter_next((json_t *)value, at))
        if (!reads_back(json_object_iter_value(at), digits)) return false;
    return true;
}

/* 15 digits write 0.1 as 0.1, 17 write any number; jansson takes one precision for the whole text. */
static size_t digits_for(const json_t *whole)
{
    int digits = 15;
    while (digits < 17 && !reads_back(whole, digits)) digits++;
    return (size_t)digits;
}

static int dump(const json_t *whole, wick_text *text)
{
    return json_dump_callback(whole, append, text, JSON_COMPACT | JSON_REAL_PRECISION(digits_for(whole)));
}

wick_status wick_problem_json(wick_context *context, wick_problem *problem, char **json)
{
    WICK_TRY(wick_problem_check(context, problem, WICK_FOR_EQUATIONS));
    json_t *whole = make_whole(problem->complete);
    wick_text text = WICK_TEXT_EMPTY;
    const int failed = whole ? dump(whole, &text) : -1;
    json_decref(whole);
    if (failed) {
        wick_text_clear(&text);
        return wick_fail_memory(context, "writing a problem");
    }
    return wick_text_take(context, &text, json);
}
