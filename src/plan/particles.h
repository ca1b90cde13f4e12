/* The plan of the mean-field drift, at a cost linear in the number of students.
 *
 * With P = L L^T and u_i = L^-1 m_i in R^k for students (for targets u_r is row r of L, and q_r = 0), every overlap is
 * Omega_il = u_i.u_l + sqrt(q_i q_l) xi_il. Averaged over xi (odd moments vanish; mu_g = E[xi^{2g}] =
 * (2g-1)!! / (D (D+2) ... (D+2g-2)), D = d - k; mu_g = 0 if d is infinite),
 *
 *     E[Omega_il^n] = sum_g C(n,2g) mu_g (q_i q_l)^g (u_i.u_l)^{n-2g},
 *
 * and the sum over l of c_l F_l^{(n)} E[Omega_il^n] is a contraction of u_i with the symmetric tensors over R^k
 *
 *     T_{n,g} = sum_l c_l F_l^{(n)} q_l^g u_l (x) ... (x) u_l     (n - 2g factors),
 *
 * which are summed over all fields once. What a student then needs is one potential,
 *
 *     U(u, q) = sum_n S^{(n)}(v)/n! H_n,  H_n = sum_g C(n,2g) mu_g q^g <T_{n,g}, u^{n-2g}>,  v = |u|^2 + q:
 *     dm_i/dt = a_i L grad_u U,   dq_i/dt = 4 a_i q_i dU/dq + (gamma/p) Delta a_i^2 E[s'(l_i)^2]
 *
 * (the diagrams of Psi_M and Psi_perp are its two derivatives, as dS^{(n)}/dv = S^{(n+2)}/2). In U the sum over l holds
 * l = i with xi averaged, where xi_ii = 1: the difference is added one student at a time, from
 * Delta_n = v^n - E[Omega_ii^n as if averaged]. The risk is sum_n 1/(2 n!) sum_g C(n,2g) mu_g |T_{n,g}|^2 and the same
 * correction.
 *
 * In this plan a rank-1 node runs over a block of particles, and k is fixed while p is not.
 */
#ifndef WICK_PLAN_PARTICLES_H
#define WICK_PLAN_PARTICLES_H

#include "plan/plan.h"

/* Run-time numbers that nodes may ask for: WICK_OP_PARAMETER's `power`. */
enum {
    WICK_INVERSE_P,  /* 1/p */
    WICK_NOISE_RATE, /* gamma Delta / p */
    WICK_MOMENTS     /* mu_g at WICK_MOMENTS + g - 1, g >= 1 */
};

/* One entry of a symmetric tensor T_{n,g}: u^exponent, counted once. */
typedef struct {
    unsigned n, g;
    unsigned char *exponent; /* k of them */
} wick_tensor_entry;

typedef struct {
    wick_plan nodes; /* the nodes and functions; of its programs and outputs none are used */
    size_t k;
    unsigned moment_count; /* mu_1 .. mu_moment_count occur */
    size_t tensor_count;
    wick_tensor_entry *tensor;

    /* For each tensor entry, the number node that sums a block's particles, without c's 1/p or 1/k. WICK_NONE: nothing. */
    size_t *student_sum, *target_sum;
    size_t *gradient; /* k vectors: dU/du_c + correction */
    size_t perp;      /* vector: dq/dt */
    size_t self_risk; /* number: sum over a block of a_i^2 sum_n (S^{(n)})^2/n! Delta_n; times 1/p^2 it adds to E[E^2] */
    size_t risk;      /* number: E[E^2] without it */

    wick_program student_program, target_program, update_program, self_program, risk_program;
    size_t vector_slots; /* blocks of scratch */
} wick_particle_plan;

/* Plans a closed form whose regime is WICK_MEAN_FIELD or WICK_MEAN_FIELD_HIGH_D, for k targets. unit_layer: every a_i and
 * every a*_r is 1, and no operation is spent on them. */
wick_status wick_particles_plan(wick_context *context, const wick_closed_form *form, size_t k, bool unit_layer,
                                wick_particle_plan *plan);
void wick_particles_clear(wick_particle_plan *plan);

/* Is this output of the update computed straight into its place, rather than into a slot of scratch? */
bool wick_particles_in_place(const wick_particle_plan *plan, size_t output);

#endif
