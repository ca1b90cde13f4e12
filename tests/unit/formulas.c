/* See formulas.h. */
#include "formulas.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gmp.h>

#include "activation/activation.h"
#include "emit/emit.h"
#include "formulas/formulas.h"

char *wick_test_print(const char *student, const char *target, wick_regime regime, bool trained, wick_format format)
{
    wick_context *context = wick_context_alloc();
    assert_non_null(context);
    wick_polynomial s = WICK_POLYNOMIAL_ZERO, t = WICK_POLYNOMIAL_ZERO;
    wick_closed_form form;
    if (wick_activation_parse(context, "activation", student, &s) != WICK_OK ||
        wick_activation_parse(context, "target_activation", target, &t) != WICK_OK ||
        wick_closed_form_derive(context, &s, &t, regime, trained, &form) != WICK_OK)
        fail_msg("%s, %s: %s", student, target, wick_context_message(context));
    wick_text text = WICK_TEXT_EMPTY;
    char *printed = NULL;
    const wick_status status = format == WICK_TEXT    ? wick_print_text(context, &form, &text)
                               : format == WICK_LATEX ? wick_print_latex(context, &form, &text)
                                                      : wick_print_json(context, &form, &text);
    assert_int_equal(status, WICK_OK);
    assert_int_equal(wick_text_take(context, &text, &printed), WICK_OK);
    wick_closed_form_clear(&form);
    wick_polynomial_clear(&s);
    wick_polynomial_clear(&t);
    wick_context_free(context);
    return printed;
}

static char *copy(const char *bytes, size_t length)
{
    char *string = calloc(length + 1, 1);
    assert_non_null(string);
    memcpy(string, bytes, length);
    return string;
}

/* "    NAME  = RIGHT" starts an equation, a line with a wider margin goes on with it. */
static void read_line(const char *line, size_t length, wick_test_equations *equations)
{
    static const char margin[] = "    ";
    assert_true(length > strlen(margin) && strncmp(line, margin, strlen(margin)) == 0);
    const char *end = line + length;
    line += strlen(margin);
    if (*line != ' ') {
        assert_true(equations->count < WICK_TEST_EQUATION_LIMIT);
        const char *equals = strstr(line, " = ");
        assert_true(equals && equals < end);
        equations->name[equations->count] = copy(line, strcspn(line, " "));
        equations->right[equations->count++] = copy(equals + 3, (size_t)(end - equals - 3));
        return;
    }
    assert_true(equations->count > 0);
    char **right = &equations->right[equations->count - 1];
    line += strspn(line, " ");
    const size_t before = strlen(*right), more = (size_t)(end - line);
    char *longer = realloc(*right, before + more + 2);
    assert_non_null(longer);
    longer[before] = ' ';
    memcpy(longer + before + 1, line, more);
    longer[before + 1 + more] = '\0';
    *right = longer;
}

/* Cuts " (128 diagrams up to symmetry; ...)". */
static void cut_note(char *right)
{
    char *note = strstr(right, " diagrams up to symmetry");
    if (!note) return;
    while (*note != '(') note--;
    note[-1] = '\0';
}

void wick_test_equations_read(const char *text, wick_test_equations *equations)
{
    *equations = (wick_test_equations){0};
    bool inside = false; /* among equations, not in the head or in the legend */
    while (*text) {
        const size_t length = strcspn(text, "\n");
        const bool legend = length == strlen("with") && strncmp(text, "with", length) == 0;
        const bool table = length == strlen("and") && strncmp(text, "and", length) == 0;
        if (inside && !legend && length > 0) read_line(text, length, equations);
        if (length == 0 || table) inside = true;
        if (legend) inside = false;
        text += length + (text[length] == '\n');
    }
    for (size_t i = 0; i < equations->count; i++) cut_note(equations->right[i]);
}

const char *wick_test_equations_find(const wick_test_equations *equations, const char *name)
{
    for (size_t i = 0; i < equations->count; i++)
        if (strcmp(equations->name[i], name) == 0) return equations->right[i];
    return NULL;
}

void wick_test_equations_clear(wick_test_equations *equations)
{
    for (size_t i = 0; i < equations->count; i++) {
        free(equations->name[i]);
        free(equations->right[i]);
    }
    *equations = (wick_test_equations){0};
}

/* ---- What is well formed ------------------------------------------------------------------------------------------ */

static size_t count(const char *text, const char *token)
{
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, token)) != NULL; at += strlen(token)) n++;
    return n;
}

/* Braces nest, and are closed at every end of a line of a formula; \Bigl( and \Bigr) nest over the lines of one equation. */
static void check_nesting(const char *text)
{
    int braces = 0, parentheses = 0;
    for (const char *at = text; *at; at++) {
        braces += (*at == '{') - (*at == '}');
        assert_true(braces >= 0);
        if (strncmp(at, "\\\\\n", 3) == 0) assert_int_equal(braces, 0);
        if (strncmp(at, "\\Bigl", 5) == 0) parentheses++;
        if (strncmp(at, "\\Bigr", 5) == 0) parentheses--;
        assert_true(parentheses >= 0);
        if (strncmp(at, "\\frac{d", 7) == 0 || strncmp(at, "\\end{align*}", 12) == 0) assert_int_equal(parentheses, 0);
    }
    assert_int_equal(braces, 0);
    assert_int_equal(parentheses, 0);
}

/* Every line of an align* has one &, and every line but the last ends in \\; nothing empty stands between. */
static void check_lines(const char *text)
{
    bool inside = false;
    for (size_t length; *text; text += length + 1) {
        length = strcspn(text, "\n");
        assert_int_equal(text[length], '\n');
        const bool begin = strncmp(text, "\\begin{align*}", length) == 0 && length > 0;
        const bool end = strncmp(text, "\\end{align*}", length) == 0 && length > 0;
        if (inside && !end) {
            const char *ampersand = memchr(text, '&', length);
            assert_non_null(ampersand);
            assert_null(memchr(ampersand + 1, '&', length - (size_t)(ampersand + 1 - text)));
            const bool last = strncmp(text + length + 1, "\\end{align*}", 12) == 0;
            assert_true(last != (strncmp(text + length - 2, "\\\\", 2) == 0));
        }
        if (!inside && !begin) assert_int_equal(count(text, "$") % 2, 0); /* from here to the end of the text */
        inside = begin || (inside && !end);
    }
    assert_false(inside);
}

void wick_test_check_latex(const char *text)
{
    assert_int_equal(count(text, "\\begin{align*}"), count(text, "\\end{align*}"));
    assert_true(count(text, "\\begin{align*}") >= 1);
    assert_int_equal(count(text, "\\begin{smallmatrix}"), count(text, "\\end{smallmatrix}"));
    assert_int_equal(count(text, "$") % 2, 0);
    assert_null(strstr(text, "\n\n"));
    check_nesting(text);
    check_lines(text);
}

void wick_test_check_text(const char *text)
{
    for (size_t length; *text; text += length + 1) {
        length = strcspn(text, "\n");
        assert_true(text[length] == '\n');
        if (length > 100) fail_msg("a line of %zu characters: %.*s", length, (int)length, text);
        assert_true(length == 0 || text[length - 1] != ' ');
        for (size_t i = 0; i < length; i++) assert_true(text[i] >= ' ' && text[i] <= '~');
    }
}

/* ---- Numbers in JSON -------------------------------------------------------------------------------------------------- */

double wick_test_rational(const json_t *json)
{
    assert_true(json_is_string(json));
    mpq_t q;
    mpq_init(q);
    assert_int_equal(mpq_set_str(q, json_string_value(json), 10), 0);
    const double value = mpq_get_d(q);
    mpq_clear(q);
    return value;
}

double wick_test_polynomial(const json_t *coefficients, double x)
{
    assert_true(json_is_array(coefficients));
    double value = 0;
    for (size_t i = json_array_size(coefficients); i-- > 0;)
        value = value * x + wick_test_rational(json_array_get(coefficients, i));
    return value;
}
