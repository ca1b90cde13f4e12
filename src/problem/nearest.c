/* See nearest.h. */
#include "problem/nearest.h"

#include <string.h>

enum { LONGEST = 40 };

static size_t least(size_t a, size_t b, size_t c)
{
    const size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* Levenshtein's distance, one row of the table at a time; '-' and '_' are the same. */
static size_t distance(const char *one, size_t one_length, const char *other, size_t other_length)
{
    size_t row[LONGEST + 1];
    for (size_t j = 0; j <= other_length; j++) row[j] = j;
    for (size_t i = 0; i < one_length; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < other_length; j++) {
            const char a = one[i] == '_' ? '-' : one[i], b = other[j] == '_' ? '-' : other[j];
            const size_t replaced = diagonal + (a != b);
            diagonal = row[j + 1];
            row[j + 1] = least(replaced, row[j] + 1, diagonal + 1);
        }
    }
    return row[other_length];
}

const char *wick_nearest(const char *name, size_t length, const char *const *names, size_t count)
{
    if (length > LONGEST) return NULL;
    const char *nearest = NULL;
    size_t smallest = 1 + length / 4; /* farther away, a suggestion would only confuse */
    for (size_t i = 0; i < count; i++) {
        const size_t other_length = strlen(names[i]);
        if (other_length > LONGEST) continue;
        const size_t edits = distance(name, length, names[i], other_length);
        if (edits < length && (edits < smallest || (edits == smallest && !nearest))) {
            smallest = edits;
            nearest = names[i];
        }
    }
    return nearest;
}
