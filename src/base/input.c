/* See input.h. */
#include "base/input.h"

#include <errno.h>
#include <string.h>

#include "base/locale.h"

enum { BLOCK = 65536 };

wick_status wick_input_open(wick_context *context, const char *path, const char *expected, wick_input *input)
{
    const bool standard = strcmp(path, "-") == 0;
    *input = (wick_input){
        .stream = standard ? stdin : fopen(path, "rb"), .name = standard ? "standard input" : path, .expected = expected};
    if (input->stream) return WICK_OK;
    return wick_fail(context, WICK_ERROR_FILE, "%s: cannot be opened: %s", path, wick_error_text(errno));
}

void wick_input_close(wick_input *input)
{
    if (input->stream && input->stream != stdin) fclose(input->stream);
    input->stream = NULL;
}

wick_status wick_input_read(wick_context *context, wick_input *input, wick_text *bytes, bool *more)
{
    static const char mark[] = "\xEF\xBB\xBF";
    char block[BLOCK];
    errno = 0;
    const size_t count = fread(block, 1, sizeof block, input->stream);
    *more = count > 0;
    if (count == 0 && ferror(input->stream))
        return wick_fail(context, WICK_ERROR_FILE, "%s: cannot be read: %s", input->name, wick_error_text(errno));
    const size_t skipped = input->count == 0 && count >= 3 && memcmp(block, mark, 3) == 0 ? 3 : 0;
    input->count += count;
    if (memchr(block, '\0', count))
        return wick_fail(context, WICK_ERROR_PROBLEM, "%s: is binary; %s", input->name, input->expected);
    wick_text_append_bytes(bytes, block + skipped, count - skipped);
    return bytes->failed ? wick_fail_memory(context, "reading a file") : WICK_OK;
}

/* Nobody puts more blanks than a block before what is meant. */
static bool can_begin(const wick_text *bytes, char opening)
{
    if (!opening || !bytes->bytes) return true;
    const size_t blanks = strspn(bytes->bytes, " \t\r\n");
    return bytes->bytes[blanks] == opening || (bytes->bytes[blanks] == '\0' && blanks < BLOCK);
}

static wick_status read_blocks(wick_context *context, wick_input *input, size_t limit, char opening, wick_text *bytes)
{
    for (bool more = true; more && can_begin(bytes, opening);) {
        WICK_TRY(wick_input_read(context, input, bytes, &more));
        if (bytes->length > limit)
            return wick_fail(context, WICK_ERROR_PROBLEM, "%s: is longer than %zu MiB; %s", input->name, limit >> 20,
                             input->expected);
    }
    wick_text_append(bytes, "");
    return bytes->failed ? wick_fail_memory(context, "reading a file") : WICK_OK;
}

wick_status wick_input_read_all(wick_context *context, const char *path, const char *expected, size_t limit, char opening,
                                wick_text *bytes)
{
    wick_input input;
    *bytes = WICK_TEXT_EMPTY;
    WICK_TRY(wick_input_open(context, path, expected, &input));
    const wick_status status = read_blocks(context, &input, limit, opening, bytes);
    wick_input_close(&input);
    if (status != WICK_OK) wick_text_clear(bytes);
    return status;
}
