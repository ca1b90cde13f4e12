/* See parameters.h. */
#include "emit/parameters.h"

#include <string.h>

#include "model/parameters.h"

/* "gamma", "Delta, variance of the labels' noise": the condition comes between. */
static void print_meaning(wick_text *text, const wick_parameter *parameter, const char *condition)
{
    wick_text_printf(text, "%s%s%s%s", parameter->symbol, condition, *parameter->about ? ", " : "", parameter->about);
}

static void print_field(wick_text *text, const wick_parameter *parameter)
{
    enum { COLUMN = 45 }; /* of the comment, counted from the name */
    wick_text_printf(text, "    double %s;%*s/* ", parameter->key, COLUMN - (int)strlen(parameter->key), "");
    print_meaning(text, parameter, " >= 0");
    wick_text_append(text, " */");
}

static void print_python(wick_text *text, const wick_parameter *parameter)
{
    wick_text_printf(text, "        (\"%s\", ctypes.c_double),", parameter->key);
}

static void print_flag(wick_text *text, const wick_parameter *parameter)
{
    wick_text_printf(text, "            {\"%s\", \"NUMBER\", \"", parameter->flag);
    print_meaning(text, parameter, "");
    wick_text_printf(text, "\", &m.parameters.%s, 0.0, NULL, NULL},", parameter->key);
}

bool wick_has_parameter(const wick_problem *problem, wick_parameter_id parameter)
{
    return parameter < WICK_PLAIN_PARAMETER_COUNT || wick_rule_has(problem->rules, parameter);
}

static void set_lines(const wick_problem *problem, wick_values *values, const char *key,
                      void (*print)(wick_text *text, const wick_parameter *parameter))
{
    wick_text lines = WICK_TEXT_EMPTY;
    for (wick_parameter_id i = 0; i < WICK_PARAMETER_COUNT; ++i) {
        const bool compiled_in = print == print_flag && i == WICK_LEARNING_RATE && problem->schedule.count > 0;
        if (!wick_has_parameter(problem, i) || compiled_in) continue;
        if (lines.length > 0) wick_text_append(&lines, "\n");
        print(&lines, wick_parameter_at(i));
    }
    wick_values_take(values, key, &lines);
}

void wick_parameter_values(const wick_problem *problem, wick_values *values)
{
    set_lines(problem, values, "PARAMETER_FIELDS", print_field);
    set_lines(problem, values, "PARAMETERS_PYTHON", print_python);
    set_lines(problem, values, "PARAMETER_FLAGS", print_flag);
}
