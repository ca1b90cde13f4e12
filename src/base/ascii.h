/* Letters, digits and blanks of ASCII: <ctype.h> and strcasecmp ask the locale. */
#ifndef WICK_BASE_ASCII_H
#define WICK_BASE_ASCII_H

#include <stdbool.h>
#include <stddef.h>

static inline bool wick_is_digit(char c) { return c >= '0' && c <= '9'; }

static inline bool wick_is_upper(char c) { return c >= 'A' && c <= 'Z'; }

static inline bool wick_is_letter(char c) { return wick_is_upper(c) || (c >= 'a' && c <= 'z'); }

static inline bool wick_is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static inline char wick_to_upper(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c; }

/* Whether the first `length` characters are the same but for their case; neither text ends before. */
static inline bool wick_same_word(const char *a, const char *b, size_t length)
{
    for (size_t i = 0; i < length; ++i)
        if (wick_to_upper(a[i]) != wick_to_upper(b[i])) return false;
    return true;
}

#endif
