/* Runs a fuzz target on the files that are its arguments, in the place of libFuzzer's main(). */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

enum { SIZE_LIMIT = 1 << 20 };

static void run_file(const char *path)
{
    static uint8_t bytes[SIZE_LIMIT];
    FILE *file = fopen(path, "rb");
    fuzz_expect(file != NULL, "%s cannot be read", path);
    const size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    printf("%s\n", path);
    fflush(stdout);

    /* A block of just that size, so that sanitizers see what reads beyond it. */
    uint8_t *data = malloc(size > 0 ? size : 1);
    fuzz_expect(data != NULL, "no memory for %s", path);
    for (size_t i = 0; i < size; i++) data[i] = bytes[i];
    LLVMFuzzerTestOneInput(data, size);
    free(data);
}

int main(int count, char **arguments)
{
    fuzz_expect(count > 1, "no files were given");
    for (int i = 1; i < count; i++) run_file(arguments[i]);
    printf("%d inputs\n", count - 1);
    return 0;
}
