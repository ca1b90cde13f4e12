/* The picture of a histogram; see histogram.h.
 *
 * The students may be spread over [-1, 1] at first and in one bin at the end, so each time has a scale of its own: the
 * largest density, which is its tic.
 */
#include <stdlib.h>

#include "base/text.h"
#include "output/histogram.h"
#include "output/plot_parts.h"

enum { MOST_PANELS = 6, MOST_TARGETS = 4 };

#define BLUE WICK_PLOT_BLUE

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* The steps of one histogram. */
static void append_data(wick_text *script, const wick_histogram *histogram, size_t row, size_t target)
{
    const size_t *counts = wick_histogram_counts(histogram, row, target);
    const double normalisation = wick_histogram_normalisation(histogram, row);
    wick_text_append(script, "$data << END\n");
    for (size_t bin = 0; bin < histogram->bins; ++bin) {
        const double density = normalisation * (double)counts[bin];
        wick_text_printf(script, "%.9g %.9g\n%.9g %.9g\n", wick_histogram_edge(histogram, bin), density,
                         wick_histogram_edge(histogram, bin + 1), density);
    }
    wick_text_append(script, "END\n");
}

/* The largest density of the first targets; 1 if there is none. */
static double largest(const wick_histogram *histogram, size_t row, size_t targets)
{
    size_t most = 0;
    for (size_t target = 0; target < targets; ++target) {
        const size_t *counts = wick_histogram_counts(histogram, row, target);
        for (size_t bin = 0; bin < histogram->bins; ++bin)
            if (counts[bin] > most) most = counts[bin];
    }
    return most ? wick_histogram_normalisation(histogram, row) * (double)most : 1;
}

/* The place of a panel, as fractions of the picture. */
static void append_place(wick_text *script, size_t line, size_t lines, size_t column, size_t columns)
{
    const double left = 0.11, right = 0.85, top = 0.88, bottom = 0.13, gap = 0.02;
    const double width = (right - left + gap) / (double)columns, height = (top - bottom) / (double)lines;
    wick_text_printf(script, "set lmargin at screen %.4f\nset rmargin at screen %.4f\n", left + width * (double)column,
                     left + width * (double)(column + 1) - gap);
    wick_text_printf(script, "set tmargin at screen %.4f\nset bmargin at screen %.4f\n",
                     top - height * ((double)line + 0.12), top - height * (double)(line + 1));
}

static void append_axes(wick_text *script, double scale, bool leftmost, bool lowest, bool narrow)
{
    wick_text_printf(script, "set yrange [0:%.9g]\nset ytics (%.9g)\nset format y '%s'\n", 1.1 * scale, scale,
                     leftmost ? "%.3g" : "");
    wick_text_printf(script, "set xtics %s\nset format x '%s'\n", narrow ? "1" : "0.5", lowest ? "%g" : "");
}

static void append_panel(wick_text *script, const wick_histogram *histogram, size_t row, size_t target, bool rightmost)
{
    append_data(script, histogram, row, target);
    if (rightmost)
        wick_text_printf(script, "set label 1 '%s = %.4g' at graph 1, graph 0.5 offset 1,0\n",
                         wick_layout_clock(&histogram->layout), histogram->times[row]);
    wick_text_append(script, "plot $data using 1:2 with filledcurves y1=0 fillcolor '" BLUE "' notitle\n"
                             "unset label 1\nunset label 2\nunset label 3\n");
}

/* Labels that stand once: over the first line, under the last, and beside all. */
static void append_surroundings(wick_text *script, const wick_histogram *histogram, size_t line, size_t lines, size_t target,
                                size_t targets)
{
    if (line == 0 && target == 0)
        wick_text_append(script, "set label 3 'density of students' at screen 0.018, screen 0.5 center rotate\n");
    if (line == 0) {
        wick_text_printf(script, "set label 2 'target %zu", target + 1);
        if (targets < histogram->layout.k) wick_text_printf(script, " of %zu", histogram->layout.k);
        wick_text_append(script, "' at graph 0.5, graph 1 center offset 0,0.8\n");
    }
    if (line + 1 == lines) wick_text_append(script, "set xlabel 'M_{jr} / \u221a(P_{rr}Q_{jj})' offset 0,0.3\n");
}

static void append_panels(wick_text *script, const wick_histogram *histogram)
{
    const size_t lines = least(histogram->count, MOST_PANELS), targets = least(histogram->layout.k, MOST_TARGETS);
    for (size_t line = 0; line < lines; ++line) {
        const size_t row = lines > 1 ? (line * (histogram->count - 1) + (lines - 1) / 2) / (lines - 1) : 0;
        const double scale = largest(histogram, row, targets);
        for (size_t target = 0; target < targets; ++target) {
            append_place(script, line, lines, target, targets);
            append_surroundings(script, histogram, line, lines, target, targets);
            append_axes(script, scale, target == 0, line + 1 == lines, targets > 2);
            append_panel(script, histogram, row, target, target + 1 == targets);
        }
    }
}

wick_status wick_histogram_script(wick_context *context, const char *path, const char *problem_json,
                                  const wick_histogram *histogram, bool partial, char **script)
{
    wick_text text = WICK_TEXT_EMPTY;
    WICK_TRY(wick_plot_begin(context, path, problem_json, NULL, partial, "set multiplot title ", &text));
    wick_text_append(&text, "set style fill solid 0.75 noborder\nset key off\nset grid xtics linetype 1 linewidth 0.5 "
                            "linecolor '#C8C8C8'\nset xrange [-1:1]\n");
    append_panels(&text, histogram);
    wick_text_append(&text, "unset multiplot\n");
    return wick_text_take(context, &text, script);
}

wick_status wick_histogram_plot(wick_context *context, const char *path, const char *problem_json,
                                const wick_histogram *histogram, bool partial)
{
    if (histogram->count == 0)
        return wick_fail(context, WICK_ERROR_FILE, "cannot draw %s: the run ended before its first output time", path);
    char *script;
    WICK_TRY(wick_histogram_script(context, path, problem_json, histogram, partial, &script));
    const wick_status status = wick_plot_draw(context, path, script);
    free(script);
    return status;
}
