/* See suggest.h. */
#include "cli/suggest.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/ascii.h"
#include "problem/nearest.h"

typedef struct {
    const char *word, *meant;
} synonym;

static const synonym flags[] = {
    {"eta", "learning-rate"},
    {"gamma", "learning-rate"},
    {"rate", "learning-rate"},
    {"step", "dt"},
    {"step-size", "dt"},
    {"delta", "noise"},
    {"sigma", "activation"},
    {"act", "activation"},
    {"phi", "activation"},
    {"teacher", "k"},
    {"students", "p"},
    {"hidden", "p"},
    {"width", "p"},
    {"dim", "d"},
    {"dimension", "d"},
    {"tmax", "end"},
    {"t", "end"},
    {"time-max", "end"},
    {"times", "at"},
    {"solver", "method"},
    {"integrator-name", "method"},
    {"file", "problem"},
    {"input", "problem"},
    {"config", "problem"},
    {"out", "output"},
    {"repeat", "runs"},
    {"jobs", "threads"},
    {"tolerance", "tol"},
    {"rel-tol", "rtol"},
    {"abs-tol", "atol"},
    {"silent", "quiet"},
    {"states", "state"},
    {"init", "initial"},
    {"random-seed", "seed"},
    {"teacher-activation", "target-activation"},
    {"student-activation", "activation"},
};

static const synonym commands[] = {
    {"integrate", "run"}, {"solve", "run"},    {"train", "run"},        {"sgd", "simulate"},  {"draw", "plot"},
    {"show", "derive"},   {"print", "derive"}, {"compile", "emit"},     {"generate", "emit"}, {"codegen", "emit"},
    {"evaluate", "eval"}, {"drift", "eval"},   {"equations", "derive"},
};

static bool is_separator(char c) { return c == '-' || c == '_' || c == '.'; }

/* "lr" of "learning_rate"; of one word there are none. */
static bool are_initials(const char *name, size_t length, const char *of)
{
    size_t count = 0;
    for (size_t i = 0; of[i]; ++i) {
        if (i > 0 && !is_separator(of[i - 1])) continue;
        if (count == length || name[count] != of[i]) return false;
        ++count;
    }
    return count == length && count > 1;
}

static bool begins(const char *name, size_t length, const char *whole)
{
    for (size_t i = 0; i < length; ++i)
        if (!whole[i] || !(name[i] == whole[i] || (is_separator(name[i]) && is_separator(whole[i])))) return false;
    return length > 1;
}

static bool is_offered(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; ++i)
        if (strcmp(names[i], name) == 0) return true;
    return false;
}

static const char *find_synonym(const synonym *words, size_t word_count, const char *name, size_t length,
                                const char *const *names, size_t count)
{
    for (size_t i = 0; i < word_count; ++i)
        if (strlen(words[i].word) == length && wick_same_word(words[i].word, name, length) &&
            is_offered(words[i].meant, names, count))
            return words[i].meant;
    return NULL;
}

const char *wick_suggest_flag(const char *name, size_t length, const char *const *names, size_t count)
{
    const char *synonymous = find_synonym(flags, sizeof flags / sizeof *flags, name, length, names, count);
    if (synonymous) return synonymous;
    for (size_t i = 0; i < count; ++i)
        if ((strlen(names[i]) == length && wick_same_word(names[i], name, length)) || are_initials(name, length, names[i]))
            return names[i];
    const char *nearest = wick_nearest(name, length, names, count);
    if (nearest && strlen(nearest) > 1) return nearest;
    for (size_t i = 0; i < count; ++i)
        if (begins(name, length, names[i])) return names[i];
    return nearest;
}

const char *wick_suggest_command(const char *name, const char *const *names, size_t count)
{
    name += strspn(name, "-");
    const size_t length = strlen(name);
    const char *synonymous = find_synonym(commands, sizeof commands / sizeof *commands, name, length, names, count);
    if (synonymous) return synonymous;
    for (size_t i = 0; i < count; ++i)
        if ((strlen(names[i]) == length && wick_same_word(names[i], name, length)) || begins(name, length, names[i]))
            return names[i];
    return wick_nearest(name, length, names, count);
}
