/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eval/series_gnuplot.h"

#include "base/buf.h"
#include "eval/gnuplot.h"

#define LABEL_FROM 0.08 /* of the height: an area that has its name inside */
#define MARKS 8         /* on a line, about */

static const struct {
	const char *colour;
	bool dark;
} colours[] = { { "#0072b2", true }, { "#d55e00", true }, { "#009e73", true },
	{ "#cc79a7", false }, { "#e69f00", false }, { "#56b4e9", false },
	{ "#000000", true }, { "#882255", true }, { "#f0e442", false },
	{ "#9933ff", true }, { "#330099", true }, { "#990000", true } };
static const char *const dashes[] = { "1", "'-'", "'_.'", "'.'", "'_'", "'_..'",
	"'- .'" };
static const int marks[] = { 7, 5, 9, 13, 11, 6, 4, 8 };
#define NUMBER(a) (sizeof(a) / sizeof *(a))

const char *
series_colour(size_t key)
{
	return colours[key % NUMBER(colours)].colour;
}

void
series_line_style(struct buf *out, size_t key)
{
	buf_printf(out, " lw 2 dt %s", dashes[key % NUMBER(dashes)]);
}

void
series_mark_style(struct buf *out, size_t key, double size)
{
	buf_printf(out, " pt %d ps %.1f", marks[key % NUMBER(marks)], size);
}

void
series_put_below(struct buf *out, const struct series *s, size_t i)
{
	if (s->kind == SERIES_AREA)
		buf_printf(out,
		    "$d%zu using 1:3:4 with filledcurves fs solid 1 border lc "
		    "rgb 'white' fc rgb '%s', ",
		    i, series_colour(s->key));
	if (s->kind == SERIES_LINE)
		buf_printf(out,
		    "$d%zu using 1:3:4 with filledcurves fs transparent solid "
		    "0.16 noborder fc rgb '%s', ",
		    i, series_colour(s->key));
	if (s->kind == SERIES_RULE)
		buf_printf(out,
		    "$d%zu using 1:2 with lines lw 1.5 dt 3 lc rgb '#555555', ",
		    i);
}

void
series_put_above(struct buf *out, const struct series *s, size_t i)
{
	if (s->kind != SERIES_LINE && s->kind != SERIES_POINTS)
		return;
	if (s->kind == SERIES_LINE) {
		buf_printf(out, "$d%zu using 1:2 with linespoints pi %zu", i,
		    1 + s->n / MARKS);
		series_line_style(out, s->key);
		series_mark_style(out, s->key, 0.7);
	} else {
		buf_printf(out, "$d%zu using 1:2:3:4 with yerrorbars lw 1.5",
		    i);
		series_mark_style(out, s->key, 1.2);
	}
	buf_printf(out, " lc rgb '%s', ", series_colour(s->key));
}

void
series_put_label(struct buf *out, const struct series *s, const char *name)
{
	const struct point *q;

	if (s->kind != SERIES_AREA || s->n == 0)
		return;
	q = &s->point[s->n - 1];
	if (q->hi - q->lo < LABEL_FROM)
		return;
	buf_puts(out, "set label ");
	gnuplot_quote(out, name);
	buf_printf(out,
	    " at first %.12g, %.12g right offset -0.7, 0 front noenhanced tc "
	    "rgb "
	    "'%s'\n",
	    q->x, (q->lo + q->hi) / 2,
	    colours[s->key % NUMBER(colours)].dark ? "white" : "black");
}
