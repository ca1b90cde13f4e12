/* See factors.h. */
#include "formulas/factors.h"

#include <stdlib.h>

#include "base/memory.h"

wick_status wick_factors_make(wick_context *context, const wick_closed_form *form, wick_factors *factors)
{
    const size_t students = form->student.count, targets = form->target.count;
    *factors = (wick_factors){.count = students > targets ? students : targets};
    factors->student = wick_allocate(factors->count, 1, sizeof *factors->student);
    factors->target = wick_allocate(factors->count, 1, sizeof *factors->target);
    bool fine = factors->student && factors->target;
    for (size_t m = 0; fine && m < factors->count; m++)
        fine = wick_polynomial_gaussian_mean(&factors->student[m], &form->student, m) &&
               wick_polynomial_gaussian_mean(&factors->target[m], &form->target, m);
    if (fine) return WICK_OK;
    wick_factors_clear(factors);
    return wick_fail_memory(context, "printing the closed form");
}

void wick_factors_clear(wick_factors *factors)
{
    for (size_t m = 0; m < factors->count; m++) {
        if (factors->student) wick_polynomial_clear(&factors->student[m]);
        if (factors->target) wick_polynomial_clear(&factors->target[m]);
    }
    free(factors->student);
    free(factors->target);
    *factors = (wick_factors){0};
}

size_t wick_diagram_degree(const wick_expansion *expansion, const wick_diagram *diagram, size_t v)
{
    return diagram->order[v] - expansion->vertex[v].derivative;
}

char *wick_rational_string(const mpq_t q)
{
    char *digits = malloc(mpz_sizeinbase(mpq_numref(q), 10) + mpz_sizeinbase(mpq_denref(q), 10) + 3);
    return digits ? mpq_get_str(digits, 10, q) : NULL;
}
