/* See csv.h. */
#include "output/csv.h"

#include <string.h>

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

static void write_header(FILE *stream, const wick_layout *layout, const wick_trajectory *trajectory)
{
    fputs("t,risk,excess_risk", stream);
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
        fprintf(stream, "%.17g,%.17g,%.17g", trajectory->times[row], trajectory->risks[row], trajectory->excess_risks[row]);
        if (trajectory->keeps_states) {
            const double *state = trajectory->states + row * trajectory->dimension;
            for (size_t i = 0; i < trajectory->dimension; ++i) fprintf(stream, ",%.17g", state[i]);
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
