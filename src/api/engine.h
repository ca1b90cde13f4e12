/* Who computes the drift of a system. A row for each way there is; nothing else tells systems apart.
 *
 *     overlaps       full states of polynomials: planned, compiled or walked
 *     particles      the mean field of polynomials: the same, over blocks of students
 *     expectations   full states of other activations: closed forms of erf and relu, and quadrature
 *     series         their mean field
 *
 * A new one is a file with its row, and a place in compile.c. Calls that are optional may be NULL. Private to src/api.
 */
#ifndef WICK_API_ENGINE_H
#define WICK_API_ENGINE_H

#include "activation/graph.h"
#include "particles/frame.h"
#include "problem/problem.h"

typedef struct {
    bool expectations; /* by expectations, not by the Wick sum of polynomials */

    /* Fills system->plain, source, timings and what the engine needs; the system is otherwise blank, and released by the
     * caller on failure. */
    wick_status (*build)(wick_context *context, const wick_problem *problem, const wick_graph *student,
                         const wick_graph *target, wick_system *system);
    /* What a copy has of its own; all else was copied. */
    wick_status (*copy)(wick_context *context, const wick_system *from, wick_system *to);
    void (*release)(wick_system *system);

    /* Hands on gamma, Delta and, where `given` is not NULL, what that problem gives of P and the second layers; whether
     * anything but gamma and Delta changed. */
    bool (*take_parameters)(wick_system *system, const wick_problem *given);
    /* To the problem's P, second layers and d, where that takes more than handing on; the system is as it was on failure. */
    wick_status (*move)(wick_context *context, const wick_problem *problem, wick_system *system);
    /* Of mean fields. */
    const wick_frame *(*frame)(const wick_system *system);

    /* Of those that approximate, or all NULL. Errors are those of plain SGD: the largest so far, and of the last number. */
    wick_accuracy (*accuracy)(const wick_system *system);
    double (*last_error)(const wick_system *system);
    double (*find_tolerance)(wick_system *system, const double *state, double *drift);
    /* Quadrature and series go on where they were refined to. Every integration starts with a copy of what was never used,
     * so that its digits do not depend on what was computed before. */
    wick_status (*keep_unused)(wick_context *context, wick_system *system);
    wick_status (*renew)(wick_context *context, wick_system *system);
} wick_engine_row;

extern const wick_engine_row wick_overlaps_engine, wick_particles_engine, wick_expectations_engine, wick_series_engine;

#endif
