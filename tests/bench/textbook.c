/* See textbook.h. */
#include "textbook.h"

#include <stdbool.h>
#include <string.h>

enum { DEGREE = WICK_TEXTBOOK_DEGREE };

static void unpack(const wick_textbook *book, const double *state, double *M, double *Q)
{
    const size_t p = book->p, k = book->k;
    memcpy(M, state, p * k * sizeof *M);
    state += p * k;
    for (size_t j = 0; j < p; j++)
        for (size_t l = j; l < p; l++) Q[j * p + l] = Q[l * p + j] = *state++;
}

size_t wick_textbook_work(const wick_textbook *book)
{
    const size_t p = book->p, n = book->p + book->k;
    return 5 * p * n + (DEGREE + 2) * n * n + (DEGREE + 1) * n + 4 * n + p * p;
}

/* ---- The square -------------------------------------------------------------------------------------------------- */

/* C = A B, of sizes n x m and m x r. */
static void multiply(size_t n, size_t m, size_t r, const double *A, const double *B, double *C)
{
    for (size_t i = 0; i < n * r; i++) C[i] = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t a = 0; a < m; a++)
            for (size_t j = 0; j < r; j++) C[i * r + j] += A[i * m + a] * B[a * r + j];
}

/* C = A A^T, A of size n x m. */
static void multiply_transpose(size_t n, size_t m, const double *A, double *C)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double sum = 0;
            for (size_t a = 0; a < m; a++) sum += A[i * m + a] * A[j * m + a];
            C[i * n + j] = sum;
        }
}

static double trace(size_t n, const double *A)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += A[i * n + i];
    return sum;
}

void wick_textbook_square(const wick_textbook *book, const double *state, double *drift)
{
    const size_t p = book->p, k = book->k;
    const double dp = (double)p, dk = (double)k;
    double *M = book->work, *Q = M + p * k, *QM = Q + p * p, *QQ = QM + p * k, *MM = QQ + p * p, *QQQ = MM + p * p,
           *MMQ = QQQ + p * p;
    unpack(book, state, M, Q);
    multiply(p, p, k, Q, M, QM);
    multiply(p, p, p, Q, Q, QQ);
    multiply(p, p, p, QQ, Q, QQQ);
    multiply_transpose(p, k, M, MM);
    multiply(p, p, p, MM, Q, MMQ);

    /* P = I: Tr P = Tr P^2 = k */
    const double tau = 1 - trace(p, Q) / dp;
    const double rho = 1 / dk - 2 * trace(p, MM) / (dp * dk) + trace(p, QQ) / (dp * dp);
    const double gamma = book->gamma / dp, q = 4 * tau + gamma * (4 * tau * tau + 8 * rho + 4 * book->Delta);
    for (size_t i = 0; i < p * k; i++) *drift++ = 2 * tau * M[i] + 4 * (M[i] / dk - QM[i] / dp);
    for (size_t j = 0; j < p; j++)
        for (size_t l = j; l < p; l++) {
            const size_t i = j * p + l;
            const double T = MM[i] / dk - QQ[i] / dp;
            const double V = MM[i] / (dk * dk) - (MMQ[i] + MMQ[l * p + j]) / (dp * dk) + QQQ[i] / (dp * dp);
            *drift++ = q * Q[i] + 8 * T + gamma * (16 * tau * T + 32 * V);
        }
}

/* ---- Any polynomial ---------------------------------------------------------------------------------------------- */

/* The tables of the Wick sum over all n = p + k fields. */
typedef struct {
    size_t p, n, degree;
    double *c;                 /* -1/p for students, 1/k for targets */
    double *F[DEGREE + 1];     /* F[m][a] = E[f^(m)(l_a)] */
    double *power[DEGREE + 1]; /* Omega_ab^e / e! */
    double *u, *v;             /* n numbers each */
    bool vanishes[DEGREE + 1]; /* F[m] = 0 for all fields, by parity */
} tables;

static void fill_expectations(const wick_textbook *book, const double *omega, tables *t)
{
    const double moment[DEGREE + 1] = {1, 0, 1, 0, 3};
    for (size_t m = 0; m <= book->degree; m++) {
        t->vanishes[m] = true;
        memset(t->F[m], 0, t->n * sizeof(double));
        for (size_t i = m; i <= book->degree; i += 2) {
            double factor = book->coefficient[i] * moment[i - m];
            for (size_t f = i - m + 1; f <= i; f++) factor *= (double)f;
            if (factor != 0) t->vanishes[m] = false;
            for (size_t a = 0; a < t->n; a++) {
                double term = factor;
                for (size_t e = 0; e < (i - m) / 2; e++) term *= omega[a * t->n + a];
                t->F[m][a] += term;
            }
        }
    }
}

static void fill_tables(const wick_textbook *book, const double *state, tables *t)
{
    const size_t p = t->p, n = t->n, k = book->k;
    double *omega = t->power[1];
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < n; b++) omega[a * n + b] = a == b;
    for (size_t j = 0; j < p; j++)
        for (size_t r = 0; r < k; r++) omega[j * n + p + r] = omega[(p + r) * n + j] = *state++;
    for (size_t j = 0; j < p; j++)
        for (size_t l = j; l < p; l++) omega[j * n + l] = omega[l * n + j] = *state++;
    for (size_t i = 0; i < n * n; i++) t->power[0][i] = 1;
    for (size_t e = 2; e <= t->degree; e++)
        for (size_t i = 0; i < n * n; i++) t->power[e][i] = t->power[e - 1][i] * omega[i] / (double)e;
    for (size_t a = 0; a < n; a++) t->c[a] = a < p ? -1 / (double)p : 1 / (double)k;
    fill_expectations(book, omega, t);
}

/* E[s^(u)(l_j) f^(v)(l_a)] */
static double two_fields(const tables *t, size_t u, size_t v, size_t j, size_t a)
{
    double sum = 0;
    for (size_t e = 0; e + (u > v ? u : v) <= t->degree; e++)
        sum += t->power[e][j * t->n + a] * t->F[u + e][j] * t->F[v + e][a];
    return sum;
}

/* B[j,b] = E[s'(l_j) l_b E] */
static void first_order(const tables *t, double *K, double *B)
{
    const size_t n = t->n;
    for (size_t j = 0; j < t->p; j++) {
        double A = 0;
        for (size_t a = 0; a < n; a++) {
            A += t->c[a] * two_fields(t, 2, 0, j, a);
            K[j * n + a] = t->c[a] * two_fields(t, 1, 1, j, a);
        }
        for (size_t b = 0; b < n; b++) B[j * n + b] = A * t->power[1][j * n + b];
        for (size_t a = 0; a < n; a++)
            for (size_t b = 0; b < n; b++) B[j * n + b] += K[j * n + a] * t->power[1][a * n + b];
    }
}

/* The factors of fields j and l and of the edge between them, summed over the multiplicity of that edge. */
static double pair_factor(const tables *t, size_t j, size_t l, size_t at_j, size_t at_l)
{
    double sum = 0;
    for (size_t e = 0; e + at_j <= t->degree && e + at_l <= t->degree; e++)
        sum += t->power[e][j * t->n + l] * t->F[at_j + e][j] * t->F[at_l + e][l];
    return sum;
}

/* x[a] = c[a] F_a^(ja + la + ab) Omega_ja^ja Omega_la^la / (ja! la!) */
static void field_vector(const tables *t, size_t j, size_t l, size_t ja, size_t la, size_t ab, double *x)
{
    const double *F = t->F[ja + la + ab], *left = t->power[ja] + j * t->n, *right = t->power[la] + l * t->n;
    for (size_t a = 0; a < t->n; a++) x[a] = t->c[a] * F[a] * left[a] * right[a];
}

/* The terms with given multiplicities of the edges from j and l to alpha and between alpha and beta. */
static double terms(const tables *t, size_t j, size_t l, size_t ja, size_t la, size_t ab)
{
    const size_t n = t->n, degree = t->degree;
    double sum = 0, *u = t->u, *v = t->v;
    field_vector(t, j, l, ja, la, ab, u);
    for (size_t b = 0; b < n; b++) v[b] = 0;
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < n; b++) v[b] += u[a] * t->power[ab][a * n + b];
    for (size_t jb = 0; 1 + ja + jb <= degree; jb++)
        for (size_t lb = 0; 1 + la + lb <= degree && jb + lb + ab <= degree; lb++) {
            if (t->vanishes[jb + lb + ab]) continue;
            const double *F = t->F[jb + lb + ab], *left = t->power[jb] + j * n, *right = t->power[lb] + l * n;
            double inner = 0;
            for (size_t b = 0; b < n; b++) inner += v[b] * t->c[b] * F[b] * left[b] * right[b];
            sum += inner * pair_factor(t, j, l, 1 + ja + jb, 1 + la + lb);
        }
    return sum;
}

/* E[s'(l_j) s'(l_l) E^2] without the noise. */
static double variance(const tables *t, size_t j, size_t l)
{
    double sum = 0;
    for (size_t ab = 0; ab <= t->degree; ab++)
        for (size_t ja = 0; 1 + ja <= t->degree && ja + ab <= t->degree; ja++)
            for (size_t la = 0; 1 + la <= t->degree && ja + la + ab <= t->degree; la++)
                if (!t->vanishes[ja + la + ab]) sum += terms(t, j, l, ja, la, ab);
    return sum;
}

void wick_textbook_polynomial(const wick_textbook *book, const double *state, double *drift)
{
    const size_t p = book->p, n = book->p + book->k;
    tables t = {.p = p, .n = n, .degree = book->degree};
    double *work = book->work, *K, *B;
    for (size_t e = 0; e <= DEGREE; e++, work += n * n) t.power[e] = work;
    for (size_t m = 0; m <= DEGREE; m++, work += n) t.F[m] = work;
    t.c = work, t.u = t.c + n, t.v = t.u + n, K = t.v + n, B = K + p * n;
    fill_tables(book, state, &t);
    first_order(&t, K, B);
    for (size_t j = 0; j < p; j++)
        for (size_t b = p; b < n; b++) *drift++ = B[j * n + b];
    for (size_t j = 0; j < p; j++)
        for (size_t l = j; l < p; l++)
            *drift++ = B[j * n + l] + B[l * n + j] +
                       book->gamma / (double)p * (variance(&t, j, l) + book->Delta * two_fields(&t, 1, 1, j, l));
}
