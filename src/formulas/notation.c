/* See notation.h. */
#include "formulas/notation.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "formulas/factors.h"

enum { TEXT_WIDTH = 100, MARGIN = 4 };

void wick_notation_begin(wick_notation *notation, wick_text *out, bool latex, size_t name_width, size_t latex_width)
{
    *notation = (wick_notation){
        .out = out, .latex = latex, .first = true, .name_width = name_width, .width = latex ? latex_width : TEXT_WIDTH};
    if (latex) wick_text_append(out, "\\begin{align*}\n");
}

static void release(wick_notation *notation)
{
    if (notation->line.failed) notation->out->failed = true;
    wick_text_clear(&notation->line);
    free(notation->piece);
}

void wick_notation_end(wick_notation *notation)
{
    if (notation->latex) wick_text_append(notation->out, "\n\\end{align*}\n");
    release(notation);
}

/* ---- Lines ------------------------------------------------------------------------------------------------------- */

static void start_piece(wick_notation *notation)
{
    if (!wick_reserve(&notation->piece, &notation->capacity, notation->count + 1, sizeof *notation->piece)) {
        notation->line.failed = true;
        return;
    }
    notation->piece[notation->count++] = (wick_piece){.start = notation->line.length, .depth = notation->depth};
}

/* Width of a piece and of those after it that stand deeper: what a reader wants to see on one line. */
static size_t group_width(const wick_notation *notation, size_t piece)
{
    size_t width = notation->piece[piece].width;
    for (size_t i = piece + 1; i < notation->count && notation->piece[i].depth > notation->piece[piece].depth; i++)
        width += 1 + notation->piece[i].width;
    return width;
}

static void end_line(wick_notation *notation, size_t column)
{
    if (notation->latex)
        wick_text_append(notation->out, " \\\\\n    &\\quad ");
    else
        wick_text_printf(notation->out, "\n%*s", (int)column, "");
}

static void lay_out(wick_notation *notation)
{
    const size_t start = MARGIN + notation->name_width + strlen(" = ");
    size_t column = start;
    for (size_t i = 0; i < notation->count; i++) {
        const wick_piece *piece = &notation->piece[i];
        const size_t end = i + 1 < notation->count ? notation->piece[i + 1].start : notation->line.length;
        if (i > 0 && column + 1 + group_width(notation, i) > notation->width) {
            column = start + 2 * piece->depth;
            end_line(notation, column);
            for (size_t d = 0; notation->latex && d < piece->depth; d++) wick_text_append(notation->out, "\\quad ");
        } else if (i > 0) {
            column++;
            wick_text_append(notation->out, " ");
        }
        wick_text_append_bytes(notation->out, notation->line.bytes + piece->start, end - piece->start);
        column += piece->width;
    }
}

void wick_equation_begin(wick_notation *notation, const char *text, const char *latex)
{
    if (notation->latex)
        wick_text_printf(notation->out, "%s    %s &= ", notation->first ? "" : " \\\\\n", latex);
    else
        wick_text_printf(notation->out, "%*s%-*s = ", MARGIN, "", (int)notation->name_width, text);
    notation->first = false;
    notation->depth = notation->count = notation->line.length = 0;
    start_piece(notation);
}

void wick_equation_end(wick_notation *notation)
{
    if (!notation->line.failed && notation->line.bytes) lay_out(notation);
    if (!notation->latex) wick_text_append(notation->out, "\n");
}

/* ---- Tokens ------------------------------------------------------------------------------------------------------ */

void wick_put(wick_notation *notation, const char *text, const char *latex)
{
    wick_text_append(&notation->line, notation->latex ? latex : text);
    if (notation->count > 0) notation->piece[notation->count - 1].width += strlen(text);
}

void wick_put_same(wick_notation *notation, const char *token) { wick_put(notation, token, token); }

void wick_put_break(wick_notation *notation) { start_piece(notation); }

void wick_put_open(wick_notation *notation, const char *parenthesis)
{
    wick_put(notation, "", "\\Bigl");
    wick_put_same(notation, parenthesis);
    notation->depth++;
}

void wick_put_close(wick_notation *notation, const char *parenthesis)
{
    wick_put(notation, "", "\\Bigr");
    wick_put_same(notation, parenthesis);
    notation->depth--;
}

void wick_put_sign(wick_notation *notation, bool negative, bool first)
{
    if (!first) wick_put_break(notation);
    if (!first || negative) wick_put_same(notation, negative ? "-" : "+");
    if (!first) wick_put_same(notation, " ");
}

void wick_put_magnitude(wick_notation *notation, mpq_srcptr q)
{
    char *digits = wick_rational_string(q);
    if (!digits) {
        notation->out->failed = true;
        return;
    }
    char *numerator = digits[0] == '-' ? digits + 1 : digits, *slash = strchr(numerator, '/');
    if (slash) {
        *slash = '\0';
        wick_put(notation, "", "\\tfrac{");
        wick_put_same(notation, numerator);
        wick_put(notation, "/", "}{");
        wick_put_same(notation, slash + 1);
        wick_put(notation, "", "}");
    } else {
        wick_put_same(notation, numerator);
    }
    free(digits);
}

void wick_put_power(wick_notation *notation, size_t power)
{
    if (power == 1) return;
    char text[32], latex[32];
    snprintf(text, sizeof text, "^%zu", power);
    snprintf(latex, sizeof latex, "^{%zu}", power);
    wick_put(notation, text, latex);
}

void wick_put_polynomial(wick_notation *notation, const wick_polynomial *a, const char *variable)
{
    if (a->count == 0) wick_put_same(notation, "0");
    for (size_t i = a->count; i-- > 0;) {
        if (mpq_sgn(a->coefficient[i]) == 0) continue;
        wick_put_sign(notation, mpq_sgn(a->coefficient[i]) < 0, i + 1 == a->count);
        const bool one = mpz_cmpabs(mpq_numref(a->coefficient[i]), mpq_denref(a->coefficient[i])) == 0;
        if (!one || i == 0) wick_put_magnitude(notation, a->coefficient[i]);
        if (!one && i > 0) wick_put_same(notation, " ");
        if (i == 0) continue;
        wick_put_same(notation, variable);
        wick_put_power(notation, i);
    }
}

void wick_print_polynomial(wick_text *out, bool latex, const wick_polynomial *a, const char *variable)
{
    wick_notation notation = {.out = out, .latex = latex};
    start_piece(&notation);
    wick_put_polynomial(&notation, a, variable);
    for (size_t i = 0; i < notation.count && !notation.line.failed; i++) {
        const size_t end = i + 1 < notation.count ? notation.piece[i + 1].start : notation.line.length;
        if (i > 0) wick_text_append(out, " ");
        wick_text_append_bytes(out, notation.line.bytes + notation.piece[i].start, end - notation.piece[i].start);
    }
    release(&notation);
}
