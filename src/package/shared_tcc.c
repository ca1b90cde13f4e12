/* Variables of the C library under names of our own, for libtcc inside a shared libwick: see shared.cmake. */
#include <stdio.h>

extern char **environ;

extern FILE *wick_tcc_stdout, *wick_tcc_stderr;
extern char **wick_tcc_environ;

FILE *wick_tcc_stdout, *wick_tcc_stderr;
char **wick_tcc_environ;

__attribute__((constructor)) static void wick_tcc_variables(void)
{
    wick_tcc_stdout = stdout;
    wick_tcc_stderr = stderr;
    wick_tcc_environ = environ;
}
