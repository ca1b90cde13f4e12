/* See emitted.h. */
#include "emitted.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

enum { PATH_SIZE = 1024, COMMAND_SIZE = 4096 };

/* What dlsym cannot find in the library: constants and parameters. */
static const char driver[] = "#include \"bench.h\"\n"
                             "static bench_parameters parameters;\n"
                             "const size_t driver_work_size[] = {bench_work_size, bench_jacobian_work_size};\n"
                             "const void *driver_parameters(void)\n"
                             "{ bench_defaults(&parameters); return &parameters; }\n";

static int build(wick_context *context, wick_problem *problem, const char *folder)
{
    wick_files *files = NULL;
    if (wick_emit(context, problem, "library", "bench", &files) != WICK_OK ||
        wick_files_write(context, files, folder) != WICK_OK) {
        printf("emitting failed: %s\n", wick_context_message(context));
        wick_files_free(files);
        return 0;
    }
    wick_files_free(files);
    char path[PATH_SIZE], command[COMMAND_SIZE];
    snprintf(path, sizeof path, "%s/driver.c", folder);
    FILE *file = fopen(path, "w");
    if (!file || fputs(driver, file) < 0 || fclose(file) != 0) return 0;
    snprintf(command, sizeof command,
             "cd '%s' && { '%s' -O3 -march=native -shared -fPIC -o bench.so bench.c driver.c -lm >messages 2>&1 || "
             "{ cat messages; false; }; }",
             folder, WICK_C_COMPILER);
    if (system(command) == 0) return 1;
    printf("failed: %s\n", command);
    return 0;
}

/* dlsym gives object pointers; POSIX lets them be read as those to functions. */
static int find(void *object, const char *name, void *pointer)
{
    void *const symbol = dlsym(object, name);
    memcpy(pointer, &symbol, sizeof symbol);
    return symbol != NULL;
}

int wick_emitted_open(wick_context *context, wick_problem *problem, wick_emitted *emitted)
{
    const void *(*parameters)(void) = NULL;
    const size_t *work_size = NULL;
    char *folder = wick_test_folder_make(), path[PATH_SIZE];
    *emitted = (wick_emitted){0};
    snprintf(path, sizeof path, "%s/bench.so", folder);
    int fine = build(context, problem, folder);
    if (fine) emitted->object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    wick_test_folder_remove(folder);
    if (!emitted->object) return 0;
    fine =
        find(emitted->object, "driver_parameters", &parameters) && find(emitted->object, "bench_drift", &emitted->drift) &&
        find(emitted->object, "bench_jacobian", &emitted->jacobian) && find(emitted->object, "driver_work_size", &work_size);
    if (!fine) return 0;
    emitted->parameters = parameters();
    emitted->work_size = work_size[0];
    emitted->jacobian_work_size = work_size[1];
    return 1;
}

void wick_emitted_close(wick_emitted *emitted)
{
    if (emitted->object) dlclose(emitted->object);
    *emitted = (wick_emitted){0};
}
