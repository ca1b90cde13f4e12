/* See csv.h. */
#include "output/csv.h"

#include <string.h>

#include "base/number.h"
#include "output/members.h"

void wick_csv_write_problem(FILE *stream, const char *json)
{
    fprintf(stream, "# wick: %s\n", wick_version());
    wick_member member;
    while (wick_member_next(&json, &member)) {
        fprintf(stream, "# %.*s: ", (int)member.key_length, member.key);
        fwrite(member.value, 1, member.value_length, stream);
        fputc('\n', stream);
    }
}

void wick_csv_write_numbers(FILE *stream, const double *numbers, size_t count)
{
    enum { NUMBERS = 64 }; /* at a time */
    char text[NUMBERS * WICK_NUMBER_SIZE];
    for (size_t i = 0; i < count;) {
        size_t length = 0;
        for (size_t most = i + NUMBERS; i < count && i < most; ++i) {
            if (i > 0) text[length++] = ',';
            length += wick_number_print(text + length, numbers[i]);
        }
        fwrite(text, 1, length, stream);
    }
}

static void write_header(FILE *stream, const wick_layout *layout, const wick_trajectory *trajectory)
{
    fprintf(stream, "%s,risk,excess_risk", wick_layout_clock(layout));
    size_t dimension = 0;
    if (trajectory->keeps_states && !wick_layout_dimension(layout, &dimension)) dimension = 0;
    for (size_t i = 0; i < dimension; ++i) {
        char name[64];
        wick_layout_name(layout, i, name);
        fprintf(stream, strchr(name, ',') ? ",\"%s\"" : ",%s", name);
    }
    fputc('\n', stream);
}

static void write_rows(FILE *stream, const wick_trajectory *trajectory)
{
    for (size_t row = 0; row < trajectory->count && !ferror(stream); ++row) {
        const double head[] = {trajectory->times[row], trajectory->risks[row], trajectory->excess_risks[row]};
        wick_csv_write_numbers(stream, head, 3);
        if (trajectory->keeps_states && trajectory->dimension > 0) {
            fputc(',', stream);
            wick_csv_write_numbers(stream, trajectory->states + row * trajectory->dimension, trajectory->dimension);
        }
        fputc('\n', stream);
    }
}

void wick_csv_write_stopped(FILE *stream, const char *stopped)
{
    fprintf(stream, "# stopped: %.*s\n", (int)strcspn(stopped, "\n"), stopped);
}

void wick_csv_write(FILE *stream, const char *problem_json, const wick_layout *layout, const wick_trajectory *trajectory,
                    const char *stopped)
{
    wick_csv_write_problem(stream, problem_json);
    write_header(stream, layout, trajectory);
    write_rows(stream, trajectory);
    if (stopped) wick_csv_write_stopped(stream, stopped);
}
