/* See steppers.h. The names are those of problem/methods.h; here they get a meaning. The Euler polygon is a method like any
 * other to the user, but no stepper of GSL; rkck is our own, in half the memory of GSL's. */
#include "solve/steppers.h"

#include <string.h>

#include "problem/methods.h"
#include "solve/cash_karp.h"
#include "solve/integrate.h"

static const struct {
    const char *name;
    const gsl_odeiv2_step_type *const *type;
} steppers[] = {
    {"rk2", &gsl_odeiv2_step_rk2},       {"rk4", &gsl_odeiv2_step_rk4},       {"rkf45", &gsl_odeiv2_step_rkf45},
    {"rkck", &wick_step_cash_karp},      {"rk8pd", &gsl_odeiv2_step_rk8pd},   {"msadams", &gsl_odeiv2_step_msadams},
    {"bsimp", &gsl_odeiv2_step_bsimp},   {"rk1imp", &gsl_odeiv2_step_rk1imp}, {"rk2imp", &gsl_odeiv2_step_rk2imp},
    {"rk4imp", &gsl_odeiv2_step_rk4imp}, {"msbdf", &gsl_odeiv2_step_msbdf},
};

size_t wick_method_count(void) { return wick_method_row_count(); }

const char *wick_method_name(size_t index)
{
    return index < wick_method_row_count() ? wick_method_row_at(index)->name : NULL;
}

bool wick_method_is_implicit(const char *name)
{
    const wick_method_row *row = wick_method_row_find(name);
    return row && row->needs_jacobian;
}

bool wick_method_known(const char *name) { return strcmp(name, "euler") == 0 || wick_stepper(name); }

const gsl_odeiv2_step_type *wick_stepper(const char *name)
{
    for (size_t i = 0; i < sizeof steppers / sizeof *steppers; ++i)
        if (strcmp(steppers[i].name, name) == 0) return *steppers[i].type;
    return NULL;
}
