/* Generated files in memory, and the sizes of their scratch. */
#include <stdlib.h>

#include "base/memory.h"
#include "emit/emit.h"

wick_status wick_files_add(wick_context *context, wick_files *files, const char *name, wick_text *text)
{
    if (!wick_reserve(&files->file, &files->capacity, files->count + 1, sizeof *files->file)) {
        wick_text_clear(text);
        return wick_fail_memory(context, "keeping generated files");
    }
    struct wick_file *file = &files->file[files->count];
    file->name = wick_copy_string(name);
    if (!file->name) {
        wick_text_clear(text);
        return wick_fail_memory(context, "keeping generated files");
    }
    const wick_status status = wick_text_take(context, text, &file->text);
    if (status != WICK_OK) {
        free(file->name);
        return status;
    }
    ++files->count;
    return WICK_OK;
}

wick_status wick_expand_file(wick_context *context, const char *template_name, const wick_placeholder *values, size_t count,
                             const char *name, const char *ending, wick_files *files)
{
    wick_text file = WICK_TEXT_EMPTY, file_name = WICK_TEXT_EMPTY;
    wick_text_printf(&file_name, "%s%s", name, ending);
    wick_status status = wick_template_expand(context, template_name, values, count, &file);
    if (status == WICK_OK && file_name.failed) status = wick_fail_memory(context, "emitting code");
    if (status == WICK_OK) status = wick_files_add(context, files, file_name.bytes, &file);
    wick_text_clear(&file);
    wick_text_clear(&file_name);
    return status;
}

void wick_files_free(wick_files *files)
{
    if (!files) return;
    for (size_t i = 0; i < files->count; ++i) {
        free(files->file[i].name);
        free(files->file[i].text);
    }
    free(files->file);
    free(files);
}

size_t wick_files_count(const wick_files *files) { return files->count; }

const char *wick_files_name(const wick_files *files, size_t index)
{
    return index < files->count ? files->file[index].name : NULL;
}

const char *wick_files_text(const wick_files *files, size_t index)
{
    return index < files->count ? files->file[index].text : NULL;
}

bool wick_work_size(const wick_plan *plan, size_t p, size_t k, size_t *doubles)
{
    const size_t n = p + k;
    if (n < p || n > SIZE_MAX - 7) return false;
    const size_t ld = (n + 7) / 8 * 8;
    size_t students, fields, rows;
    if (!wick_multiply_sizes(plan->student_slots, p, &students) || !wick_multiply_sizes(plan->field_slots, n, &fields))
        return false;
    rows = plan->vector_slots + students;
    if (rows < students || rows + fields < rows) return false;
    rows += fields;
    return wick_multiply_sizes(rows > 0 ? rows : 1, ld, doubles);
}
