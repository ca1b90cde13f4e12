/* See schedule.h. Each node of the expression that is needed becomes a constant of its own. */
#include "emit/schedule.h"

#include "activation/polynomial.h"
#include "base/number.h"
#include "emit/comments.h"

/* ---- Nodes ----------------------------------------------------------------------------------------------------------- */

/* Marks what `node` is made of; operands stand before their users. */
static void mark(const wick_graph *f, size_t node, bool *needed)
{
    needed[node] = true;
    for (size_t i = node + 1; i-- > 0;) {
        const wick_graph_node *at = &f->node[i];
        if (!needed[i] || at->operation == WICK_POLYNOMIAL_NODE || at->operation == WICK_PI) continue;
        needed[at->left] = needed[at->right] = true;
    }
}

/* By Horner's rule. */
static void print_polynomial(wick_text *text, const wick_polynomial *polynomial)
{
    const size_t count = polynomial->count;
    if (count == 0) wick_text_append(text, "0.0");
    for (size_t i = 2; i < count; ++i) wick_text_append(text, "(");
    for (size_t i = count; i-- > 0;) {
        const double coefficient = wick_rational_value(polynomial->coefficient[i]);
        if (i + 1 < count) wick_text_append(text, i + 2 < count ? ") * t" : " * t");
        if (coefficient == 0) continue;
        if (i + 1 < count) wick_text_append(text, coefficient < 0 ? " - " : " + ");
        wick_text_append(text, wick_number(i + 1 < count && coefficient < 0 ? -coefficient : coefficient).text);
    }
}

/* Functions of one operand: `%zu` is its number, up to four times. */
static const char *format_of(wick_operation operation)
{
    switch (operation) {
    case WICK_EXP: return "exp(v%zu)";
    case WICK_LOG: return "log(v%zu)";
    case WICK_SQRT: return "sqrt(v%zu)";
    case WICK_SIN: return "sin(v%zu)";
    case WICK_COS: return "cos(v%zu)";
    case WICK_TANH: return "tanh(v%zu)";
    case WICK_ERF: return "erf(v%zu)";
    case WICK_SIGMOID: return "1.0 / (1.0 + exp(-v%zu))";
    case WICK_SOFTPLUS: return "(v%zu > 0.0 ? v%zu : 0.0) + log1p(exp(-fabs(v%zu)))";
    case WICK_ERFC: return "erfc(v%zu)";
    case WICK_ATAN: return "atan(v%zu)";
    case WICK_ASINH: return "asinh(v%zu)";
    case WICK_SINH: return "sinh(v%zu)";
    case WICK_COSH: return "cosh(v%zu)";
    case WICK_SECH: return "1.0 / cosh(v%zu)";
    default: return NULL;
    }
}

static void print_function(wick_text *text, const char *format, size_t operand)
{
    for (const char *at = format; *at; ++at) {
        const bool number = at[0] == '%' && at[1] == 'z' && at[2] == 'u';
        if (number)
            wick_text_printf(text, "%zu", operand), at += 2;
        else
            wick_text_append_bytes(text, at, 1);
    }
}

static void print_node(wick_text *text, const wick_graph_node *node)
{
    const size_t left = node->left, right = node->right;
    const wick_number_text slope = wick_number(node->slope);
    switch (node->operation) {
    case WICK_POLYNOMIAL_NODE: print_polynomial(text, &node->polynomial); break;
    case WICK_PI: wick_text_append(text, "3.14159265358979323846"); break;
    case WICK_SUM: wick_text_printf(text, "v%zu + v%zu", left, right); break;
    case WICK_PRODUCT: wick_text_printf(text, "v%zu * v%zu", left, right); break;
    case WICK_QUOTIENT: wick_text_printf(text, "v%zu / v%zu", left, right); break;
    case WICK_POWER: wick_text_printf(text, "pow(v%zu, %zu.0)", left, node->exponent); break;
    case WICK_REAL_POWER:
        wick_text_printf(text, "pow(v%zu, %ld.0 / %ld.0)", left, node->numerator, node->denominator);
        break;
    case WICK_LEAKY: wick_text_printf(text, "v%zu > 0.0 ? v%zu : %s * v%zu", left, left, slope.text, left); break;
    case WICK_STEP:
        wick_text_printf(text, "v%zu > 0.0 ? 1.0 : v%zu < 0.0 ? %s : %s", left, left, slope.text,
                         wick_number((1 + node->slope) / 2).text);
        break;
    default: print_function(text, format_of(node->operation), left);
    }
}

/* ---- The function ---------------------------------------------------------------------------------------------------- */

static void print_body(wick_text *text, const wick_graph *f)
{
    bool needed[WICK_GRAPH_LIMIT] = {false};
    mark(f, f->value, needed);
    mark(f, f->derivative, needed);
    for (size_t i = 0; i < f->count; ++i) {
        if (!needed[i]) continue;
        wick_text_printf(text, "    const double v%zu = ", i);
        print_node(text, &f->node[i]);
        wick_text_append(text, ";\n");
    }
    wick_text_printf(text, "    if (slope) *slope = v%zu;\n    return v%zu;\n", f->derivative, f->value);
}

static void set_function(const wick_problem *problem, const char *name, wick_values *values)
{
    const char *clock = wick_rule_clock(problem->rules), *rate = wick_problem_schedule(problem);
    wick_text declaration = WICK_TEXT_EMPTY, definition = WICK_TEXT_EMPTY, at = WICK_TEXT_EMPTY, line = WICK_TEXT_EMPTY;
    wick_text_printf(
        &declaration,
        "\n\n/* The learning rate at the time t (%s), and its slope there unless that is NULL. It is for its caller to\n"
        " * put it into the parameters: the drift is that of the learning rate which they have. */\n"
        "double %s_learning_rate(double t, double *slope);",
        clock, name);
    wick_text_append(&definition, "/* ");
    wick_comment_expression(&definition, rate);
    wick_text_printf(&definition, " */\ndouble %s_learning_rate(double t, double *slope)\n{\n", name);
    print_body(&definition, &problem->schedule);
    wick_text_append(&definition, "    (void)t;\n}\n\n");
    wick_text_printf(&at, "m->parameters.learning_rate = %s_learning_rate(t, NULL);", name);
    wick_values_take(values, "LEARNING_RATE_DECLARATION", &declaration);
    wick_values_take(values, "LEARNING_RATE_DEFINITION", &definition);
    wick_values_take(values, "AT_TIME", &at);
    wick_text_append(&line, "\"# learning_rate: \\\"");
    wick_comment_expression(&line, rate);
    wick_text_append(&line, "\\\"\\n\"");
    wick_values_take(values, "LEARNING_RATE_LINE", &line);
}

void wick_schedule_values(const wick_problem *problem, const char *name, wick_values *values)
{
    const bool of_time = problem->schedule.count > 0;
    wick_values_set(values, "OF_TIME", of_time ? "1" : "0");
    wick_values_set(values, "OF_TIME_PYTHON", of_time ? "True" : "False");
    wick_values_set(values, "CLOCK", wick_rule_clock(problem->rules));
    wick_values_set(values, "LEARNING_RATE_DECLARATION", "");
    wick_values_set(values, "LEARNING_RATE_DEFINITION", "");
    wick_values_set(values, "AT_TIME", "(void)m, (void)t;");
    wick_values_set(values, "LEARNING_RATE_LINE", "\"# learning_rate: %.17g\\n\", w->m->parameters.learning_rate");
    if (of_time) set_function(problem, name, values);
}
