/* Activations: their parser, the graph, and the equations derived and printed.
 *
 * The input: a line for the student, one for the target, and one of letters: a digit for the regime (0 to 4), t for a
 * trained second layer. The last two may be missing.
 */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "activation/graph.h"
#include "fuzz.h"
#include "wick/wick.h"

enum { LENGTH_LIMIT = 300, PRINT_LIMIT = 8 << 20 };

/* ---- The graph --------------------------------------------------------------------------------------------------- */

/* A printed polynomial reads back as itself, and the graph is worth what the polynomial is. */
static void check_polynomial(wick_context *context, const char *text, const wick_graph *graph)
{
    const wick_polynomial *polynomial = wick_graph_as_polynomial(graph);
    if (polynomial == NULL) return;
    wick_text printed = WICK_TEXT_EMPTY;
    wick_polynomial_print(&printed, polynomial, "x");
    wick_graph again = WICK_GRAPH_EMPTY;
    const wick_status status = wick_graph_parse(context, "activation", printed.bytes, &again);
    fuzz_expect(status == WICK_OK, "%s: printed as %s, which is refused: %s", text, printed.bytes,
                wick_context_message(context));
    const wick_polynomial *other = wick_graph_as_polynomial(&again);
    fuzz_expect(other && wick_polynomial_equal(polynomial, other), "%s: %s is another polynomial", text, printed.bytes);
    wick_graph_clear(&again);
    wick_text_clear(&printed);
}

static void check_kinks(const char *text, const wick_graph *graph)
{
    double kinks[WICK_KINK_LIMIT];
    const size_t count = wick_graph_kinks(graph, kinks);
    fuzz_expect(count <= WICK_KINK_LIMIT, "%s: %zu kinks", text, count);
    for (size_t i = 0; i < count; i++) {
        fuzz_expect(isfinite(kinks[i]), "%s: a kink at %g", text, kinks[i]);
        fuzz_expect(i == 0 || kinks[i - 1] < kinks[i], "%s: kinks out of order", text);
    }
    const int parity = wick_graph_parity(graph);
    fuzz_expect(parity >= -1 && parity <= 1, "%s: parity %d", text, parity);
}

/* Of what is defined everywhere, the points of small size have finite values. */
static void check_values(const char *text, const wick_graph *graph)
{
    for (int i = -8; i <= 8; i++) {
        const double x = 0.37 * i, value = wick_graph_at(graph, graph->value, x);
        const double slope = wick_graph_at(graph, graph->derivative, x);
        fuzz_expect(isfinite(value) && isfinite(slope), "%s: value %g and slope %g at %g", text, value, slope, x);
    }
}

static void check_graph(wick_context *context, const char *text)
{
    wick_graph graph = WICK_GRAPH_EMPTY;
    const wick_status status = wick_graph_parse(context, "activation", text, &graph);
    fuzz_expect_message(context, status);
    if (status == WICK_OK) {
        check_polynomial(context, text, &graph);
        check_kinks(text, &graph);
        const wick_status defined = wick_graph_check_domain(context, "activation", &graph);
        fuzz_expect_message(context, defined);
        if (defined == WICK_OK) check_values(text, &graph);
    } else {
        fuzz_expect(strncmp(wick_context_message(context), "activation: ", 12) == 0,
                    "%s: the message does not say where: %s", text, wick_context_message(context));
        fuzz_expect(graph.count == 0, "%s: a graph in spite of an error", text);
    }
    wick_graph_clear(&graph);
}

/* ---- The equations ----------------------------------------------------------------------------------------------- */

static void check_braces(const char *text)
{
    long depth = 0;
    for (const char *c = text; *c; c++) {
        if (*c == '\\' && c[1] != '\0') {
            ++c;
        } else if (*c == '%') {
            while (c[1] != '\0' && c[1] != '\n') ++c;
        } else {
            depth += (*c == '{') - (*c == '}');
        }
        fuzz_expect(depth >= 0, "a brace closes that was not open:\n%s", text);
    }
    fuzz_expect(depth == 0, "%ld braces stay open:\n%s", depth, text);
}

static void print(wick_context *context, const wick_equations *equations, wick_format format)
{
    char *text = NULL;
    const wick_status status = wick_equations_print(context, equations, format, &text);
    fuzz_expect_message(context, status);
    if (status != WICK_OK) return;
    fuzz_expect(strlen(text) < PRINT_LIMIT, "%zu characters are printed", strlen(text));
    if (format == WICK_LATEX || format == WICK_LATEX_DOCUMENT) check_braces(text);
    if (format == WICK_JSON) {
        json_error_t error;
        json_t *json = json_loads(text, 0, &error);
        fuzz_expect(json != NULL, "%s in\n%s", error.text, text);
        json_decref(json);
    }
    wick_string_free(text);
}

static void derive(wick_context *context, const char *student, const char *target, const char *letters)
{
    static const char *const regimes[] = {"classical", "classical-noise", "high-dimensional", "mean-field",
                                          "mean-field-high-d"};
    const char *digit = letters ? strpbrk(letters, "01234") : NULL;
    wick_problem *problem = NULL;
    wick_equations *equations = NULL;
    wick_status status = wick_problem_alloc(context, &problem);
    if (status == WICK_OK) status = wick_problem_set(context, problem, "activation", student);
    if (status == WICK_OK && target) status = wick_problem_set(context, problem, "target_activation", target);
    if (status == WICK_OK && digit) status = wick_problem_set(context, problem, "regime", regimes[*digit - '0']);
    if (status == WICK_OK && letters && strchr(letters, 't'))
        status = wick_problem_set(context, problem, "second_layer", "trained");
    if (status == WICK_OK) status = wick_equations_derive(context, problem, &equations);
    fuzz_expect_message(context, status);
    for (int format = WICK_TEXT; status == WICK_OK && format <= WICK_LATEX_DOCUMENT; format++)
        print(context, equations, (wick_format)format);
    wick_equations_free(equations);
    wick_problem_free(problem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_limit_time();
    if (size > LENGTH_LIMIT) return 0;
    char *text = fuzz_text(data, size), *rest = text;
    char *student = fuzz_line(&rest), *target = fuzz_line(&rest), *letters = fuzz_line(&rest);
    wick_context *context = wick_context_alloc();
    fuzz_expect(context != NULL, "no memory for a context");
    if (student) {
        check_graph(context, student);
        if (target) check_graph(context, target);
        derive(context, student, target && *target ? target : NULL, letters);
    }
    wick_context_free(context);
    free(text);
    return 0;
}
