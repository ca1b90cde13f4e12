/* Products of matrices and vectors, as words, and sums of them.
 *
 * A word is a string of letters, and what is done with the product: nothing, its trace, or its diagonal.
 *
 *     Q M P    the overlaps, m is M^T
 *     D d      diag(a) and diag(a-star)
 *     e a b    a column of ones, a, a-star; E A B their transposes
 *
 * A word that is a number has no letters. Words of equal value are brought to one spelling (a trace may be turned and
 * transposed, a diagonal and a number transposed), so that a sum can merge them. Private to src/emit.
 */
#ifndef WICK_FORMULAS_MATRIX_WORD_H
#define WICK_FORMULAS_MATRIX_WORD_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

enum { WICK_WORD_LIMIT = 16 };

typedef enum { WICK_WORD_PRODUCT, WICK_WORD_TRACE, WICK_WORD_DIAGONAL } wick_word_kind;

typedef struct {
    mpq_t coefficient;
    unsigned p, k; /* divided by p^p k^k */
    wick_word_kind kind;
    char letter[WICK_WORD_LIMIT];
} wick_word;

/* Where a sum stands in a term: scalars, then the matrix or the column, then the row. */
typedef enum { WICK_PLACE_SCALAR, WICK_PLACE_LEFT, WICK_PLACE_RIGHT } wick_place;

typedef struct {
    wick_place place;
    size_t count, capacity;
    wick_word *word;
} wick_word_sum;

/* Reverses the word; M becomes M^T, columns rows. */
void wick_word_transpose(char *letters);
/* Matrices in it: Q, M, M^T, P. */
size_t wick_word_matrices(const char *letters);

/* The first two return false if memory is exhausted. */
bool wick_word_sum_add(wick_word_sum *sum, const wick_word *word);
bool wick_word_sum_transpose(wick_word_sum *result, const wick_word_sum *sum); /* into an empty result */
bool wick_word_sum_equal(const wick_word_sum *a, const wick_word_sum *b);
/* Multiplies `content` by what all coefficients have in common, sign of the first included, and divides them by it. */
void wick_word_sum_take_content(wick_word_sum *sum, mpq_t content);
void wick_word_sum_clear(wick_word_sum *sum);

/* What several rationals have in common: gcd of their numerators / gcd of their denominators. Includes one more; start from
 * 0 and 0. */
void wick_content_include(mpz_t numerator, mpz_t denominator, const mpq_t coefficient);

#endif
