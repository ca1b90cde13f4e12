/* What happens when memory ends: runs a program again and again, each time with another allocation failing.
 *
 *     sweep [--tries N] [--lasting] [--spare LIBRARY] [--only TEXT] ALLOCATOR PROGRAM CASES
 *
 * CASES is a file with a line of arguments for each case; `{}` in it is a folder, empty before each run, and lines that
 * start with `#` are left out. For each case N allocations are chosen evenly (0: all) out of those that it makes, and fail,
 * alone or
 * (--lasting) with all that follow. Accepted is
 *
 *     the result of an undisturbed run, status 0
 *     status 1 or 2 and a line "wick: ..." on stderr that tells of memory, and no temporary file left
 *     an end inside GMP, which says so and aborts, or inside libtcc, which exits or crashes: both have no other way
 *
 * where inside means that it was they who asked for the memory. Anything else is printed, with the stack of who asked. The
 * folder for results is made where the sweep is started.
 */
#define _GNU_SOURCE /* wordexp(), asprintf() */

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <wordexp.h>

enum { PATIENCE = 60 /* seconds */, TEXT = 1 << 16, MOST_SHOWN = 3 /* of one case */ };

typedef struct {
    const char *allocator, *program, *spared;
    unsigned long tries;
    bool lasting;
} plan;

typedef struct {
    int status; /* of waitpid() */
    bool late;
    char *out, *err, *report;
    uint64_t files; /* a sum over names and contents */
    bool temporary; /* a temporary file was left */
} outcome;

static struct {
    unsigned long tried, harmless, clean, gmp, tcc, bad;
} total;

static void stop(const char *what)
{
    fprintf(stderr, "sweep: %s: %s\n", what, strerror(errno));
    exit(2);
}

/* ---- Files ----------------------------------------------------------------------------------------------------------- */

static char *contents(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    size_t used = 0, room = 0;
    while (file) {
        if (used + TEXT + 1 > room && !(text = realloc(text, room = 2 * room + TEXT + 1))) stop("memory");
        const size_t count = fread(text + used, 1, TEXT, file);
        if (count == 0) break;
        used += count;
    }
    if (file) fclose(file);
    if (!text && !(text = calloc(1, 1))) stop("memory");
    text[used] = '\0';
    if (length) *length = used;
    return text;
}

static uint64_t hash(uint64_t start, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; ++i) start = (start ^ (unsigned char)bytes[i]) * 1099511628211u;
    return start;
}

static void collect(const char *folder, outcome *o)
{
    DIR *directory = opendir(folder);
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        char *path;
        if (entry->d_name[0] == '.') continue;
        if (asprintf(&path, "%s/%s", folder, entry->d_name) < 0) stop("memory");
        struct stat found;
        if (stat(path, &found) == 0 && S_ISDIR(found.st_mode)) {
            collect(path, o);
        } else {
            size_t length;
            char *text = contents(path, &length);
            if (strstr(entry->d_name, ".tmp")) o->temporary = true;
            o->files += hash(hash(14695981039346656037u, entry->d_name, strlen(entry->d_name)), text, length);
            free(text);
        }
        free(path);
    }
    if (directory) closedir(directory);
}

static void empty(const char *folder)
{
    DIR *directory = opendir(folder);
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        char *path;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (asprintf(&path, "%s/%s", folder, entry->d_name) < 0) stop("memory");
        if (unlink(path) != 0) {
            empty(path);
            rmdir(path);
        }
        free(path);
    }
    if (directory) closedir(directory);
}

/* ---- One run --------------------------------------------------------------------------------------------------------- */

static void set_number(const char *name, unsigned long number)
{
    char text[32];
    snprintf(text, sizeof text, "%lu", number);
    setenv(name, text, 1);
}

static void become(const plan *p, char **arguments, unsigned long at)
{
    const int out = open("sweep.out", O_WRONLY | O_CREAT | O_TRUNC, 0666);
    const int err = open("sweep.err", O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (out < 0 || err < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0) _exit(126);
    setenv("LD_PRELOAD", p->allocator, 1);
    setenv("WICK_FAIL_REPORT", "sweep.report", 1);
    set_number("WICK_FAIL_AT", at);
    set_number("WICK_FAIL_FOR", p->lasting ? 0 : 1);
    if (p->spared) setenv("WICK_FAIL_SPARE", p->spared, 1);
    alarm(PATIENCE); /* outlives execv() */
    execv(p->program, arguments);
    _exit(127);
}

static outcome run(const plan *p, char **arguments, const char *folder, unsigned long at)
{
    outcome o = {0};
    empty(folder);
    unlink("sweep.report");
    const pid_t child = fork();
    if (child < 0) stop("fork");
    if (child == 0) become(p, arguments, at);
    if (waitpid(child, &o.status, 0) != child) stop("waitpid");
    o.out = contents("sweep.out", NULL);
    o.err = contents("sweep.err", NULL);
    o.report = contents("sweep.report", NULL);
    collect(folder, &o);
    return o;
}

static void forget(outcome *o)
{
    free(o->out);
    free(o->err);
    free(o->report);
}

/* ---- Who asked ------------------------------------------------------------------------------------------------------- */

typedef struct {
    uint64_t address;
    char *name;
} symbol;

static symbol *symbols;
static size_t symbol_count;

/* The program's functions, by nm: libtcc is part of it, and its functions are not visible to dladdr(). */
static void read_symbols(const char *program)
{
    char *command, line[1000], name[900];
    if (asprintf(&command, "nm -n --defined-only '%s'", program) < 0) stop("memory");
    FILE *pipe = popen(command, "r");
    if (!pipe) stop("nm");
    while (fgets(line, sizeof line, pipe)) {
        unsigned long address;
        char kind;
        if (sscanf(line, "%lx %c %899s", &address, &kind, name) != 3 || !strchr("tTwWi", kind)) continue;
        if (!(symbols = realloc(symbols, (symbol_count + 1) * sizeof *symbols))) stop("memory");
        symbols[symbol_count++] = (symbol){address, strdup(name)};
    }
    pclose(pipe);
    free(command);
}

static const char *symbol_at(uint64_t address)
{
    size_t low = 0, high = symbol_count;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (symbols[middle].address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 ? symbols[low - 1].name : "?";
}

/* Frame by frame, "PATH(SYMBOL+0x..) [0x..]" or "PATH(+0x..) [0x..]", with names of the program's own functions. */
static void name_frames(const plan *p, const char *report, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (const char *line = report; *line && used + 300 < size;) {
        const char *end = strchr(line, '\n');
        if (!end) break;
        unsigned long offset;
        const char *offset_text = strstr(line, "(+0x");
        if (strncmp(line, p->program, strlen(p->program)) == 0 && offset_text && offset_text < end &&
            sscanf(offset_text, "(+0x%lx)", &offset) == 1)
            used += (size_t)snprintf(text + used, size - used, "    %.200s\n", symbol_at(offset - 1));
        else if (line[0] == '/' && !memmem(line, (size_t)(end - line), p->allocator, strlen(p->allocator)))
            used +=
                (size_t)snprintf(text + used, size - used, "    %.*s\n", (int)(end - line > 200 ? 200 : end - line), line);
        line = end + 1;
    }
}

/* ---- Judging --------------------------------------------------------------------------------------------------------- */

static bool tells_of_memory(const char *text)
{
    return strstr(text, "memory") || strstr(text, "allocat"); /* HDF5: "unable to allocate ..." */
}

static bool is_clean(const outcome *o)
{
    if (!WIFEXITED(o->status) || (WEXITSTATUS(o->status) != 1 && WEXITSTATUS(o->status) != 2) || o->temporary) return false;
    return strncmp(o->err, "wick: ", 6) == 0 && tells_of_memory(o->err);
}

static bool is_harmless(const outcome *o, const outcome *undisturbed)
{
    return WIFEXITED(o->status) && WEXITSTATUS(o->status) == 0 && o->files == undisturbed->files &&
           strcmp(o->out, undisturbed->out) == 0;
}

static bool is_end_of_gmp(const outcome *o, const char *frames)
{
    return WIFSIGNALED(o->status) && WTERMSIG(o->status) == SIGABRT && strstr(o->err, "GNU MP: Cannot") &&
           strstr(frames, "libgmp");
}

static bool is_end_of_tcc(const outcome *o, const char *frames)
{
    if (WIFEXITED(o->status) && WEXITSTATUS(o->status) != 1) return false;
    return strstr(frames, "    tcc_") != NULL;
}

static bool judge(const plan *p, const char *line, const outcome *o, const outcome *undisturbed, unsigned long at)
{
    char frames[20000];
    ++total.tried;
    if (is_clean(o)) return ++total.clean;
    if (is_harmless(o, undisturbed)) return ++total.harmless;
    name_frames(p, o->report, frames, sizeof frames);
    if (is_end_of_gmp(o, frames)) return ++total.gmp;
    if (is_end_of_tcc(o, frames)) return ++total.tcc;
    ++total.bad;
    printf("not ok: %s\n  allocation %lu: ", line, at);
    if (WIFSIGNALED(o->status))
        printf("%s", WTERMSIG(o->status) == SIGALRM ? "does not end" : strsignal(WTERMSIG(o->status)));
    else
        printf("exit status %d%s", WEXITSTATUS(o->status), o->temporary ? ", a temporary file is left" : "");
    printf("\n  stderr: %.500s\n  asked by\n%s", o->err, frames);
    return false;
}

/* ---- A case ---------------------------------------------------------------------------------------------------------- */

static unsigned long count_of(const char *report)
{
    const char *found = strstr(report, "allocations ");
    return found ? strtoul(found + strlen("allocations "), NULL, 10) : 0;
}

static void sweep_case(const plan *p, const char *line, const char *folder)
{
    wordexp_t words;
    words.we_offs = 1;
    if (wordexp(line, &words, WRDE_NOCMD | WRDE_DOOFFS) != 0) {
        fprintf(stderr, "sweep: not a line of arguments: %s\n", line);
        exit(2);
    }
    words.we_wordv[0] = (char *)p->program;
    outcome undisturbed = run(p, words.we_wordv, folder, 0);
    const unsigned long count = count_of(undisturbed.report);
    unsigned long tries = p->tries > 0 && p->tries < count ? p->tries : count;
    if (!WIFEXITED(undisturbed.status) || WEXITSTATUS(undisturbed.status) != 0 || count == 0) {
        printf("not ok: %s\n  fails undisturbed: %s", line, undisturbed.err);
        ++total.bad;
        tries = 0;
    }
    unsigned long bad = 0;
    for (unsigned long i = 0; i < tries && bad < MOST_SHOWN; ++i) {
        const unsigned long at = 1 + (unsigned long)((double)i * (double)count / (double)tries);
        outcome o = run(p, words.we_wordv, folder, at);
        bad += !judge(p, line, &o, &undisturbed, at);
        forget(&o);
    }
    printf("%s %lu of %lu allocations: %s\n", bad ? "not ok" : "ok    ", tries, count, line);
    fflush(stdout);
    forget(&undisturbed);
    words.we_wordv[0] = NULL;
    wordfree(&words);
}

static void replace_folder(const char *line, const char *folder, char *out, size_t size)
{
    size_t used = 0;
    for (; *line && *line != '\n' && used + strlen(folder) + 1 < size; ++line) {
        if (strncmp(line, "{}", 2) != 0) {
            out[used++] = *line;
            continue;
        }
        used += (size_t)snprintf(out + used, size - used, "%s", folder);
        ++line;
    }
    out[used] = '\0';
}

static plan read_arguments(int count, char **arguments, const char **cases, const char **only)
{
    plan p = {.tries = 50};
    int at = 1;
    for (; at < count && strncmp(arguments[at], "--", 2) == 0; ++at) {
        const char *value = at + 1 < count ? arguments[at + 1] : "";
        if (strcmp(arguments[at], "--lasting") == 0) {
            p.lasting = true;
            continue;
        }
        if (strcmp(arguments[at], "--tries") == 0) p.tries = strtoul(value, NULL, 10);
        if (strcmp(arguments[at], "--spare") == 0) p.spared = value;
        if (strcmp(arguments[at], "--only") == 0) *only = value;
        ++at;
    }
    if (count - at != 3) {
        fprintf(stderr, "usage: sweep [--tries N] [--lasting] [--spare LIBRARY] [--only TEXT] ALLOCATOR PROGRAM CASES\n");
        exit(2);
    }
    p.allocator = arguments[at];
    p.program = arguments[at + 1];
    *cases = arguments[at + 2];
    return p;
}

int main(int count, char **arguments)
{
    const char *cases, *only = "", *folder = "sweep.files";
    const plan p = read_arguments(count, arguments, &cases, &only);
    FILE *file = fopen(cases, "r");
    if (!file) stop(cases);
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) stop(folder);
    read_symbols(p.program);
    char line[2000], expanded[8000];
    while (fgets(line, sizeof line, file)) {
        replace_folder(line, folder, expanded, sizeof expanded);
        if (line[0] != '#' && line[0] != '\n' && strstr(line, only)) sweep_case(&p, expanded, folder);
    }
    fclose(file);
    printf("%lu allocations failed: %lu clean errors, %lu harmless, %lu ends inside GMP, %lu inside libtcc, %lu others\n",
           total.tried, total.clean, total.harmless, total.gmp, total.tcc, total.bad);
    return total.bad ? EXIT_FAILURE : EXIT_SUCCESS;
}
