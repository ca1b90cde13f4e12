/* See folder.h. */
#include "output/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

char *wick_folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash) return wick_copy_string(".");
    while (slash > path && slash[-1] == '/') --slash;
    return slash == path ? wick_copy_string("/") : wick_copy_string_of_length(path, (size_t)(slash - path));
}

static bool is_folder(const char *path)
{
    struct stat found;
    return stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

static int make(const char *path)
{
    if (mkdir(path, 0777) == 0) return 0;
    const int error = errno;
    if (error != EEXIST) return error;
    return is_folder(path) ? 0 : ENOTDIR;
}

int wick_folder_make(const char *path)
{
    if (is_folder(path)) return 0;
    char *part = wick_copy_string(path);
    if (!part) return ENOMEM;
    int error = 0;
    for (char *slash = strchr(part + (*part == '/'), '/'); slash && !error; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        error = make(part);
        *slash = '/';
    }
    if (!error) error = make(part);
    free(part);
    return error;
}

int wick_folder_make_for(const char *path)
{
    char *folder = wick_folder_of(path);
    const int error = folder ? wick_folder_make(folder) : ENOMEM;
    free(folder);
    return error;
}

/* The first folder on the way that is not there is made, and removed again: systems differ in what they let a user do. */
int wick_folder_check_for(const char *path)
{
    struct stat found;
    char *folder = wick_folder_of(path), *above = NULL;
    int error = folder ? 0 : ENOMEM;
    while (!error && (above = wick_folder_of(folder)) != NULL && stat(above, &found) != 0 && errno == ENOENT) {
        free(folder);
        folder = above;
    }
    if (!error && !is_folder(folder)) {
        error = make(folder);
        if (!error) rmdir(folder);
    }
    free(above);
    free(folder);
    return error;
}

void wick_folder_sync_for(const char *path)
{
    char *folder = wick_folder_of(path);
    const int descriptor = folder ? open(folder, O_RDONLY | O_CLOEXEC) : -1;
    free(folder);
    if (descriptor < 0) return;
    fsync(descriptor);
    close(descriptor);
}
