/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/series_gnuplot.h"

#include "base/buf.h"
#include "plot/gnuplot.h"

#define LABEL_FROM 0.08 /* of the height: an area that has its name inside */
#define MARKS 8         /* on a line, about */

static const struct {
	const char *colour;
	bool dark;            /* with white letters on it */
	const char *on_black; /* all with black ones */
} colours[] = { { "#0072b2", true, "#679fd6" }, { "#d55e00", true, "#fac072" },
	{ "#009e73", true, "#22c493" }, { "#cc79a7", false, "#c7c2d1" },
	{ "#e69f00", false, "#af9e29" }, { "#56b4e9", false, "#91ceff" },
	{ "#000000", true, "#ffffff" }, { "#882255", true, "#a96693" },
	{ "#f0e442", false, "#f7e941" }, { "#9933ff", true, "#c47aff" },
	{ "#330099", true, "#815fff" }, { "#990000", true, "#e04445" } };
static const char *const dashes[] = { "1", "'-'", "'_.'", "'.'", "'_'", "'_..'",
	"'- .'" };
static const int marks[] = { 7, 5, 9, 13, 11, 6, 4, 8 };
#define NUMBER(a) (sizeof(a) / sizeof *(a))

const struct palette palettes[] = {
	[THEME_LIGHT] = { "#ffffff", "#000000", "#555555", "#e4e4e4" },
	[THEME_DARK] = { "#16181d", "#e8e8e8", "#a0a0a0", "#33363d" },
};

const char *
series_colour(size_t key, enum theme theme)
{
	key %= NUMBER(colours);
	return theme == THEME_DARK ? colours[key].on_black
				   : colours[key].colour;
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
series_put_below(struct buf *out, const struct series *s, size_t i,
    enum theme theme)
{
	if (s->kind == SERIES_AREA)
		buf_printf(out,
		    "$d%zu using 1:3:4 with filledcurves fs solid 1 border lc "
		    "rgb '%s' fc rgb '%s', ",
		    i, palettes[theme].background,
		    series_colour(s->key, theme));
	if (s->kind == SERIES_LINE)
		buf_printf(out,
		    "$d%zu using 1:3:4 with filledcurves fs transparent solid "
		    "%s noborder fc rgb '%s', ",
		    i, theme == THEME_DARK ? "0.25" : "0.16",
		    series_colour(s->key, theme));
	if (s->kind == SERIES_RULE)
		buf_printf(out,
		    "$d%zu using 1:2 with lines lw 1.5 dt 3 lc rgb '%s', ", i,
		    palettes[theme].axes);
}

void
series_put_above(struct buf *out, const struct series *s, size_t i,
    enum theme theme)
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
	buf_printf(out, " lc rgb '%s', ", series_colour(s->key, theme));
}

/* Whether a name at that height, so wide along x, is in the area all along. */
static bool
has_room(const struct series *s, double y, double width)
{
	double from = s->point[s->n - 1].x - width;

	for (size_t i = s->n; i-- > 0;) {
		const struct point *q = &s->point[i];

		if (q->lo > y - LABEL_FROM / 2 || q->hi < y + LABEL_FROM / 2)
			return false;
		if (q->x <= from)
			return true;
	}
	return false;
}

void
series_put_label(struct buf *out, const struct series *s, const char *name,
    double width, enum theme theme)
{
	const struct point *q;

	if (s->n == 0)
		return;
	q = &s->point[s->n - 1];
	if (!has_room(s, (q->lo + q->hi) / 2, width))
		return;
	buf_puts(out, "set label ");
	gnuplot_quote(out, name);
	buf_printf(out,
	    " at first %.12g, %.12g right offset -0.7, 0 front noenhanced tc "
	    "rgb "
	    "'%s'\n",
	    q->x, (q->lo + q->hi) / 2,
	    theme == THEME_LIGHT && colours[s->key % NUMBER(colours)].dark
		? "white"
		: "black");
}
