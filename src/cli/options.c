/* Flags: those of the command go into wick_options, those of the problem through wick_problem_set().
 *
 * After `--` nothing is a flag any more.  * `--flag value` and `--flag=value` mean the same. Problem files are read first,
 * so that flags override them wherever they stand. A key of the problem goes by its own name (--end) or by its path
 * (--time-end).
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/cli.h"
#include "cli/suggest.h"
#include "model/regime.h"
#include "output/hdf5_read.h"
#include "problem/problem.h"

/* Flags every subcommand has. */
static const char *const common[] = {"problem", "help"};

/* ---- Names ------------------------------------------------------------------------------------------------------- */

static char as_in_flag(char character) { return character == '_' || character == '.' ? '-' : character; }

/* Whether the flag `name` of `length` letters means the key `key`. */
static bool names_key(const char *name, size_t length, const char *key)
{
    if (strlen(key) != length) return false;
    for (size_t i = 0; i < length; ++i)
        if (as_in_flag(name[i]) != as_in_flag(key[i])) return false;
    return true;
}

static const wick_problem_key *find_key(const char *name, size_t length)
{
    for (size_t i = 0; i < wick_problem_key_count(); ++i) {
        const wick_problem_key *key = wick_problem_key_at(i);
        if (names_key(name, length, key->flag) || names_key(name, length, key->path)) return key;
    }
    return NULL;
}

static const wick_flag *find_flag(const wick_command *command, const char *name, size_t length)
{
    for (size_t i = 0; i < command->flag_count; ++i)
        if (names_key(name, length, command->flags[i].name)) return &command->flags[i];
    return NULL;
}

static int unknown_flag(const wick_command *command, bool single_dash, const char *name, size_t length)
{
    const size_t shared = command->takes_files ? 0 : sizeof common / sizeof *common;
    const size_t keys = command->takes_files ? 0 : wick_problem_key_count();
    const char **names = wick_allocate(command->flag_count + shared + keys, 1, sizeof *names);
    size_t count = 0;
    if (names) {
        for (size_t i = 0; i < command->flag_count; ++i) names[count++] = command->flags[i].name;
        for (size_t i = 0; i < shared; ++i) names[count++] = common[i];
        for (size_t i = 0; i < keys; ++i) names[count++] = wick_problem_key_at(i)->flag;
    }
    const char *remark = command->takes_files ? NULL : wick_problem_key_remark(name, length);
    const char *nearest = remark ? NULL : wick_suggest_flag(name, length, names, count);
    wick_say("%s%.*s%s%s%s%s%s%s; wick %s --help lists all", single_dash ? "unexpected argument \"-" : "unknown flag --",
             (int)length, name, single_dash ? "\"" : "", remark ? ": " : "", remark ? remark : "",
             nearest ? "; did you mean --" : "", nearest ? nearest : "", nearest ? "?" : "", command->name);
    free(names);
    return WICK_EXIT_USAGE;
}

/* ---- Reading ----------------------------------------------------------------------------------------------------- */

/* One argument (two, if the value is apart) taken to pieces. */
typedef struct {
    const char *name;
    size_t length;
    const char *value; /* NULL if there is none */
    bool attached;     /* --name=value */
    int used;          /* arguments, if the value is taken */
} argument;

static bool take_apart(int count, char **arguments, argument *of)
{
    const char *text = arguments[0];
    if (strcmp(text, "-o") == 0 || strcmp(text, "-h") == 0) {
        of->name = text[1] == 'o' ? "output" : "help";
        of->length = strlen(of->name);
        of->attached = false;
    } else if (text[0] == '-' && text[1] == '-' && text[2]) {
        of->name = text + 2;
        of->length = strcspn(of->name, "=");
        of->attached = of->name[of->length] == '=';
    } else {
        return false;
    }
    of->value = of->attached ? of->name + of->length + 1 : count > 1 ? arguments[1] : NULL;
    of->used = of->attached ? 1 : 2;
    return true;
}

static int needs_value(const argument *of, const char *placeholder)
{
    wick_say("--%.*s needs a value, %s", (int)of->length, of->name, placeholder);
    return WICK_EXIT_USAGE;
}

/* Stores a flag of the command; *used says how many arguments that took. */
static int set_flag(wick_options *options, const wick_flag *flag, const argument *of, int *used)
{
    char *const field = (char *)options + flag->field;
    if (!flag->value) {
        if (of->attached) {
            wick_say("--%s is a switch and takes no value", flag->name);
            return WICK_EXIT_USAGE;
        }
        *used = 1;
        memcpy(field, &(bool){true}, sizeof(bool));
        return WICK_EXIT_OK;
    }
    if (!of->value) return needs_value(of, flag->value);
    memcpy(field, &of->value, sizeof of->value);
    *used = of->used;
    return WICK_EXIT_OK;
}

static int usage_error(const wick_options *options)
{
    wick_say("%s", wick_context_message(options->context));
    return WICK_EXIT_USAGE;
}

/* A key of the problem, or a problem file; done in two rounds, files first. */
static int set_problem(wick_options *options, const wick_problem_key *key, const argument *of, bool files)
{
    if (!of->value) return needs_value(of, key ? key->value : "FILE");
    if (!key != files) return WICK_EXIT_OK;
    if (key && options->samples && (strcmp(key->path, "time.end") == 0 || strcmp(key->path, "time.at") == 0)) {
        wick_say("--samples and --%s both say when to end; give one of them", key->flag);
        return WICK_EXIT_USAGE;
    }
    const wick_status status = key ? wick_problem_set(options->context, options->problem, key->path, of->value)
                                   : wick_problem_read_file(options->context, options->problem, of->value);
    return status == WICK_OK ? WICK_EXIT_OK : usage_error(options);
}

/* What is no flag: a file, where the command takes some. */
static int take_file(wick_options *options, const wick_command *command, char *text, bool files)
{
    const bool dashed = text[0] == '-' && text[1];
    if (command->takes_files && !(dashed && !options->flags_ended)) {
        if (files) options->files[options->file_count++] = text;
        return WICK_EXIT_OK;
    }
    if (dashed && !options->flags_ended) return unknown_flag(command, true, text + 1, strcspn(text + 1, "="));
    wick_say("unexpected argument \"%s\"%s", text,
             command->takes_files ? "" : "; a problem file is given as --problem FILE");
    return WICK_EXIT_USAGE;
}

static int read_round(wick_options *options, const wick_command *command, int count, char **arguments, bool files)
{
    options->flags_ended = false;
    for (int i = 0, used; i < count; i += used) {
        argument of;
        used = 1;
        if (!options->flags_ended && strcmp(arguments[i], "--") == 0) {
            options->flags_ended = true;
            continue;
        }
        if (options->flags_ended || !take_apart(count - i, arguments + i, &of)) {
            const int taken = take_file(options, command, arguments[i], files);
            if (taken != WICK_EXIT_OK) return taken;
            continue;
        }
        const wick_flag *flag = find_flag(command, of.name, of.length);
        const wick_problem_key *key = command->takes_files ? NULL : find_key(of.name, of.length);
        const bool file = !command->takes_files && names_key(of.name, of.length, "problem");
        if (!flag && !key && !file) return unknown_flag(command, false, of.name, of.length);
        used = of.used;
        const int code = flag ? set_flag(options, flag, &of, &used) : set_problem(options, key, &of, files);
        if (code != WICK_EXIT_OK) return code;
    }
    return WICK_EXIT_OK;
}

int wick_options_parse(wick_options *options, const wick_command *command, int count, char **arguments)
{
    for (int i = 0; i < count && strcmp(arguments[i], "--") != 0; ++i)
        if (strcmp(arguments[i], "--help") == 0 || strcmp(arguments[i], "-h") == 0) options->help = true;
    if (options->help) return WICK_EXIT_OK;
    if (command->takes_files && !(options->files = wick_allocate((size_t)count, 1, sizeof *options->files))) {
        wick_say("out of memory");
        return WICK_EXIT_FAILED;
    }
    const int code = read_round(options, command, count, arguments, true);
    return code == WICK_EXIT_OK ? read_round(options, command, count, arguments, false) : code;
}

wick_status wick_options_read_table(const wick_options *options, const char *file, bool states, wick_table *table)
{
    const wick_status status = wick_hdf5_is(file) ? wick_hdf5_read_table(options->context, file, states, table)
                                                  : wick_table_read(options->context, file, table);
    return status == WICK_ERROR_FILE ? WICK_ERROR_PROBLEM : status; /* what is wrong with it is wrong with the flags */
}

wick_layout wick_options_layout(const wick_options *options, const wick_system *system)
{
    const wick_problem *problem = options->problem;
    const wick_layout fixed = wick_layout_of(problem->regime, false, problem->p, problem->k);
    size_t dimension;
    const bool trained = wick_layout_dimension(&fixed, &dimension) && dimension != wick_system_dimension(system);
    wick_layout layout = wick_layout_of(problem->regime, trained, problem->p, problem->k);
    layout.clock = wick_rule_clock(problem->rules);
    return layout;
}
