/* What somebody may have meant by a word that is not known. */
#ifndef WICK_CLI_SUGGEST_H
#define WICK_CLI_SUGGEST_H

#include <stddef.h>

/* Of a flag, without its dashes: another word for it ("eta"), its initials ("lr"), its beginning ("learn"), other letters
 * ("Activation"), or a name with few letters wrong. NULL if nothing comes near. */
const char *wick_suggest_flag(const char *name, size_t length, const char *const *names, size_t count);

/* The same of a subcommand. */
const char *wick_suggest_command(const char *name, const char *const *names, size_t count);

#endif
