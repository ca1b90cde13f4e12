/* See closed_form.h. */
#include "symbolic/closed_form.h"
#include "model/regime.h"

static wick_status expand_all(wick_context *context, wick_closed_form *form)
{
    const wick_role summed = form->rules & WICK_CORRELATION ? WICK_SUMMED_TARGET : WICK_SUMMED_FIELD;
    const wick_vertex flow[] = {{WICK_LEG_STUDENT, 1}, {WICK_LEG_FIELD, 0}, {summed, 0}};
    const wick_vertex second_layer[] = {{WICK_LEG_STUDENT, 0}, {summed, 0}};
    const wick_vertex variance[] = {{WICK_LEG_STUDENT, 1}, {WICK_LEG_STUDENT, 1}, {summed, 0}, {summed, 0}};
    static const wick_vertex risk[] = {{WICK_SUMMED_FIELD, 0}, {WICK_SUMMED_FIELD, 0}};
    const wick_polynomial *s = &form->student, *t = &form->target;

    WICK_TRY(wick_expand(context, s, t, flow, 3, false, &form->flow));
    WICK_TRY(wick_expand(context, s, t, risk, 2, false, &form->risk));
    if (form->trained) WICK_TRY(wick_expand(context, s, t, second_layer, 2, false, &form->second_layer));
    if (form->parts->noise) WICK_TRY(wick_expand(context, s, t, variance, 2, true, &form->noise));
    if (form->parts->variance) WICK_TRY(wick_expand(context, s, t, variance, 4, true, &form->variance));
    return WICK_OK;
}

wick_status wick_closed_form_derive(wick_context *context, const wick_polynomial *student, const wick_polynomial *target,
                                    wick_regime regime, bool trained, wick_closed_form *form)
{
    return wick_closed_form_derive_ruled(context, student, target, regime, trained, 0, form);
}

wick_status wick_closed_form_derive_ruled(wick_context *context, const wick_polynomial *student,
                                          const wick_polynomial *target, wick_regime regime, bool trained,
                                          wick_rule_set rules, wick_closed_form *form)
{
    *form = (wick_closed_form){.regime = regime, .parts = wick_regime_at(regime), .trained = trained, .rules = rules};
    wick_status status = WICK_OK;
    if (!wick_polynomial_copy(&form->student, student) || !wick_polynomial_copy(&form->target, target))
        status = wick_fail_memory(context, "copying the activations");
    if (status == WICK_OK) status = expand_all(context, form);
    if (status != WICK_OK) wick_closed_form_clear(form);
    return status;
}

void wick_closed_form_clear(wick_closed_form *form)
{
    wick_polynomial_clear(&form->student);
    wick_polynomial_clear(&form->target);
    wick_expansion_clear(&form->flow);
    wick_expansion_clear(&form->second_layer);
    wick_expansion_clear(&form->variance);
    wick_expansion_clear(&form->noise);
    wick_expansion_clear(&form->risk);
}
