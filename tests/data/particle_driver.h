/* Included by a generated driver after the header of an emitted mean-field library: one signature for all of them. C99, as
 * the libraries are. `given` (NULL: as generated) holds gamma, Delta, d, a_star and P. Scratch is filled with NANs: its
 * contents must not matter. */
#include <math.h>

#define EVALUATE(NAME)                                                                                                      \
    void NAME##_evaluate(const double *given, const double *a, size_t p, const double *state, double *drift, double *risk)  \
    {                                                                                                                       \
        double work[NAME##_work_size];                                                                                      \
        NAME##_parameters parameters;                                                                                       \
        NAME##_defaults(&parameters);                                                                                       \
        if (given != NULL) {                                                                                                \
            parameters.learning_rate = *given++;                                                                            \
            parameters.noise = *given++;                                                                                    \
            parameters.d = *given++;                                                                                        \
            for (int r = 0; r < NAME##_k; r++) parameters.a_star[r] = *given++;                                             \
            for (int i = 0; i < NAME##_k * NAME##_k; i++) parameters.target_overlap[i] = *given++;                          \
        }                                                                                                                   \
        parameters.a = a;                                                                                                   \
        for (int i = 0; i < NAME##_work_size; i++) work[i] = NAN;                                                           \
        NAME##_drift(&parameters, p, state, work, drift);                                                                   \
        for (int i = 0; i < NAME##_work_size; i++) work[i] = NAN;                                                           \
        risk[0] = NAME##_risk(&parameters, p, state, work);                                                                 \
        risk[1] = NAME##_excess_risk(&parameters, p, state, work);                                                          \
    }
