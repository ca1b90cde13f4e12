/* Uses what wick_generate() made of CMakeLists.txt's flags: the risk of x^3 without noise is half of E[f^2] + E[f*^2] - 2
 * E[f f*], and with Q = I, M = 0 and P = 1 that is (15/2 + 15)/2 = 11.25. */
#include <stdio.h>

#include "cubic.h"

int main(void)
{
    static const double M[cubic_p * cubic_k] = {0}, Q[cubic_p * cubic_p] = {1, 0, 0, 1};
    double state[cubic_dimension], work[cubic_work_size];
    cubic_parameters parameters;
    cubic_defaults(&parameters);
    cubic_pack(M, Q, state);
    printf("risk %.12g, gamma %g\n", cubic_risk(&parameters, state, work), parameters.learning_rate);
    return 0;
}
