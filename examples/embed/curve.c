/* A program of another project that holds generated code: square.h and square.c, which wick writes from square.json. It
 * integrates with the classical Runge-Kutta method in steps of 1/100 and prints the risk. Nothing of wick is linked.
 *
 * subdirectory/ and generate/ are two ways to build it. */
#include <stdio.h>

#include "square.h"

/* One step of length h. */
static void step(const square_parameters *parameters, double h, double *work, double *state)
{
    static const double node[] = {0.0, 0.5, 0.5, 1.0}, weight[] = {1.0, 2.0, 2.0, 1.0};
    double sum[square_dimension] = {0}, slope[square_dimension] = {0}, at[square_dimension];
    for (size_t stage = 0; stage < 4; stage++) {
        for (size_t i = 0; i < square_dimension; i++) at[i] = state[i] + h * node[stage] * slope[i];
        square_drift(parameters, at, work, slope);
        for (size_t i = 0; i < square_dimension; i++) sum[i] += weight[stage] * slope[i];
    }
    for (size_t i = 0; i < square_dimension; i++) state[i] += h / 6.0 * sum[i];
}

int main(void)
{
    static const double Q[square_p * square_p] = {1.0, 0.1, 0.1, 0.8}, M[square_p * square_k] = {0.1, -0.2};
    square_parameters parameters;
    double state[square_dimension], work[square_work_size];
    square_defaults(&parameters);
    square_pack(M, Q, state);
    for (int i = 0; i <= 1000; i++) {
        if (i % 250 == 0) printf("%.1f %.9f\n", 0.01 * i, square_risk(&parameters, state, work));
        step(&parameters, 0.01, work, state);
    }
    return 0;
}
