/* See target.h. */
#include "emit/target.h"

#include <string.h>

#include "base/ascii.h"
#include "base/input.h"
#include "emit/comments.h"
#include "emit/numbers.h"
#include "emit/parameters.h"
#include "emit/prefix.h"
#include "emit/rule_loops.h"
#include "emit/schedule.h"
#include "model/regime.h"

static const wick_target targets[] = {
    {"library", WICK_FOR_CODE, false, false, false, {{"target_library.h.in", ".h"}, {"target_library.c.in", ".c"}}},
    {"header", WICK_FOR_CODE, false, false, false, {{"target_header.h.in", ".h"}}},
    {"solver", WICK_FOR_RUN, false, true, true, {{"target_solver.c.in", ".c"}}},
    {"gsl", WICK_FOR_RUN, false, false, true, {{"target_gsl.c.in", ".c"}}},
    {"cvode", WICK_FOR_RUN, false, false, true, {{"target_cvode.c.in", ".c"}}},
    {"cmake",
     WICK_FOR_DRIFT,
     true,
     false,
     false,
     {{"target_library.h.in", ".h"},
      {"target_library.c.in", ".c"},
      {"target_cmake_CMakeLists.txt.in", "CMakeLists.txt"},
      {"target_cmake_test.c.in", "_test.c"}}},
    {"python",
     WICK_FOR_RUN,
     false,
     false,
     false,
     {{"target_library.h.in", ".h"}, {"target_library.c.in", ".c"}, {"target_python.py.in", ".py"}}},
};

const wick_target *wick_target_at(size_t index) { return index < sizeof targets / sizeof *targets ? &targets[index] : NULL; }

const wick_target *wick_target_find(const char *name)
{
    for (size_t i = 0; wick_target_at(i); ++i)
        if (strcmp(wick_target_at(i)->name, name) == 0) return wick_target_at(i);
    return NULL;
}

/* ---- Values that every target has ------------------------------------------------------------------------------------ */

/* On one line: an expression may hold line ends, the strings and comments it goes into may not. */
static void set_expression(wick_values *values, const char *key, const char *expression)
{
    wick_text text = WICK_TEXT_EMPTY;
    wick_comment_expression(&text, expression);
    wick_values_take(values, key, &text);
}

void wick_common_values(const wick_problem *problem, const char *name, wick_values *values)
{
    const bool reduced = !problem->parts->full, trained = problem->second_layer_trained;
    wick_values_set(values, "VERSION", WICK_VERSION);
    set_expression(values, "ACTIVATION", problem->activation);
    set_expression(values, "TARGET_ACTIVATION", problem->target_activation);
    wick_values_set(values, "REGIME", problem->parts->name);
    wick_values_set(values, "SECOND_LAYER_KIND", trained ? "trained" : "fixed");
    wick_values_printf(values, "P", "%zu", problem->p);
    wick_text upper = WICK_TEXT_EMPTY;
    wick_text_append(&upper, name);
    for (size_t i = 0; i < upper.length; ++i) upper.bytes[i] = wick_to_upper(upper.bytes[i]);
    wick_values_take(values, "GUARD_NAME", &upper);
    wick_parameter_values(problem, values);
    wick_rule_values(problem, name, values);
    wick_schedule_values(problem, name, values);
    wick_values_set(values, "PACK_A_PASS", trained ? "a, " : "");
    wick_values_set(values, "REDUCED_PYTHON", reduced ? "True" : "False");
    wick_values_set(values, "TRAINED_PYTHON", trained ? "True" : "False");
    wick_values_set(values, "PARAMETER_A", reduced ? "ctypes.POINTER(ctypes.c_double)" : "ctypes.c_double * p");
    wick_values_set(values, "PARAMETER_D", reduced ? "        (\"d\", ctypes.c_double)," : "");
    wick_values_set(values, "JACOBIAN_PYTHON", "False"); /* unless there turns out to be one */
    wick_values_set(values, "JACOBIAN_WORK", "0");
    wick_values_set(values, "HAS_JACOBIAN", "0");
    wick_values_set(values, "DERIVED", "");
    wick_values_set(values, "DERIVED_DECLARATION", "");
    wick_values_set(values, "DERIVED_WORK", "0");
    wick_values_set(values, "D_FLAG",
                    problem->parts->finite_d
                        ? "            {\"d\", \"NUMBER\", \"input dimension\", &m.parameters.d, TARGETS, NULL, NULL},"
                        : "");
}

/* The lines of a C comment with `mark` in place of " *". */
static void recomment(wick_values *values, const char *key, const char *from, const char *mark)
{
    wick_text text = WICK_TEXT_EMPTY;
    const char *line = wick_values_get(values, from);
    while (line && *line) {
        const size_t length = strcspn(line, "\n"), star = strncmp(line, " *", 2) == 0 ? 2 : 0;
        const size_t skipped = star > 0 && *mark == '\0' && line[star] == ' ' ? star + 1 : star;
        wick_text_append(&text, mark);
        wick_text_append_bytes(&text, line + skipped, length - skipped);
        line += length;
        if (*line == '\n') wick_text_append(&text, "\n"), ++line;
    }
    wick_values_take(values, key, &text);
}

/* The pieces that targets are put together from; `kind` is overlaps or particles. */
static wick_status expand_pieces(wick_context *context, const char *kind, const char *name, wick_values *values)
{
    static const struct {
        const char *key, *format, *needs; /* needs: a placeholder without which the piece cannot be made */
    } pieces[] = {
        {"DESCRIPTION", "%s_about.in", NULL},       {"METHOD", "%s_method.in", NULL},
        {"DECLARATIONS", "%s.h.in", NULL},          {"DEFINITIONS", "%s.c.in", NULL},
        {"MODEL", "solver_%s.in", "INITIAL_LAYER"}, {"CALLS", "calls_%s.in", "VECTOR_LAYER"},
    };
    /* What programs share; after the model, which is part of it. */
    static const struct {
        const char *key, *file;
    } program[] = {
        {"PROGRAM_HEAD", "program_head.in"}, {"PROGRAM_OUTPUT", "program_output.in"}, {"PROGRAM_MAIN", "program_main.in"}};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; ++i) {
        if (pieces[i].needs && !wick_values_get(values, pieces[i].needs)) continue;
        char file[64];
        const int at = (int)strcspn(pieces[i].format, "%");
        snprintf(file, sizeof file, "%.*s%s%s", at, pieces[i].format, kind, pieces[i].format + at + 2);
        WICK_TRY(wick_values_expand(context, values, pieces[i].key, file));
    }
    for (size_t i = 0; i < sizeof program / sizeof *program && wick_values_get(values, "TIMES"); ++i)
        WICK_TRY(wick_values_expand(context, values, program[i].key, program[i].file));
    wick_text prefixed = WICK_TEXT_EMPTY;
    wick_prefix_internal_names(&prefixed, wick_values_get(values, "DEFINITIONS"), name);
    wick_values_take(values, "PREFIXED_DEFINITIONS", &prefixed);
    recomment(values, "ABOUT_HASH", "ABOUT", "#");
    recomment(values, "ORIGIN_HASH", "ORIGIN", "#");
    recomment(values, "DESCRIPTION_TEXT", "DESCRIPTION", "");
    recomment(values, "ORIGIN_TEXT", "ORIGIN", "");
    return wick_values_check(context, values);
}

static const char *kind_of(const wick_problem *problem) { return !problem->parts->full ? "particles" : "overlaps"; }

wick_status wick_target_write(wick_context *context, const wick_target *target, const wick_problem *problem,
                              const char *name, wick_values *values, wick_files *files)
{
    const size_t most = sizeof target->file / sizeof *target->file;
    if (target->plain) {
        wick_values_set(values, "JACOBIAN", "");
        wick_values_set(values, "JACOBIAN_DECLARATION", "");
    }
    if (target->program) {
        wick_values_set(values, "DERIVED", "");
        wick_values_set(values, "DERIVED_DECLARATION", "");
    }
    WICK_TRY(expand_pieces(context, kind_of(problem), name, values));
    for (size_t i = 0; i < most && target->file[i].template_name; ++i) {
        const char *ending = target->file[i].ending;
        const bool suffix = *ending == '.' || *ending == '_';
        WICK_TRY(wick_expand_file(context, target->file[i].template_name, values->entry, values->count, suffix ? name : "",
                                  ending, files));
    }
    if (target->purpose < WICK_FOR_RUN || problem->p <= WICK_BUILT_IN_LIMIT) return WICK_OK;
    const bool reduced = !problem->parts->full;
    return wick_expand_file(context, reduced ? "initial_particles.txt.in" : "initial_overlaps.txt.in", values->entry,
                            values->count, name, "_initial.txt", files);
}

/* ---- Users' own templates -------------------------------------------------------------------------------------------- */

wick_purpose wick_user_template_purpose(const char *text, bool *vectors)
{
    static const struct {
        const char *mark;
        wick_purpose purpose;
    } marks[] = {
        {"@INITIAL_", WICK_FOR_DRIFT},
        {"@STATE_DIMENSION@", WICK_FOR_DRIFT},
        {"@PYTHON_NUMBERS@", WICK_FOR_DRIFT},
        {"@VECTOR_", WICK_FOR_DRIFT},
        {"@CALLS@", WICK_FOR_DRIFT},
        {"@MODEL@", WICK_FOR_RUN},
        {"@PROGRAM_", WICK_FOR_RUN},
        {"@INTEGRATOR@", WICK_FOR_RUN},
        {"@TIME", WICK_FOR_RUN},
        {"@RTOL@", WICK_FOR_RUN},
        {"@ATOL@", WICK_FOR_RUN},
    };
    wick_purpose purpose = WICK_FOR_CODE;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; ++i)
        if (strstr(text, marks[i].mark) && marks[i].purpose > purpose) purpose = marks[i].purpose;
    *vectors = strstr(text, "@VECTOR_") || strstr(text, "@CALLS@");
    return purpose;
}

wick_status wick_user_template_read(wick_context *context, const char *path, char **text)
{
    enum { MOST_BYTES = 64 << 20 };
    wick_text read;
    WICK_TRY(wick_input_read_all(context, path, "a template is a text, and not empty", MOST_BYTES, 0, &read));
    if (read.length > 0) return wick_text_take(context, &read, text);
    wick_text_clear(&read);
    return wick_fail(context, WICK_ERROR_PROBLEM, "%s: a template is a text, and not empty", path);
}

wick_status wick_user_template_write(wick_context *context, const char *path, const char *text, const wick_problem *problem,
                                     const char *name, wick_values *values, wick_files *files)
{
    WICK_TRY(expand_pieces(context, kind_of(problem), name, values));
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path, *dot = strchr(base, '.');
    const char *ending = dot ? dot : "";
    const size_t length = strlen(ending), in = length >= 3 && strcmp(ending + length - 3, ".in") == 0 ? 3 : 0;
    wick_text made = WICK_TEXT_EMPTY, file_name = WICK_TEXT_EMPTY;
    wick_text_printf(&file_name, "%s%.*s", name, (int)(length - in), ending);
    wick_status status =
        wick_template_expand_text(context, path, text, values->entry, values->count, WICK_ERROR_PROBLEM, &made);
    if (status == WICK_OK && file_name.failed) status = wick_fail_memory(context, "emitting code");
    if (status == WICK_OK) status = wick_files_add(context, files, file_name.bytes, &made);
    wick_text_clear(&made);
    wick_text_clear(&file_name);
    return status;
}
