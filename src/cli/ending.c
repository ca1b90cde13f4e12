/* See ending.h. */
#include "cli/ending.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/ascii.h"

enum { MOST = 8 };

static const struct {
    const char *endings[MOST], *allowed;
} contents[] = {
    [WICK_ENDING_TABLE] = {{".csv", ".txt", ".dat"}, "a CSV, whose name ends in .csv, .txt, .dat or nothing"},
    [WICK_ENDING_CURVE] = {{".csv", ".txt", ".dat", ".h5", ".hdf5"},
                           "a CSV, whose name ends in .csv, .txt, .dat or nothing, or HDF5, in .h5 or .hdf5"},
    [WICK_ENDING_JSON] = {{".json", ".txt"}, "JSON, whose name ends in .json, .txt or nothing"},
    [WICK_ENDING_FORMULAS] = {{".txt", ".tex", ".latex", ".json", ".md"},
                              "a text, whose name ends in .txt, .tex, .latex, .json, .md or nothing"},
};

/* What a folder cannot be taken for. */
static const char *const archives[] = {".gz", ".tgz", ".zip", ".tar", ".bz2", ".xz",  ".zst",
                                       ".7z", ".c",   ".h",   ".py",  ".csv", ".txt", NULL};

const char *wick_ending_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strrchr(name, '.');
    return dot && dot > name ? dot : path + strlen(path);
}

static bool is_among(const char *ending, const char *const *endings)
{
    for (; *endings; ++endings)
        if (strlen(ending) == strlen(*endings) && wick_same_word(ending, *endings, strlen(ending))) return true;
    return false;
}

static bool is_number(const char *ending)
{
    return ending[1] == '\0' || strspn(ending + 1, "0123456789eE+-") == strlen(ending + 1);
}

wick_status wick_ending_check(wick_context *context, const char *flag, const char *path, wick_ending content)
{
    struct stat found;
    if (!path || strcmp(path, "-") == 0) return WICK_OK;
    const char *ending = wick_ending_of(path);
    const bool exists = stat(path, &found) == 0;
    if (!*ending || is_number(ending)) return WICK_OK;
    if (content == WICK_ENDING_FOLDER) {
        if ((exists && S_ISDIR(found.st_mode)) || !is_among(ending, archives)) return WICK_OK;
        return wick_fail(context, WICK_ERROR_PROBLEM, "%s %s: what is written is a folder, whose name does not end in %s",
                         flag, path, ending);
    }
    if ((exists && !S_ISREG(found.st_mode)) || is_among(ending, contents[content].endings)) return WICK_OK;
    return wick_fail(context, WICK_ERROR_PROBLEM, "%s %s: nothing that ends in %s is written here; allowed: %s", flag, path,
                     ending, contents[content].allowed);
}
