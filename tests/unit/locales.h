/* Locales with a decimal mark of their own, made for a test, so that it does not depend on what the machine has. */
#ifndef WICK_TESTS_LOCALES_H
#define WICK_TESTS_LOCALES_H

/* Compiles the locale ("de_DE"), for UTF-8, into the folder; then newlocale() and setlocale() know it by the name this
 * returns (release with free()). Fails the test if there is no localedef, or nothing for it to read: package `locales`. */
char *wick_test_locale_make(const char *folder, const char *name);

/* Removes what was made. */
void wick_test_locales_remove(const char *folder);

#endif
