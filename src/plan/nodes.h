/* Making nodes: simplified, and each distinct one once. Private to the planner.
 *
 * The builder remembers a failed allocation, or a limit that was met, and goes on with harmless numbers, so that the algebra
 * needs no checks at each step; whoever drives it asks for its status at the end. After a failure a number may belong to no
 * node, or to one of another kind: the algebra looks at nodes through wick_node_at() alone.
 */
#ifndef WICK_PLAN_NODES_H
#define WICK_PLAN_NODES_H

#include "base/text.h"
#include "plan/plan.h"

enum { WICK_LIST_LIMIT = 12 };

/* A short list of node numbers, kept sorted: the factors of a product. */
typedef struct {
    size_t count, id[WICK_LIST_LIMIT];
} wick_list;

/* One term of a map before it is collected: coefficient * scalars * rows * columns * factors. */
typedef struct {
    mpq_t coefficient;
    wick_list scalar, row, column, factor;
} wick_product_term;

typedef struct {
    wick_plan *plan;
    void *index; /* key text -> node number, a tsearch tree */
    bool failed;
    const char *limit;  /* met by the diagram at work; NULL: what failed is memory */
    const char *output; /* whose diagrams are at work */
    size_t diagram;     /* the one at work, counted from 1; 0: all together */
} wick_builder;

void wick_builder_clear(wick_builder *builder);
/* Of what was built: WICK_ERROR_UNSUPPORTED names the diagram and the limit it met, WICK_ERROR_MEMORY says while doing what.
 */
wick_status wick_builder_status(wick_context *context, const wick_builder *builder, const char *what);
/* Says what is at work from now on, for errors; after a failure it stays what it was. */
void wick_builder_turn_to(wick_builder *builder, const char *output, size_t diagram);
/* The diagram at work is beyond a limit of the planner's, told as "more than ..." or the like. */
void wick_builder_exceed(wick_builder *builder, const char *limit);

/* A node to look at; one of no kind, without operands and terms, after a failure. */
const wick_node *wick_node_at(const wick_builder *builder, size_t id);

void wick_list_add(wick_builder *builder, wick_list *list, size_t id);
bool wick_list_equal(const wick_list *a, const wick_list *b);
int wick_list_compare(const wick_list *a, const wick_list *b);
/* Moves what both hold from both into `common`. */
void wick_list_split_common(wick_list *a, wick_list *b, wick_list *common);

void wick_product_term_init(wick_product_term *term);
void wick_product_term_clear(wick_product_term *term);

/* A node of that kind over all fields, with nothing else set. */
wick_node wick_node_blank(wick_op op, int rank);
/* The node's number: a new one, or that of an equal node there was. Takes over its terms. */
size_t wick_intern(wick_builder *builder, wick_node *node);
/* Releases its terms. */
void wick_node_clear(wick_node *node);

size_t wick_make_noise(wick_builder *builder);
size_t wick_make_rate(wick_builder *builder);
size_t wick_make_weight(wick_builder *builder, bool targets); /* `targets`: of them alone */
size_t wick_make_power(wick_builder *builder, unsigned power);

/* F^{(order)} as content * vector; the vector is WICK_NONE where it is 1 throughout. A student leg only looks at the
 * student entries. */
size_t wick_make_function(wick_builder *builder, const wick_closed_form *form, unsigned order, bool student_leg,
                          mpq_t content);

/* The derivative of a vector, DIAGONAL or FUNCTION, with respect to Omega_alpha,alpha of students, as content * vector; the
 * vector is WICK_NONE where it is 1 throughout, and content 0 where the derivative is. */
size_t wick_make_derivative(wick_builder *builder, const wick_closed_form *form, size_t vector, mpq_t content);

/* A leaf of that kind and number. */
size_t wick_make_leaf(wick_builder *builder, wick_op op, int rank, unsigned number);
/* The polynomial (which is taken over) of a vector, as content * vector, WICK_NONE where it is 1 throughout. */
size_t wick_make_polynomial(wick_builder *builder, wick_polynomial *polynomial, size_t variable, mpq_t content);

/* Product of the vectors of a list as one vector; WICK_NONE for an empty list. */
size_t wick_make_vector(wick_builder *builder, const wick_list *list);
/* Sums of products, entry by entry. Terms that differ only in numbers are collected, and in matrices those that differ only
 * in their column vectors too. */
size_t wick_make_map(wick_builder *builder, int rank, const wick_product_term *terms, size_t count);

size_t wick_make_dot(wick_builder *builder, const wick_list *vectors);
size_t wick_make_apply(wick_builder *builder, size_t matrix, size_t vector);
size_t wick_make_row_dot(wick_builder *builder, size_t x, size_t y);
size_t wick_make_product(wick_builder *builder, size_t left, unsigned power);
bool wick_product_exists(const wick_builder *builder, size_t left, unsigned power);
size_t wick_make_transpose(wick_builder *builder, size_t matrix);
/* Of the row j or, paired, of the row l. */
size_t wick_make_entry(wick_builder *builder, size_t vector, bool paired);
size_t wick_make_row(wick_builder *builder, size_t matrix, bool paired);
size_t wick_make_pairs(wick_builder *builder, size_t vector);

/* Of tangents and adjoints. */
size_t wick_make_direction(wick_builder *builder);
size_t wick_make_slope(wick_builder *builder, unsigned power);
/* The derivative of a FUNCTION by its variable; WICK_NONE where that vanishes. */
size_t wick_make_function_slope(wick_builder *builder, size_t function);
/* A vector over fields with one value for students, another for targets, each over 2. */
size_t wick_make_halves(wick_builder *builder, unsigned students, unsigned targets);
/* sum_a X_ja R_ab, R a matrix n x n. */
size_t wick_make_product_with(wick_builder *builder, size_t left, size_t right);
size_t wick_make_apply_left(wick_builder *builder, size_t matrix, size_t vector);
size_t wick_make_outer(wick_builder *builder, size_t x, size_t y);
size_t wick_make_fold(wick_builder *builder, size_t matrix);
size_t wick_make_extend(wick_builder *builder, size_t vector);
size_t wick_make_halved(wick_builder *builder, size_t matrix);
size_t wick_make_collect(wick_builder *builder, wick_op op, size_t inner);

#endif
