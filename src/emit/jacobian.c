/* See jacobian.h. */
#include "emit/jacobian.h"

static const char *node_or_null(const wick_plan *plan, size_t id, char name[32])
{
    if (id == WICK_NONE) return "0";
    wick_node_name(plan, id, name);
    return name;
}

static const char *number_or_zero(const wick_plan *plan, size_t id, char name[32])
{
    if (id == WICK_NONE) return "0.0";
    wick_node_name(plan, id, name);
    return name;
}

/* The nodes of a program from number *at on, as long as they are of one level. */
static void emit_level(wick_text *text, const wick_plan *plan, const wick_program *program, bool inner, wick_dialect dialect,
                       const char *indent, size_t *at)
{
    for (; *at < program->count && plan->node[program->node[*at]].inner == inner; ++*at) {
        wick_emit_declaration(text, plan, program, program->node[*at], indent);
        wick_emit_statement(text, plan, program->node[*at], dialect, indent);
    }
}

/* ---- The pairs x, y -------------------------------------------------------------------------------------------------- */

static void print_scale(wick_text *text, const wick_plan *plan, const wick_map_term *t)
{
    char name[32];
    wick_emit_rational(text, t->coefficient);
    if (t->scalar != WICK_NONE) wick_text_printf(text, " * %s", node_or_null(plan, t->scalar, name));
}

/* One term of G[x,y] + G[y,x]. */
static void print_symmetric_term(wick_text *text, const wick_plan *plan, const wick_map_term *t)
{
    char u[32], w[32];
    print_scale(text, plan, t);
    if (t->row == WICK_NONE && t->column == WICK_NONE)
        wick_text_append(text, " * 2.0");
    else if (t->row == WICK_NONE || t->column == WICK_NONE)
        wick_text_printf(text, " * (%s[x] + %s[y])", node_or_null(plan, t->row == WICK_NONE ? t->column : t->row, u), u);
    else if (t->row == t->column)
        wick_text_printf(text, " * 2.0 * %s[x] * %s[y]", node_or_null(plan, t->row, u), u);
    else
        wick_text_printf(text, " * (%s[x] * %s[y] + %s[x] * %s[y])", node_or_null(plan, t->row, u),
                         node_or_null(plan, t->column, w), w, u);
    for (size_t f = 0; f < t->factor_count; ++f)
        wick_text_printf(text, " * %s[x * LD + y]", node_or_null(plan, t->factor[f], u));
}

static void loop_pairs(wick_text *text, const wick_plan *plan, const wick_node *map, const char *indent)
{
    wick_text_printf(text, "%s/* Omega[x,y]: both ends of an edge between two summed fields */\n", indent);
    wick_text_printf(text, "%sfor (size_t x = 0; x < P; ++x) {\n", indent);
    wick_text_printf(text, "%s    for (size_t y = x; y < N; ++y)\n%s        line[y] = ", indent, indent);
    for (size_t i = 0; i < map->term_count; ++i) {
        if (i > 0) wick_text_printf(text, "\n%s            + ", indent);
        print_symmetric_term(text, plan, &map->term[i]);
    }
    wick_text_printf(text, ";\n%s    set_line(x, line, out);\n%s}\n", indent, indent);
}

static void print_list(wick_text *text, const wick_plan *plan, const wick_node *map, const char *name, const char *indent)
{
    char node[32];
    wick_text_printf(text, "%sconst double *const %s[] = {", indent, name);
    for (size_t i = 0; i < map->term_count; ++i) {
        const wick_map_term *t = &map->term[i];
        const size_t id = *name == 'r' ? t->row : *name == 'c' ? t->column : t->factor_count > 0 ? t->factor[0] : WICK_NONE;
        wick_text_printf(text, "%s%s", i > 0 ? ", " : "", node_or_null(plan, id, node));
    }
    wick_text_append(text, "};\n");
}

static void call_pairs(wick_text *text, const wick_plan *plan, const wick_node *map, const char *indent)
{
    wick_text_printf(text, "%sconst double scale[] = {", indent);
    for (size_t i = 0; i < map->term_count; ++i) {
        if (i > 0) wick_text_append(text, ", ");
        print_scale(text, plan, &map->term[i]);
    }
    wick_text_append(text, "};\n");
    print_list(text, plan, map, "row", indent);
    print_list(text, plan, map, "column", indent);
    print_list(text, plan, map, "matrix", indent);
    wick_text_printf(text, "%spair_gradient(P, K, LD, %zu, scale, row, column, matrix, out);\n", indent, map->term_count);
}

/* ---- A row ----------------------------------------------------------------------------------------------------------- */

/* The row `out` of the Jacobian, all of it. */
static void emit_row(wick_text *text, const wick_jacobian_plan *jacobian, const wick_gradient *g, wick_dialect dialect,
                     const char *indent)
{
    const wick_plan *plan = &jacobian->plan;
    const bool calls = dialect == WICK_KERNEL_CALLS;
    char name[6][32];
    if (g->pair != WICK_NONE && calls) call_pairs(text, plan, &plan->node[g->pair], indent);
    if (g->pair != WICK_NONE && !calls) loop_pairs(text, plan, &plan->node[g->pair], indent);
    if (g->pair == WICK_NONE && calls) wick_text_printf(text, "%smap0(1, OVERLAPS, 0, out, 0, 0.0, 0, 0);\n", indent);
    if (g->pair == WICK_NONE && !calls)
        wick_text_printf(text, "%sfor (size_t i = 0; i < OVERLAPS; ++i) out[i] = 0.0;\n", indent);
    wick_text_printf(text, "%sadd_gradient(%sj, %s, %s, %s, %s, %s, %s, %s, out);\n", indent, calls ? "P, K, " : "",
                     g == &jacobian->of_a ? "j" : "l", node_or_null(plan, g->row_j, name[0]),
                     node_or_null(plan, g->row_l, name[1]), node_or_null(plan, g->diagonal, name[2]),
                     number_or_zero(plan, g->jj, name[3]), number_or_zero(plan, g->jl, name[4]),
                     number_or_zero(plan, g->ll, name[5]));
    if (!jacobian->trained) return;
    wick_text_printf(text, "%sset_layer_gradient(%sj, %s, %s, %s, %s, out + OVERLAPS);\n", indent, calls ? "P, " : "",
                     g == &jacobian->of_a ? "j" : "l", node_or_null(plan, g->weight, name[0]),
                     number_or_zero(plan, g->layer_j, name[1]), number_or_zero(plan, g->layer_l, name[2]));
}

static void emit_pairs(wick_text *text, const wick_jacobian_plan *jacobian, const wick_program *program,
                       const wick_gradient *g, wick_dialect dialect)
{
    size_t at = 0;
    emit_level(text, &jacobian->plan, program, true, dialect, "            ", &at);
    emit_row(text, jacobian, g, dialect, "            ");
    wick_text_append(text, "        }\n");
}

void wick_emit_jacobian(wick_text *text, const wick_jacobian_plan *jacobian, wick_dialect dialect)
{
    const wick_plan *plan = &jacobian->plan;
    size_t at = 0;
    emit_level(text, plan, &jacobian->outside, false, dialect, "    ", &at);
    wick_text_append(text, "    for (size_t j = 0; j < P; ++j) {\n");
    emit_level(text, plan, &jacobian->outside, true, dialect, "        ", &at);
    wick_text_append(text,
                     "        for (size_t l = P; l < N; ++l) {\n"
                     "            double *const out = jacobian + (j * K + l - P) * DIMENSION; /* of dM[j,l-p]/dt */\n");
    emit_pairs(text, jacobian, &jacobian->pairs_M, &jacobian->of_M, dialect);
    wick_text_append(text, "        for (size_t l = 0; l < j + 1; ++l) {\n"
                           "            double *const out = jacobian + place(l, j) * DIMENSION; /* of dQ[l,j]/dt */\n");
    emit_pairs(text, jacobian, &jacobian->pairs_Q, &jacobian->of_Q, dialect);
    if (jacobian->trained) {
        wick_text_append(text, "        double *const out = jacobian + (OVERLAPS + j) * DIMENSION; /* of da[j]/dt */\n");
        emit_row(text, jacobian, &jacobian->of_a, dialect, "        ");
    }
    wick_text_append(text, "    }\n");
}
