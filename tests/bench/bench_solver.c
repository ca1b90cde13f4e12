/* The generated solver against `wick run`: the same problem from process start to the last byte of the CSV. README.md
 * explains the table. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "support.h"
#include "timing.h"
#include "wick/wick.h"

enum { RUNS = 31, COMMAND_SIZE = 4096, LINE_SIZE = 256 };

static int generate(const char *folder)
{
    wick_context *context = wick_context_alloc();
    wick_problem *problem = NULL;
    wick_files *files = NULL;
    wick_status status = wick_problem_alloc(context, &problem);
    if (status == WICK_OK) status = wick_problem_read_file(context, problem, WICK_SOURCE_DIR "/examples/quickstart.json");
    if (status == WICK_OK) status = wick_emit(context, problem, "solver", "quickstart", &files);
    if (status == WICK_OK) status = wick_files_write(context, files, folder);
    if (status != WICK_OK) printf("%s: %s\n", wick_status_text(status), wick_context_message(context));
    wick_files_free(files);
    wick_problem_free(problem);
    wick_context_free(context);
    return status == WICK_OK;
}

/* Seconds that a command takes; a negative number if it fails. exec leaves no shell waiting. */
static double measure(const char *command)
{
    const double start = wick_seconds();
    return system(command) == 0 ? wick_seconds() - start : -1;
}

/* The next line that is neither comment nor header. */
static int read_row(FILE *file, double row[3])
{
    char line[LINE_SIZE];
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "%lf,%lf,%lf", &row[0], &row[1], &row[2]) == 3) return 1;
    return 0;
}

/* The largest difference between the risks of two CSVs with the same times; infinite if those differ. */
static double difference(const char *folder)
{
    char path[2][LINE_SIZE];
    double row[2][3], largest = 0;
    snprintf(path[0], sizeof path[0], "%s/run.csv", folder);
    snprintf(path[1], sizeof path[1], "%s/solver.csv", folder);
    FILE *file[2] = {fopen(path[0], "r"), fopen(path[1], "r")};
    size_t rows = 0;
    while (file[0] && file[1] && read_row(file[0], row[0]) && read_row(file[1], row[1])) {
        largest = row[0][0] == row[1][0] ? fmax(largest, fabs(row[0][2] - row[1][2])) : INFINITY;
        rows++;
    }
    for (int i = 0; i < 2; i++)
        if (file[i]) fclose(file[i]);
    return rows == 200 ? largest : INFINITY;
}

static int race(const char *folder)
{
    char compile[COMMAND_SIZE], run[COMMAND_SIZE], solver[COMMAND_SIZE];
    double seconds[2][RUNS];
    snprintf(compile, sizeof compile, "cd '%s' && exec '%s' -std=c99 -O3 -march=native -o quickstart quickstart.c -lm",
             folder, WICK_C_COMPILER);
    snprintf(run, sizeof run, "exec '%s' run --problem '%s/examples/quickstart.json' --quiet -o '%s/run.csv'", WICK_COMMAND,
             WICK_SOURCE_DIR, folder);
    snprintf(solver, sizeof solver, "exec '%s/quickstart' --quiet -o '%s/solver.csv'", folder, folder);
    const double compilation = measure(compile);
    for (size_t i = 0; i < RUNS; i++) { /* in turns, so that a disturbance hits both */
        seconds[0][i] = measure(run);
        seconds[1][i] = measure(solver);
        if (compilation < 0 || seconds[0][i] < 0 || seconds[1][i] < 0) {
            printf("a command failed\n");
            return 0;
        }
    }
    const double one = wick_bench_median(seconds[0], RUNS), other = wick_bench_median(seconds[1], RUNS),
                 differ = difference(folder);
    printf("The quickstart from process start to its CSV, medians of %d runs.\n\n", RUNS);
    printf("%12s  %16s  %10s  %12s  %10s\n", "wick run, ms", "solver, ms", "solver/run", "risks differ", "gcc -O3, s");
    printf("%12.2f  %16.2f  %10.2f  %12.1e  %10.2f\n", 1e3 * one, 1e3 * other, other / one, differ, compilation);
    return other <= one && differ < 1e-9;
}

int main(void)
{
    char *folder = wick_test_folder_make();
    const int fine = generate(folder) && race(folder);
    wick_test_folder_remove(folder);
    return fine ? 0 : 1;
}
