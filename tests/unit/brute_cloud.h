/* E[s'(l_j) s'(l_l) E^2] with E = sum_i c_i f_i(l_i), by nested adaptive rules over all the dimensions that the fields
 * span. */
#ifndef WICK_TESTS_BRUTE_CLOUD_H
#define WICK_TESTS_BRUTE_CLOUD_H

#include <stddef.h>

#include "brute.h"

typedef struct brute_cloud brute_cloud;
brute_cloud *brute_cloud_make(void); /* aborts without memory */
void brute_cloud_free(brute_cloud *cloud);

/* l_i = sum_m weight[i][m] z_m over rank <= 3 independent standard normal z_m. */
brute_number brute_cloud_evaluate(brute_cloud *cloud, size_t n, size_t rank,
                                  const double weight[BRUTE_FIELD_LIMIT][BRUTE_FIELD_LIMIT],
                                  const brute_function *const functions[BRUTE_FIELD_LIMIT], const double *c, size_t j,
                                  size_t l);

#endif
