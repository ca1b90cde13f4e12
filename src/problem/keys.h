/* The table of keys: everything the program knows about a key stands in one row.
 *
 * From here come the check for unknown keys, the flags, the help texts, the types and ranges of single values, the defaults,
 * and the order in which a problem is written.
 */
#ifndef WICK_PROBLEM_KEYS_H
#define WICK_PROBLEM_KEYS_H

#include "base/text.h"
#include "problem/problem.h"

typedef enum {
    WICK_KIND_GROUP,   /* an object with keys of its own */
    WICK_KIND_TEXT,    /* any text */
    WICK_KIND_CHOICE,  /* one of `choices` */
    WICK_KIND_METHOD,  /* a name of methods.h */
    WICK_KIND_WHOLE,   /* a whole number from `minimum` to `maximum` */
    WICK_KIND_NUMBER,  /* a number from `minimum` to `maximum` */
    WICK_KIND_OF_TIME, /* such a number, or an expression in time, a text */
    WICK_KIND_BOOLEAN, /* true or false */
    WICK_KIND_VECTOR,  /* a non-empty array of numbers */
    WICK_KIND_MATRIX   /* a non-empty array of non-empty arrays of numbers */
} wick_key_kind;

typedef struct {
    wick_problem_key key;
    wick_key_kind kind;
    const char *fallback; /* the default, as a flag would give it; NULL if there is none or it depends on other keys */
    double minimum, maximum;
    const char *const *choices; /* NULL-terminated */
} wick_key_row;

const wick_key_row *wick_key_row_at(size_t index);

/* The row of a flag or of a dotted path, dashes, underscores and dots taken for the same; NULL if there is none. */
const wick_key_row *wick_key_row_find(const char *name);

/* The row of the key `name` (length bytes) of a group; "" is the problem itself. NULL if there is none. */
const wick_key_row *wick_key_row_child(const char *group, const char *name, size_t length);

/* True if a value on the command line is taken as it is, not as JSON. */
bool wick_key_row_is_text(const wick_key_row *row);

/* What to say of an unknown key of a group (of an unknown flag, if group is NULL): the nearest one, and those allowed. */
void wick_key_explain_unknown(wick_text *text, const char *group, const char *name, size_t length);

/* The same for the names of a choice or of a method. */
void wick_key_explain_choice(wick_text *text, const wick_key_row *row, const char *found);

#endif
