/* The matrix product behind generated code.
 *
 * Matrices are row-major with row stride ld, a multiple of 8. The columns from a matrix's width to the next multiple of 8
 * are padding that holds finite numbers, so loops over columns need no tails. `lanes` is the widest vector of doubles that
 * the compiler was told the machine has; it is a plain double where the compiler has no vectors. */
#if defined(__GNUC__) && defined(__AVX512F__)
enum { LANES = 8 };
typedef double lanes __attribute__((vector_size(64), aligned(8), may_alias));
#elif defined(__GNUC__) && defined(__AVX__)
enum { LANES = 4 };
typedef double lanes __attribute__((vector_size(32), aligned(8), may_alias));
#elif defined(__GNUC__) && (defined(__SSE2__) || defined(__ARM_NEON))
enum { LANES = 2 };
typedef double lanes __attribute__((vector_size(16), aligned(8), may_alias));
#else
enum { LANES = 1 };
typedef double lanes;
#endif

#ifdef __GNUC__
#define KERNEL_PART static inline __attribute__((always_inline))
#else
#define KERNEL_PART static
#endif

/* `rows` <= 4 rows and `width` <= 2 vectors of columns of the product, held in registers. */
KERNEL_PART void product_block(size_t rows, size_t width, size_t lower, size_t upper, size_t ld, const double *A,
                               const double *B, double *C)
{
    lanes sum[4][2] = {{{0}}};
    size_t a, u, v;
    for (a = lower; a < upper; ++a)
        for (u = 0; u < rows; ++u)
            for (v = 0; v < width; ++v) sum[u][v] += A[u * ld + a] * *(const lanes *)(B + a * ld + v * LANES);
    for (u = 0; u < rows; ++u)
        for (v = 0; v < width; ++v) *(lanes *)(C + u * ld + v * LANES) = sum[u][v];
}

/* `rows` <= 4 rows of the product. */
KERNEL_PART void product_rows(size_t rows, size_t columns, size_t lower, size_t upper, size_t ld, const double *A,
                              const double *B, double *C)
{
    size_t c = 0;
    for (; c + 2 * LANES <= columns; c += 2 * LANES) product_block(rows, 2, lower, upper, ld, A, B + c, C + c);
    for (; c < columns; c += LANES) product_block(rows, 1, lower, upper, ld, A, B + c, C + c);
}

/* C_ic = sum over lower <= a < upper of A_ia B_ac, for i < rows and c < columns (a multiple of 8). C overlaps neither. */
KERNEL_PART void product(size_t rows, size_t columns, size_t lower, size_t upper, size_t ld, const double *A,
                         const double *B, double *C)
{
    size_t i;
    for (i = 0; i + 4 <= rows; i += 4) product_rows(4, columns, lower, upper, ld, A + i * ld, B, C + i * ld);
    for (i = rows / 4 * 4; i < rows; ++i) product_rows(1, columns, lower, upper, ld, A + i * ld, B, C + i * ld);
}
