/* Files that are part of the library: the templates of generated code (templates/) and the kernel headers that are pasted
 * into it (src/kernels/). embed.cmake turns them into C when wick is built, so an installed wick needs no files. */
#ifndef WICK_TEMPLATE_TEMPLATES_H
#define WICK_TEMPLATE_TEMPLATES_H

/* The text of a file by its name without folder, e.g. "library.c.in"; NULL if there is no such file. */
const char *wick_template(const char *name);

#endif
