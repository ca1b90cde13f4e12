/* Diagrams: their number against THEORY's table, coefficients of cases done by hand, parity and symmetry. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "activation/activation.h"
#include "symbolic/closed_form.h"

static wick_polynomial parse(const char *text)
{
    wick_polynomial polynomial = WICK_POLYNOMIAL_ZERO;
    assert_int_equal(wick_activation_parse(NULL, "activation", text, &polynomial), WICK_OK);
    return polynomial;
}

static wick_expansion expand(const char *activation, const wick_vertex *vertices, size_t count, bool halved)
{
    wick_polynomial f = parse(activation);
    wick_expansion expansion;
    assert_int_equal(wick_expand(NULL, &f, &f, vertices, count, halved, &expansion), WICK_OK);
    wick_polynomial_clear(&f);
    return expansion;
}

/* The variance term with four different legs has no symmetry, so a polynomial with every power shows the full count. */
static void test_counts(void **state)
{
    (void)state;
    static const struct {
        const char *activation;
        size_t diagrams;
    } cases[] = {{"(x+1)^2", 20},  {"(x+1)^3", 100},  {"(x+1)^4", 350},
                 {"(x+1)^5", 980}, {"(x+1)^6", 2352}, {"(x+1)^10", 31460}};
    const wick_vertex vertices[] = {
        {WICK_LEG_STUDENT, 1}, {WICK_LEG_STUDENT, 1}, {WICK_LEG_STUDENT, 0}, {WICK_LEG_STUDENT, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
        wick_expansion x = expand(cases[i].activation, vertices, 4, false);
        assert_int_equal(x.count, cases[i].diagrams);
        wick_expansion_clear(&x);
    }
}

/* Sum of coefficients is what symmetry must not change: it weighs each diagram by 1 / prod n!. */
static void sum_coefficients(const wick_expansion *x, mpq_t sum)
{
    mpq_set_ui(sum, 0, 1);
    for (size_t i = 0; i < x->count; ++i) mpq_add(sum, sum, x->diagram[i].coefficient);
}

static void test_symmetry_keeps_the_sum(void **state)
{
    (void)state;
    static const char *const activations[] = {"x^2", "x^3", "(x+1)^3", "x^4+x"};
    const wick_vertex legs[] = {{WICK_LEG_STUDENT, 1}, {WICK_LEG_STUDENT, 1}, {WICK_LEG_STUDENT, 0}, {WICK_LEG_STUDENT, 0}};
    const wick_vertex fields[] = {
        {WICK_LEG_STUDENT, 1}, {WICK_LEG_STUDENT, 1}, {WICK_SUMMED_FIELD, 0}, {WICK_SUMMED_FIELD, 0}};
    mpq_t all, cut;
    mpq_inits(all, cut, NULL);
    for (size_t i = 0; i < 4; ++i) {
        wick_expansion whole = expand(activations[i], legs, 4, false), folded = expand(activations[i], fields, 4, false);
        wick_expansion halved = expand(activations[i], fields, 4, true);
        assert_true(folded.count < whole.count && halved.count <= folded.count);
        sum_coefficients(&whole, all);
        sum_coefficients(&folded, cut);
        assert_true(mpq_equal(all, cut));
        sum_coefficients(&halved, cut);
        mpq_add(cut, cut, cut); /* V = Y + Y^T */
        assert_true(mpq_equal(all, cut));
        wick_expansion_clear(&whole);
        wick_expansion_clear(&folded);
        wick_expansion_clear(&halved);
    }
    mpq_clears(all, cut, NULL);
}

/* E[s'(l_j) l_b f_a] for the square: 2 l_j l_b l_a^2 pairs as 2 O_jb O_aa + 4 O_ja O_ab: two diagrams. */
static void test_square_flow(void **state)
{
    (void)state;
    wick_polynomial f = parse("x^2");
    wick_closed_form form;
    assert_int_equal(wick_closed_form_derive(NULL, &f, &f, WICK_CLASSICAL, false, &form), WICK_OK);
    assert_int_equal(form.flow.count, 2);
    for (size_t i = 0; i < 2; ++i) {
        const wick_diagram *d = &form.flow.diagram[i];
        assert_true(mpq_cmp_ui(d->coefficient, 1, 1) == 0);
        const bool direct = d->edge[wick_edge_index(0, 1)] == 1;
        assert_int_equal(d->edge[wick_edge_index(0, 2)], direct ? 0 : 1);
        assert_int_equal(d->edge[wick_edge_index(1, 2)], direct ? 0 : 1);
        assert_int_equal(d->order[0], 2);
        assert_int_equal(d->order[2], direct ? 0 : 2);
    }
    assert_int_equal(form.variance.count, 0);
    assert_int_equal(form.noise.vertex_count, 0);
    wick_closed_form_clear(&form);
    wick_polynomial_clear(&f);
}

/* Odd activations allow no diagram in which a vertex' derivatives leave an odd function. */
static void test_parity(void **state)
{
    (void)state;
    wick_polynomial f = parse("x^3 - 3*x");
    wick_closed_form form;
    assert_int_equal(wick_closed_form_derive(NULL, &f, &f, WICK_HIGH_DIMENSIONAL, true, &form), WICK_OK);
    const wick_expansion *all[] = {&form.flow, &form.second_layer, &form.variance, &form.noise, &form.risk};
    for (size_t e = 0; e < 5; ++e) {
        assert_true(all[e]->count > 0);
        for (size_t i = 0; i < all[e]->count; ++i)
            for (size_t v = 0; v < all[e]->vertex_count; ++v)
                if (all[e]->vertex[v].role != WICK_LEG_FIELD) assert_true(all[e]->diagram[i].order[v] % 2 == 1);
    }
    /* He_3 is orthogonal to everything of lower degree at variance 1, but v is not fixed: order 1 stays. */
    assert_int_equal(form.risk.count, 2);
    wick_closed_form_clear(&form);
    wick_polynomial_clear(&f);
}

/* Constants have no drift, and the zero activation no diagram at all. */
static void test_degenerate(void **state)
{
    (void)state;
    static const char *const texts[] = {"3", "0", "x"};
    static const size_t flow[] = {0, 0, 1}, risk[] = {1, 0, 1};
    for (size_t i = 0; i < 3; ++i) {
        wick_polynomial f = parse(texts[i]);
        wick_closed_form form;
        assert_int_equal(wick_closed_form_derive(NULL, &f, &f, WICK_HIGH_DIMENSIONAL, false, &form), WICK_OK);
        assert_int_equal(form.flow.count, flow[i]);
        assert_int_equal(form.risk.count, risk[i]);
        wick_closed_form_clear(&form);
        wick_polynomial_clear(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),      cmocka_unit_test(test_symmetry_keeps_the_sum),
        cmocka_unit_test(test_square_flow), cmocka_unit_test(test_parity),
        cmocka_unit_test(test_degenerate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
