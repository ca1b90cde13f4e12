/* What a generated header defines for itself gets the header's name before it, and nothing else does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "emit/prefix.h"

static void check(const char *source, const char *expected)
{
    wick_text text = WICK_TEXT_EMPTY;
    wick_prefix_internal_names(&text, source, "net");
    wick_text_append(&text, "");
    assert_false(text.failed);
    assert_string_equal(text.bytes, expected);
    wick_text_clear(&text);
}

static void test_names(void **state)
{
    (void)state;
    check("", "");
    check("P", "net_P");
    check("for (i = 0; i < P * LD + N; ++i) product(P, x);",
          "for (i = 0; i < net_P * net_LD + net_N; ++i) net_product(net_P, x);");
    check("#define KERNEL_PART static\n", "#define net_KERNEL_PART static\n");
    check("scratch s = lay_out(work);", "net_scratch s = net_lay_out(work);");
}

static void test_other_names(void **state)
{
    (void)state;
    check("PP P1 P_ _P product_of my_product update2 0xP 1P", "PP P1 P_ _P product_of my_product update2 0xP 1P");
    check("s.P, s->P, a - P, a > P", "s.P, s->P, a - net_P, a > net_P");
    check("Pipe(K_)", "Pipe(K_)");
}

static void test_comments_and_strings(void **state)
{
    (void)state;
    check("/* P */ P /* N", "/* P */ net_P /* N");
    check("\"P \\\" N\" N \"", "\"P \\\" N\" net_N \"");
    check("P / K", "net_P / net_K");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_names), cmocka_unit_test(test_other_names),
                                       cmocka_unit_test(test_comments_and_strings)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
