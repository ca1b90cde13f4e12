/* FUNCTION: a polynomial of a vector. See operations.h. */
#include "emit/operations.h"

static void formula_of_function(wick_text *text, const wick_statement *s)
{
    const wick_function *f = &s->plan->function[s->node->function];
    wick_text_append(text, "students: ");
    wick_polynomial_print(text, &f->student, "v");
    wick_text_append(text, ", targets: ");
    wick_polynomial_print(text, &f->target, "v");
    wick_text_printf(text, ", v = variance[i]; E[f^(%u)(l_i)] up to a factor", f->order);
}

static void print_polynomial(wick_text *text, const wick_polynomial *f)
{
    if (f->count == 0) wick_text_append(text, "0.0");
    for (size_t m = 0; m < f->count; ++m) {
        wick_emit_rational(text, f->coefficient[m]);
        if (m + 1 < f->count) wick_text_append(text, " + v * (");
    }
    for (size_t m = 0; m + 1 < f->count; ++m) wick_text_append(text, ")");
}

static void loop_function(wick_text *text, const wick_statement *s)
{
    const wick_plan *plan = s->plan;
    const wick_node *node = s->node;
    const char *name = s->name, *indent = s->indent;
    const wick_function *f = &plan->function[node->function];
    const wick_polynomial *part[] = {&f->student, &f->target};
    static const char *const lower[] = {"0", "P"}, *const upper[] = {"P", "N"};
    const char *from = s->x;
    const bool split = plan->node[node->operand[0]].op == WICK_OP_DIAGONAL; /* of all fields, not of one species */
    for (size_t i = 0; i < (split ? 2 : 1); ++i) {
        wick_text_printf(text, "%sfor (size_t i = %s; i < %s; ++i) {\n", indent, lower[i], split ? upper[i] : "N");
        if (part[i]->count > 1) wick_text_printf(text, "%s    const double v = %s[i];\n", indent, from);
        wick_text_printf(text, "%s    %s[i] = ", indent, name);
        print_polynomial(text, part[i]);
        wick_text_printf(text, ";\n%s}\n", indent);
    }
}

static void call_function(wick_text *text, const wick_statement *s)
{
    const wick_plan *plan = s->plan;
    const wick_node *node = s->node;
    const char *name = s->name, *indent = s->indent;
    const wick_function *f = &plan->function[node->function];
    const wick_polynomial *part[] = {&f->student, &f->target};
    static const char *const lower[] = {"0", "P"}, *const upper[] = {"P", "N"};
    const char *x = s->x;
    const bool split = plan->node[node->operand[0]].op == WICK_OP_DIAGONAL; /* of all fields, not of one species */
    for (size_t i = 0; i < (split ? 2 : 1); ++i) {
        wick_text_printf(text, "%sstatic const double %s_%zu[] = {", indent, name, i);
        for (size_t m = 0; m < part[i]->count; ++m) {
            if (m > 0) wick_text_append(text, ", ");
            wick_emit_rational(text, part[i]->coefficient[m]);
        }
        if (part[i]->count == 0) wick_text_append(text, "0.0");
        wick_text_printf(text, "};\n%spolynomial(%s, %s, %zu, %s_%zu, %s, %s);\n", indent, lower[i], split ? upper[i] : "N",
                         part[i]->count > 0 ? part[i]->count - 1 : 0, name, i, x, name);
    }
}

const wick_operation wick_op_function = {formula_of_function, loop_function, call_function};
