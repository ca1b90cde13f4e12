/* What the legend says of a result. See chart.h. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "output/chart.h"

/* Keys worth a word, and their symbols. */
static const struct {
    const char *key, *symbol;
} keys[] = {
    {"activation", "\u03c3"},        {"p", "p"}, {"k", "k"}, {"d", "d"}, {"learning_rate", "\u03b3"}, {"noise", "\u0394"},
    {"second_layer", "second layer"}};

static bool same(const char *a, const char *b) { return a && b ? strcmp(a, b) == 0 : a == b; }

static bool differs(const wick_chart_series *series, size_t count, const char *key)
{
    for (size_t i = 1; i < count; ++i)
        if (!same(wick_table_comment_value(&series[i].table, key), wick_table_comment_value(&series[0].table, key)))
            return true;
    return false;
}

/* NULL where the comment is no JSON, or memory is exhausted. */
static json_t *parse(wick_text *text, const char *comment)
{
    json_error_t error;
    json_t *json = wick_json_read(comment, strlen(comment), JSON_DECODE_ANY, &error);
    if (!json && !error.text[0]) text->failed = true;
    return json;
}

/* A JSON value without the quotes of a string, numbers short. */
static void append_value(wick_text *text, const char *value)
{
    json_t *json = parse(text, value);
    if (json_is_string(json))
        wick_text_append(text, json_string_value(json));
    else if (json_is_number(json))
        wick_text_printf(text, "%.6g", json_number_value(json));
    else
        wick_text_append(text, value);
    json_decref(json);
}

static void append_kind(wick_text *text, const wick_chart_series *series)
{
    json_t *simulation = NULL;
    const char *comment = wick_table_comment_value(&series->table, "simulation");
    if (comment) simulation = parse(text, comment);
    const char *engine = json_string_value(json_object_get(simulation, "engine"));
    const char *regime = wick_table_comment_value(&series->table, "regime");
    const json_int_t runs = json_integer_value(json_object_get(simulation, "runs"));
    if (engine && strcmp(engine, "sgd") == 0)
        wick_text_append(text, "SGD");
    else if (engine)
        wick_text_append(text, strcmp(engine, "overlap") == 0 ? "process" : "flow of the weights");
    else if (regime)
        append_value(text, regime);
    else
        wick_text_append(text, series->file);
    if (runs > 1) wick_text_printf(text, ", %lld runs", (long long)runs);
    json_decref(simulation);
}

wick_status wick_chart_label(wick_context *context, wick_chart_series *series, size_t count)
{
    for (size_t i = 0; i < count; ++i) {
        if (series[i].label) continue;
        wick_text text = WICK_TEXT_EMPTY;
        append_kind(&text, &series[i]);
        for (size_t key = 0; key < sizeof keys / sizeof *keys; ++key) {
            const char *value = wick_table_comment_value(&series[i].table, keys[key].key);
            if (!value || !differs(series, count, keys[key].key)) continue;
            wick_text_printf(&text, ", %s = ", keys[key].symbol);
            append_value(&text, value);
        }
        WICK_TRY(wick_text_take(context, &text, &series[i].label));
    }
    return WICK_OK;
}
