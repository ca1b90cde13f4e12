/* Numbers as text and back, the same whatever locale the program that runs this has set: the decimal mark is a point.
 *
 * What is printed has the fewest digits that read back as the same number, of those the nearest to it: 0.1, 1e-5, 12345,
 * 1e17, inf, nan, with an exponent where printf's %.17g has one. What is read is rounded once, to the nearest number.
 */
#ifndef WICK_BASE_NUMBER_H
#define WICK_BASE_NUMBER_H

#include <stddef.h>

enum { WICK_NUMBER_SIZE = 32 }; /* holds any number that is printed, with its NUL */

/* Returns how many characters stand before the NUL. */
size_t wick_number_print(char text[WICK_NUMBER_SIZE], double value);

/* The same as a value, for "%s": wick_number(x).text lives to the end of the expression it stands in. */
typedef struct {
    char text[WICK_NUMBER_SIZE];
} wick_number_text;

wick_number_text wick_number(double value);

/* Reads a decimal number, "inf", "infinity" or "nan" (in any case), with or without a sign. *end is the first character that
 * is no part of it: `text` if there is no number. Blanks before it are not skipped. Beyond the greatest number comes an
 * infinity, below half the smallest a zero. */
double wick_number_read(const char *text, const char **end);

#endif
