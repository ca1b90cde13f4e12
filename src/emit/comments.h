/* Comment blocks at the head of generated files. Private to what emits. */
#ifndef WICK_EMIT_COMMENTS_H
#define WICK_EMIT_COMMENTS_H

#include "base/text.h"
#include "problem/problem.h"
#include "symbolic/closed_form.h"

/* Each line of `lines` as " * line". */
void wick_comment_lines(wick_text *text, const char *lines);

/* What is computed: activation, target, regime, second layer. */
void wick_comment_about(wick_text *text, const wick_closed_form *form);

/* An expression on one line. */
void wick_comment_expression(wick_text *text, const char *expression);

/* The problem and the version of wick that the file comes from. */
void wick_comment_origin(wick_text *text, const wick_problem *problem);

/* The four texts at the head of a library's files. */
typedef struct {
    wick_text about, origin, formulas, guard;
} wick_head;

wick_status wick_head_print(wick_context *context, const wick_closed_form *form, const wick_problem *problem,
                            const char *name, wick_head *head);

/* The same of a problem that is no Wick sum; `formulas` is its equations as text, lines with line ends. */
wick_status wick_head_print_expectations(wick_context *context, const wick_problem *problem, const char *formulas,
                                         const char *name, wick_head *head);
void wick_head_clear(wick_head *head);

#endif
