/* MAP: sums of products, entry by entry. See operations.h. */
#include <stdlib.h>

#include "emit/operations.h"

/* ---- Formula --------------------------------------------------------------------------------------------------------- */

enum { TERM_LIMIT = 6 };

static void formula_number(wick_text *text, mpq_srcptr value)
{
    char *number = mpq_get_str(NULL, 10, value);
    wick_text_append(text, number);
    free(number);
}

static void formula_term(wick_text *text, const wick_plan *plan, const wick_node *node, const wick_map_term *t,
                         const char *row, const char *column)
{
    char both[8];
    snprintf(both, sizeof both, "%s,%s", row, column);
    const bool one = mpq_cmp_ui(t->coefficient, 1, 1) == 0,
               bare = t->factor_count == 0 && t->scalar == WICK_NONE && t->row == WICK_NONE && t->column == WICK_NONE;
    const char *space = "";
    if (!one || bare) formula_number(text, t->coefficient), space = " ";
    const struct {
        size_t id;
        const char *indices;
    } parts[] = {{t->scalar, ""}, {t->row, row}, {t->column, column}};
    for (size_t i = 0; i < 3; ++i)
        if (parts[i].id != WICK_NONE) {
            wick_text_append(text, space);
            wick_formula_entry(text, plan, parts[i].id, parts[i].indices);
            space = " ";
        }
    for (size_t f = 0; f < t->factor_count; ++f) {
        wick_text_append(text, space);
        wick_formula_entry(text, plan, t->factor[f], node->rank == 2 ? both : row);
        space = " ";
    }
}

static void formula_of_map(wick_text *text, const wick_statement *s)
{
    const wick_node *node = s->node;
    if (node->term_count == 0) wick_text_append(text, "0");
    for (size_t i = 0; i < node->term_count && i < TERM_LIMIT; ++i) {
        if (i > 0) wick_text_append(text, " + ");
        formula_term(text, s->plan, node, &node->term[i], s->row, s->column);
    }
    if (node->term_count > TERM_LIMIT) wick_text_printf(text, " + ... (%zu terms)", node->term_count);
}

/* ---- Loops ----------------------------------------------------------------------------------------------------------- */

typedef struct {
    const char *row, *column; /* loop variables */
} loop_names;

static void print_element(wick_text *text, const wick_plan *plan, size_t id, loop_names loop)
{
    char name[32];
    wick_node_name(plan, id, name);
    const int rank = plan->node[id].rank;
    if (rank == 0)
        wick_text_append(text, name);
    else if (rank == 1)
        wick_text_printf(text, "%s[%s]", name, loop.row);
    else
        wick_text_printf(text, "%s[%s * LD + %s]", name, loop.row, loop.column);
}

static void print_term(wick_text *text, const wick_plan *plan, const wick_map_term *t, loop_names loop)
{
    const loop_names on_column = {loop.column, loop.column};
    const char *times = "";
    const bool bare = t->scalar == WICK_NONE && t->row == WICK_NONE && t->column == WICK_NONE && t->factor_count == 0;
    if (bare || mpq_cmp_ui(t->coefficient, 1, 1) != 0) wick_emit_rational(text, t->coefficient), times = " * ";
    if (t->scalar != WICK_NONE) wick_text_append(text, times), print_element(text, plan, t->scalar, loop), times = " * ";
    if (t->row != WICK_NONE) wick_text_append(text, times), print_element(text, plan, t->row, loop), times = " * ";
    if (t->column != WICK_NONE)
        wick_text_append(text, times), print_element(text, plan, t->column, on_column), times = " * ";
    for (size_t f = 0; f < t->factor_count; ++f) {
        wick_text_append(text, times);
        print_element(text, plan, t->factor[f], loop);
        times = " * ";
    }
}

static void print_sum(wick_text *text, const wick_plan *plan, const wick_node *node, loop_names loop, const char *indent)
{
    if (node->term_count == 0) wick_text_append(text, "0.0");
    for (size_t i = 0; i < node->term_count; ++i) {
        if (i > 0) wick_text_printf(text, "\n%s    + ", indent);
        print_term(text, plan, &node->term[i], loop);
    }
    wick_text_append(text, ";\n");
}

static void loop_map(wick_text *text, const wick_statement *s)
{
    const wick_plan *plan = s->plan;
    const wick_node *node = s->node;
    const char *name = s->name, *indent = s->indent;
    if (node->rank == 0) {
        wick_text_printf(text, "%sconst double %s = ", indent, name);
        print_sum(text, plan, node, (loop_names){"", ""}, indent);
    } else if (node->rank == 1) {
        const char *end = node->fields ? "N" : node->inner ? "j + 1" : "P";
        wick_text_printf(text, "%sfor (size_t i = 0; i < %s; ++i)\n%s    %s[i] = ", indent, end, indent, name);
        print_sum(text, plan, node, (loop_names){"i", "i"}, indent);
    } else {
        const loop_names loop = {node->inner ? "l" : "j", node->fields ? "b" : "l"};
        wick_text_printf(text, "%sfor (size_t %s = 0; %s < %s; ++%s)\n", indent, loop.row, loop.row, wick_rows_of(node),
                         loop.row);
        wick_text_printf(text, "%s    for (size_t %s = 0; %s < %s; ++%s)\n", indent, loop.column, loop.column,
                         node->fields ? "N" : "P", loop.column);
        wick_text_printf(text, "%s        %s[%s * LD + %s] = ", indent, name, loop.row, loop.column);
        wick_text deeper = WICK_TEXT_EMPTY;
        wick_text_printf(&deeper, "%s        ", indent);
        if (deeper.failed) text->failed = true;
        print_sum(text, plan, node, loop, deeper.failed ? indent : deeper.bytes);
        wick_text_clear(&deeper);
    }
}

/* ---- Calls ----------------------------------------------------------------------------------------------------------- */

static const char *name_or_null(const wick_plan *plan, size_t id, char name[32])
{
    if (id == WICK_NONE) return "0";
    wick_node_name(plan, id, name);
    return name;
}

/* The first terms in one pass, if they are plain and two or more: how many were taken. Arrays are walked whole, so a
 * matrix must be as wide as its stride. */
static size_t call_terms(wick_text *text, const wick_plan *plan, const wick_node *node, const char *rows, const char *out,
                         const char *indent)
{
    size_t count = 0;
    for (; count < node->term_count && count < 4; ++count) {
        const wick_map_term *t = &node->term[count];
        if (t->row != WICK_NONE || t->column != WICK_NONE || t->factor_count == 0 || t->factor_count > 2) break;
    }
    if (count < 2 || !(node->fields || (plan->whole_rows && node->rank == 2))) return 0;
    wick_text_printf(text, "%sterms%zu((%s) * LD, %s", indent, count, rows, out);
    for (size_t i = 0; i < count; ++i) {
        const wick_map_term *t = &node->term[i];
        char name[32];
        wick_text_append(text, ", ");
        wick_emit_rational(text, t->coefficient);
        if (t->scalar != WICK_NONE) wick_text_printf(text, " * %s", name_or_null(plan, t->scalar, name));
        wick_text_printf(text, ", %s", name_or_null(plan, t->factor[0], name));
        wick_text_printf(text, ", %s", name_or_null(plan, t->factor_count > 1 ? t->factor[1] : WICK_NONE, name));
    }
    wick_text_append(text, ");\n");
    return count;
}

static void call_array_map(wick_text *text, const wick_plan *plan, size_t id, const char *indent)
{
    const wick_node *node = &plan->node[id];
    const char *rows = node->rank == 1 ? "1" : wick_rows_of(node);
    const char *columns = node->fields ? "LD" : "LP"; /* a shorter inner vector: its tail is never read */
    char out[32], row[32], column[32], scalar[32];
    wick_node_name(plan, id, out);
    if (node->term_count == 0) wick_text_printf(text, "%smap0(%s, %s, LD, %s, 0, 0.0, 0, 0);\n", indent, rows, columns, out);
    for (size_t i = call_terms(text, plan, node, rows, out, indent); i < node->term_count; ++i) {
        const wick_map_term *t = &node->term[i];
        wick_text_printf(text, "%smap%zu(%s, %s, LD, %s, %d, ", indent, t->factor_count, rows, columns, out, i > 0);
        wick_emit_rational(text, t->coefficient);
        if (t->scalar != WICK_NONE) wick_text_printf(text, " * %s", name_or_null(plan, t->scalar, scalar));
        wick_text_printf(text, ", %s, %s", name_or_null(plan, t->row, row), name_or_null(plan, t->column, column));
        for (size_t f = 0; f < t->factor_count; ++f)
            wick_text_printf(text, ", %s", name_or_null(plan, t->factor[f], column));
        wick_text_append(text, ");\n");
    }
}

static void call_number_map(wick_text *text, const wick_plan *plan, size_t id, const char *indent)
{
    const wick_node *node = &plan->node[id];
    char name[32];
    wick_node_name(plan, id, name);
    wick_text_printf(text, "%sconst double %s = 0.0", indent, name);
    for (size_t i = 0; i < node->term_count; ++i) {
        const wick_map_term *t = &node->term[i];
        wick_text_append(text, " + ");
        wick_emit_rational(text, t->coefficient);
        for (size_t f = 0; f < t->factor_count; ++f) wick_text_printf(text, " * %s", name_or_null(plan, t->factor[f], name));
    }
    wick_text_append(text, ";\n");
}

static void call_map(wick_text *text, const wick_statement *s)
{
    if (s->node->rank == 0)
        call_number_map(text, s->plan, s->id, s->indent);
    else
        call_array_map(text, s->plan, s->id, s->indent);
}

const wick_operation wick_op_map = {formula_of_map, loop_map, call_map};
