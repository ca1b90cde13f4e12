/* What is said of drifts that take long. */
#ifndef WICK_CLI_COST_H
#define WICK_CLI_COST_H

#include "cli/cli.h"

/* wick_system_compile(), telling what it does and why that takes long, if it does. */
wick_status wick_cost_compile(const wick_options *options, wick_system **system);

/* Says what a drift will cost if it is more than a second; and that the first drifts are what is done from here on. */
void wick_cost_say(const wick_options *options, const wick_system *system);

#endif
