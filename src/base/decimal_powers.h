/* Powers of ten in binary, for number.c: 10^e = m 2^s with m in [2^127, 2^128), of which the table holds floor(m). */
#ifndef WICK_BASE_DECIMAL_POWERS_H
#define WICK_BASE_DECIMAL_POWERS_H

#include <stdint.h>

/* Below, 19 digits round to zero; above, one overflows. Printing needs -292 to 324. */
enum { WICK_LEAST_POWER = -342, WICK_GREATEST_POWER = 324 };

/* The upper and the lower 64 bits of m, e counted from the least. */
extern const uint64_t wick_decimal_powers[WICK_GREATEST_POWER - WICK_LEAST_POWER + 1][2];

/* floor(log2(10^e)) for |e| <= 1000, so that s is this - 127. */
static inline int wick_decimal_power_log2(int e) { return (e * 217706) >> 16; }

#endif
