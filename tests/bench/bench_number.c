/* Numbers as text and back, against printf("%.17g") and strtod: random bits, so all magnitudes; overlaps in [0, 1); and
 * short decimals. The ways take turns, and the table shows medians.
 *
 *     bench_number [ROUNDS]     9 unless said
 *
 * Promised: printing at least three times faster than printf; the program exits with 1 otherwise, or if a number does not
 * come back.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/number.h"
#include "timing.h"

enum { NUMBERS = 200000, MOST_ROUNDS = 101, KINDS = 3, WAYS = 4 };

static const char *const kinds[KINDS] = {"any bits", "overlaps", "short"};

static uint64_t next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static void draw(double *values, int kind)
{
    uint64_t seed = 88172645463325252;
    for (size_t i = 0; i < NUMBERS; ++i) {
        const uint64_t bits = next(&seed);
        memcpy(&values[i], &bits, sizeof bits);
        if (kind == 1) values[i] = (double)(bits >> 11) * 0x1p-53;
        if (kind == 2) values[i] = (double)(bits % 10000) / 1000;
        if (!isfinite(values[i])) values[i] = 0;
    }
}

typedef char text[WICK_NUMBER_SIZE];

static double checksum; /* so that no work can be left out */

/* Seconds for one number. */
static double run(int way, const double *values, text *texts)
{
    const double start = wick_seconds();
    double sum = 0;
    const char *end;
    for (size_t i = 0; i < NUMBERS; ++i)
        if (way == 0)
            sum += (double)wick_number_print(texts[i], values[i]);
        else if (way == 1)
            sum += snprintf(texts[i], sizeof texts[i], "%.17g", values[i]);
        else
            sum += way == 2 ? wick_number_read(texts[i], &end) : strtod(texts[i], NULL);
    checksum += isfinite(sum) ? sum : 1;
    return (wick_seconds() - start) / NUMBERS;
}

static int comes_back(const double *values, text *texts)
{
    const char *end;
    for (size_t i = 0; i < NUMBERS; ++i)
        if (wick_number_read(texts[i], &end) != values[i]) return 0;
    return 1;
}

int main(int count, char **arguments)
{
    const int given = count > 1 ? atoi(arguments[1]) : 9, rounds = given < 1 ? 1 : given > MOST_ROUNDS ? MOST_ROUNDS : given;
    double *values = malloc(NUMBERS * sizeof *values), seconds[WAYS][MOST_ROUNDS], median[WAYS];
    text *texts = malloc(NUMBERS * sizeof *texts);
    int fine = values && texts;
    printf("ns for one    print   printf    ratio     read   strtod    ratio\n");
    for (int kind = 0; kind < KINDS && fine; ++kind) {
        draw(values, kind);
        for (int round = 0; round < rounds; ++round) {
            static const int order[WAYS] = {1, 0, 2, 3}; /* the shortest digits are what is read */
            for (int way = 0; way < WAYS; ++way) seconds[order[way]][round] = run(order[way], values, texts);
        }
        for (int way = 0; way < WAYS; ++way) median[way] = wick_bench_median(seconds[way], (size_t)rounds);
        printf("%-10s %8.1f %8.1f %8.2f %8.1f %8.1f %8.2f\n", kinds[kind], 1e9 * median[0], 1e9 * median[1],
               median[1] / median[0], 1e9 * median[2], 1e9 * median[3], median[3] / median[2]);
        fine = comes_back(values, texts) && median[1] >= 3 * median[0];
    }
    printf("checksum %g\n", checksum);
    free(texts);
    free(values);
    return fine ? 0 : 1;
}
