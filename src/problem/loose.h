/* Numbers and lists as people type them on a command line, written as JSON has them. */
#ifndef WICK_PROBLEM_LOOSE_H
#define WICK_PROBLEM_LOOSE_H

#include "base/text.h"

/* .5, 5., +.5 and -.5 become 0.5, 5.0, 0.5 and -0.5, wherever they stand; a number keeps its digits. And, by how many
 * brackets `depth` a value has (0 for a number, 1 for a list, 2 for a matrix), a list without brackets gets them: "2, 2" is
 * [2, 2], "1,2;3,4" and "[1,2;3,4]" are [[1,2],[3,4]]. What is none of this stays as it is. */
void wick_loose_write(const char *text, int depth, wick_text *json);

#endif
