/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * series_gnuplot.h: what a series looks like in gnuplot, in a panel and in the
 * key: colours of Okabe and Ito, and more, which differ for every kind of
 * eye, each with a dash and a mark of its own, for print.
 */
#ifndef PLOT_SERIES_GNUPLOT_H
#define PLOT_SERIES_GNUPLOT_H

#include "plot/figure.h"

struct buf;

/* What is no series. */
struct palette {
	const char *background, *text, *axes, *grid;
};
extern const struct palette palettes[]; /* by theme */

const char *series_colour(size_t key, enum theme);
/* But for the colour. */
void series_line_style(struct buf *, size_t key);
void series_mark_style(struct buf *, size_t key, double size);

/* Parts of a plot command, each with a comma behind it, on the data block $di:
 * what lies below, and what lies on top. */
void series_put_below(struct buf *, const struct series *, size_t i,
    enum theme);
void series_put_above(struct buf *, const struct series *, size_t i,
    enum theme);

/* The name of an area, in it, if there is room at its end; it is so wide along
 * x. */
void series_put_label(struct buf *, const struct series *, const char *name,
    double width, enum theme);

#endif
