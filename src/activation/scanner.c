/* See scanner.h. The text is read as UTF-8, so that columns and carets come out right; the signs of printed mathematics
 * (a centred dot, a raised 2, a root) mean what they mean there, and any other character beyond ASCII is a stray one. */
#include "activation/scanner.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "activation/activation.h"
#include "base/locale.h"
#include "base/memory.h"

/* ---- Characters -------------------------------------------------------------------------------------------------- */

/* Not <ctype.h>, which depends on the locale. */
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static char lower_case(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

bool wick_scanner_same_name(const char *name, size_t length, const char *other)
{
    for (size_t i = 0; i < length; i++)
        if (other[i] == '\0' || lower_case(name[i]) != lower_case(other[i])) return false;
    return other[length] == '\0';
}

/* Bytes of the UTF-8 character at `at`; 0 if the bytes there are none. */
static size_t utf8_length(const char *at)
{
    const unsigned char lead = (unsigned char)at[0], second = lead < 0x80 ? 0 : (unsigned char)at[1];
    const size_t length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    for (size_t i = 1; i < length; i++)
        if (((unsigned char)at[i] & 0xc0) != 0x80) return 0;
    const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
    const bool no_code_point = (lead == 0xed && second >= 0xa0) || (lead == 0xf4 && second >= 0x90);
    return overlong || no_code_point ? 0 : length;
}

/* As a step through the text: a byte that is no character counts as one. */
static size_t character_length(const char *at)
{
    const size_t length = utf8_length(at);
    return length == 0 ? 1 : length;
}

/* ---- Errors ------------------------------------------------------------------------------------------------------ */

enum { REASON_SIZE = 1024, SHOWN_CHARACTERS = 100, SHOWN_SIZE = 4 * SHOWN_CHARACTERS + 8 };

size_t wick_scanner_column(const wick_scanner *scanner, const char *at)
{
    size_t column = 1;
    for (const char *c = scanner->text; c < at; c += character_length(c)) column++;
    return column;
}

/* Appends the character at `at` to `line`; a blank for white space, '?' for what would upset a terminal. */
static size_t show_character(char *line, const char *at)
{
    const unsigned char c = (unsigned char)at[0];
    const size_t length = utf8_length(at);
    const bool control = c < 0x20 || c == 0x7f || (c == 0xc2 && length == 2 && (unsigned char)at[1] < 0xa0);
    if (is_blank(at[0]) || length == 0 || control) {
        line[0] = is_blank(at[0]) ? ' ' : '?';
        return 1;
    }
    memcpy(line, at, length);
    return length;
}

/* Writes the text, or of a long one the part around `column` between dots, into `line` (of SHOWN_SIZE bytes); returns how
 * many characters stand before that column. */
static size_t show_line(const wick_scanner *scanner, size_t column, char *line)
{
    const char *c = scanner->text, *end = c + strlen(c);
    size_t skipped = 0, shown = 0;
    while (skipped + SHOWN_CHARACTERS / 2 < column && end - c > SHOWN_CHARACTERS) {
        c += character_length(c);
        skipped++;
    }
    size_t at = 0;
    if (skipped > 0) at += (size_t)sprintf(line, "...");
    for (; *c != '\0' && shown < SHOWN_CHARACTERS; c += character_length(c), shown++) at += show_character(line + at, c);
    strcpy(line + at, *c == '\0' ? "" : "...");
    return column - 1 - skipped + (skipped > 0 ? 3 : 0);
}

wick_status wick_scanner_fail(const wick_scanner *scanner, const char *at, const char *format, ...)
{
    char reason[REASON_SIZE], line[SHOWN_SIZE];
    va_list arguments;
    va_start(arguments, format);
    wick_vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    if (scanner->outer) return wick_scanner_fail(scanner->outer, scanner->outer_at, "%s", reason);
    const size_t column = wick_scanner_column(scanner, at);
    const size_t before = show_line(scanner, column, line);
    if (scanner->error) {
        scanner->error->column = column;
        snprintf(scanner->error->reason, sizeof scanner->error->reason, "%s\n%s\n%*s^", reason, line, (int)before, "");
    }
    return wick_fail(scanner->context, WICK_ERROR_PROBLEM, "%s: %zu: %s\n%s\n%*s^", scanner->key, column, reason, line,
                     (int)before, "");
}

/* ---- Tokens ------------------------------------------------------------------------------------------------------ */

/* Takes malformed numbers such as "1.2.3" and "1e+" whole, for wick_scanner_number() to refuse. An "e" before more letters
 * or a power starts a name, as in "2exp(x)" and "2e^x". */
static size_t number_length(const char *start)
{
    const char *c = start;
    while (is_digit(*c) || *c == '.') c++;
    const bool power = *c != '\0' && (c[1] == '^' || (c[1] == '*' && c[2] == '*'));
    if ((*c == 'e' || *c == 'E') && !is_letter(c[1]) && !power) {
        c++;
        if (*c == '+' || *c == '-') c++;
        while (is_digit(*c)) c++;
    }
    return (size_t)(c - start);
}

static size_t name_length(const char *start)
{
    const char *c = start;
    while (is_letter(*c) || is_digit(*c)) c++;
    return (size_t)(c - start);
}

static const struct {
    const char *character;
    wick_token_kind kind;
} signs[] = {
    {"\u00b7", WICK_TOKEN_TIMES}, {"\u22c5", WICK_TOKEN_TIMES},  {"\u2219", WICK_TOKEN_TIMES},  {"\u2217", WICK_TOKEN_TIMES},
    {"\u00d7", WICK_TOKEN_TIMES}, {"\u00f7", WICK_TOKEN_DIVIDE}, {"\u2215", WICK_TOKEN_DIVIDE}, {"\u2212", WICK_TOKEN_MINUS},
    {"\u2013", WICK_TOKEN_MINUS}, {"\u221a", WICK_TOKEN_ROOT},   {"\u03c0", WICK_TOKEN_PI},
};

static const char raised_minus[] = "\u207b";

static const char *const raised[] = {"\u2070", "\u00b9", "\u00b2", "\u00b3", "\u2074",
                                     "\u2075", "\u2076", "\u2077", "\u2078", "\u2079"};

static bool begins_with(const char *c, const char *character) { return strncmp(c, character, strlen(character)) == 0; }

/* The raised digit at `c`, or -1. */
static int raised_digit(const char *c)
{
    for (int i = 0; i < 10; i++)
        if (begins_with(c, raised[i])) return i;
    return -1;
}

static size_t superscript_length(const char *start)
{
    const char *c = start;
    if (begins_with(c, raised_minus)) c += strlen(raised_minus);
    if (raised_digit(c) < 0) return 0;
    for (int digit = raised_digit(c); digit >= 0; digit = raised_digit(c)) c += strlen(raised[digit]);
    return (size_t)(c - start);
}

long wick_scanner_superscript(const wick_token *token)
{
    const bool negative = begins_with(token->start, raised_minus);
    const char *c = token->start + (negative ? strlen(raised_minus) : 0);
    long value = 0;
    for (int digit = raised_digit(c); digit >= 0; digit = raised_digit(c)) {
        if (value < 1000000) value = 10 * value + digit;
        c += strlen(raised[digit]);
    }
    return negative ? -value : value;
}

/* A sign of printed mathematics, or one stray character. */
static wick_token scan_sign(const char *c)
{
    const size_t length = superscript_length(c);
    if (length > 0) return (wick_token){WICK_TOKEN_SUPERSCRIPT, c, length};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (begins_with(c, signs[i].character)) return (wick_token){signs[i].kind, c, strlen(signs[i].character)};
    return (wick_token){WICK_TOKEN_OTHER, c, character_length(c)};
}

/* Spaces that do not break, and thin ones, come with what is pasted. */
static const char *skip_blanks(const char *c)
{
    static const char *const spaces[] = {"\u00a0", "\u2009", "\u202f"};
    for (;;) {
        const char *start = c;
        while (is_blank(*c)) c++;
        for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++)
            if (begins_with(c, spaces[i])) c += strlen(spaces[i]);
        if (c == start) return c;
    }
}

static wick_token scan(const char *c)
{
    c = skip_blanks(c);
    if (is_digit(*c) || *c == '.') return (wick_token){WICK_TOKEN_NUMBER, c, number_length(c)};
    if (is_letter(*c)) return (wick_token){WICK_TOKEN_NAME, c, name_length(c)};
    switch (*c) {
    case '\0': return (wick_token){WICK_TOKEN_END, c, 0};
    case '+': return (wick_token){WICK_TOKEN_PLUS, c, 1};
    case '-': return (wick_token){WICK_TOKEN_MINUS, c, 1};
    case '*': return c[1] == '*' ? (wick_token){WICK_TOKEN_POWER, c, 2} : (wick_token){WICK_TOKEN_TIMES, c, 1};
    case '/': return (wick_token){WICK_TOKEN_DIVIDE, c, 1};
    case '^': return (wick_token){WICK_TOKEN_POWER, c, 1};
    case '(': return (wick_token){WICK_TOKEN_OPEN, c, 1};
    case ')': return (wick_token){WICK_TOKEN_CLOSE, c, 1};
    case '|': return (wick_token){WICK_TOKEN_BAR, c, 1};
    default: return scan_sign(c);
    }
}

wick_scanner wick_scanner_begin(wick_context *context, const char *key, const char *text)
{
    wick_scanner scanner = {.context = context, .key = key, .text = text};
    scanner.token = scan(text);
    scanner.previous = (wick_token){WICK_TOKEN_END, text, 0};
    return scanner;
}

void wick_scanner_advance(wick_scanner *scanner)
{
    scanner->previous = scanner->token;
    scanner->token = scan(scanner->token.start + scanner->token.length);
}

/* ---- Numbers ----------------------------------------------------------------------------------------------------- */

enum { DIGIT_LIMIT = 302 }; /* 2^WICK_COEFFICIENT_BITS has 302 */

static const long long exponent_limit = 1000000000000000; /* far beyond any text's length, so sums with one stay correct */

/* Splits a number into its significant digits and a power of ten: 12.50e3 is "125" and 2. Zero has no digits. */
typedef struct {
    char digits[DIGIT_LIMIT + 1];
    size_t count;       /* significant digits, also where `digits` has no room for all */
    long long exponent; /* of the last one */
} decimal;

/* Zeros are held back until a later digit proves them significant. */
static const char *read_mantissa(const char *c, const char *end, decimal *number)
{
    bool fraction = false;
    long long zeros = 0, places = 0;
    *number = (decimal){.count = 0};
    for (; c < end && *c != 'e' && *c != 'E'; c++) {
        if (*c == '.') {
            if (fraction) break;
            fraction = true;
            continue;
        }
        if (fraction) places++;
        if (*c == '0') {
            zeros++;
            continue;
        }
        for (; zeros > 0; zeros--) {
            if (number->count == 0) continue; /* leading zeros mean nothing */
            if (number->count < DIGIT_LIMIT) number->digits[number->count] = '0';
            number->count++;
        }
        if (number->count < DIGIT_LIMIT) number->digits[number->count] = *c;
        number->count++;
    }
    number->exponent = zeros - places;
    return c;
}

static long long read_exponent(const char *c, const char *end)
{
    const bool negative = *c == '-';
    if (*c == '+' || *c == '-') c++;
    long long exponent = 0;
    for (; c < end && exponent < exponent_limit; c++) exponent = 10 * exponent + (*c - '0');
    return negative ? -exponent : exponent;
}

static wick_status check_form(const wick_scanner *scanner, const wick_token *token, const char *stop)
{
    const char *end = token->start + token->length;
    if (token->length == 1 && token->start[0] == '.')
        return wick_scanner_fail(scanner, token->start, "a decimal point without digits: write for instance 0.5");
    if (token->start[0] == '.' && !is_digit(token->start[1]))
        return wick_scanner_fail(scanner, token->start, "a decimal point without a digit after it: write for instance 0.5");
    if (stop < end && *stop == '.')
        return wick_scanner_fail(scanner, stop, "a second decimal point in a number: at most one is allowed");
    if (stop < end && !is_digit(end[-1]))
        return wick_scanner_fail(scanner, end, "a number's exponent has no digits: write for instance 2.5e-3");
    return WICK_OK;
}

wick_status wick_scanner_number(const wick_scanner *scanner, const wick_token *token, mpq_t value)
{
    const char *end = token->start + token->length;
    decimal number;
    const char *stop = read_mantissa(token->start, end, &number);
    WICK_TRY(check_form(scanner, token, stop));
    mpq_set_ui(value, 0, 1);
    if (number.count == 0) return WICK_OK;

    long long exponent = number.exponent;
    if (stop < end) exponent += read_exponent(stop + 1, end);
    if (number.count > DIGIT_LIMIT || exponent < -DIGIT_LIMIT || exponent + (long long)number.count > DIGIT_LIMIT)
        return wick_scanner_fail(
            scanner, token->start,
            "number out of range, found %.*s%s: allowed are 0 and 1e-301 to 1e301, with at most 301 digits",
            token->length > 40 ? 40 : (int)token->length, token->start, token->length > 40 ? "..." : "");
    number.digits[number.count] = '\0';
    mpz_set_str(mpq_numref(value), number.digits, 10);
    mpz_ptr scale = exponent < 0 ? mpq_denref(value) : mpq_numref(value);
    mpz_t power;
    mpz_init(power);
    mpz_ui_pow_ui(power, 10, (unsigned long)llabs(exponent));
    mpz_mul(scale, scale, power);
    mpz_clear(power);
    mpq_canonicalize(value);
    return WICK_OK;
}
