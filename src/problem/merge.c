/* See merge.h. */
#include "problem/merge.h"

#include <string.h>

#include "base/order.h"
#include "problem/form.h"

/* Pairs of keys of which a problem has one at most: the later one replaces the earlier, together they are an error. */
static const struct {
    const char *one, *other;
} rivals[] = {
    {"time.at", "time.end"},         {"time.at", "time.start"},       {"time.at", "time.points"},
    {"time.at", "time.spacing"},     {"initial.random", "initial.Q"}, {"initial.random", "initial.M"},
    {"initial.random", "initial.P"}, {"initial.random", "initial.q"}, {"initial.Q", "initial.q"},
};
enum { RIVAL_COUNT = sizeof rivals / sizeof *rivals };

json_t *wick_json_at(const json_t *root, const char *path)
{
    const json_t *value = root;
    while (*path && value) {
        const size_t length = strcspn(path, ".");
        char name[WICK_PATH_SIZE];
        if (length >= sizeof name) return NULL;
        memcpy(name, path, length);
        name[length] = '\0';
        value = json_object_get(value, name);
        path += length + (path[length] == '.');
    }
    return (json_t *)value;
}

bool wick_json_put(json_t *root, const char *path, json_t *value)
{
    const char *dot;
    while ((dot = strchr(path, '.')) != NULL) {
        char name[WICK_PATH_SIZE];
        const size_t length = (size_t)(dot - path);
        memcpy(name, path, length);
        name[length] = '\0';
        if (!json_object_get(root, name) && json_object_set_new(root, name, json_object()) != 0) {
            json_decref(value);
            return false;
        }
        root = json_object_get(root, name);
        path = dot + 1;
    }
    return json_object_set_new(root, path, value) == 0;
}

static void drop(json_t *root, const char *path)
{
    char group[WICK_PATH_SIZE] = "";
    const char *dot = strrchr(path, '.');
    if (dot) memcpy(group, path, (size_t)(dot - path));
    json_object_del(wick_json_at(root, group), dot ? dot + 1 : path);
}

/* Calls for every path that `over` excludes from what it is put over. */
static void drop_excluded(const json_t *over, json_t *target, void (*remove)(json_t *target, const char *path))
{
    for (size_t i = 0; i < RIVAL_COUNT; i++) {
        if (wick_json_at(over, rivals[i].one)) remove(target, rivals[i].other);
        if (wick_json_at(over, rivals[i].other)) remove(target, rivals[i].one);
    }
    /* The step of euler means nothing to another method. */
    const char *method = json_string_value(wick_json_at(over, "integrator.method"));
    if (method && strcmp(method, "euler") != 0) remove(target, "integrator.dt");
}

/* Copies the objects and shares what they hold. */
static json_t *copy_objects(const json_t *value)
{
    if (!json_is_object(value)) return json_incref((json_t *)value);
    json_t *copy = json_object();
    const char *name;
    json_t *member;
    json_object_foreach((json_t *)value, name, member)
    {
        if (json_object_set_new(copy, name, copy_objects(member)) != 0) {
            json_decref(copy);
            return NULL;
        }
    }
    return copy;
}

json_t *wick_merge_values(const json_t *under, json_t *over)
{
    json_t *result = copy_objects(under), *own = copy_objects(over);
    if (result) drop_excluded(over, result, drop);
    if (!result || !own || json_object_update_recursive(result, own) != 0) {
        json_decref(result);
        result = NULL;
    }
    json_decref(own);
    return result;
}

/* Of a path and everything below it. */
static void drop_place(json_t *places, const char *path)
{
    const size_t length = strlen(path);
    for (size_t i = 0; i < wick_problem_key_count(); i++) {
        const char *other = wick_key_row_at(i)->key.path;
        if (strncmp(other, path, length) == 0 && (other[length] == '\0' || other[length] == '.'))
            json_object_del(places, other);
    }
}

static json_t *merge_places(const json_t *under, const json_t *over, const json_t *values)
{
    json_t *result = json_copy((json_t *)under);
    if (!result) return NULL;
    drop_excluded(values, result, drop_place);
    for (size_t i = 0; i < wick_problem_key_count(); i++) {
        const wick_key_row *row = wick_key_row_at(i);
        if (row->kind != WICK_KIND_GROUP && wick_json_at(values, row->key.path)) json_object_del(result, row->key.path);
    }
    if (json_object_update(result, (json_t *)over) == 0) return result;
    json_decref(result);
    return NULL;
}

static wick_status check_part(wick_context *context, const json_t *part, const json_t *places)
{
    for (size_t i = 0; i < wick_problem_key_count(); i++) {
        const wick_key_row *row = wick_key_row_at(i);
        const json_t *value = wick_json_at(part, row->key.path);
        if (value) WICK_TRY(wick_form_check(context, places, row, value));
    }
    for (size_t i = 0; i < RIVAL_COUNT; i++) {
        if (wick_json_at(part, rivals[i].one) && wick_json_at(part, rivals[i].other))
            return wick_places_fail(context, places, rivals[i].other, "excludes %s; give one of them", rivals[i].one);
    }
    return WICK_OK;
}

wick_status wick_merge(wick_context *context, wick_problem *problem, json_t *over, const json_t *places)
{
    WICK_TRY(check_part(context, over, places));
    json_t *given = wick_merge_values(problem->given, over);
    json_t *all_places = merge_places(problem->places, places, over);
    if (!given || !all_places) {
        json_decref(given);
        json_decref(all_places);
        return wick_fail_memory(context, "reading a problem");
    }
    json_decref(problem->given);
    json_decref(problem->places);
    problem->given = given;
    problem->places = all_places;
    for (wick_parameter_id i = 0; i < WICK_PARAMETER_COUNT; i++)
        if (wick_json_at(over, wick_parameter_at(i)->key)) problem->given_at[i] = wick_order_next();
    wick_problem_forget(problem, WICK_FOR_EQUATIONS);
    return WICK_OK;
}
