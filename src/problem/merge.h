/* Putting one place's keys over those of the places before it. */
#ifndef WICK_PROBLEM_MERGE_H
#define WICK_PROBLEM_MERGE_H

#include "problem/keys.h"
#include "problem/places.h"

/* The value at a dotted path, NULL if there is none; "" is the whole. Borrowed. */
json_t *wick_json_at(const json_t *root, const char *path);

/* Sets the value (whose reference is taken over) at a dotted path, with the objects on the way; false if memory is
 * exhausted. */
bool wick_json_put(json_t *root, const char *path, json_t *value);

/* A new object: `over` put over `under`, key by key. What excludes a key of `over` (a list of times excludes a last time and
 * a number of points, say) is dropped from `under`. NULL if memory is exhausted. */
json_t *wick_merge_values(const json_t *under, json_t *over);

/* Checks `over`, a part of a problem that came from one place, and puts it over what the problem has; on failure the problem
 * is as it was. */
wick_status wick_merge(wick_context *context, wick_problem *problem, json_t *over, const json_t *places);

/* Forgets what was decoded and verified for a purpose and those after it. */
void wick_problem_forget(wick_problem *problem, wick_purpose first);

#endif
