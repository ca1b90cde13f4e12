/* See matrix_word.h. */
#include "formulas/matrix_word.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* ---- Words ------------------------------------------------------------------------------------------------------- */

static char transposed(char letter)
{
    static const char from[] = "MmeEaAbB", to[] = "mMEeAaBb";
    const char *at = strchr(from, letter);
    return at ? to[at - from] : letter;
}

void wick_word_transpose(char *letters)
{
    const size_t length = strlen(letters);
    char reversed[WICK_WORD_LIMIT];
    for (size_t i = 0; i < length; i++) reversed[i] = transposed(letters[length - 1 - i]);
    memcpy(letters, reversed, length);
}

size_t wick_word_matrices(const char *letters)
{
    size_t count = 0;
    for (; *letters; letters++) count += strchr("QMmP", *letters) != NULL;
    return count;
}

/* Which of two spellings reads better: earlier letters of this list come first. */
static bool reads_better(const char *a, const char *b)
{
    static const char order[] = "ABEDdQMmPabe";
    for (; *a && *a == *b; a++, b++)
        ;
    return *a && *b && strchr(order, *a) < strchr(order, *b);
}

static void keep_better(char *best, const char *candidate)
{
    if (reads_better(candidate, best)) memcpy(best, candidate, WICK_WORD_LIMIT);
}

static void spell(wick_word *word)
{
    const char first = word->letter[0];
    const bool number = word->kind == WICK_WORD_TRACE || (word->kind == WICK_WORD_PRODUCT && first && strchr("ABE", first) &&
                                                          strchr("abe", word->letter[strlen(word->letter) - 1]));
    if (!number && word->kind != WICK_WORD_DIAGONAL) return;
    const size_t length = strlen(word->letter), turns = word->kind == WICK_WORD_TRACE ? length : 1;
    char best[WICK_WORD_LIMIT], turned[WICK_WORD_LIMIT], reversed[WICK_WORD_LIMIT];
    memcpy(best, word->letter, sizeof best);
    memcpy(turned, word->letter, sizeof turned);
    for (size_t t = 0; t < turns; t++) {
        memcpy(reversed, turned, sizeof reversed);
        wick_word_transpose(reversed);
        keep_better(best, turned);
        keep_better(best, reversed);
        const char head = turned[0];
        memmove(turned, turned + 1, length - 1);
        turned[length - 1] = head;
    }
    memcpy(word->letter, best, sizeof best);
}

static bool same_word(const wick_word *a, const wick_word *b)
{
    return a->kind == b->kind && a->p == b->p && a->k == b->k && strcmp(a->letter, b->letter) == 0;
}

/* ---- Sums -------------------------------------------------------------------------------------------------------- */

static void remove_word(wick_word_sum *sum, size_t i)
{
    mpq_clear(sum->word[i].coefficient);
    memmove(&sum->word[i], &sum->word[i + 1], (sum->count - i - 1) * sizeof *sum->word);
    sum->count--;
}

bool wick_word_sum_add(wick_word_sum *sum, const wick_word *word)
{
    if (mpq_sgn(word->coefficient) == 0) return true;
    wick_word spelled = *word;
    spell(&spelled);
    for (size_t i = 0; i < sum->count; i++) {
        if (!same_word(&sum->word[i], &spelled)) continue;
        mpq_add(sum->word[i].coefficient, sum->word[i].coefficient, word->coefficient);
        if (mpq_sgn(sum->word[i].coefficient) == 0) remove_word(sum, i);
        return true;
    }
    if (!wick_reserve(&sum->word, &sum->capacity, sum->count + 1, sizeof *sum->word)) return false;
    wick_word *added = &sum->word[sum->count++];
    *added = spelled;
    mpq_init(added->coefficient);
    mpq_set(added->coefficient, word->coefficient);
    return true;
}

bool wick_word_sum_transpose(wick_word_sum *result, const wick_word_sum *sum)
{
    result->place = sum->place;
    for (size_t i = 0; i < sum->count; i++) {
        wick_word word = sum->word[i];
        wick_word_transpose(word.letter);
        if (!wick_word_sum_add(result, &word)) return false;
    }
    return true;
}

bool wick_word_sum_equal(const wick_word_sum *a, const wick_word_sum *b)
{
    if (a->count != b->count) return false;
    for (size_t i = 0; i < a->count; i++) {
        bool found = false;
        for (size_t j = 0; j < b->count && !found; j++)
            found = same_word(&a->word[i], &b->word[j]) && mpq_equal(a->word[i].coefficient, b->word[j].coefficient);
        if (!found) return false;
    }
    return true;
}

void wick_content_include(mpz_t numerator, mpz_t denominator, const mpq_t coefficient)
{
    mpz_gcd(numerator, numerator, mpq_numref(coefficient));
    mpz_gcd(denominator, denominator, mpq_denref(coefficient));
}

void wick_word_sum_take_content(wick_word_sum *sum, mpq_t content)
{
    if (sum->count == 0) return;
    mpq_t common;
    mpq_init(common);
    mpz_set_ui(mpq_denref(common), 0);
    for (size_t i = 0; i < sum->count; i++)
        wick_content_include(mpq_numref(common), mpq_denref(common), sum->word[i].coefficient);
    mpq_canonicalize(common);
    if (mpq_sgn(sum->word[0].coefficient) < 0) mpq_neg(common, common);
    for (size_t i = 0; i < sum->count; i++) mpq_div(sum->word[i].coefficient, sum->word[i].coefficient, common);
    mpq_mul(content, content, common);
    mpq_clear(common);
}

void wick_word_sum_clear(wick_word_sum *sum)
{
    for (size_t i = 0; i < sum->count; i++) mpq_clear(sum->word[i].coefficient);
    free(sum->word);
    *sum = (wick_word_sum){0};
}
