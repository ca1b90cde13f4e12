/* See reference.h. The label noise z is one more field, independent of the others and of variance one, with the polynomial
 * sqrt(Delta) z; so the displacement is a plain sum E = sum_alpha c_alpha f_alpha(l_alpha) over p + k + 1 fields, and
 * everything that Delta enters comes out of the same expansion as the rest. */
#include "reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FACTOR_LIMIT = 4 }; /* s'(l_j) s'(l_l) f_alpha f_beta */

/* ---- Moments ----------------------------------------------------------------------------------------------------- */

/* The moments of a few distinct fields up to a largest exponent each; NAN where not known yet. */
typedef struct {
    const long double *covariance; /* n x n */
    size_t n;
    size_t count;        /* distinct fields */
    const size_t *field; /* which ones */
    const size_t *limit; /* their largest exponents */
    long double *value;  /* by exponent vector */
} moment_table;

static void *checked(void *memory)
{
    if (memory == NULL) abort();
    return memory;
}

static void table_alloc(moment_table *table)
{
    size_t size = 1;
    for (size_t a = 0; a < table->count; a++) size *= table->limit[a] + 1;
    table->value = checked(malloc(size * sizeof *table->value));
    for (size_t i = 0; i < size; i++) table->value[i] = NAN;
}

static size_t table_index(const moment_table *table, const size_t *exponent)
{
    size_t index = 0;
    for (size_t a = 0; a < table->count; a++) index = index * (table->limit[a] + 1) + exponent[a];
    return index;
}

static long double table_moment(moment_table *table, size_t *exponent);

/* Takes one factor l_a out and pairs it with every factor that is left. */
static long double isserlis(moment_table *table, size_t *exponent)
{
    size_t a = 0;
    while (a < table->count && exponent[a] == 0) a++;
    if (a == table->count) return 1; /* the empty product */

    long double sum = 0;
    exponent[a]--;
    for (size_t b = 0; b < table->count; b++) {
        if (exponent[b] == 0) continue;
        const long double copies = (long double)exponent[b];
        exponent[b]--;
        sum += table->covariance[table->field[a] * table->n + table->field[b]] * copies * table_moment(table, exponent);
        exponent[b]++;
    }
    exponent[a]++;
    return sum;
}

/* exponent[] is changed on the way and put back. */
static long double table_moment(moment_table *table, size_t *exponent)
{
    const size_t index = table_index(table, exponent);
    if (isnan(table->value[index])) table->value[index] = isserlis(table, exponent);
    return table->value[index];
}

long double wick_reference_moment(const long double *covariance, size_t n, const size_t *exponent)
{
    size_t *field = checked(malloc((n + 1) * sizeof *field));
    size_t *work = checked(malloc((n + 1) * sizeof *work));
    for (size_t a = 0; a < n; a++) {
        field[a] = a;
        work[a] = exponent[a];
    }
    moment_table table = {.covariance = covariance, .n = n, .count = n, .field = field, .limit = exponent};
    table_alloc(&table);
    const long double moment = table_moment(&table, work);
    free(table.value);
    free(work);
    free(field);
    return moment;
}

long double wick_reference_list_moment(const long double *covariance, size_t n, const size_t *field, size_t count)
{
    if (count == 0) return 1;
    long double sum = 0;
    size_t *rest = checked(malloc(count * sizeof *rest));
    for (size_t i = 1; i < count; i++) {
        size_t left = 0;
        for (size_t m = 1; m < count; m++)
            if (m != i) rest[left++] = field[m];
        sum += covariance[field[0] * n + field[i]] * wick_reference_list_moment(covariance, n, rest, left);
    }
    free(rest);
    return sum;
}

/* ---- Expectations of products of polynomials --------------------------------------------------------------------- */

typedef struct {
    size_t degree;
    long double *coefficient; /* degree + 1 of them */
} polynomial;

/* One factor of a product: a polynomial of one field. */
typedef struct {
    const polynomial *function;
    size_t field;
} factor;

/* A product under expansion: the factors, and where each one's field stands among the distinct fields of the table. */
typedef struct {
    const factor *factors;
    size_t count;
    size_t place[FACTOR_LIMIT];
    size_t exponent[FACTOR_LIMIT]; /* of the monomial at hand, by distinct field */
    moment_table table;
} expansion;

/* Sum over the monomials of factors number `at` and later, times the monomial chosen so far. */
static long double expand(expansion *product, size_t at)
{
    if (at == product->count) return table_moment(&product->table, product->exponent);

    const polynomial *function = product->factors[at].function;
    size_t *exponent = &product->exponent[product->place[at]];
    long double sum = 0;
    for (size_t power = 0; power <= function->degree; power++) {
        if (function->coefficient[power] == 0) continue;
        *exponent += power;
        sum += function->coefficient[power] * expand(product, at + 1);
        *exponent -= power;
    }
    return sum;
}

/* E of the product of at most FACTOR_LIMIT factors. Factors may share a field: then their exponents add up. */
static long double expectation(const long double *covariance, size_t n, const factor *factors, size_t count)
{
    size_t field[FACTOR_LIMIT], limit[FACTOR_LIMIT] = {0}, distinct = 0;
    expansion product = {.factors = factors, .count = count};
    for (size_t i = 0; i < count; i++) {
        size_t place = 0;
        while (place < distinct && field[place] != factors[i].field) place++;
        if (place == distinct) field[distinct++] = factors[i].field;
        limit[place] += factors[i].function->degree;
        product.place[i] = place;
    }
    product.table = (moment_table){.covariance = covariance, .n = n, .count = distinct, .field = field, .limit = limit};
    table_alloc(&product.table);
    const long double value = expand(&product, 0);
    free(product.table.value);
    return value;
}

/* ---- The learning problem as fields ------------------------------------------------------------------------------ */

typedef struct {
    size_t p, k, n;          /* n = p + k + 1: students, targets, label noise */
    long double *covariance; /* n x n: Omega, and 1 for the noise */
    long double *c;          /* E = sum_alpha c_alpha f_alpha(l_alpha) */
    polynomial s, s_prime, s_star, identity;
} fields;

static polynomial polynomial_from(const double *coefficient, size_t degree)
{
    polynomial result = {degree, checked(malloc((degree + 1) * sizeof(long double)))};
    for (size_t i = 0; i <= degree; i++) result.coefficient[i] = coefficient[i];
    return result;
}

long double wick_reference_expectation(const long double *covariance, size_t n, const wick_reference_factor *factors,
                                       size_t count)
{
    polynomial function[FACTOR_LIMIT];
    factor product[FACTOR_LIMIT] = {{0}};
    if (count > FACTOR_LIMIT) abort();
    for (size_t i = 0; i < count; i++) {
        function[i] = polynomial_from(factors[i].coefficient, factors[i].degree);
        product[i] = (factor){&function[i], factors[i].field};
    }
    const long double value = expectation(covariance, n, product, count);
    for (size_t i = 0; i < count; i++) free(function[i].coefficient);
    return value;
}

static polynomial polynomial_derivative(const polynomial *function)
{
    const double zero = 0;
    if (function->degree == 0) return polynomial_from(&zero, 0);
    polynomial result = {function->degree - 1, checked(malloc(function->degree * sizeof(long double)))};
    for (size_t i = 1; i <= function->degree; i++) result.coefficient[i - 1] = (long double)i * function->coefficient[i];
    return result;
}

static long double covariance_entry(const wick_reference_problem *problem, size_t i, size_t j)
{
    const size_t p = problem->p, k = problem->k, noise = p + k;
    if (i > j) return covariance_entry(problem, j, i);
    if (j == noise) return i == noise;
    if (j < p) return problem->Q[i * p + j];
    if (i < p) return problem->M[i * k + (j - p)];
    return problem->P[(i - p) * k + (j - p)];
}

static void fields_alloc(fields *f, const wick_reference_problem *problem)
{
    const double identity[2] = {0, 1};
    const size_t p = problem->p, k = problem->k, n = p + k + 1;
    f->p = p;
    f->k = k;
    f->n = n;
    f->s = polynomial_from(problem->student, problem->student_degree);
    f->s_prime = polynomial_derivative(&f->s);
    f->s_star = polynomial_from(problem->target, problem->target_degree);
    f->identity = polynomial_from(identity, 1);
    f->covariance = checked(malloc(n * n * sizeof *f->covariance));
    f->c = checked(malloc(n * sizeof *f->c));
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) f->covariance[i * n + j] = covariance_entry(problem, i, j);
    for (size_t j = 0; j < p; j++) f->c[j] = -(long double)problem->a[j] / (long double)p;
    for (size_t r = 0; r < k; r++) f->c[p + r] = (long double)problem->a_star[r] / (long double)k;
    f->c[p + k] = sqrtl(problem->Delta);
}

static void fields_clear(fields *f)
{
    free(f->s.coefficient);
    free(f->s_prime.coefficient);
    free(f->s_star.coefficient);
    free(f->identity.coefficient);
    free(f->covariance);
    free(f->c);
}

/* f_alpha(l_alpha). */
static factor displacement_factor(const fields *f, size_t alpha)
{
    if (alpha < f->p) return (factor){&f->s, alpha};
    if (alpha < f->p + f->k) return (factor){&f->s_star, alpha};
    return (factor){&f->identity, alpha};
}

/* E[g h E^power] for up to two factors g, h: the displacement is multiplied out, one sum for each power. */
static long double with_displacement(const fields *f, const factor *factors, size_t count, int power)
{
    if (power == 0) return expectation(f->covariance, f->n, factors, count);

    factor longer[FACTOR_LIMIT];
    if (count > 0) memcpy(longer, factors, count * sizeof *factors);
    long double sum = 0;
    for (size_t alpha = 0; alpha < f->n; alpha++) {
        longer[count] = displacement_factor(f, alpha);
        sum += f->c[alpha] * with_displacement(f, longer, count + 1, power - 1);
    }
    return sum;
}

/* ---- Drift and risk ---------------------------------------------------------------------------------------------- */

/* E[s'(l_j) l_field E]. */
static long double gradient(const fields *f, size_t j, size_t field)
{
    const factor factors[2] = {{&f->s_prime, j}, {&f->identity, field}};
    return with_displacement(f, factors, 2, 1);
}

/* E[s'(l_j) s'(l_l) E^power]. */
static long double step_covariance(const fields *f, size_t j, size_t l, int power)
{
    const factor factors[2] = {{&f->s_prime, j}, {&f->s_prime, l}};
    return with_displacement(f, factors, 2, power);
}

/* The term X of the regime: Psi_Var, Psi_noise or nothing. */
static long double second_order(const wick_reference_problem *problem, const fields *f, size_t j, size_t l)
{
    const long double weight = (long double)problem->a[j] * problem->a[l];
    if (problem->regime == WICK_HIGH_DIMENSIONAL) return weight * step_covariance(f, j, l, 2);
    if (problem->regime == WICK_CLASSICAL_NOISE) return weight * problem->Delta * step_covariance(f, j, l, 0);
    return 0;
}

void wick_reference_evaluate(const wick_reference_problem *problem, double *dM, double *dQ, double *da, double *risk)
{
    const size_t p = problem->p, k = problem->k;
    const double *a = problem->a;
    const long double rate = (long double)problem->gamma / (long double)p;
    fields f;
    fields_alloc(&f, problem);

    for (size_t j = 0; j < p; j++)
        for (size_t r = 0; r < k; r++) dM[j * k + r] = (double)(a[j] * gradient(&f, j, p + r));
    for (size_t j = 0; j < p; j++)
        for (size_t l = j; l < p; l++) {
            const long double flow = a[j] * gradient(&f, j, l) + a[l] * gradient(&f, l, j);
            dQ[j * p + l] = dQ[l * p + j] = (double)(flow + rate * second_order(problem, &f, j, l));
        }
    for (size_t j = 0; j < p && problem->trained; j++) {
        const factor activation = {&f.s, j};
        da[j] = (double)with_displacement(&f, &activation, 1, 1);
    }
    *risk = (double)(with_displacement(&f, NULL, 0, 2) / 2);
    fields_clear(&f);
}
