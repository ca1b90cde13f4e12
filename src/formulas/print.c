/* See print.h: which of the forms is printed. */
#include "formulas/print.h"

#include "formulas/formulas.h"
#include "formulas/mean_field_form.h"
#include "model/regime.h"

wick_status wick_print_form(wick_context *context, const wick_form_printer *printer, const wick_closed_form *form,
                            wick_text *text)
{
    if (!form->parts->full) {
        printer->head(text, form, false);
        WICK_TRY(wick_mean_field_print(context, form, printer->latex, text));
        return text->failed ? wick_fail_memory(context, "printing the closed form") : WICK_OK;
    }
    wick_factors factors;
    WICK_TRY(wick_factors_make(context, form, &factors));
    const bool matrices = wick_print_with_matrices(form, &factors);
    printer->head(text, form, matrices);
    const wick_status status = (matrices ? printer->matrices : printer->indices)(context, form, &factors, text);
    wick_factors_clear(&factors);
    if (status == WICK_OK && text->failed) return wick_fail_memory(context, "printing the closed form");
    return status;
}
