/* Which key of a problem makes its start overflow. */
#ifndef WICK_CLI_BLAME_H
#define WICK_CLI_BLAME_H

#include "cli/cli.h"

/* For a system whose drift or risk at the initial state is not finite: tries what would make it finite, and fails with the
 * key that was wrong. The system's parameters are as before. */
wick_status wick_blame_start(const wick_options *options, wick_system *system);

/* Whether the drift and the risk at the initial state are finite. */
bool wick_start_is_finite(const wick_options *options, wick_system *system);

#endif
