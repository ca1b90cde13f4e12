/* See order.h. A clock would do but for two calls within its resolution. The count decides nothing but an order, so that
 * what is done to one object changes nothing for another. */
#include "base/order.h"

#include <stdatomic.h>

static _Atomic uint64_t last;

uint64_t wick_order_next(void) { return atomic_fetch_add(&last, 1) + 1; }
