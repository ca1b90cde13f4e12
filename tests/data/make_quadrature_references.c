/* Writes tests/data/quadrature_references.json: problems in the high-dimensional regime whose fields span three dimensions,
 * and their right values by brute force. Takes some minutes, which is why the numbers are kept:
 *
 *     build/tests/make_quadrature_references > tests/data/quadrature_references.json
 */
#include <gsl/gsl_errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "brute.h"
#include "brute_draw.h"
#include "brute_json.h"

typedef struct {
    const char *name;
    size_t count, p, k;
    brute_family student, target;
    double scale_from, scale_to; /* powers of ten */
    bool must_answer;            /* no case may be refused */
} family;

static const family families[] = {
    {"steep", 18, 2, 1, BRUTE_FAMILY_STEEP, BRUTE_FAMILY_STEEP, -0.5, 0.5, true},
    {"steep", 4, 1, 2, BRUTE_FAMILY_STEEP, BRUTE_FAMILY_STEEP, -0.5, 0.5, false},
    {"steep, any size", 6, 2, 1, BRUTE_FAMILY_STEEP, BRUTE_FAMILY_STEEP, -3, 1, false},
    {"mild", 6, 2, 1, BRUTE_FAMILY_MILD, BRUTE_FAMILY_MILD, -0.5, 0.3, true},
    {"mild", 2, 3, 2, BRUTE_FAMILY_MILD, BRUTE_FAMILY_MILD, -0.5, 0.3, true},
    {"mild learns jumps", 6, 2, 1, BRUTE_FAMILY_MILD, BRUTE_FAMILY_JUMP, -0.5, 0.3, true},
    {"kinks", 4, 2, 1, BRUTE_FAMILY_ANGLES, BRUTE_FAMILY_ANGLES, -1, 0.5, false},
    {"spikes", 3, 2, 1, BRUTE_FAMILY_MILD, BRUTE_FAMILY_SPIKE, -0.5, 0.3, false},
};

/* Half of them random, the others of the other kinds that have three dimensions. */
static brute_state draw_kind(gsl_rng *rng)
{
    static const brute_state kinds[] = {BRUTE_STATE_CLOSE_STUDENTS, BRUTE_STATE_CLOSE_TARGET, BRUTE_STATE_ORTHOGONAL};
    return gsl_rng_uniform_int(rng, 2) ? BRUTE_STATE_RANDOM : kinds[gsl_rng_uniform_int(rng, 3)];
}

static void draw(gsl_rng *rng, const family *from, brute_problem *problem)
{
    *problem = (brute_problem){.p = from->p,
                               .k = from->k,
                               .rank = 3,
                               .gamma = 0.1 + gsl_rng_uniform(rng),
                               .Delta = gsl_rng_uniform(rng),
                               .regime = WICK_HIGH_DIMENSIONAL};
    problem->student = brute_draw_function(rng, from->student);
    problem->target = from->student == from->target && gsl_rng_uniform_int(rng, 2) ? problem->student
                                                                                   : brute_draw_function(rng, from->target);
    brute_draw_state(rng, draw_kind(rng), brute_draw_power(rng, from->scale_from, from->scale_to), problem);
}

static void write_family(brute *space, gsl_rng *rng, const family *from, json_t *all)
{
    for (size_t i = 0; i < from->count; i++) {
        brute_problem problem;
        gsl_rng_set(rng, 1000 * from->p + 100 * from->k + i);
        draw(rng, from, &problem);
        const brute_result result = brute_evaluate(space, &problem);
        json_t *one = brute_json_make(&problem, &result);
        json_object_set_new(one, "family", json_string(from->name));
        json_object_set_new(one, "must_answer", json_boolean(from->must_answer));
        json_array_append_new(all, one);
        double worst = 0;
        for (size_t m = 0; m < result.dimension; m++)
            worst = fmax(worst, result.drift[m].error / fmax(1, fabs(result.drift[m].value)));
        fprintf(stderr, "%s %zu: %s learns %s: to %.2g\n", from->name, i, problem.student.text, problem.target.text, worst);
    }
}

int main(void)
{
    gsl_set_error_handler_off();
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    json_t *all = json_array();
    brute *space = brute_make();
    if (!rng || !all) return EXIT_FAILURE;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) write_family(space, rng, &families[i], all);
    const int failed = json_dumpf(all, stdout, JSON_COMPACT | JSON_REAL_PRECISION(17));
    putchar('\n');
    json_decref(all);
    brute_free(space);
    gsl_rng_free(rng);
    return failed || fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
