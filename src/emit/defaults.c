/* See defaults.h. */
#include "emit/defaults.h"
#include "emit/parameters.h"

#include "base/number.h"

static bool all_equal(const double *values, size_t count, double value)
{
    for (size_t i = 0; values && i < count; ++i)
        if (values[i] != value) return false;
    return true;
}

static bool is_identity(const double *values, size_t k)
{
    for (size_t i = 0; values && i < k * k; ++i)
        if (values[i] != (i / k == i % k ? 1.0 : 0.0)) return false;
    return true;
}

static void print_values(wick_text *text, const char *field, const char *count, const double *values, size_t size,
                         double usual)
{
    if (all_equal(values, size, usual)) {
        wick_text_printf(text, "    for (size_t i = 0; i < %s; ++i) parameters->%s[i] = %.1f;\n", count, field, usual);
        return;
    }
    wick_text_printf(text, "    static const double %s[] = {", field);
    for (size_t i = 0; i < size; ++i)
        wick_text_printf(text, "%s%s", i == 0 ? "" : i % 4 == 0 ? ",\n        " : ", ", wick_number(values[i]).text);
    wick_text_printf(text, "};\n    for (size_t i = 0; i < %s; ++i) parameters->%s[i] = %s[i];\n", count, field, field);
}

/* What every parameter struct has. */
static void print_common(wick_text *text, const wick_problem *problem)
{
    const size_t k = problem->k;
    for (wick_parameter_id i = 0; i < WICK_PARAMETER_COUNT; ++i) {
        if (!wick_has_parameter(problem, i)) continue;
        wick_text_printf(text, "    parameters->%s = %s;\n", wick_parameter_at(i)->key,
                         wick_number(problem->parameter[i]).text);
    }
    print_values(text, "a_star", "K", problem->a_star, k, 1.0);
    if (is_identity(problem->P, k))
        wick_text_append(
            text, "    for (size_t i = 0; i < K * K; ++i) parameters->target_overlap[i] = i / K == i % K ? 1.0 : 0.0;\n");
    else
        print_values(text, "target_overlap", "K * K", problem->P, k * k, 1.0);
}

void wick_print_defaults(wick_text *text, const wick_problem *problem)
{
    print_common(text, problem);
    print_values(text, "a", "P", problem->a, problem->p, 1.0);
}

void wick_print_particle_defaults(wick_text *text, const wick_problem *problem)
{
    print_common(text, problem);
    wick_text_printf(text, "    parameters->d = %s;\n    parameters->a = 0;\n", wick_number(problem->d).text);
}
