/* The high-dimensional drift as one would program it from the papers: plain loops over the published formulas, one after the
 * other, for one polynomial activation of students and targets, a = a* = 1 and P = I.
 *
 * Each matrix has its array and each product its triple loop; nothing is blocked, fused or specialised to a size. */
#ifndef WICK_BENCH_TEXTBOOK_H
#define WICK_BENCH_TEXTBOOK_H

#include <stddef.h>

enum { WICK_TEXTBOOK_DEGREE = 4 };

typedef struct {
    size_t p, k, degree;
    double coefficient[WICK_TEXTBOOK_DEGREE + 1]; /* of x^i in the activation */
    double gamma, Delta;
    double *work; /* wick_textbook_work() doubles */
} wick_textbook;

size_t wick_textbook_work(const wick_textbook *book);

/* Activation x^2: the matrix formulas of Arnaboldi et al. (2023). */
void wick_textbook_square(const wick_textbook *book, const double *state, double *drift);

/* Any polynomial: Wick's sum over the edge multiplicities of the four fields of E[s'(j) s'(l) E^2], for each pair j, l. Sums
 * are taken out of loops as far as they reach, and terms that vanish by parity are left out. */
void wick_textbook_polynomial(const wick_textbook *book, const double *state, double *drift);

#endif
