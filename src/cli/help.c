/* The help texts: what a subcommand does, its flags in groups, examples, where to read on. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "problem/problem.h"

enum { WIDTH = 100, COLUMN = 32 };

/* Words of `text` in lines of WIDTH, of which the first `indent` columns are blank; on the first they are taken. */
static void print_wrapped(const char *text, size_t indent)
{
    size_t column = indent;
    while (*text) {
        const size_t length = strcspn(text, " "), space = column > indent ? 1 : 0;
        if (column + space + length > WIDTH && space) {
            printf("\n%*s%.*s", (int)indent, "", (int)length, text);
            column = indent + length;
        } else {
            printf("%s%.*s", space ? " " : "", (int)length, text);
            column += space + length;
        }
        text += length + strspn(text + length, " ");
    }
    putchar('\n');
}

/* "  --flag VALUE     meaning" */
static void print_flag(const char *flag, const char *value, const char *meaning)
{
    int column = printf("  %s%s%s", flag, value ? " " : "", value ? value : "");
    if (column + 2 > COLUMN) {
        putchar('\n');
        column = 0;
    }
    printf("%*s", COLUMN - column, "");
    print_wrapped(meaning, COLUMN);
}

static void print_own_flags(const wick_command *command)
{
    printf("Flags of wick %s:\n", command->name);
    for (size_t i = 0; i < command->flag_count; ++i) {
        const wick_flag *flag = &command->flags[i];
        char name[64];
        snprintf(name, sizeof name, "%s--%s", strcmp(flag->name, "output") == 0 ? "-o, " : "", flag->name);
        print_flag(name, flag->value, flag->meaning);
    }
    print_flag("-h, --help", NULL, "this text");
}

/* ---- The keys of a problem --------------------------------------------------------------------------------------- */

/* Keys are grouped by the first part of their path. */
static const struct {
    const char *prefix, *title;
    wick_purpose from; /* the first purpose that uses them */
} groups[] = {
    {"", "The problem:", WICK_FOR_EQUATIONS},
    {"initial", "The initial state:", WICK_FOR_DRIFT},
    {"time", "Output times:", WICK_FOR_RUN},
    {"integrator", "The integrator:", WICK_FOR_RUN},
};

enum { GROUPS = sizeof groups / sizeof *groups };

static bool begins(const char *path, const char *prefix)
{
    const size_t length = strlen(prefix);
    return strncmp(path, prefix, length) == 0 && (path[length] == '.' || path[length] == '\0');
}

/* The last group that fits; "" fits all. */
static size_t group_of(const char *path)
{
    for (size_t i = 1; i < GROUPS; ++i)
        if (begins(path, groups[i].prefix)) return i;
    return 0;
}

static void print_key(const wick_problem_key *key)
{
    char flag[64];
    snprintf(flag, sizeof flag, "--%s", key->flag);
    for (char *letter = flag + 2; *letter; ++letter)
        if (*letter == '_' || *letter == '.') *letter = '-';
    print_flag(flag, key->value, key->meaning);
}

/* A flag of the command that has a key's name does more than set the key, and says so itself. */
static bool is_own_flag(const wick_command *command, const char *name)
{
    for (size_t i = 0; i < command->flag_count; ++i)
        if (strcmp(command->flags[i].name, name) == 0) return true;
    return false;
}

static void print_keys(const wick_command *command)
{
    const wick_purpose purpose = command->purpose;
    for (size_t group = 0; group < GROUPS && groups[group].from <= purpose; ++group) {
        printf("\n%s\n", groups[group].title);
        if (group == 0)
            print_flag("--problem", "FILE", "a problem file, JSON (-: standard input); the flags below override its keys");
        for (size_t i = 0; i < wick_problem_key_count(); ++i)
            if (group_of(wick_problem_key_at(i)->path) == group && !is_own_flag(command, wick_problem_key_at(i)->flag))
                print_key(wick_problem_key_at(i));
    }
    if (purpose < WICK_FOR_RUN)
        puts("\nThe other keys of a problem file are accepted and not used; wick run --help lists them.");
}

/* ---- Texts ------------------------------------------------------------------------------------------------------- */

void wick_help_command(const wick_command *command)
{
    printf("wick %s: %s\n\nUsage: wick %s %s [flags]\n\n", command->name, command->summary, command->name,
           command->takes_files ? "FILE..." : "[--problem FILE.json]");
    print_wrapped(command->explanation, 0);
    putchar('\n');
    print_own_flags(command);
    if (!command->takes_files) print_keys(command);
    printf("\nExamples:\n%s\n", command->examples);
    print_wrapped(command->read_on, 0);
}

void wick_help_overview(void)
{
    puts("wick: closed-form learning dynamics of two-layer networks, derived, compiled and integrated\n\n"
         "Usage: wick SUBCOMMAND [--problem FILE.json] [flags]\n\n"
         "A problem is an activation, a target, widths and a regime of one-pass SGD. From it wick derives the closed\n"
         "differential equations of the overlaps M and Q, compiles them in memory and integrates them.\n\n"
         "Subcommands:");
    for (size_t i = 0; wick_command_at(i); ++i)
        printf("  %-10s %s\n", wick_command_at(i)->name, wick_command_at(i)->summary);
    puts("\n  wick SUBCOMMAND --help explains one; wick --version prints the version.\n"
         "  Of numbers, lists and matrices 0.5, .5, [1, 2], 1,2, [[1, 0], [0, 1]] and 1,0;0,1 are read; -- ends the "
         "flags.\n\n"
         "Examples:\n"
         "  wick derive --activation x^2 --regime classical\n"
         "      the equations of phase retrieval\n"
         "  wick run --activation x^2 --p 8 --k 4 --d 1000 --learning-rate 0.1 -o curve.csv --plot curve.svg\n"
         "      a learning curve from random weights\n\n"
         "Exit code: 0, 1 for a run that failed, 2 for a bad problem or usage. README.md has more.");
}
