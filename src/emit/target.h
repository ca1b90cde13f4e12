/* What `wick emit` can write: each target is a list of templates that are filled in with the same values.
 *
 * wick_common_values() and the library rooms (emit.h, particles.h) give every target the drift and the risk; numbers.h adds
 * what some targets need beside. templates/README.md lists the placeholders.
 */
#ifndef WICK_EMIT_TARGET_H
#define WICK_EMIT_TARGET_H

#include "emit/emit.h"
#include "template/values.h"

typedef struct {
    const char *name;
    wick_purpose purpose; /* how much of a problem it uses */
    bool vectors;         /* needs those of wick_vector_values() */
    bool plain;           /* has no use for a Jacobian */
    bool program;         /* nor for tangents and adjoints */
    struct {
        const char *template_name, *ending; /* the file is called NAME + ending, or, without a dot or _ before, ending */
    } file[4];
} wick_target;

const wick_target *wick_target_at(size_t index); /* NULL after the last */
const wick_target *wick_target_find(const char *name);

/* What the files of every target may say about the problem. Before the library's values. */
void wick_common_values(const wick_problem *problem, const char *name, wick_values *values);

/* The files. After the library's values. */
wick_status wick_target_write(wick_context *context, const wick_target *target, const wick_problem *problem,
                              const char *name, wick_values *values, wick_files *files);

/* A user's template, read whole. */
wick_status wick_user_template_read(wick_context *context, const char *path, char **text);

/* How much of a problem its placeholders ask for, and whether they ask for vectors. */
wick_purpose wick_user_template_purpose(const char *text, bool *vectors);

/* Its file, called NAME + what follows the first dot of the template's own name, a last ".in" left out. */
wick_status wick_user_template_write(wick_context *context, const char *path, const char *text, const wick_problem *problem,
                                     const char *name, wick_values *values, wick_files *files);

#endif
