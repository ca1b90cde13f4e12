/* Included by a generated driver after the headers of emitted libraries: gives each of them functions of one signature,
 * whatever its sizes, so that a test can call them all through dlsym(). C99, as the libraries are.
 *
 * NAME_evaluate: drift and risk; returns the dimension. `given` (NULL: the values NAME was generated with) holds gamma,
 * Delta, a_star, P and a, one after the other. The scratch array is filled with NANs: its contents must not matter. */
#include <math.h>

#define EVALUATE(NAME)                                                                                                      \
    size_t NAME##_evaluate(const double *given, const double *state, double *drift, double *risk)                           \
    {                                                                                                                       \
        double work[NAME##_work_size];                                                                                      \
        NAME##_parameters parameters;                                                                                       \
        NAME##_defaults(&parameters);                                                                                       \
        if (given != NULL) {                                                                                                \
            parameters.learning_rate = *given++;                                                                            \
            parameters.noise = *given++;                                                                                    \
            for (int r = 0; r < NAME##_k; r++) parameters.a_star[r] = *given++;                                             \
            for (int i = 0; i < NAME##_k * NAME##_k; i++) parameters.target_overlap[i] = *given++;                          \
            for (int j = 0; j < NAME##_p; j++) parameters.a[j] = *given++;                                                  \
        }                                                                                                                   \
        for (int i = 0; i < NAME##_work_size; i++) work[i] = NAN;                                                           \
        NAME##_drift(&parameters, state, work, drift);                                                                      \
        for (int i = 0; i < NAME##_work_size; i++) work[i] = NAN;                                                           \
        *risk = NAME##_risk(&parameters, state, work);                                                                      \
        return NAME##_dimension;                                                                                            \
    }

/* NAME_repack: the state unpacked into matrices, and packed again. */
#define REPACK_FIXED(NAME)                                                                                                  \
    void NAME##_repack(const double *state, double *packed)                                                                 \
    {                                                                                                                       \
        double M[NAME##_p * NAME##_k], Q[NAME##_p * NAME##_p];                                                              \
        NAME##_unpack(state, M, Q);                                                                                         \
        NAME##_pack(M, Q, packed);                                                                                          \
    }

#define REPACK_TRAINED(NAME)                                                                                                \
    void NAME##_repack(const double *state, double *packed)                                                                 \
    {                                                                                                                       \
        double M[NAME##_p * NAME##_k], Q[NAME##_p * NAME##_p], a[NAME##_p];                                                 \
        NAME##_unpack(state, M, Q, a);                                                                                      \
        NAME##_pack(M, Q, a, packed);                                                                                       \
    }
