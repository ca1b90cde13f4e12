/* The planner: what it makes of the square and of other activations, and that its storage never overlaps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "activation/activation.h"
#include "plan/plan.h"

static wick_plan plan(const char *activation, const char *target, wick_regime regime, bool trained)
{
    wick_polynomial s = WICK_POLYNOMIAL_ZERO, t = WICK_POLYNOMIAL_ZERO;
    assert_int_equal(wick_activation_parse(NULL, "activation", activation, &s), WICK_OK);
    assert_int_equal(wick_activation_parse(NULL, "target_activation", target, &t), WICK_OK);
    wick_closed_form form;
    wick_plan made;
    assert_int_equal(wick_closed_form_derive(NULL, &s, &t, regime, trained, &form), WICK_OK);
    assert_int_equal(wick_plan_build(NULL, &form, &made), WICK_OK);
    wick_closed_form_clear(&form);
    wick_polynomial_clear(&s);
    wick_polynomial_clear(&t);
    return made;
}

static size_t products(const wick_plan *p) { return wick_program_count(p, &p->drift_program, WICK_OP_PRODUCT); }

/* The promise: two products of p x n x n for the whole high-dimensional drift of the square, found by the general
 * planner. Their left factors have p rows, and everything else is at most quadratic in n. */
static void test_square_needs_two_products(void **state)
{
    (void)state;
    wick_plan p = plan("x^2", "x^2", WICK_HIGH_DIMENSIONAL, false);
    assert_int_equal(products(&p), 2);
    assert_int_equal(wick_program_count(&p, &p.drift_program, WICK_OP_PAIRS), 0);
    for (size_t i = 0; i < p.drift_program.count; ++i) {
        const wick_node *node = &p.node[p.drift_program.node[i]];
        if (node->op == WICK_OP_PRODUCT) assert_false(wick_node_has_field_rows(node));
    }
    assert_int_equal(wick_program_count(&p, &p.risk_program, WICK_OP_PRODUCT), 0);
    wick_plan_clear(&p);

    /* Multiples and different multiples for the target change nothing. */
    p = plan("5*x^2/7", "3*x^2", WICK_HIGH_DIMENSIONAL, true);
    assert_int_equal(products(&p), 2);
    wick_plan_clear(&p);
    p = plan("x^2", "x^2", WICK_CLASSICAL, false);
    assert_int_equal(products(&p), 1);
    wick_plan_clear(&p);
}

/* Flow alone is one product whatever the degree: B = (sum of elementwise tables) . Omega. */
static void test_classical_is_one_product(void **state)
{
    (void)state;
    static const char *const activations[] = {"x^3", "(x-1)^4", "he5 + x^2", "(x+2)^12"};
    for (size_t i = 0; i < 4; ++i) {
        wick_plan p = plan(activations[i], "x^3 - x", WICK_CLASSICAL_NOISE, true);
        assert_int_equal(products(&p), 1);
        wick_plan_clear(&p);
    }
    /* A linear activation needs none. */
    wick_plan p = plan("x", "x", WICK_HIGH_DIMENSIONAL, false);
    assert_int_equal(products(&p), 0);
    wick_plan_clear(&p);
}

/* Products stay far below the number of diagrams, and only degree 3 and more loops over pairs. */
static void test_products_are_shared(void **state)
{
    (void)state;
    static const struct {
        const char *activation;
        size_t most, pairs;
    } cases[] = {{"x^2 + x + 1", 3, 0}, {"x^3", 5, 1}, {"x^4", 10, 1}, {"(x-1)^4", 15, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
        wick_plan p = plan(cases[i].activation, cases[i].activation, WICK_HIGH_DIMENSIONAL, false);
        assert_true(products(&p) <= cases[i].most);
        assert_int_equal(wick_program_count(&p, &p.drift_program, WICK_OP_PAIRS), cases[i].pairs);
        wick_plan_clear(&p);
    }
}

/* ---- Storage: no array is overwritten while it is still needed --------------------------------------------------- */

static int kind(const wick_node *node)
{
    return node->rank == 0 || node->op == WICK_OP_ROW ? 0 : node->rank == 1 ? 1 : wick_node_has_field_rows(node) ? 3 : 2;
}

typedef struct {
    const wick_plan *plan;
    const wick_program *program;
    size_t owner[4][4096]; /* kind, slot -> node + 1 that was last written there */
} memory;

static void check_read(const memory *m, size_t id)
{
    if (id == WICK_NONE) return;
    const wick_node *node = &m->plan->node[id];
    if (node->op == WICK_OP_ROW) {
        check_read(m, node->operand[0]);
        return;
    }
    if (kind(node) != 0) assert_int_equal(m->owner[kind(node)][m->program->slot[id]], id + 1);
}

static void check_reads(const memory *m, const wick_node *node)
{
    check_read(m, node->operand[0]);
    check_read(m, node->operand[1]);
    for (size_t t = 0; t < node->term_count; ++t) {
        check_read(m, node->term[t].row);
        check_read(m, node->term[t].column);
        for (size_t f = 0; f < node->term[t].factor_count; ++f) check_read(m, node->term[t].factor[f]);
    }
}

/* Runs the program's writes and reads; a loop runs twice, as its second turn reads what its first must not have spoilt. */
static void check_program(const wick_plan *p, const wick_program *program, const size_t *outputs, size_t output_count)
{
    static memory m;
    m = (memory){.plan = p, .program = program};
    size_t loop = WICK_NONE;
    for (size_t i = 0, again = 0; i < program->count; ++i) {
        const size_t id = program->node[i];
        const wick_node *node = &p->node[id];
        if (node->inner && loop == WICK_NONE) loop = i;
        check_reads(&m, node);
        if (kind(node) != 0) {
            assert_true(program->slot[id] < 4096);
            const size_t before = m.owner[kind(node)][program->slot[id]];
            for (size_t t = 0; t < 2; ++t) /* an output never overlaps its own inputs */
                if (node->operand[t] != WICK_NONE) assert_true(before != node->operand[t] + 1);
            m.owner[kind(node)][program->slot[id]] = id + 1;
        }
        if (node->op == WICK_OP_PAIRS && !again++) i = loop - 1;
    }
    for (size_t o = 0; o < output_count; ++o) check_read(&m, outputs[o]);
}

static void test_storage(void **state)
{
    (void)state;
    static const char *const activations[] = {"x", "x^2", "x^3", "(x-1)^4", "he5+x^2", "(x+1)^7"};
    for (size_t i = 0; i < sizeof activations / sizeof *activations; ++i) {
        wick_plan p = plan(activations[i], "x^3 + 2*x^2 - 1", WICK_HIGH_DIMENSIONAL, i % 2 == 0);
        const size_t outputs[] = {p.flow, p.variance, p.second_layer};
        check_program(&p, &p.drift_program, outputs, 3);
        check_program(&p, &p.risk_program, &p.risk, 1);
        wick_plan_clear(&p);
    }
}

static void exchange(unsigned char *edge, size_t one, size_t other)
{
    const unsigned char saved = edge[one];
    edge[one] = edge[other];
    edge[other] = saved;
}

/* A diagram that the planner was not made for is named; it has nothing to do with memory. Here the variance, which is
 * planned as one half of a symmetric matrix, claims to be all of it, with its summed fields in the other order. */
static void test_limits_are_named(void **state)
{
    (void)state;
    wick_polynomial square = WICK_POLYNOMIAL_ZERO;
    wick_closed_form form;
    wick_plan made;
    wick_context *context = wick_context_alloc();
    assert_int_equal(wick_activation_parse(NULL, "activation", "x^2", &square), WICK_OK);
    assert_int_equal(wick_closed_form_derive(NULL, &square, &square, WICK_HIGH_DIMENSIONAL, false, &form), WICK_OK);
    form.variance.halved = false;
    for (size_t i = 0; i < form.variance.count; ++i) {
        unsigned char *edge = form.variance.diagram[i].edge;
        exchange(edge, wick_edge_index(0, 2), wick_edge_index(0, 3));
        exchange(edge, wick_edge_index(1, 2), wick_edge_index(1, 3));
    }
    assert_int_equal(wick_plan_build(context, &form, &made), WICK_ERROR_UNSUPPORTED);
    assert_int_equal(made.node_count, 0);
    const char *message = wick_context_message(context);
    size_t diagram = 0;
    char rest[200] = "";
    assert_int_equal(sscanf(message, "diagram %zu of the variance is beyond the planner: it has %199[^\n]", &diagram, rest),
                     2);
    assert_in_range(diagram, 1, form.variance.count);
    assert_string_equal(rest, "a chain of summed fields that ends on the second leg");
    wick_closed_form_clear(&form);
    wick_polynomial_clear(&square);
    wick_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_square_needs_two_products), cmocka_unit_test(test_classical_is_one_product),
        cmocka_unit_test(test_products_are_shared),       cmocka_unit_test(test_storage),
        cmocka_unit_test(test_limits_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
