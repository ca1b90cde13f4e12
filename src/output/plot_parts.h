/* What the gnuplot scripts of this room share: colours, terminals, axes, quotes. */
#ifndef WICK_OUTPUT_PLOT_PARTS_H
#define WICK_OUTPUT_PLOT_PARTS_H

#include "base/text.h"

/* Wong's palette, told apart with any colour vision. */
#define WICK_PLOT_BLUE       "#0072B2"
#define WICK_PLOT_VERMILLION "#D55E00"

/* The terminal for a picture's name, NULL if it does not end in .svg, .png or .pdf. */
const char *wick_plot_terminal(const char *path);

/* The positive values of a column: their number and range; starts as zeros. */
typedef struct {
    size_t count, positive;
    double least, most;
} wick_plot_range;

void wick_plot_extend(wick_plot_range *of, const double *values, size_t count);

/* `axis` is 'x' or 'y'. Logarithmic if that shows the data well. */
void wick_plot_axis(wick_text *script, char axis, const wick_plot_range *of);

/* Both axes of a plot of risks against time, their names, the grid and the place of the legend. */
void wick_plot_risk_axes(wick_text *script, const char *clock, const wick_plot_range *times, const wick_plot_range *risks);

/* The label of an axis of time; `clock` is its symbol, "t" or "tau". */
void wick_plot_time_label(wick_text *script, const char *clock);

/* In gnuplot's single quotes, on one line. */
void wick_plot_quote(wick_text *script, const char *string);

/* The beginning of a script about one problem: encoding, terminal, and after `command` ("set title ") the title, as
 * wick_plot_write() has it; `process` may be NULL, for the regime. Nothing is appended on failure. */
wick_status wick_plot_begin(wick_context *context, const char *path, const char *problem_json, const char *process,
                            bool partial, const char *command, wick_text *script);

/* That title by itself; release it with free(). */
wick_status wick_plot_title(wick_context *context, const char *problem_json, const char *process, bool partial,
                            char **title);

/* Has gnuplot run the script, whose terminal has been set, into `path`. */
wick_status wick_plot_draw(wick_context *context, const char *path, const char *script);

#endif
