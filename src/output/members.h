/* The members of a JSON object as they stand in its text: printing a parsed number again could change its digits. */
#ifndef WICK_OUTPUT_MEMBERS_H
#define WICK_OUTPUT_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>

/* Pieces of the text; neither ends in a NUL. */
typedef struct {
    const char *key, *value; /* the key without its quotes, the value with them */
    size_t key_length, value_length;
} wick_member;

/* Takes the next member of an object that is known to be valid JSON. *text is the text at first, and afterwards where to go
 * on; false after the last. */
bool wick_member_next(const char **text, wick_member *member);

#endif
