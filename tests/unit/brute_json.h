/* Problems of brute.h with their right values, as JSON. */
#ifndef WICK_TESTS_BRUTE_JSON_H
#define WICK_TESTS_BRUTE_JSON_H

#include <jansson.h>

#include "brute.h"

/* What the library needs and what is right; without the weights. NULL without memory. */
json_t *brute_json_make(const brute_problem *problem, const brute_result *result);

/* Reads it back: functions are their texts alone. Fails the test on anything else. */
void brute_json_read(const json_t *json, brute_problem *problem, brute_result *result);

#endif
