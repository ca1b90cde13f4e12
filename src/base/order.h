/* Which of two calls came later, whatever objects they were about and in whatever threads they were made. */
#ifndef WICK_BASE_ORDER_H
#define WICK_BASE_ORDER_H

#include <stdint.h>

/* A number larger than every one given before in this process, never 0. */
uint64_t wick_order_next(void);

#endif
