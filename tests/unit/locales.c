/* See locales.h. */
#include "locales.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void run(const char *format, const char *first, const char *second, const char *third)
{
    char command[1024];
    snprintf(command, sizeof command, format, first, second, third);
    if (system(command) != 0) fail_msg("failed (is the package `locales` installed?): %s", command);
}

char *wick_test_locale_make(const char *folder, const char *name)
{
    run("localedef -i %s -f UTF-8 --no-archive '%s/%s.utf8'", name, folder, name);
    setenv("LOCPATH", folder, 1);
    char *full = malloc(strlen(name) + 8);
    sprintf(full, "%s.utf8", name);
    return full;
}

void wick_test_locales_remove(const char *folder) { run("rm -rf '%s'/*.utf8%s%s", folder, "", ""); }
