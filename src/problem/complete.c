/* What was given with the defaults under it, and how to read it. See stages.h. */
#include <string.h>

#include "base/json.h"
#include "problem/keys.h"
#include "problem/merge.h"
#include "problem/stages.h"

/* As a flag's value is read; the table's own texts are valid. */
static json_t *read_fallback(const wick_key_row *row)
{
    if (wick_key_row_is_text(row)) return json_string(row->fallback);
    return wick_json_read(row->fallback, strlen(row->fallback), JSON_DECODE_ANY, NULL);
}

json_t *wick_complete_values(const wick_problem *problem)
{
    json_t *defaults = json_object();
    bool made = defaults != NULL;
    for (size_t i = 0; i < wick_problem_key_count() && made; i++) {
        const wick_key_row *row = wick_key_row_at(i);
        if (row->fallback) made = wick_json_put(defaults, row->key.path, read_fallback(row));
    }
    json_t *complete = made ? wick_merge_values(defaults, problem->given) : NULL;
    json_decref(defaults);
    return complete;
}

double wick_complete_number(const json_t *complete, const char *path)
{
    return json_number_value(wick_json_at(complete, path));
}

const char *wick_complete_text(const json_t *complete, const char *path)
{
    return json_string_value(wick_json_at(complete, path));
}

size_t wick_complete_rows(const json_t *complete, const char *path) { return json_array_size(wick_json_at(complete, path)); }

static size_t first_row_length(const json_t *complete, const char *path)
{
    return json_array_size(json_array_get(wick_json_at(complete, path), 0));
}

size_t wick_complete_p(const json_t *complete)
{
    const json_t *given = wick_json_at(complete, "p");
    if (given) return (size_t)json_number_value(given);
    size_t p = wick_complete_rows(complete, "initial.M");
    if (p == 0) p = wick_complete_rows(complete, "initial.Q");
    if (p == 0) p = wick_complete_rows(complete, "initial.q");
    if (p == 0) p = wick_complete_rows(complete, "initial.a");
    return p;
}

size_t wick_complete_k(const json_t *complete)
{
    const json_t *given = wick_json_at(complete, "k");
    if (given) return (size_t)json_number_value(given);
    size_t k = first_row_length(complete, "initial.M");
    if (k == 0) k = wick_complete_rows(complete, "initial.P");
    if (k == 0) k = wick_complete_rows(complete, "initial.a_star");
    return k;
}

const char *wick_complete_method(const json_t *complete)
{
    const char *given = wick_complete_text(complete, "integrator.method");
    if (given) return given;
    return strncmp(wick_complete_text(complete, "regime"), "mean-field", strlen("mean-field")) == 0 ? "rkck" : "rk8pd";
}
