/* See parameters.h. */
#include "model/parameters.h"

#include <string.h>

#define ROW(identifier, key, flag, symbol, latex, about, meaning, fallback, absent, least, most, kind)                      \
    {key, flag, symbol, latex, about, absent, least, most},
static const wick_parameter parameters[] = {WICK_PARAMETER_ROWS(ROW)};
#undef ROW

const wick_parameter *wick_parameter_at(wick_parameter_id parameter) { return &parameters[parameter]; }

wick_parameter_id wick_parameter_find(const char *key)
{
    wick_parameter_id found = 0;
    while (found < WICK_PARAMETER_COUNT && strcmp(parameters[found].key, key) != 0) ++found;
    return found;
}
