/* Problem to generated source. See wick.h. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "api/api.h"
#include "emit/emit.h"
#include "emit/particles.h"
#include "output/file.h"

static const char *const c_keywords[] = {
    "auto",   "break",    "case",   "char",     "class",    "const",    "continue", "default", "delete",   "do",
    "double", "else",     "enum",   "extern",   "float",    "for",      "friend",   "goto",    "if",       "inline",
    "int",    "long",     "new",    "operator", "return",   "short",    "private",  "public",  "signed",   "sizeof",
    "static", "struct",   "switch", "this",     "throw",    "try",      "typedef",  "union",   "unsigned", "using",
    "void",   "volatile", "while",  "register", "restrict", "template", "virtual",
};

static bool is_identifier(const char *name)
{
    if (!isalpha((unsigned char)name[0])) return false; /* a leading underscore is reserved */
    for (const char *c = name; *c; ++c)
        if (!isalnum((unsigned char)*c) && *c != '_') return false;
    for (size_t i = 0; i < sizeof c_keywords / sizeof *c_keywords; ++i)
        if (strcmp(name, c_keywords[i]) == 0) return false;
    return true;
}

static wick_status check_is_polynomial(wick_context *context, const wick_problem *problem)
{
    wick_graph student, target;
    WICK_TRY(wick_read_activations(context, problem, &student, &target));
    const bool needs = wick_needs_expectations(problem, &student, &target);
    const bool polynomial = wick_graph_as_polynomial(&student) != NULL;
    wick_graph_clear(&student);
    wick_graph_clear(&target);
    if (!needs) return WICK_OK;
    wick_problem_fail(context, problem,
                      problem->quadrature_forced ? "method"
                      : polynomial               ? "target_activation"
                                                 : "activation",
                      "the drift of this problem is no generated code (its expectations are closed forms of erf or relu, or "
                      "quadrature) and cannot be emitted; allowed: polynomials");
    return WICK_ERROR_UNSUPPORTED;
}

static wick_status generate_overlaps(wick_context *context, wick_problem *problem, const wick_closed_form *form,
                                     const char *name, wick_files *files)
{
    wick_plan plan = {0};
    wick_status status = wick_plan_build(context, form, &plan);
    if (status == WICK_OK) status = wick_emit_library(context, &plan, form, problem, name, files);
    wick_plan_clear(&plan);
    return status;
}

static wick_status generate_particles(wick_context *context, const wick_problem *problem, const wick_closed_form *form,
                                      const char *name, wick_files *files)
{
    wick_particle_plan plan = {0};
    wick_status status = wick_particles_plan(context, form, problem->k, false, &plan);
    if (status == WICK_OK) status = wick_emit_particles_library(context, &plan, form, problem, name, files);
    wick_particles_clear(&plan);
    return status;
}

static wick_status generate(wick_context *context, wick_problem *problem, const char *name, wick_files *files)
{
    WICK_TRY(check_is_polynomial(context, problem));
    wick_closed_form form = {0};
    WICK_TRY(wick_derive_form(context, problem, &form));
    const wick_status status = wick_regime_is_reduced(problem->regime)
                                   ? generate_particles(context, problem, &form, name, files)
                                   : generate_overlaps(context, problem, &form, name, files);
    wick_closed_form_clear(&form);
    return status;
}

wick_status wick_emit(wick_context *context, wick_problem *problem, const char *target, const char *name, wick_files **files)
{
    *files = NULL;
    if (strcmp(target, "library") != 0)
        return wick_fail(context, WICK_ERROR_PROBLEM, "target: found \"%s\", it must be one of: library", target);
    if (!is_identifier(name))
        return wick_fail(context, WICK_ERROR_PROBLEM,
                         "name: found \"%s\", it must be a C identifier (letters, digits and _, a letter first, no keyword)",
                         name);
    /* What the problem says of P, a and a* becomes default values of the generated parameters. */
    WICK_TRY(wick_problem_check(context, problem, WICK_FOR_CODE));
    if (wick_problem_gives_initial(problem)) WICK_TRY(wick_problem_check(context, problem, WICK_FOR_DRIFT));
    wick_files *made = calloc(1, sizeof *made);
    if (!made) return wick_fail_memory(context, "emitting code");
    const wick_status status = generate(context, problem, name, made);
    if (status == WICK_OK)
        *files = made;
    else
        wick_files_free(made);
    return status;
}

wick_status wick_files_write(wick_context *context, const wick_files *files, const char *folder)
{
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return wick_fail(context, WICK_ERROR_FILE, "%s: cannot make the folder: %s", folder, strerror(errno));
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
