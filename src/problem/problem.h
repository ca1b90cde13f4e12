/* What is asked: one validated problem from JSON, flags and calls.
 *
 * A problem keeps what the user gave as a JSON object (`given`), so that files and flags merge in one way and the whole can
 * be written into every result; wick_problem_check() decodes it into the plain fields below, with defaults filled in, and
 * verifies them. The other stages read only the plain fields, and only after a check; they are valid until the next change.
 */
#ifndef WICK_PROBLEM_PROBLEM_H
#define WICK_PROBLEM_PROBLEM_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "activation/graph.h"
#include "base/context.h"
#include "model/blocks.h"
#include "model/parameters.h"
#include "model/regime.h"
#include "model/rules.h"

struct wick_problem {
    /* Private to src/problem. */
    json_t *given;    /* as the user gave it: file keys, then flags over them */
    json_t *places;   /* where each key came from: dotted path -> "FILE:LINE:COLUMN" or "--flag" */
    json_t *complete; /* given, with the defaults under it; made by wick_problem_check() */
    int verified;     /* how many wick_purposes are verified, from the first on; 0 after every change */

    /* When the parameters' keys were given last (base/order.h); 0: never. A system compares them with what was set on it. */
    uint64_t given_at[WICK_PARAMETER_COUNT];

    /* Decoded by wick_problem_check(). */
    char *activation, *target_activation; /* expression texts */
    wick_regime regime;
    const wick_regime_row *parts; /* of the regime */
    bool second_layer_trained;
    size_t p, k; /* 0 before a check that needs them */
    double d;    /* 0 where not given; a whole number >= 1, as large as 1e15 */
    double parameter[WICK_PARAMETER_COUNT];
    wick_rule_set rules; /* those whose keys are given */
    wick_graph schedule; /* the learning rate as a function of t; without nodes if it is a number. parameter[] has it at 0 */

    double *Q;          /* p x p row-major; NULL in the mean-field regimes */
    double *M;          /* p x k */
    double *P;          /* k x k */
    double *a, *a_star; /* p and k */
    double *q;          /* p; mean-field regimes only */

    double *times; /* output times, increasing, >= 0 */
    size_t time_count;

    bool quadrature_forced, closed_form_forced; /* "method" */
    double tolerance;                           /* quadrature.tol > 0 */

    char method[32]; /* GSL's stepper name, or "euler" */
    double rtol, atol;
    double dt; /* euler's step, > 0; 0 otherwise */
};

/* Stores "FILE:LINE:COLUMN: text" if the value of `key` (a dotted path) came from a file, "--flag: text" if it was set as a
 * flag is, "key: text" otherwise; returns WICK_ERROR_PROBLEM. */
__attribute__((format(printf, 4, 5))) wick_status wick_problem_fail(wick_context *context, const wick_problem *problem,
                                                                    const char *key, const char *format, ...);

/* The same for character `column` (from 1) inside a text value: "FILE:LINE:COLUMN: KEY: text" names that character of the
 * file, "--flag:COLUMN: text" that of the flag's value. */
__attribute__((format(printf, 5, 6))) wick_status wick_problem_fail_inside(wick_context *context,
                                                                           const wick_problem *problem, const char *key,
                                                                           size_t column, const char *format, ...);

/* Does the problem give overlaps or second layers itself, rather than leave them to chance and defaults? */
bool wick_problem_gives_initial(const wick_problem *problem);

/* The arrays of a checked problem. */
wick_arrays wick_problem_arrays(const wick_problem *problem);

/* Of a checked problem: whether its initial state is a random one, and the seed of that (1 if it is not). */
bool wick_problem_is_random(const wick_problem *problem);
unsigned long wick_problem_seed(const wick_problem *problem);

/* Of a checked problem: the parameters at time t. */
void wick_problem_parameters_at(const wick_problem *problem, double t, double parameter[WICK_PARAMETER_COUNT]);

/* The text of the learning rate, where it is an expression in t; NULL otherwise. */
const char *wick_problem_schedule(const wick_problem *problem);

/* The keys, for help texts and for the command line. */
typedef struct {
    const char *path;    /* "time.end" */
    const char *flag;    /* "end": also accepted as --end and --time-end */
    const char *value;   /* placeholder, e.g. "NUMBER" */
    const char *meaning; /* one line, with the default */
} wick_problem_key;

/* What to say of a name that is none of a key, but that people look for; NULL if there is nothing to say. */
const char *wick_problem_key_remark(const char *name, size_t length);

size_t wick_problem_key_count(void);
const wick_problem_key *wick_problem_key_at(size_t index);

#endif
