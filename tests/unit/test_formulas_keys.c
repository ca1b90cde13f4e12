/* examples/formulas.md lists every key that occurs in the formulas as JSON, and none that does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ctype.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "wick/wick.h"

/* ---- What occurs ------------------------------------------------------------------------------------------------- */

static bool is_number(const char *key) { return isdigit((unsigned char)*key); }

/* The path of a key as the page writes it: names of expansions are NAME, and any term is TERM. */
static void name_path(wick_text *path, const char *parent, const char *key, bool term)
{
    if (term)
        wick_text_printf(path, "TERM.%s", key);
    else if (strncmp(parent, "expansions.", strlen("expansions.")) == 0 && !strchr(parent + strlen("expansions."), '.'))
        wick_text_printf(path, "expansions.NAME.%s", key);
    else
        wick_text_printf(path, "%s%s%s", parent, *parent ? "." : "", key);
}

static void collect(json_t *found, const char *parent, json_t *value);

static void collect_member(json_t *found, const char *parent, const char *key, json_t *value)
{
    wick_text path = WICK_TEXT_EMPTY;
    name_path(&path, parent, key, strcmp(parent, "TERM") == 0);
    assert_false(path.failed);
    assert_int_equal(json_object_set_new(found, path.bytes, json_true()), 0);
    collect(found, path.bytes, value);
    wick_text_clear(&path);
}

/* Entries of lists of the mean field that have a coefficient are terms. */
static void collect_entry(json_t *found, const char *parent, json_t *value)
{
    wick_text path = WICK_TEXT_EMPTY;
    const bool term = strncmp(parent, "mean_field.", strlen("mean_field.")) == 0 && json_object_get(value, "coefficient");
    wick_text_printf(&path, term ? "TERM" : "%s[]", parent);
    assert_false(path.failed);
    collect(found, path.bytes, value);
    wick_text_clear(&path);
}

static void collect(json_t *found, const char *parent, json_t *value)
{
    const char *key;
    json_t *member;
    size_t i;
    json_array_foreach(value, i, member) collect_entry(found, parent, member);
    json_object_foreach(value, key, member)
    {
        if (is_number(key))
            collect(found, parent, member); /* lists by number */
        else
            collect_member(found, parent, key, member);
    }
}

static void collect_problem(json_t *found, const char *student, const char *target, const char *regime, const char *layer)
{
    wick_context *context = wick_context_alloc();
    wick_problem *problem;
    wick_equations *equations;
    char *text;
    assert_int_equal(wick_problem_alloc(context, &problem), WICK_OK);
    assert_int_equal(wick_problem_set(context, problem, "activation", student), WICK_OK);
    assert_int_equal(wick_problem_set(context, problem, "target_activation", target), WICK_OK);
    assert_int_equal(wick_problem_set(context, problem, "regime", regime), WICK_OK);
    assert_int_equal(wick_problem_set(context, problem, "second_layer", layer), WICK_OK);
    assert_int_equal(wick_problem_set(context, problem, "weight_decay", "0.1"), WICK_OK);
    if (strcmp(layer, "trained") == 0)
        assert_int_equal(wick_problem_set(context, problem, "second_layer_rate", "2"), WICK_OK);
    if (strcmp(layer, "trained") == 0)
        assert_int_equal(wick_problem_set(context, problem, "second_layer_decay", "0.1"), WICK_OK);
    if (wick_equations_derive(context, problem, &equations) != WICK_OK) fail_msg("%s", wick_context_message(context));
    assert_int_equal(wick_equations_print(context, equations, WICK_JSON, &text), WICK_OK);
    json_t *root = json_loads(text, 0, NULL);
    assert_non_null(root);
    collect(found, "", root);
    json_decref(root);
    wick_string_free(text);
    wick_equations_free(equations);
    wick_problem_free(problem);
    wick_context_free(context);
}

/* ---- What the page lists ----------------------------------------------------------------------------------------- */

/* Keys stand in backquotes in the first column of tables, with commas between them. */
static json_t *read_page(const char *path)
{
    json_t *listed = json_object();
    char line[1024];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, "| `", 3) != 0) continue;
        char *end = strstr(line + 1, " | ");
        assert_non_null(end);
        *end = '\0';
        strtok(line, "`");
        for (const char *key; (key = strtok(NULL, "`"));)
            if (strcmp(key, ", ") != 0) assert_int_equal(json_object_set_new(listed, key, json_true()), 0);
    }
    fclose(file);
    return listed;
}

/* Prints the keys of one that the other lacks; their number. */
static size_t missing(json_t *one, json_t *other, const char *what)
{
    const char *key;
    json_t *value;
    size_t count = 0;
    json_object_foreach(one, key, value)
    {
        if (json_object_get(other, key)) continue;
        print_error("%s: %s\n", what, key);
        count++;
    }
    return count;
}

static void test_keys(void **state)
{
    (void)state;
    json_t *found = json_object(), *listed = read_page(WICK_SOURCE_DIR "/examples/formulas.md");
    static const char *const regimes[] = {"classical", "classical-noise", "high-dimensional", "mean-field",
                                          "mean-field-high-d"};
    static const char *const pairs[][2] = {{"x^2", "x^2"},       {"x^3 + x^2", "x^4 - x"},    {"x^5 + x^2/2 - 1", "x^6"},
                                           {"erf(x)", "erf(x)"}, {"relu", "leaky_relu(x,2)"}, {"tanh", "x"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        for (size_t r = 0; r < 5; r++) {
            collect_problem(found, pairs[i][0], pairs[i][1], regimes[r], "fixed");
            if (r < 3) collect_problem(found, pairs[i][0], pairs[i][1], regimes[r], "trained");
        }
    assert_true(json_object_size(listed) > 50);
    const size_t wrong = missing(found, listed, "is not in formulas.md") + missing(listed, found, "does not occur");
    json_decref(found);
    json_decref(listed);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_keys)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
