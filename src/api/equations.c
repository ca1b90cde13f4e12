/* Problem to closed form, and the closed form as text. See wick.h. */
#include <stdlib.h>
#include <string.h>

#include "activation/activation.h"
#include "api/api.h"
#include "base/json.h"
#include "base/memory.h"
#include "emit/emit.h"
#include "formulas/document.h"
#include "formulas/formulas.h"
#include "formulas/function.h"
#include "formulas/notation.h"

wick_status wick_derive_form(wick_context *context, const wick_problem *problem, const wick_graph *student,
                             const wick_graph *target, wick_closed_form *form)
{
    WICK_TRY(wick_closed_form_derive_ruled(context, wick_graph_as_polynomial(student), wick_graph_as_polynomial(target),
                                           problem->regime, problem->second_layer_trained, problem->rules, form));
    return WICK_OK;
}

static wick_status print_function(wick_context *context, const wick_graph *function, char **latex, char **read)
{
    wick_text text = WICK_TEXT_EMPTY;
    wick_print_function(&text, function);
    WICK_TRY(wick_text_take(context, &text, latex));
    wick_graph_print(&text, function, function->value);
    return wick_text_take(context, &text, read);
}

static wick_status describe(wick_context *context, const wick_problem *problem, const wick_graph *student,
                            const wick_graph *target, wick_equations *made)
{
    wick_evaluation evaluation;
    WICK_TRY(wick_describe_evaluation(context, problem, student, target, &evaluation));
    made->expectations = true;
    made->description = (wick_description){.student = wick_copy_string(problem->activation),
                                           .target = wick_copy_string(problem->target_activation),
                                           .parts = problem->parts,
                                           .trained = problem->second_layer_trained,
                                           .rules = problem->rules,
                                           .integrals = wick_evaluation_integrals(&evaluation)};
    if (!made->description.student || !made->description.target) return wick_fail_memory(context, "deriving the equations");
    WICK_TRY(print_function(context, student, &made->description.student_latex, &made->description.student_read));
    return print_function(context, target, &made->description.target_latex, &made->description.target_read);
}

static wick_status derive(wick_context *context, const wick_problem *problem, wick_equations *made)
{
    wick_graph student, target;
    WICK_TRY(wick_read_activations(context, problem, &student, &target));
    const wick_status status = wick_needs_expectations(problem, &student, &target)
                                   ? describe(context, problem, &student, &target, made)
                                   : wick_derive_form(context, problem, &student, &target, &made->form);
    wick_graph_clear(&student);
    wick_graph_clear(&target);
    return status;
}

static wick_status keep_schedule(wick_context *context, const wick_problem *problem, wick_equations *made)
{
    made->schedule = wick_copy_string(wick_problem_schedule(problem));
    return made->schedule ? WICK_OK : wick_fail_memory(context, "deriving the equations");
}

wick_status wick_equations_derive(wick_context *context, wick_problem *problem, wick_equations **equations)
{
    *equations = NULL;
    WICK_TRY(wick_problem_check(context, problem, WICK_FOR_EQUATIONS));
    wick_equations *made = calloc(1, sizeof *made);
    if (!made) return wick_fail_memory(context, "deriving the equations");
    wick_status status = derive(context, problem, made);
    if (status == WICK_OK && problem->schedule.count > 0) status = keep_schedule(context, problem, made);
    if (status != WICK_OK) {
        wick_equations_free(made);
        return status;
    }
    *equations = made;
    return WICK_OK;
}

void wick_equations_free(wick_equations *equations)
{
    if (!equations) return;
    wick_closed_form_clear(&equations->form);
    free(equations->schedule);
    free(equations->description.student);
    free(equations->description.target);
    free(equations->description.student_read);
    free(equations->description.target_read);
    free(equations->description.student_latex);
    free(equations->description.target_latex);
    free(equations);
}

static wick_status print_constant(wick_context *context, const wick_equations *equations, wick_format format,
                                  wick_text *printed)
{
    if (equations->expectations) return wick_description_print(context, &equations->description, format, printed);
    switch (format) {
    case WICK_TEXT: return wick_print_text(context, &equations->form, printed);
    case WICK_LATEX: return wick_print_latex(context, &equations->form, printed);
    case WICK_JSON: return wick_print_json(context, &equations->form, printed);
    default: return wick_fail(context, WICK_ERROR_PROBLEM, "format %d is not known", (int)format);
    }
}

/* The learning rate among the members of the printed object. */
static wick_status add_member(wick_context *context, const char *schedule, wick_text *printed)
{
    json_error_t ignored;
    json_t *root = wick_json_read(printed->bytes, printed->length, 0, &ignored);
    const bool set = root && json_object_set_new(root, "learning_rate", json_string(schedule)) == 0;
    wick_text_clear(printed);
    if (set) wick_json_print(printed, root, JSON_INDENT(2));
    wick_text_append(printed, "\n");
    json_decref(root);
    return set && !printed->failed ? WICK_OK : wick_fail_memory(context, "printing the equations");
}

/* With the learning rate below, where it depends on time. */
static wick_status print_plain(wick_context *context, const wick_equations *equations, wick_format format,
                               wick_text *printed)
{
    WICK_TRY(print_constant(context, equations, format, printed));
    if (equations->schedule && format == WICK_JSON) return add_member(context, equations->schedule, printed);
    if (equations->schedule)
        wick_text_printf(printed, format == WICK_LATEX ? "Here $\\gamma$ is \\verb|%s|.\n" : "    gamma = %s\n",
                         equations->schedule);
    return printed->failed ? wick_fail_memory(context, "printing the equations") : WICK_OK;
}

static wick_status print_around(wick_context *context, const wick_equations *equations, const char *body, wick_text *printed)
{
    const wick_description *of = &equations->description;
    const wick_closed_form *form = &equations->form;
    if (equations->expectations) {
        const wick_document document = {of->student_latex, of->target_latex, of->parts, of->trained, false};
        return wick_print_document(context, &document, body, printed);
    }
    wick_text student = WICK_TEXT_EMPTY, target = WICK_TEXT_EMPTY;
    wick_print_polynomial(&student, true, &form->student, "x");
    wick_print_polynomial(&target, true, &form->target, "x");
    const wick_document document = {student.bytes, target.bytes, form->parts, form->trained, true};
    const wick_status status = student.failed || target.failed ? wick_fail_memory(context, "printing a document")
                                                               : wick_print_document(context, &document, body, printed);
    wick_text_clear(&student);
    wick_text_clear(&target);
    return status;
}

static wick_status print_document(wick_context *context, const wick_equations *equations, wick_text *printed)
{
    wick_text body = WICK_TEXT_EMPTY;
    wick_status status = print_plain(context, equations, WICK_LATEX, &body);
    if (status == WICK_OK && (body.failed || !body.bytes)) status = wick_fail_memory(context, "printing a document");
    if (status == WICK_OK) status = print_around(context, equations, body.bytes, printed);
    wick_text_clear(&body);
    return status;
}

wick_status wick_equations_print(wick_context *context, const wick_equations *equations, wick_format format, char **text)
{
    wick_text printed = WICK_TEXT_EMPTY;
    wick_status status = format == WICK_LATEX_DOCUMENT ? print_document(context, equations, &printed)
                                                       : print_plain(context, equations, format, &printed);
    if (status == WICK_OK) status = wick_text_take(context, &printed, text);
    wick_text_clear(&printed);
    return status;
}
