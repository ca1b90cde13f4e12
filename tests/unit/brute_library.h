/* A problem of brute.h given to the library, and what came out. */
#ifndef WICK_TESTS_BRUTE_LIBRARY_H
#define WICK_TESTS_BRUTE_LIBRARY_H

#include "brute.h"
#include "wick/wick.h"

typedef enum {
    BRUTE_ANSWERED, /* status OK */
    BRUTE_REFUSED,  /* the tolerance cannot be met */
    BRUTE_UNKNOWN,  /* the library does not know a word of the activation */
    BRUTE_FAILED    /* anything else */
} brute_answer;

typedef struct {
    brute_answer answer;
    char message[512];
    size_t dimension;
    double drift[BRUTE_FIELD_LIMIT * (BRUTE_FIELD_LIMIT + 2)], excess_risk, risk;
    wick_accuracy accuracy;
} brute_outcome;

/* `method`: "quadrature", "closed-form" or NULL, for the library to choose. */
brute_outcome brute_library(const brute_problem *problem, const char *method, double tolerance);

#endif
