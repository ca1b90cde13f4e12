/* wick: closed-form learning dynamics of two-layer networks, derived, compiled and integrated.
 *
 * The library takes a learning problem (activation, target, widths, regime), derives the closed ordinary differential
 * equations of its order parameters (the overlaps M and Q), emits them as C, compiles that in memory and integrates it.
 * The mathematics is that of Saad & Solla (1995), Goldt et al. (2019), Veiga et al. (2022) and Arnaboldi, Stephan,
 * Krzakala & Loureiro (arXiv:2302.05882, cited below as [A23]).
 *
 * The five objects, each made by the one before:
 *
 *     wick_context    where the text of the last error is kept; one for each thread
 *     wick_problem    what is asked, from JSON, from "key, value" calls or both
 *     wick_equations  the closed form: exact rational coefficients, printable as text, LaTeX or JSON
 *     wick_system     the compiled drift and risk, with a workspace of its own
 *     wick_files      generated source, named and ready to be written
 *
 * Conventions
 *   - Every call that can fail returns a wick_status; wick_context_message() then says what is wrong, where, what was
 *     found and what is allowed. The library itself never prints, never exits and never aborts; what the libraries under it
 *     do when memory ends is said below.
 *   - Matrices are dense, row-major, doubles. Shapes: Q (p x p), M (p x k), P (k x k); p students, k targets.
 *   - Time is t = nu * gamma / (p d) after nu samples of one-pass SGD. Risk R = E[(f - f*)^2]/2 + Delta/2; the excess risk
 *     is R - Delta/2.
 *   - State vector: M row by row (p k), then the upper triangle of Q row by row (p (p+1)/2), or q (p) in the mean-field
 *     regimes, then a (p) if the second layer is trained.
 *   - The host's locale does not matter: numbers have a decimal point, printed and read, in every locale of the process or
 * of a thread.
 *   - No object is shared between threads without wick_system_copy(); different objects never interfere.
 *
 * When memory ends every call returns WICK_ERROR_MEMORY, with these exceptions, which are out of wick's reach:
 *   - GMP, for exact coefficients (deriving, planning, wick_emit()): prints a line and calls abort(), unless the host has
 *     given it other functions by mp_set_memory_functions().
 *   - libtcc 0.9.27, while wick_system_compile(), the first wick_system_jacobian() or wick_simulate() compile: has no hook
 * for its allocator, and calls exit(1) or crashes.
 *   - OpenMP, in drifts that threads share (mean field, from some 10^5 students or a cost of 10 ms on): libgomp prints a
 *     line and calls exit(1) where it cannot allocate or start its threads. With OMP_NUM_THREADS=1 it is not called.
 *   - The BLAS, in products of matrices: OpenBLAS prints a line and calls exit() or crashes where it cannot map its buffers.
 *   GSL and jansson are left in time; what they hold at that moment (some matrices, a part of a JSON text) is not released.
 *   For that wick sets GSL's error handler, and an allocation function of jansson that calls the one there was. A host that
 *   sets others afterwards gets what those libraries do by themselves: with GSL's implicit steppers that is a crash.
 *
 * Executable memory: what compiles (all but derive, emit, and systems of erf, relu and their kin in closed form) needs
 * memory that is writable and executable at once. Where the system refuses it to the process (SELinux,
 * MemoryDenyWriteExecute, a seccomp filter) what would be compiled is walked (wick_system_is_walked()).
 *
 * fork(): a child may use the library, and the objects its parent had. fork() waits while another thread compiles, from
 * milliseconds to seconds for high degrees. A child whose parent had a drift shared by threads computes on one thread, since
 * libgomp would wait for its parent's; the digits are the same. A child still hangs in these cases, so exec() is safer:
 *   - the host itself ran OpenMP before the fork, in the thread that forks, and the first drift that threads share is the
 *     child's;
 *   - another thread was inside of a BLAS call at the fork (drawing or checking an initial state; wide drifts): OpenBLAS
 * leaves its lock held. The threads of a running wick_simulate() are not in the child.
 *
 * Licence: GPL-3.0-or-later. What the library generates is 0BSD.
 */
#ifndef WICK_WICK_H
#define WICK_WICK_H

#include <stddef.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WICK_VERSION "0.1.0"

#if defined(__GNUC__)
#define WICK_API __attribute__((visibility("default")))
#else
#define WICK_API
#endif

/* ---- Status and context ------------------------------------------------------------------------------------------ */

typedef enum {
    WICK_OK = 0,
    WICK_ERROR_MEMORY,      /* an allocation failed, or a size overflows */
    WICK_ERROR_PROBLEM,     /* the problem, an expression or an argument is not valid */
    WICK_ERROR_UNSUPPORTED, /* valid, but this version cannot do it */
    WICK_ERROR_FILE,        /* a file could not be read or written */
    WICK_ERROR_COMPILE,     /* generated code was refused by the compiler: a bug in wick, with the compiler's text */
    WICK_ERROR_DIVERGED,    /* the state stopped being finite */
    WICK_ERROR_STEP,        /* the integrator's step size vanished */
    WICK_ERROR_TOLERANCE,   /* an expectation could not be computed to the tolerance asked for */
    WICK_STOPPED,           /* an observer asked to stop; not an error */
    WICK_ERROR_EXECUTABLE   /* no memory that compiled code may run in: what would need it is walked, so none is returned */
} wick_status;

typedef struct wick_context wick_context;

/* A short name of a status, e.g. "bad problem". Never NULL. */
WICK_API const char *wick_status_text(wick_status status);

/* The version of the library that is linked (WICK_VERSION is that of the header). */
WICK_API const char *wick_version(void);

/* NULL if memory is exhausted. The first call replaces GSL's error handler, which is the process's and aborts by default, by
 * one that lets GSL return its errors.
 * wick_context_free(NULL) does nothing, as every _free below. */
WICK_API wick_context *wick_context_alloc(void);
WICK_API void wick_context_free(wick_context *context);

/* The text of the last error, "" if there was none; valid until the next call with this context.
 * Starts with "FILE:LINE:COLUMN: " where the error has a place. */
WICK_API const char *wick_context_message(const wick_context *context);

/* Non-zero: what is made with this context from now on is walked, and not compiled (wick_system_is_walked()), as where the
 * system gives no memory for machine code: for hosts that want none, and to compare the two. */
WICK_API void wick_context_walk(wick_context *context, int walk);

/* ---- Problem ----------------------------------------------------------------------------------------------------- */

typedef struct wick_problem wick_problem;

/* Regimes, with the term X that is added to the gradient flow of Q: dQ/dt = Psi_GF + (gamma/p) X. */
typedef enum {
    WICK_CLASSICAL,        /* X = 0: gradient flow [A23, GF] */
    WICK_CLASSICAL_NOISE,  /* X = Psi_noise: label noise at first order in gamma/p [A23, GF-ODE-NOISE] */
    WICK_HIGH_DIMENSIONAL, /* X = Psi_Var: Saad & Solla's equations, d -> infinity */
    WICK_MEAN_FIELD,       /* reduced state (M, q), finite d [A23, section 4] */
    WICK_MEAN_FIELD_HIGH_D /* reduced state (M, q), d -> infinity */
} wick_regime;

/* How much of a problem a task needs; wick_problem_check() verifies that much. */
typedef enum {
    WICK_FOR_EQUATIONS, /* activations, regime, second layer */
    WICK_FOR_CODE,      /* and p, k */
    WICK_FOR_DRIFT,     /* and an initial state, learning rate and noise */
    WICK_FOR_RUN        /* and times and an integrator */
} wick_purpose;

/* An empty problem with every default. */
WICK_API wick_status wick_problem_alloc(wick_context *context, wick_problem **problem);
WICK_API void wick_problem_free(wick_problem *problem);

/* Reads a problem file ("-": standard input), or the JSON text itself (name stands for FILE in messages). Keys given replace
 * those the problem already has; unknown keys are errors. On failure the problem is as it was. */
WICK_API wick_status wick_problem_read_file(wick_context *context, wick_problem *problem, const char *path);
WICK_API wick_status wick_problem_read_json(wick_context *context, wick_problem *problem, const char *text,
                                            const char *name);

/* Sets one key from text, as a command-line flag does: ("activation", "x^2"), ("p", "8"), ("learning_rate", "0.1"),
 * ("Q", "[[1, 0], [0, 1]]"), ("seed", "3"), ("time", "{\"at\": [0, 1]}"). Dashes may stand for underscores.
 * A nested key goes by its own name ("end") or by its path ("time.end"). */
WICK_API wick_status wick_problem_set(wick_context *context, wick_problem *problem, const char *key, const char *value);

/* Sets "Q", "M", "P" (matrices) or "a", "a_star", "q" (rows = 1) from numbers, row-major; they are copied. */
WICK_API wick_status wick_problem_set_matrix(wick_context *context, wick_problem *problem, const char *key,
                                             const double *values, size_t rows, size_t columns);

/* Verifies everything that `purpose` needs. All functions below that take a problem do this first. */
WICK_API wick_status wick_problem_check(wick_context *context, wick_problem *problem, wick_purpose purpose);

/* The whole problem, defaults filled in, as one line of JSON that wick_problem_read_json() takes back. Release it with
 * wick_string_free(). */
WICK_API wick_status wick_problem_json(wick_context *context, wick_problem *problem, char **json);

WICK_API size_t wick_problem_p(const wick_problem *problem);
WICK_API size_t wick_problem_k(const wick_problem *problem);
WICK_API wick_regime wick_problem_regime(const wick_problem *problem);

WICK_API void wick_string_free(char *string);

/* ---- Equations --------------------------------------------------------------------------------------------------- */

typedef struct wick_equations wick_equations;

typedef enum {
    WICK_TEXT,
    WICK_LATEX,         /* paragraphs and displays for a document of the caller's, which loads amsmath */
    WICK_JSON,          /* a tree for programs; examples/formulas.md says what is in it */
    WICK_LATEX_DOCUMENT /* a document that pdflatex compiles: the setting, the same equations, the sources */
} wick_format;

/* Derives the closed form by Wick's theorem, with exact coefficients. */
WICK_API wick_status wick_equations_derive(wick_context *context, wick_problem *problem, wick_equations **equations);
WICK_API void wick_equations_free(wick_equations *equations);

/* Prints it; release the text with wick_string_free(). */
WICK_API wick_status wick_equations_print(wick_context *context, const wick_equations *equations, wick_format format,
                                          char **text);

/* ---- System: the compiled drift ---------------------------------------------------------------------------------- */

typedef struct wick_system wick_system;

/* Wall time of each stage of wick_system_compile(), in seconds. */
typedef struct {
    double derive;  /* activation to diagrams */
    double plan;    /* diagrams to contractions */
    double emit;    /* contractions to C */
    double compile; /* C to machine code, by libtcc in memory */
} wick_timings;

/* Derives, plans, emits and compiles the problem. Activations that are no polynomials are served by a closed form (erf, relu
 * and its kin) or by quadrature; the system then evaluates the drift once, and fails if its tolerance is not met.
 *
 * Compiled in are the activations (as functions: "x^2" and "square" are one), regime, second layer (fixed or trained), p, k,
 * and, where they make a difference, method and quadrature.tol. The start and the run-time parameters, which are learning
 * rate, noise, P, a, a* and d, are taken from the problem now, and again by every wick_integrate(), wick_integrate_from(),
 * wick_simulate() and wick_system_follow() from the problem that is given to it: that or any other one which is the same in
 * what is compiled in. Another one is WICK_ERROR_PROBLEM, with a message that names both, and leaves the system as it was.
 * So an ensemble over seeds, learning rates and noise compiles once (examples/ensemble.c). (One case compiles a second time:
 * a mean field of polynomials, when its second layers first are no longer, or for the first time, all ones.)
 *
 * A change of the problem by itself changes nothing in the system: drift, Jacobian, risk and wick_system_initial_state() go
 * by the problem that the system took last, and by what was set on it since. The system keeps no reference to a problem. */
WICK_API wick_status wick_system_compile(wick_context *context, wick_problem *problem, wick_system **system);

/* Takes start and run-time parameters from a problem, as wick_integrate() does at its beginning; for drifts, Jacobians and
 * risks of an ensemble. Fails as wick_system_compile() does, also if a tolerance is not met at the start. */
WICK_API wick_status wick_system_follow(wick_context *context, wick_system *system, wick_problem *problem);

/* The same compiled code with a start, parameters (also those that were set) and a workspace of its own, for another
 * thread. */
WICK_API wick_status wick_system_copy(wick_context *context, const wick_system *system, wick_system **copy);
WICK_API void wick_system_free(wick_system *system);

/* Length of the state vector. */
WICK_API size_t wick_system_dimension(const wick_system *system);
WICK_API wick_timings wick_system_timings(const wick_system *system);

/* Is its drift walked, operation by operation, in place of being compiled, because this system gives no memory that machine
 * code may stand in? The digits are the same; small drifts take several times as long. */
WICK_API int wick_system_is_walked(const wick_system *system);

/* The C source that was compiled (of the activations, where only these are; "" for built-in closed forms); valid as long as
 * the system. Of a walked system it begins with a comment that says so. */
WICK_API const char *wick_system_source(const wick_system *system);

/* How well expectations are known that have no closed form and are computed by quadrature. */
typedef struct {
    double tolerance; /* asked for; 0 if nothing is computed by quadrature */
    double error;     /* a bound on the largest error so far of a number that was returned (an entry of a drift, a risk),
                       * over the larger of 1 and its size; since the last start: of an integration or a simulation, else by
                       * wick_system_follow() or _compile() */
} wick_accuracy;

WICK_API wick_accuracy wick_system_accuracy(const wick_system *system);

/* Run-time parameters; nothing is compiled again. gamma >= 0, Delta >= 0. A value that is set here stays, whichever problem
 * the system is used with, until it is used with one whose key (learning_rate, noise) was given later than it was set: the
 * later of the two counts, also where a key is given the value that it has. A key that was never given, and so has its
 * default, is not later. */
WICK_API wick_status wick_system_set_learning_rate(wick_context *context, wick_system *system, double learning_rate);
WICK_API wick_status wick_system_set_noise(wick_context *context, wick_system *system, double noise);
/* The same by the key of a problem: "learning_rate", "noise" or a parameter of a learning rule. */
WICK_API wick_status wick_system_set_parameter(wick_context *context, wick_system *system, const char *key, double value);

/* The initial state, packed, of the problem that the system took last; state has wick_system_dimension() entries. */
WICK_API wick_status wick_system_initial_state(wick_context *context, const wick_system *system, double *state);

/* d(state)/dt [A23; THEORY: dM = Psi_M, dQ = Psi_GF + (gamma/p) X, da = Psi_a]. Both arrays have
 * wick_system_dimension() entries and must not overlap. Does not allocate, but for series of the mean field that need more
 * terms than at any state before; without memory for those, and for the risk below, WICK_ERROR_MEMORY. WICK_ERROR_TOLERANCE,
 * also of the risk: quadrature.tol is missed at this state, by any number; the numbers are there and not to be trusted. */
WICK_API wick_status wick_system_drift(wick_system *system, const double *state, double *drift);
/* The same at time t, where the learning rate depends on it; above, t = 0. */
WICK_API wick_status wick_system_drift_at(wick_system *system, double t, const double *state, double *drift);

/* The Jacobian of the drift, jacobian[i * dimension + s] = d drift[i] / d state[s] with dimension =
 * wick_system_dimension(): dimension^2 entries, exact. WICK_ERROR_UNSUPPORTED where there is none (mean-field regimes,
 * expectations by quadrature). The first call compiles it; the others do not allocate. */
WICK_API wick_status wick_system_jacobian(wick_context *context, wick_system *system, const double *state, double *jacobian);

/* J v and J^T u with that Jacobian J, without making it: a few drifts of time whatever the dimension. All arrays have
 * wick_system_dimension() entries and must not overlap. WICK_ERROR_UNSUPPORTED where there is no Jacobian. The first call of
 * each compiles it; the others do not allocate. */
WICK_API wick_status wick_system_tangent(wick_context *context, wick_system *system, const double *state, const double *v,
                                         double *tangent);
WICK_API wick_status wick_system_adjoint(wick_context *context, wick_system *system, const double *state, const double *u,
                                         double *adjoint);

/* The three at time t, where the learning rate depends on it; above, t = 0. */
WICK_API wick_status wick_system_jacobian_at(wick_context *context, wick_system *system, double t, const double *state,
                                             double *jacobian);
WICK_API wick_status wick_system_tangent_at(wick_context *context, wick_system *system, double t, const double *state,
                                            const double *v, double *tangent);
WICK_API wick_status wick_system_adjoint_at(wick_context *context, wick_system *system, double t, const double *state,
                                            const double *u, double *adjoint);

/* The derivative of the risk by the entries of the state [src/THEORY.md, section 6: dR/dM = -b/p, dR/dQ_jl = -b_jl/p for j <
 * l and half of that for j = l, dR/da = -Psi_a/p]. As the tangent. */
WICK_API wick_status wick_system_risk_gradient(wick_context *context, wick_system *system, const double *state,
                                               double *gradient);

/* The exact mean of one step of SGD from `state`, at the problem's d and per unit of time, (E[u'] - u) / (gamma/(p d)) or,
 * with time.clock "steps", times d; at t = 0 where the learning rate depends on it. All of this is in it, whatever the
 * regime: the second order in the step, (gamma/(p B)) (1 + (2/d) d/dr) Psi_Var(r Omega) at r = 1, what the B samples of a
 * batch have in common, and decays [src/THEORY.md, section 8]. The drift is its limit d -> infinity in the regime
 * high-dimensional. state and mean have wick_system_dimension() entries in the order of a system's. Compiles what it needs,
 * which takes several times what wick_system_compile() does. *accuracy, unless NULL, is that of expectations by quadrature.
 * WICK_ERROR_PROBLEM without d or learning_rate, in mean-field regimes, on spheres, and for activations that jump, or whose
 * slope does, elsewhere than at 0, or whose derivative is of 1000 operations or more; WICK_ERROR_TOLERANCE if quadrature.tol
 * is missed: the numbers are then not to be trusted.
 */
WICK_API wick_status wick_step_mean(wick_context *context, wick_problem *problem, const double *state, double *mean,
                                    wick_accuracy *accuracy);

/* Population risk R (Delta/2 included) and excess risk R - Delta/2; either pointer may be NULL. Does not allocate. */
WICK_API wick_status wick_system_risk(wick_system *system, const double *state, double *risk, double *excess_risk);

/* ---- Integration ------------------------------------------------------------------------------------------------- */

/* One output time of a trajectory. */
typedef struct {
    double time;
    double risk;
    double excess_risk;
    const double *state; /* `dimension` entries, valid during the call */
    size_t dimension;
    size_t index, count; /* this is output number `index` (from 0) of `count` */
} wick_point;

/* Called at each output time, in order. A non-zero return stops the integration with WICK_STOPPED. */
typedef int (*wick_observer)(void *user, const wick_point *point);

/* Called often between outputs with the time reached (end: the last output time). Non-zero stops. May be NULL. */
typedef int (*wick_progress)(void *user, double time, double end);

/* What an integration did, also after a failure. */
typedef struct {
    double time;                 /* reached */
    double step;                 /* last step size tried */
    size_t steps;                /* accepted */
    size_t drift_evaluations;    /* calls of the drift */
    double seconds;              /* wall time */
    size_t jacobian_evaluations; /* of implicit methods; by differences each is 2 * dimension calls of the drift too */
} wick_report;

/* Integrates from the problem's initial state at t = 0 through its output times, with its integrator. The system takes the
 * start and the run-time parameters from the problem first, see wick_system_compile(). The digits are those of a system that
 * is compiled for the problem now, whatever the system did before. Implicit methods
 * (bsimp, msbdf, rk1imp, rk2imp, rk4imp) take the Jacobian of wick_system_jacobian() where there is one, else central
 * differences of the drift, and states of at most 4096 entries (WICK_ERROR_UNSUPPORTED beyond). report and progress may be
 * NULL. WICK_ERROR_DIVERGED, WICK_ERROR_STEP and WICK_ERROR_TOLERANCE leave everything observed so far valid; a tolerance
 * that is missed at the start already is WICK_ERROR_PROBLEM, as when a system is compiled. */
WICK_API wick_status wick_integrate(wick_context *context, wick_problem *problem, wick_system *system,
                                    wick_observer observer, wick_progress progress, void *user, wick_report *report);

/* The same from another start: `state`, in the order of the state vector (M row by row; the upper triangle of Q row by row,
 * or q; a if it is trained), of `dimension` = wick_system_dimension() entries, which are read before anything is observed.
 * P, a*, a fixed a, times and all the rest are the problem's, which must have an initial state all the same. Time starts at
 * 0: the drift does not depend on it. WICK_ERROR_PROBLEM if the size differs, an entry is not finite, [[Q, M], [M^T, P]] has
 * a negative eigenvalue, or q is negative (with d = k: not 0); 1e-6 of the largest entry is let pass, so that the last state
 * of an integration is a start. wick_system_initial_state() stays that of the problem. */
WICK_API wick_status wick_integrate_from(wick_context *context, wick_problem *problem, wick_system *system,
                                         const double *state, size_t dimension, wick_observer observer,
                                         wick_progress progress, void *user, wick_report *report);

/* ---- Simulation -------------------------------------------------------------------------------------------------- */

typedef enum {
    WICK_SGD,         /* one-pass SGD on the p x d weights */
    WICK_OVERLAP,     /* the Markov chain of (M, Q, a), exactly in law at a cost that does not depend on d [A23] */
    WICK_WEIGHTS_FLOW /* gradient flow on the weights, without noise: the classical regime by another way */
} wick_engine;

typedef struct {
    wick_engine engine;
    unsigned long seed;   /* of the samples; 32 bits count */
    size_t runs;          /* independent runs from the one initial state, >= 1; weights-flow: 1 */
    size_t threads;       /* 0: as many as there are processors; changes no digit */
    int state_statistics; /* whether wick_sample.state is wanted */
} wick_simulation;

/* Probabilities of the quantiles below: 0.05, 0.25, 0.5, 0.75, 0.95. */
enum { WICK_QUANTILES = 5 };
WICK_API double wick_quantile_probability(size_t index);

/* Of one quantity over the runs. */
typedef struct {
    double mean, deviation; /* deviation: with runs - 1 in the denominator; 0 for one run */
    double quantile[WICK_QUANTILES];
} wick_statistic;

/* One output time of a simulation; pointers are valid during the call. */
typedef struct {
    double time;    /* the output time */
    double samples; /* nu, the whole number nearest to t p d / gamma (weights-flow: t p d / gamma) */
    wick_statistic risk, excess_risk;
    const wick_statistic *state; /* `dimension` entries, or NULL if not wanted */
    const double *excess_risks;  /* of each run */
    const double *states;        /* runs x dimension: the order parameters of each run */
    size_t dimension, runs;
    size_t index, count; /* this is output number `index` (from 0) of `count` */
} wick_sample;

/* Called at each output time, in order. A non-zero return stops the simulation with WICK_STOPPED. */
typedef int (*wick_sampler)(void *user, const wick_sample *sample);

/* Simulates from the problem's initial state through its output times. `system` is the same problem, compiled, as for
 * wick_integrate(), and takes start and run-time parameters from it first: it says what the population risk is, and learning
 * rate and noise where they were set on it later. The problem needs d and a positive learning rate, and a regime whose state
 * holds Q (which regime changes nothing). sampler, progress and report may be NULL; report->steps counts samples of all runs
 * together. WICK_ERROR_DIVERGED leaves everything observed so far valid; so does WICK_ERROR_TOLERANCE, of a risk by
 * quadrature that misses quadrature.tol. WICK_WEIGHTS_FLOW takes polynomials alone. */
WICK_API wick_status wick_simulate(wick_context *context, wick_problem *problem, wick_system *system,
                                   const wick_simulation *simulation, wick_sampler sampler, wick_progress progress,
                                   void *user, wick_report *report);

/* Sets the last output time to that of `samples` samples, samples * gamma / (p d). */
WICK_API wick_status wick_problem_set_samples(wick_context *context, wick_problem *problem, double samples);

/* The problem's initial state as JSON, what the key "initial" of a problem holds, exact to the last digit: a random one
 * as the overlaps that were drawn. Release it with wick_string_free(). */
WICK_API wick_status wick_problem_initial_json(wick_context *context, wick_problem *problem, char **json);

/* ---- Emission ---------------------------------------------------------------------------------------------------- */

typedef struct wick_files wick_files;

/* Generates source for a target. `name` must be a C identifier; it names the files and prefixes every symbol.
 *
 *     "library"  NAME.h, NAME.c: drift, Jacobian and risk, C99, no dependencies
 *     "header"   NAME.h: the same as one header; NAME_IMPLEMENTATION, in capitals, before one of its inclusions
 *     "solver"   NAME.c: a program that integrates and writes CSV; beyond p = 16 also NAME_initial.txt
 *     "gsl"      NAME.c: a program on GSL's odeiv2, with the Jacobian for implicit methods; NAME_initial.txt as above
 *     "cvode"    NAME.c: a program on CVODE of SUNDIALS, with the Jacobian; NAME_initial.txt as above
 *     "cmake"    the library, CMakeLists.txt and a test, as a folder for add_subdirectory()
 *     "python"   the library and NAME.py, which compiles and calls it; beyond p = 16 also NAME_initial.txt
 *
 * Activations are polynomials, in every regime; scale * erf(rate x) for student and target, in all but the mean-field
 * regimes; or sums of x, relu, leaky_relu and abs of multiples of x for both, in WICK_CLASSICAL and WICK_CLASSICAL_NOISE.
 * Others are WICK_ERROR_UNSUPPORTED. Solver, gsl, cvode and python need all that wick_integrate() needs, cmake an initial
 * state, the others p and k. */
WICK_API wick_status wick_emit(wick_context *context, wick_problem *problem, const char *target, const char *name,
                               wick_files **files);

/* The same with a template of the caller's own, a file; templates/README.md lists the placeholders. The file made is called
 * NAME and what follows the first dot of the template's name, a last ".in" left out. */
WICK_API wick_status wick_emit_template(wick_context *context, wick_problem *problem, const char *path, const char *name,
                                        wick_files **files);
WICK_API void wick_files_free(wick_files *files);
WICK_API size_t wick_files_count(const wick_files *files);
WICK_API const char *wick_files_name(const wick_files *files, size_t index);
WICK_API const char *wick_files_text(const wick_files *files, size_t index);

/* Writes them all into an existing or new folder; each appears whole or not at all. */
WICK_API wick_status wick_files_write(wick_context *context, const wick_files *files, const char *folder);

#ifdef __cplusplus
}
#endif

#endif
