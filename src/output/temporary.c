/* See temporary.h. */
#include "output/temporary.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "output/folder.h"

enum { ATTEMPTS = 100 };

static const char mark[] = ".wick-", ending[] = ".tmp";

/* ---- Making one ---------------------------------------------------------------------------------------------------- */

/* Locks a file that was just made. A file system without locks will do; who removes dead files cannot lock it either. */
static bool lock(int descriptor)
{
    struct stat found;
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) return errno != EWOULDBLOCK;
    /* Taken for dead between its making and its locking? */
    return fstat(descriptor, &found) == 0 && found.st_nlink > 0;
}

/* Descriptors up to 2 belong to the standard streams, also in a host that closed them. */
static int above_standard(int descriptor)
{
    if (descriptor < 0 || descriptor > STDERR_FILENO) return descriptor;
    const int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    const int error = errno;
    close(descriptor);
    errno = error;
    return moved;
}

int wick_temporary_open(const char *target, mode_t mode, char **name, int *descriptor)
{
    wick_temporary_remove_dead(target);
    for (unsigned attempt = 0; attempt < ATTEMPTS; ++attempt) {
        wick_text text = WICK_TEXT_EMPTY;
        wick_text_printf(&text, "%s%s%ld-%u%s", target, mark, (long)getpid(), attempt, ending);
        if (wick_text_take(NULL, &text, name) != WICK_OK) return ENOMEM;
        *descriptor = above_standard(open(*name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode));
        const int error = *descriptor < 0 ? errno : 0;
        if (!error && lock(*descriptor)) return 0;
        if (!error) close(*descriptor);
        free(*name);
        *name = NULL;
        if (error && error != EEXIST) return error;
    }
    return EEXIST;
}

/* ---- Removing those that were left ----------------------------------------------------------------------------------- */

static const char *skip_digits(const char *text) { return text + strspn(text, "0123456789"); }

/* Whether a name is that of such a file; *process is then who made it. */
static bool is_temporary(const char *name, long *process)
{
    const char *found = NULL;
    for (const char *next = name; (next = strstr(next, mark)) != NULL; ++next) found = next;
    if (!found) return false;
    const char *number = found + strlen(mark), *dash = skip_digits(number), *last = *dash == '-' ? dash + 1 : dash;
    if (dash == number || last == dash || skip_digits(last) == last || strcmp(skip_digits(last), ending) != 0) return false;
    *process = strtol(number, NULL, 10);
    return true;
}

/* Removes a file of this user that nobody has locked. */
static void remove_if_dead(int folder, const char *name)
{
    struct stat found;
    const int descriptor = openat(folder, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (descriptor < 0) return;
    if (fstat(descriptor, &found) == 0 && S_ISREG(found.st_mode) && found.st_uid == geteuid() &&
        flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        unlinkat(folder, name, 0);
    close(descriptor);
}

static void remove_those(const char *target, bool own)
{
    char *path = wick_folder_of(target);
    DIR *folder = path ? opendir(path) : NULL;
    free(path);
    if (!folder) return;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        long process;
        if (!is_temporary(entry->d_name, &process)) continue;
        if (!own)
            remove_if_dead(dirfd(folder), entry->d_name);
        else if (process == (long)getpid())
            unlinkat(dirfd(folder), entry->d_name, 0);
    }
    closedir(folder);
}

void wick_temporary_remove_dead(const char *target) { remove_those(target, false); }

void wick_temporary_remove_own(const char *target) { remove_those(target, true); }
