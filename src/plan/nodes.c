/* See nodes.h. */
#define _XOPEN_SOURCE 700 /* tsearch() */

#include "plan/nodes.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* ---- Failures ---------------------------------------------------------------------------------------------------- */

wick_status wick_builder_status(wick_context *context, const wick_builder *builder, const char *what)
{
    if (!builder->failed) return WICK_OK;
    if (!builder->limit) return wick_fail_memory(context, what);
    char diagram[64] = "a diagram";
    if (builder->diagram > 0) snprintf(diagram, sizeof diagram, "diagram %zu", builder->diagram);
    return wick_fail(context, WICK_ERROR_UNSUPPORTED, "%s of %s is beyond the planner: it has %s", diagram,
                     builder->output ? builder->output : "the drift", builder->limit);
}

void wick_builder_turn_to(wick_builder *builder, const char *output, size_t diagram)
{
    if (builder->failed) return;
    builder->output = output;
    builder->diagram = diagram;
}

void wick_builder_exceed(wick_builder *builder, const char *limit)
{
    if (!builder->failed) builder->limit = limit;
    builder->failed = true;
}

const wick_node *wick_node_at(const wick_builder *builder, size_t id)
{
    static const wick_node none = {
        .op = WICK_OP_MAP, .operand = {WICK_NONE, WICK_NONE}, .function = WICK_NONE}; /* looks like an empty sum */
    return builder->failed || id >= builder->plan->node_count ? &none : &builder->plan->node[id];
}

/* ---- Lists ------------------------------------------------------------------------------------------------------- */

void wick_list_add(wick_builder *builder, wick_list *list, size_t id)
{
    if (list->count == WICK_LIST_LIMIT) {
        wick_builder_exceed(builder, "more than 12 factors in one product");
        return;
    }
    size_t at = list->count++;
    for (; at > 0 && list->id[at - 1] > id; --at) list->id[at] = list->id[at - 1];
    list->id[at] = id;
}

int wick_list_compare(const wick_list *a, const wick_list *b)
{
    if (a->count != b->count) return a->count < b->count ? -1 : 1;
    for (size_t i = 0; i < a->count; ++i)
        if (a->id[i] != b->id[i]) return a->id[i] < b->id[i] ? -1 : 1;
    return 0;
}

bool wick_list_equal(const wick_list *a, const wick_list *b) { return wick_list_compare(a, b) == 0; }

void wick_list_split_common(wick_list *a, wick_list *b, wick_list *common)
{
    wick_list rest_a = {0}, rest_b = {0};
    *common = (wick_list){0};
    size_t i = 0, j = 0;
    while (i < a->count || j < b->count) {
        if (j == b->count || (i < a->count && a->id[i] < b->id[j])) {
            rest_a.id[rest_a.count++] = a->id[i++];
        } else if (i == a->count || b->id[j] < a->id[i]) {
            rest_b.id[rest_b.count++] = b->id[j++];
        } else {
            common->id[common->count++] = a->id[i];
            ++i, ++j;
        }
    }
    *a = rest_a;
    *b = rest_b;
}

void wick_product_term_init(wick_product_term *term)
{
    memset(term, 0, sizeof *term);
    mpq_init(term->coefficient);
    mpq_set_ui(term->coefficient, 1, 1);
}

void wick_product_term_clear(wick_product_term *term) { mpq_clear(term->coefficient); }

/* ---- Each node once ---------------------------------------------------------------------------------------------- */

typedef struct {
    char *key;
    size_t id;
} entry;

static int compare_entries(const void *a, const void *b) { return strcmp(((const entry *)a)->key, ((const entry *)b)->key); }

static void free_entry(void *item)
{
    free(((entry *)item)->key);
    free(item);
}

void wick_builder_clear(wick_builder *builder)
{
    while (builder->index) {
        entry *first = *(entry **)builder->index;
        tdelete(first, &builder->index, compare_entries);
        free_entry(first);
    }
}

static const char *key_of_node(const wick_node *node, wick_text *key)
{
    wick_text_printf(key, "%d.%d.%d:%u,%zd,%zd,%zd", (int)node->op, node->rank, node->inner + node->paired, node->power,
                     (ptrdiff_t)node->operand[0], (ptrdiff_t)node->operand[1], (ptrdiff_t)node->function);
    for (size_t i = 0; i < node->term_count; ++i) {
        const wick_map_term *t = &node->term[i];
        char *number = mpq_get_str(NULL, 62, t->coefficient);
        wick_text_printf(key, "+%s:%zd,%zd,%zd", number, (ptrdiff_t)t->scalar, (ptrdiff_t)t->row, (ptrdiff_t)t->column);
        free(number);
        for (size_t f = 0; f < t->factor_count; ++f) wick_text_printf(key, ",%zu", t->factor[f]);
    }
    return key->bytes;
}

static size_t find_key(const wick_builder *builder, char *key)
{
    const entry wanted = {.key = key};
    void *const *found = tfind(&wanted, &builder->index, compare_entries);
    return found ? ((const entry *)*found)->id : WICK_NONE;
}

void wick_node_clear(wick_node *node)
{
    for (size_t i = 0; i < node->term_count; ++i) mpq_clear(node->term[i].coefficient);
    free(node->term);
    node->term = NULL;
    node->term_count = 0;
}

size_t wick_intern(wick_builder *builder, wick_node *node)
{
    wick_plan *plan = builder->plan;
    wick_text key = WICK_TEXT_EMPTY;
    entry *item = NULL;
    size_t id = WICK_NONE;
    key_of_node(node, &key);
    if (key.failed) goto failed;
    id = find_key(builder, key.bytes);
    if (id != WICK_NONE) {
        wick_text_clear(&key);
        wick_node_clear(node);
        return id;
    }
    if (!wick_reserve(&plan->node, &plan->node_capacity, plan->node_count + 1, sizeof *plan->node)) goto failed;
    item = malloc(sizeof *item);
    if (!item) goto failed;
    *item = (entry){.key = key.bytes, .id = plan->node_count};
    if (!tsearch(item, &builder->index, compare_entries)) goto failed;
    plan->node[plan->node_count] = *node;
    return plan->node_count++;
failed:
    free(item);
    wick_text_clear(&key);
    wick_node_clear(node);
    builder->failed = true;
    return 0;
}

wick_node wick_node_blank(wick_op op, int rank)
{
    return (wick_node){.op = op,
                       .rank = rank,
                       .fields = true,
                       .support = WICK_ON_FIELDS,
                       .operand = {WICK_NONE, WICK_NONE},
                       .function = WICK_NONE};
}

/* ---- Leaves ------------------------------------------------------------------------------------------------------ */

size_t wick_make_noise(wick_builder *builder)
{
    wick_node node = wick_node_blank(WICK_OP_NOISE, 0);
    return wick_intern(builder, &node);
}

size_t wick_make_rate(wick_builder *builder)
{
    wick_node node = wick_node_blank(WICK_OP_RATE, 0);
    return wick_intern(builder, &node);
}

size_t wick_make_weight(wick_builder *builder, bool targets)
{
    wick_node node = wick_node_blank(WICK_OP_WEIGHT, 1);
    node.power = targets;
    if (targets) node.support = WICK_ON_TARGETS;
    return wick_intern(builder, &node);
}

size_t wick_make_power(wick_builder *builder, unsigned power)
{
    /* Each power is one multiplication from the one below. */
    wick_node node = wick_node_blank(WICK_OP_POWER, 2);
    if (power > 1)
        node.operand[0] = wick_make_power(builder, power / 2), node.operand[1] = wick_make_power(builder, power - power / 2);
    node.power = power;
    return wick_intern(builder, &node);
}

static bool is_one(const wick_polynomial *a) { return a->count == 1 && mpq_cmp_ui(a->coefficient[0], 1, 1) == 0; }

static bool is_variable(const wick_polynomial *a)
{
    return a->count == 2 && mpq_sgn(a->coefficient[0]) == 0 && mpq_cmp_ui(a->coefficient[1], 1, 1) == 0;
}

/* Number of `function` in the plan's table, which takes the polynomials over. */
static size_t intern_function(wick_builder *builder, wick_function *function)
{
    wick_plan *plan = builder->plan;
    for (size_t i = 0; i < plan->function_count; ++i)
        if (wick_polynomial_equal(&plan->function[i].student, &function->student) &&
            wick_polynomial_equal(&plan->function[i].target, &function->target)) {
            wick_polynomial_clear(&function->student);
            wick_polynomial_clear(&function->target);
            return i;
        }
    if (!wick_reserve(&plan->function, &plan->function_capacity, plan->function_count + 1, sizeof *plan->function)) {
        builder->failed = true;
        wick_polynomial_clear(&function->student);
        wick_polynomial_clear(&function->target);
        return 0;
    }
    plan->function[plan->function_count] = *function;
    return plan->function_count++;
}

static wick_support support_of(const wick_function *function)
{
    return (wick_polynomial_is_zero(&function->student) ? WICK_ON_NOTHING : WICK_ON_STUDENTS) |
           (wick_polynomial_is_zero(&function->target) ? WICK_ON_NOTHING : WICK_ON_TARGETS);
}

size_t wick_make_function(wick_builder *builder, const wick_closed_form *form, unsigned order, bool student_leg,
                          mpq_t content)
{
    wick_function function = {.student = WICK_POLYNOMIAL_ZERO, .target = WICK_POLYNOMIAL_ZERO, .order = order};
    mpq_set_ui(content, 1, 1);
    bool fine = wick_polynomial_gaussian_mean(&function.student, &form->student, order) &&
                wick_polynomial_gaussian_mean(&function.target, &form->target, order);
    const wick_polynomial *lead = wick_polynomial_is_zero(&function.student) ? &function.target : &function.student;
    if (fine && lead->count > 0) {
        mpq_set(content, lead->coefficient[lead->count - 1]);
        mpq_t inverse;
        mpq_init(inverse);
        mpq_inv(inverse, content);
        fine = wick_polynomial_scale(&function.student, &function.student, inverse) &&
               wick_polynomial_scale(&function.target, &function.target, inverse);
        mpq_clear(inverse);
    }
    if (!fine) builder->failed = true;

    const bool one = is_one(&function.student) && (student_leg || is_one(&function.target));
    const bool variable = is_variable(&function.student) && (student_leg || is_variable(&function.target));
    if (!fine || one || variable) {
        wick_polynomial_clear(&function.student);
        wick_polynomial_clear(&function.target);
        if (!variable) return WICK_NONE;
    }
    wick_node node = wick_node_blank(WICK_OP_DIAGONAL, 1);
    node.operand[0] = wick_make_power(builder, 1);
    const size_t diagonal = wick_intern(builder, &node);
    if (variable) return diagonal;
    node = wick_node_blank(WICK_OP_FUNCTION, 1);
    node.support = support_of(&function);
    node.function = intern_function(builder, &function);
    node.operand[0] = diagonal;
    return wick_intern(builder, &node);
}

/* F^{(m)}' = F^{(m+2)} / 2: functions that other terms may have too. */
size_t wick_make_derivative(wick_builder *builder, const wick_closed_form *form, size_t vector, mpq_t content)
{
    mpq_set_ui(content, 0, 1);
    if (builder->failed) return WICK_NONE;
    const wick_node *node = wick_node_at(builder, vector);
    mpq_set_ui(content, 1, 1);
    if (node->op == WICK_OP_DIAGONAL) return WICK_NONE;
    const wick_function *function = &builder->plan->function[node->function];
    const unsigned order = function->order;
    if (function->student.count <= 1) {
        mpq_set_ui(content, 0, 1);
        return WICK_NONE;
    }
    mpq_t own;
    mpq_init(own);
    wick_make_function(builder, form, order, false, own);
    const size_t made = wick_make_function(builder, form, order + 2, true, content);
    if (!builder->failed) mpq_div(content, content, own);
    mpq_div_2exp(content, content, 1);
    mpq_clear(own);
    return made;
}

size_t wick_make_direction(wick_builder *builder) { return wick_make_leaf(builder, WICK_OP_DIRECTION, 2, 1); }

size_t wick_make_slope(wick_builder *builder, unsigned power)
{
    if (power == 1) return wick_make_direction(builder);
    wick_node node = wick_node_blank(WICK_OP_SLOPE, 2);
    node.operand[0] = wick_make_power(builder, power - 1);
    node.operand[1] = wick_make_direction(builder);
    node.power = power;
    return wick_intern(builder, &node);
}

static size_t make_of_diagonal(wick_builder *builder, wick_function *function)
{
    wick_node variance = wick_node_blank(WICK_OP_DIAGONAL, 1), node = wick_node_blank(WICK_OP_FUNCTION, 1);
    variance.operand[0] = wick_make_power(builder, 1);
    node.operand[0] = wick_intern(builder, &variance);
    node.support = support_of(function);
    node.function = intern_function(builder, function);
    return wick_intern(builder, &node);
}

size_t wick_make_function_slope(wick_builder *builder, size_t function)
{
    const wick_node *node = wick_node_at(builder, function);
    wick_function slope = {.student = WICK_POLYNOMIAL_ZERO, .target = WICK_POLYNOMIAL_ZERO, .order = 0};
    if (builder->failed) return WICK_NONE;
    const wick_function *f = &builder->plan->function[node->function];
    slope.order = f->order + 2;
    if (!wick_polynomial_derivative(&slope.student, &f->student, 1)) builder->failed = true;
    if (builder->failed || slope.student.count == 0) {
        wick_polynomial_clear(&slope.student);
        return WICK_NONE;
    }
    return make_of_diagonal(builder, &slope);
}

size_t wick_make_halves(wick_builder *builder, unsigned students, unsigned targets)
{
    wick_function function = {.student = WICK_POLYNOMIAL_ZERO, .target = WICK_POLYNOMIAL_ZERO, .order = 0};
    mpq_t value;
    mpq_init(value);
    mpq_set_ui(value, students, 2);
    mpq_canonicalize(value);
    bool fine = wick_polynomial_set_monomial(&function.student, value, 0);
    mpq_set_ui(value, targets, 2);
    mpq_canonicalize(value);
    fine = fine && wick_polynomial_set_monomial(&function.target, value, 0);
    mpq_clear(value);
    if (!fine) builder->failed = true;
    return make_of_diagonal(builder, &function);
}

size_t wick_make_leaf(wick_builder *builder, wick_op op, int rank, unsigned number)
{
    wick_node node = wick_node_blank(op, rank);
    node.power = number;
    return wick_intern(builder, &node);
}

size_t wick_make_polynomial(wick_builder *builder, wick_polynomial *polynomial, size_t variable, mpq_t content)
{
    wick_function function = {.student = *polynomial, .target = WICK_POLYNOMIAL_ZERO, .order = 0};
    *polynomial = WICK_POLYNOMIAL_ZERO;
    if (function.student.count == 0) { /* cut short by a failure */
        builder->failed = true;
        mpq_set_ui(content, 0, 1);
        return WICK_NONE;
    }
    mpq_t inverse;
    mpq_init(inverse);
    mpq_set(content, function.student.coefficient[function.student.count - 1]);
    mpq_inv(inverse, content);
    if (!wick_polynomial_scale(&function.student, &function.student, inverse)) builder->failed = true;
    mpq_clear(inverse);
    if (is_one(&function.student) || is_variable(&function.student)) {
        const size_t id = is_one(&function.student) ? WICK_NONE : variable;
        wick_polynomial_clear(&function.student);
        return id;
    }
    wick_node node = wick_node_blank(WICK_OP_FUNCTION, 1);
    node.function = intern_function(builder, &function);
    node.operand[0] = variable;
    return wick_intern(builder, &node);
}

bool wick_node_has_field_rows(const wick_node *node)
{
    return node->op == WICK_OP_POWER || node->op == WICK_OP_DIRECTION || node->op == WICK_OP_SLOPE ||
           node->op == WICK_OP_OUTER || (node->op == WICK_OP_COLLECT_SUM && node->rank == 2 && node->power == 1);
}

bool wick_node_is_collected(const wick_node *node)
{
    return node->op == WICK_OP_PAIRS || node->op == WICK_OP_COLLECT_ROWS || node->op == WICK_OP_COLLECT_ENTRIES ||
           node->op == WICK_OP_COLLECT_SUM;
}
