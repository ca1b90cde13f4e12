/* Problem to generated source. See wick.h. */
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "base/ascii.h"
#include "base/locale.h"
#include "base/memory.h"
#include "base/text.h"
#include "emit/emit.h"
#include "emit/numbers.h"
#include "emit/particles.h"
#include "emit/target.h"
#include "expectations/emission.h"
#include "model/regime.h"
#include "output/file.h"
#include "output/folder.h"

static const char *const c_keywords[] = {
    "auto",   "break",    "case",   "char",     "class",    "const",    "continue", "default", "delete",   "do",
    "double", "else",     "enum",   "extern",   "float",    "for",      "friend",   "goto",    "if",       "inline",
    "int",    "long",     "new",    "operator", "return",   "short",    "private",  "public",  "signed",   "sizeof",
    "static", "struct",   "switch", "this",     "throw",    "try",      "typedef",  "union",   "unsigned", "using",
    "void",   "volatile", "while",  "register", "restrict", "template", "virtual",
};

static bool is_identifier(const char *name)
{
    if (!wick_is_letter(name[0])) return false; /* a leading underscore is reserved */
    for (const char *c = name; *c; ++c)
        if (!wick_is_letter(*c) && !wick_is_digit(*c) && *c != '_') return false;
    for (size_t i = 0; i < sizeof c_keywords / sizeof *c_keywords; ++i)
        if (strcmp(name, c_keywords[i]) == 0) return false;
    return true;
}

/* Names that are C identifiers and yet cannot name what a target makes: keywords of Python, targets that CMake keeps. */
static const char *const python_names[] = {
    "False", "None",   "True",   "and", "as", "assert", "async",    "await", "def", "del",  "elif",  "except", "finally",
    "from",  "global", "import", "in",  "is", "lambda", "nonlocal", "not",   "or",  "pass", "raise", "with",   "yield",
};
static const char *const cmake_names[] = {
    "all",           "clean",     "help",    "install", "package",   "test",       "edit_cache",
    "rebuild_cache", "ALL_BUILD", "INSTALL", "PACKAGE", "RUN_TESTS", "ZERO_CHECK",
};

static bool is_among(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; ++i)
        if (strcmp(names[i], name) == 0) return true;
    return false;
}

static wick_status check_name(wick_context *context, const wick_target *target, const char *name)
{
    if (!is_identifier(name))
        return wick_fail(context, WICK_ERROR_PROBLEM,
                         "name: found \"%s\", it must be a C identifier (letters, digits and _, a letter first, no keyword)",
                         name);
    if (target && strcmp(target->name, "python") == 0 &&
        is_among(name, python_names, sizeof python_names / sizeof *python_names))
        return wick_fail(context, WICK_ERROR_PROBLEM, "name: found \"%s\", a keyword of Python; give another", name);
    if (target && strcmp(target->name, "cmake") == 0 &&
        is_among(name, cmake_names, sizeof cmake_names / sizeof *cmake_names))
        return wick_fail(context, WICK_ERROR_PROBLEM, "name: found \"%s\", which CMake keeps for itself; give another",
                         name);
    return WICK_OK;
}

/* What is to be written: a target, or a template of the user's. */
typedef struct {
    const wick_target *target; /* or NULL, and then: */
    const char *template_path, *template_text;
    wick_purpose purpose;
    bool vectors;
} request;

/* Activations that go by expectations: what is closed is generated code, the rest is not. */
static wick_status refuse_quadrature(wick_context *context, const wick_problem *problem, const wick_graph *student)
{
    const bool polynomial = wick_graph_as_polynomial(student) != NULL;
    wick_problem_fail(
        context, problem,
        problem->quadrature_forced ? "method"
        : polynomial               ? "target_activation"
                                   : "activation",
        "the drift of this problem is no closed form and cannot be emitted; allowed: polynomials; a*erf(c*x) for "
        "student and target, but in the mean field; sums of x, relu, leaky_relu and abs of multiples of x for "
        "both, in classical and classical-noise");
    return WICK_ERROR_UNSUPPORTED;
}

static wick_status set_overlap_values(wick_context *context, wick_problem *problem, const wick_closed_form *form,
                                      const char *name, wick_values *values)
{
    wick_plan plan = {0};
    wick_status status = wick_plan_build(context, form, &plan);
    if (status == WICK_OK) status = wick_check_range(context, problem, &plan);
    if (status == WICK_OK) status = wick_emit_library(context, &plan, form, problem, name, values);
    wick_plan_clear(&plan);
    return status;
}

static wick_status set_particle_values(wick_context *context, const wick_problem *problem, const wick_closed_form *form,
                                       const char *name, wick_values *values)
{
    wick_particle_plan plan = {0};
    wick_status status = wick_particles_plan(context, form, problem->k, false, &plan);
    if (status == WICK_OK) status = wick_check_range(context, problem, &plan.nodes);
    if (status == WICK_OK) status = wick_emit_particles_library(context, &plan, form, problem, name, values);
    wick_particles_clear(&plan);
    return status;
}

static wick_status set_expectation_values(wick_context *context, wick_problem *problem, const wick_graph *student,
                                          const wick_graph *target, const char *name, wick_values *values)
{
    wick_evaluation evaluation;
    if (!problem->parts->full) return refuse_quadrature(context, problem, student);
    WICK_TRY(wick_describe_evaluation(context, problem, student, target, &evaluation));
    const wick_description description = {.student = problem->activation,
                                          .target = problem->target_activation,
                                          .parts = problem->parts,
                                          .trained = problem->second_layer_trained,
                                          .rules = problem->rules,
                                          .integrals = wick_evaluation_integrals(&evaluation)};
    if (!wick_description_is_closed(&description)) return refuse_quadrature(context, problem, student);
    return wick_emit_expectations(context, &description, problem, name, values);
}

static wick_status set_polynomial_values(wick_context *context, wick_problem *problem, const wick_graph *student,
                                         const wick_graph *target, const char *name, wick_values *values)
{
    wick_closed_form form = {0};
    WICK_TRY(wick_derive_form(context, problem, student, target, &form));
    const wick_status status = !problem->parts->full ? set_particle_values(context, problem, &form, name, values)
                                                     : set_overlap_values(context, problem, &form, name, values);
    wick_closed_form_clear(&form);
    return status;
}

static wick_status set_library_values(wick_context *context, wick_problem *problem, const char *name, wick_values *values)
{
    wick_graph student, target;
    if (problem->rules & WICK_CONSTRAINTS) {
        wick_problem_fail(context, problem, "constraint",
                          "generated code does not know spheres yet; run, eval, simulate and the library do");
        return WICK_ERROR_UNSUPPORTED;
    }
    WICK_TRY(wick_read_activations(context, problem, &student, &target));
    wick_common_values(problem, name, values);
    const wick_status status = wick_needs_expectations(problem, &student, &target)
                                   ? set_expectation_values(context, problem, &student, &target, name, values)
                                   : set_polynomial_values(context, problem, &student, &target, name, values);
    wick_graph_clear(&student);
    wick_graph_clear(&target);
    return status;
}

/* The drift and the risk at the initial state, from the code compiled in memory. */
static wick_status set_vector_values(wick_context *context, wick_problem *problem, wick_values *values)
{
    wick_system *system = NULL;
    WICK_TRY(wick_system_compile(context, problem, &system));
    const size_t dimension = wick_system_dimension(system);
    double excess_risk = 0, *state = wick_allocate(2, dimension, sizeof *state);
    wick_status status =
        state ? wick_system_initial_state(context, system, state) : wick_fail_memory(context, "computing test vectors");
    if (status == WICK_OK) status = wick_system_drift(system, state, state + dimension);
    if (status == WICK_OK) status = wick_system_risk(system, state, NULL, &excess_risk);
    if (status == WICK_OK)
        status = wick_vector_values(context, problem, state, state + dimension, dimension, excess_risk, values);
    free(state);
    wick_system_free(system);
    return status;
}

static wick_status generate(wick_context *context, wick_problem *problem, const request *asked, const char *name,
                            wick_values *values, wick_files *files)
{
    WICK_TRY(set_library_values(context, problem, name, values));
    if (asked->purpose >= WICK_FOR_DRIFT) WICK_TRY(wick_initial_values(context, problem, values));
    if (asked->purpose >= WICK_FOR_RUN) WICK_TRY(wick_run_values(context, problem, values));
    if (asked->vectors) WICK_TRY(set_vector_values(context, problem, values));
    if (asked->target) return wick_target_write(context, asked->target, problem, name, values, files);
    return wick_user_template_write(context, asked->template_path, asked->template_text, problem, name, values, files);
}

static wick_status emit(wick_context *context, wick_problem *problem, const request *asked, const char *name,
                        wick_files **files)
{
    WICK_TRY(check_name(context, asked->target, name));
    /* What the problem says of P, a and a* becomes default values of the generated parameters. */
    WICK_TRY(wick_problem_check(context, problem, asked->purpose));
    if (wick_problem_gives_initial(problem)) WICK_TRY(wick_problem_check(context, problem, WICK_FOR_DRIFT));
    wick_files *made = calloc(1, sizeof *made);
    if (!made) return wick_fail_memory(context, "emitting code");
    wick_values values = {0};
    const wick_status status = generate(context, problem, asked, name, &values, made);
    wick_values_clear(&values);
    if (status == WICK_OK)
        *files = made;
    else
        wick_files_free(made);
    return status;
}

static wick_status unknown_target(wick_context *context, const char *target)
{
    wick_text names = WICK_TEXT_EMPTY;
    for (size_t i = 0; wick_target_at(i); ++i) wick_text_printf(&names, "%s%s", i > 0 ? ", " : "", wick_target_at(i)->name);
    const wick_status status = wick_fail(context, WICK_ERROR_PROBLEM, "target: found \"%s\", it must be one of: %s", target,
                                         names.failed ? "" : names.bytes);
    wick_text_clear(&names);
    return status;
}

wick_status wick_emit(wick_context *context, wick_problem *problem, const char *target, const char *name, wick_files **files)
{
    *files = NULL;
    const wick_target *found = wick_target_find(target);
    if (!found) return unknown_target(context, target);
    const request asked = {.target = found, .purpose = found->purpose, .vectors = found->vectors};
    return emit(context, problem, &asked, name, files);
}

wick_status wick_emit_template(wick_context *context, wick_problem *problem, const char *path, const char *name,
                               wick_files **files)
{
    *files = NULL;
    char *text = NULL;
    WICK_TRY(wick_user_template_read(context, path, &text));
    request asked = {.template_path = path, .template_text = text};
    asked.purpose = wick_user_template_purpose(text, &asked.vectors);
    const wick_status status = emit(context, problem, &asked, name, files);
    free(text);
    return status;
}

wick_status wick_files_write(wick_context *context, const wick_files *files, const char *folder)
{
    const int error = wick_folder_make(folder);
    if (error) return wick_fail(context, WICK_ERROR_FILE, "%s: cannot make the folder: %s", folder, wick_error_text(error));
    for (size_t i = 0; i < files->count; ++i) {
        wick_text path = WICK_TEXT_EMPTY;
        wick_text_printf(&path, "%s/%s", folder, files->file[i].name);
        const wick_status status = path.failed ? wick_fail_memory(context, "writing files")
                                               : wick_output_write_text(context, path.bytes, files->file[i].text);
        wick_text_clear(&path);
        if (status != WICK_OK) return status;
    }
    return WICK_OK;
}
