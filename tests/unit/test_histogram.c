/* Histograms: against the definition, written to the letter, drawn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output/histogram.h"
#include "support.h"

static const char problem[] = "{\"activation\":\"x^2\",\"p\":4,\"k\":1,\"regime\":\"classical\"}";

static void add(wick_histogram *histogram, double time, const double *state)
{
    const wick_point point = {.time = time, .state = state};
    assert_true(wick_histogram_add(histogram, &point));
}

static void start(wick_histogram *histogram, wick_layout layout, const double *P, size_t bins)
{
    wick_context *context = wick_context_alloc();
    if (wick_histogram_start(context, &layout, P, bins, histogram) != WICK_OK) fail_msg("%s", wick_context_message(context));
    wick_context_free(context);
}

/* ---- Counts ---------------------------------------------------------------------------------------------------------- */

static void assert_counts(const wick_histogram *histogram, size_t row, size_t target, const size_t *expected)
{
    const size_t *counts = wick_histogram_counts(histogram, row, target);
    for (size_t bin = 0; bin < histogram->bins; ++bin) assert_int_equal(counts[bin], expected[bin]);
}

/* P_rr = 4 and Q_jj = 4: the cosines are M_jr / 4. A bin holds its lower end; the last one also its upper end, and what
 * rounding took beyond. */
static void test_edges(void **state)
{
    (void)state;
    wick_histogram histogram;
    start(&histogram, wick_layout_of(WICK_CLASSICAL, false, 8, 1), (const double[]){4}, 4);
    double overlaps[8 + 36] = {-4, -2, -1, 0, 1, 2, 4, 4.000001};
    for (size_t j = 0; j < 8; ++j) overlaps[wick_layout_at(&histogram.layout, WICK_BLOCK_Q, j, j)] = 4;
    add(&histogram, 0, overlaps);
    assert_counts(&histogram, 0, 0, (const size_t[]){1, 2, 2, 3});
    overlaps[0] = -4.000001;
    add(&histogram, 1, overlaps);
    assert_counts(&histogram, 1, 0, (const size_t[]){1, 2, 2, 3});
    static const double edges[] = {-1, -0.5, 0, 0.5, 1};
    for (size_t i = 0; i < 5; ++i) assert_true(wick_histogram_edge(&histogram, i) == edges[i]);
    assert_true(wick_histogram_normalisation(&histogram, 0) == 0.25);
    wick_histogram_clear(&histogram);
}

/* Off the diagonal of P and Q, and a at the end, nothing of the overlaps' regimes is looked at. */
static void test_overlaps(void **state)
{
    (void)state;
    enum { P_ = 7, K = 3, BINS = 9 };
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    double Q[P_ * P_], M[P_ * K], P[K * K], a[P_] = {0}, packed[P_ * K + P_ * (P_ + 1) / 2 + P_];
    wick_test_random_overlaps(rng, P_, K, 12, Q, M, P);
    gsl_rng_free(rng);
    wick_histogram histogram;
    start(&histogram, wick_layout_of(WICK_CLASSICAL, true, P_, K), P, BINS);
    wick_layout_pack(&histogram.layout,
                     &(wick_arrays){.array = {[WICK_BLOCK_M] = M, [WICK_BLOCK_Q] = Q, [WICK_BLOCK_LAYER] = a}}, packed);
    add(&histogram, 0, packed);
    for (size_t r = 0; r < K; ++r) {
        size_t expected[BINS] = {0};
        for (size_t j = 0; j < P_; ++j)
            ++expected[(size_t)floor((M[j * K + r] / sqrt(P[r * K + r] * Q[j * P_ + j]) + 1) / 2 * BINS)];
        assert_counts(&histogram, 0, r, expected);
    }
    wick_histogram_clear(&histogram);
}

/* In the mean-field regimes Q_jj = M_j P^-1 M_j^T + q_j: the same state, given both ways, gives the same counts. */
static void test_mean_field(void **state)
{
    (void)state;
    enum { P_ = 500, K = 3, BINS = 40, D = 8 };
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    double *Q = malloc(P_ * P_ * sizeof *Q), *M = malloc(P_ * K * sizeof *M), P[K * K], q[P_];
    double *full = malloc((P_ * K + P_ * (P_ + 1) / 2) * sizeof *full), reduced[P_ * K + P_];
    assert_true(Q && M && full);
    wick_test_random_overlaps(rng, P_, K, D, Q, M, P);
    gsl_rng_free(rng);
    /* The inverse of P by cofactors. */
    double inverse[K * K], determinant = 0;
    for (size_t r = 0; r < K; ++r)
        for (size_t s = 0; s < K; ++s) {
            const size_t r1 = (r + 1) % K, r2 = (r + 2) % K, s1 = (s + 1) % K, s2 = (s + 2) % K;
            inverse[s * K + r] = P[r1 * K + s1] * P[r2 * K + s2] - P[r1 * K + s2] * P[r2 * K + s1];
        }
    for (size_t s = 0; s < K; ++s) determinant += P[s] * inverse[s * K];
    for (size_t j = 0; j < P_; ++j) {
        double inside = 0;
        for (size_t r = 0; r < K; ++r)
            for (size_t s = 0; s < K; ++s) inside += M[j * K + r] * inverse[r * K + s] * M[j * K + s] / determinant;
        q[j] = Q[j * P_ + j] - inside;
    }
    wick_histogram by_Q, by_q;
    start(&by_Q, wick_layout_of(WICK_CLASSICAL, false, P_, K), P, BINS);
    start(&by_q, wick_layout_of(WICK_MEAN_FIELD, false, P_, K), P, BINS);
    wick_layout_pack(&by_Q.layout, &(wick_arrays){.array = {[WICK_BLOCK_M] = M, [WICK_BLOCK_Q] = Q}}, full);
    wick_layout_pack(&by_q.layout, &(wick_arrays){.array = {[WICK_BLOCK_M] = M, [WICK_BLOCK_NORMS] = q}}, reduced);
    add(&by_Q, 0, full);
    add(&by_q, 0, reduced);
    for (size_t r = 0; r < K; ++r) {
        const size_t *counts = wick_histogram_counts(&by_Q, 0, r);
        size_t sum = 0, used = 0;
        for (size_t bin = 0; bin < BINS; ++bin) {
            sum += counts[bin];
            used += counts[bin] > 0;
        }
        assert_int_equal(sum, P_);
        assert_true(used > BINS / 2);
        assert_counts(&by_q, 0, r, counts);
    }
    wick_histogram_clear(&by_Q);
    wick_histogram_clear(&by_q);
    free(Q);
    free(M);
    free(full);
}

/* p = 3, k = 1, P = 1, mean field: the state is M and q. */
static void test_students_of_no_length(void **state)
{
    (void)state;
    wick_histogram histogram;
    start(&histogram, wick_layout_of(WICK_MEAN_FIELD, false, 3, 1), (const double[]){1}, 2);
    size_t most;
    assert_false(wick_histogram_most_unsized(&histogram, &most));
    add(&histogram, 0, (const double[]){1, -1, 1, 0, 1, 1});
    assert_false(wick_histogram_most_unsized(&histogram, &most));
    add(&histogram, 1, (const double[]){0, -1, 0, 0, 1, 0});
    add(&histogram, 2, (const double[]){0, 1, 2, 0, 0, 0});
    assert_true(wick_histogram_most_unsized(&histogram, &most));
    assert_int_equal(most, 1);
    assert_int_equal(histogram.unsized[1], 2);
    assert_int_equal(histogram.unsized[2], 1);
    assert_counts(&histogram, 1, 0, (const size_t[]){1, 0});
    assert_counts(&histogram, 2, 0, (const size_t[]){0, 2});
    assert_true(wick_histogram_normalisation(&histogram, 1) == 1);
    add(&histogram, 3, (const double[]){0, 0, 0, 0, 0, 0});
    assert_true(wick_histogram_normalisation(&histogram, 3) == 0);
    wick_histogram_clear(&histogram);
}

static void test_bad_targets(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    wick_histogram histogram;
    const wick_layout full = wick_layout_of(WICK_CLASSICAL, false, 1, 2);
    const wick_layout reduced = wick_layout_of(WICK_MEAN_FIELD, false, 1, 2);
    assert_int_equal(wick_histogram_start(context, &full, (const double[]){1, 0, 0, 0}, 2, &histogram), WICK_ERROR_PROBLEM);
    assert_string_equal(wick_context_message(context),
                        "no histogram of M_jr / sqrt(P_rr Q_jj): target 2 has P_rr = 0, it must be positive");
    wick_histogram_clear(&histogram);
    assert_int_equal(wick_histogram_start(context, &reduced, (const double[]){1, 1, 1, 1}, 2, &histogram),
                     WICK_ERROR_PROBLEM);
    assert_non_null(strstr(wick_context_message(context), "P must be positive definite"));
    wick_histogram_clear(&histogram);
    assert_int_equal(wick_histogram_start(context, &full, (const double[]){1, 1, 1, 1}, 2, &histogram), WICK_OK);
    wick_histogram_clear(&histogram);
    wick_context_free(context);
}

/* ---- The file and the picture ---------------------------------------------------------------------------------------- */

/* p = 4, k = 1, four bins; one student of no length at the second time. */
static wick_histogram two_times(void)
{
    wick_histogram histogram;
    start(&histogram, wick_layout_of(WICK_MEAN_FIELD, false, 4, 1), (const double[]){1}, 4);
    add(&histogram, 0, (const double[]){1, 0, 0, -1, 0, 1, 1, 3});
    add(&histogram, 0.1, (const double[]){1, 1, 1, 0, 0, 0, 0, 0});
    return histogram;
}

static void test_file(void **state)
{
    (void)state;
    wick_histogram histogram = two_times();
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    assert_non_null(stream);
    wick_histogram_write(stream, problem, &histogram, "interrupted at t = 0.2");
    fclose(stream);
    char expected[2000];
    snprintf(expected, sizeof expected,
             "# wick: %s\n# activation: \"x^2\"\n# p: 4\n# k: 1\n# regime: \"classical\"\n"
             "# students with Q_jj = 0 are counted in no bin: 1 at t = 0.1, the most at any time\n"
             "t,target,lower,upper,density,count\n"
             "0,1,-1,-0.5,0,0\n0,1,-0.5,0,0.5,1\n0,1,0,0.5,1,2\n0,1,0.5,1,0.5,1\n"
             "0.1,1,-1,-0.5,0,0\n0.1,1,-0.5,0,0,0\n"
             "0.1,1,0,0.5,0,0\n0.1,1,0.5,1,2,3\n"
             "# stopped: interrupted at t = 0.2\n",
             wick_version());
    assert_string_equal(text, expected);
    free(text);
    wick_histogram_clear(&histogram);
}

static size_t occurrences(const char *text, const char *part)
{
    size_t count = 0;
    for (; (text = strstr(text, part)) != NULL; text += strlen(part)) ++count;
    return count;
}

/* Ten targets at thirteen times: a picture shows four and six of them, the first and the last time among these. */
static void test_script(void **state)
{
    (void)state;
    wick_histogram histogram;
    double P[100] = {0}, M[10];
    for (size_t r = 0; r < 10; ++r) {
        P[r * 11] = 1;
        M[r] = 0.1;
    }
    double packed[11];
    memcpy(packed, M, sizeof M);
    packed[10] = 1;
    start(&histogram, wick_layout_of(WICK_CLASSICAL, false, 1, 10), P, 5);
    for (size_t i = 0; i < 13; ++i) add(&histogram, 100 + (double)i, packed);
    char *script;
    assert_int_equal(wick_histogram_script(NULL, "a.svg", problem, &histogram, true, &script), WICK_OK);
    assert_int_equal(occurrences(script, "\nplot "), 24);
    assert_int_equal(occurrences(script, "'t = "), 6);
    assert_non_null(strstr(script, "'t = 100'"));
    assert_non_null(strstr(script, "'t = 112'"));
    assert_non_null(strstr(script, "'target 4 of 10'"));
    assert_null(strstr(script, "target 5"));
    assert_non_null(strstr(script, "title '\u03c3 = x^2, classical, p = 4, k = 1 (stopped early)' noenhanced"));
    free(script);
    assert_int_equal(wick_histogram_script(NULL, "a.gif", problem, &histogram, true, &script), WICK_ERROR_PROBLEM);
    wick_histogram_clear(&histogram);
}

static void test_picture(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    char *folder = wick_test_folder_make(), path[4096];
    snprintf(path, sizeof path, "%s/a.svg", folder);
    wick_histogram histogram = two_times(), empty = {0};
    if (wick_histogram_plot(context, path, problem, &histogram, false) != WICK_OK)
        fail_msg("%s", wick_context_message(context));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char *text = calloc(1, 1 << 20);
    assert_non_null(text);
    assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
    fclose(file);
    static const char *const parts[] = {"</svg>", "classical, p = 4, k = 1", "t = 0.1", "target 1", "density of students"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; ++i)
        if (!strstr(text, parts[i])) fail_msg("the picture does not hold %s", parts[i]);
    free(text);
    assert_int_equal(wick_histogram_plot(context, path, problem, &empty, true), WICK_ERROR_FILE);
    assert_non_null(strstr(wick_context_message(context), "before its first output"));
    wick_histogram_clear(&histogram);
    wick_test_folder_remove(folder);
    wick_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edges),       cmocka_unit_test(test_overlaps),
        cmocka_unit_test(test_mean_field),  cmocka_unit_test(test_students_of_no_length),
        cmocka_unit_test(test_bad_targets), cmocka_unit_test(test_file),
        cmocka_unit_test(test_script),      cmocka_unit_test(test_picture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
