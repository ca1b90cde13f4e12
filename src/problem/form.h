/* One value against its own row of the table: its type, its range, its choices. What several keys say together is for
 * wick_problem_check(). */
#ifndef WICK_PROBLEM_FORM_H
#define WICK_PROBLEM_FORM_H

#include "problem/keys.h"
#include "problem/places.h"

wick_status wick_form_check(wick_context *context, const json_t *places, const wick_key_row *row, const json_t *value);

/* 'the string "abc"', 'an array' and so on, for messages. */
void wick_form_describe(const json_t *value, char text[64]);

#endif
