/* What is given, and what only moves numbers. See operations.h. */
#include "emit/operations.h"

/* ---- Numbers of the problem ------------------------------------------------------------------------------------------- */

static void formula_of_noise(wick_text *text, const wick_statement *s)
{
    (void)s;
    wick_text_append(text, "label noise, Delta");
}

static void loop_noise(wick_text *text, const wick_statement *s)
{
    wick_text_printf(text, "%sconst double %s = parameters->noise;\n", s->indent, s->name);
}

static void call_noise(wick_text *text, const wick_statement *s)
{
    wick_text_printf(text, "%sconst double %s = parameters[1];\n", s->indent, s->name);
}

const wick_operation wick_op_noise = {formula_of_noise, loop_noise, call_noise};

static void formula_of_rate(wick_text *text, const wick_statement *s)
{
    (void)s;
    wick_text_append(text, "gamma/p");
}

static void put_rate(wick_text *text, const wick_statement *s)
{
    wick_text_printf(text, "%sconst double %s = %s;\n", s->indent, s->name, s->rate);
}

const wick_operation wick_op_rate = {formula_of_rate, put_rate, put_rate};

static void formula_of_weight(wick_text *text, const wick_statement *s)
{
    wick_text_append(text, s->node->power > 0 ? "0 for students, a*[r]/k for targets"
                                              : "-a[j]/p for students, a*[r]/k for targets");
}

/* Those of students away. */
static void clear_students(wick_text *text, const wick_statement *s)
{
    if (s->node->power > 0) wick_text_printf(text, "%sfor (size_t i = 0; i < P; ++i) %s[i] = 0.0;\n", s->indent, s->name);
}

static void loop_weight(wick_text *text, const wick_statement *s)
{
    wick_text_printf(text, "%sweights(parameters, a, %s);\n", s->indent, s->name);
    clear_students(text, s);
}

static void call_weight(wick_text *text, const wick_statement *s)
{
    wick_text_printf(text, "%sweights(P, K, a, parameters + 2, %s);\n", s->indent, s->name);
    clear_students(text, s);
}

const wick_operation wick_op_weight = {formula_of_weight, loop_weight, call_weight};

/* ---- Omega ------------------------------------------------------------------------------------------------------------ */

static void formula_of_power(wick_text *text, const wick_statement *s)
{
    if (s->node->power == 1)
        wick_text_append(text, "overlaps of all fields, [[Q, M], [M^T, P]]");
    else
        wick_text_printf(text, "omega[i,b]^%u", s->node->power);
}

static void loop_power(wick_text *text, const wick_statement *s)
{
    if (s->node->power == 1)
        wick_text_printf(text, "%soverlaps(parameters, state, %s);\n", s->indent, s->name);
    else
        wick_text_printf(text, "%sfor (size_t i = 0; i < N * LD; ++i) %s[i] = %s[i] * %s[i];\n", s->indent, s->name, s->x,
                         s->y);
}

static void call_power(wick_text *text, const wick_statement *s)
{
    if (s->node->power == 1)
        wick_text_printf(text, "%soverlaps(P, K, LD, state, parameters + 2 + K, %s);\n", s->indent, s->name);
    else
        wick_text_printf(text, "%smultiply(N * LD, %s, %s, %s);\n", s->indent, s->x, s->y, s->name);
}

const wick_operation wick_op_power = {formula_of_power, loop_power, call_power};

static void formula_of_diagonal(wick_text *text, const wick_statement *s)
{
    wick_formula_entry(text, s->plan, s->node->operand[0], "i,i");
}

static void loop_diagonal(wick_text *text, const wick_statement *s)
{
    wick_text_printf(text, "%sfor (size_t i = 0; i < N; ++i) %s[i] = %s[i * LD + i];\n", s->indent, s->name, s->x);
}

static void call_diagonal(wick_text *text, const wick_statement *s)
{
    wick_text_printf(text, "%sdiagonal(N, LD, %s, %s);\n", s->indent, s->x, s->name);
}

const wick_operation wick_op_diagonal = {formula_of_diagonal, loop_diagonal, call_diagonal};

static void formula_of_transpose(wick_text *text, const wick_statement *s)
{
    wick_formula_entry(text, s->plan, s->node->operand[0], "l,j");
}

static void loop_transpose(wick_text *text, const wick_statement *s)
{
    wick_text_printf(text, "%sfor (size_t j = 0; j < P; ++j)\n%s    for (size_t l = 0; l < P; ++l) ", s->indent, s->indent);
    wick_text_printf(text, "%s[j * LD + l] = %s[l * LD + j];\n", s->name, s->x);
}

static void call_transpose(wick_text *text, const wick_statement *s)
{
    wick_text_printf(text, "%stranspose(P, LD, %s, %s);\n", s->indent, s->x, s->name);
}

const wick_operation wick_op_transpose = {formula_of_transpose, loop_transpose, call_transpose};

/* ---- In the loop over pairs ------------------------------------------------------------------------------------------- */

static void formula_of_entry(wick_text *text, const wick_statement *s)
{
    wick_formula_entry(text, s->plan, s->node->operand[0], s->node->paired ? "l" : "j");
}

static void put_entry(wick_text *text, const wick_statement *s)
{
    wick_text_printf(text, "%sconst double %s = %s[%s];\n", s->indent, s->name, s->x, s->node->paired ? "l" : "j");
}

const wick_operation wick_op_entry = {formula_of_entry, put_entry, put_entry};

static void formula_of_row(wick_text *text, const wick_statement *s)
{
    wick_formula_entry(text, s->plan, s->node->operand[0], s->node->paired ? "l,i" : "j,i");
}

static void put_row(wick_text *text, const wick_statement *s)
{
    wick_text_printf(text, "%sconst double *const %s = %s + %s * LD;\n", s->indent, s->name, s->x,
                     s->node->paired ? "l" : "j");
}

const wick_operation wick_op_row = {formula_of_row, put_row, put_row};

static void formula_of_pairs(wick_text *text, const wick_statement *s)
{
    wick_formula_entry(text, s->plan, s->node->operand[0], "l");
    wick_text_append(text, " for l < j, half of it for l = j, 0 for l > j");
}

static void loop_pairs(wick_text *text, const wick_statement *s)
{
    wick_text_printf(text, "%sfor (size_t l = 0; l < P; ++l)\n%s    ", s->indent, s->indent);
    wick_text_printf(text, "%s[j * LD + l] = l < j ? %s[l] : l == j ? %s[l] / 2.0 : 0.0;\n", s->name, s->x, s->x);
}

static void call_pairs(wick_text *text, const wick_statement *s)
{
    wick_text_printf(text, "%spair_row(P, LD, j, %s, %s);\n", s->indent, s->x, s->name);
}

const wick_operation wick_op_pairs = {formula_of_pairs, loop_pairs, call_pairs};

/* ---- Of particles ------------------------------------------------------------------------------------------------------
 */

static void formula_of_coordinate(wick_text *text, const wick_statement *s)
{
    wick_text_printf(text, "component %u of L^-1 m", s->node->power + 1);
}

static void loop_coordinate(wick_text *text, const wick_statement *s)
{
    wick_text_printf(text, "%sconst double *const %s = u + %u * LD;\n", s->indent, s->name, s->node->power);
}

static void call_coordinate(wick_text *text, const wick_statement *s)
{
    wick_text_printf(text, "%sconst double *const %s = u + %u * stride;\n", s->indent, s->name, s->node->power);
}

const wick_operation wick_op_coordinate = {formula_of_coordinate, loop_coordinate, call_coordinate};

/* There already. */
const wick_operation wick_op_perp, wick_op_layer, wick_op_tensor, wick_op_parameter;
