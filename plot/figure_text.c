/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A figure as text: panels below each other, each as high as the terminal.
 * Every line has a letter, at its end and in the key, so that nothing hangs
 * on colour.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "plot/canvas.h"
#include "plot/figure.h"
#include "plot/ticks.h"

#define ENDS 4 /* columns at the right for the letters */
#define LEAST_ROWS 6
#define LEAST_COLUMNS 16

struct drawing {
	const struct figure *figure;
	const struct panel *panel;
	struct extent extent;
	struct canvas canvas;
	struct ticks x, y;
	struct buf *out;
};

static double
scaled(const struct drawing *d, double x)
{
	return d->panel->log ? log10(x) : x;
}

/* The dot of a place. */
static int
dot_x(const struct drawing *d, double x)
{
	double part = (scaled(d, x) - scaled(d, d->extent.x0)) /
	    (scaled(d, d->extent.x1) - scaled(d, d->extent.x0));

	return (int)lround(part * (canvas_width(&d->canvas) - 1));
}

static int
dot_y(const struct drawing *d, double y)
{
	double part = (y - d->extent.y0) / (d->extent.y1 - d->extent.y0);

	return (int)lround(part * (canvas_height(&d->canvas) - 1));
}

static void
make_ticks(struct drawing *d, int rows, int columns)
{
	int most = 2 * rows / 5 < TICKS_MAX ? 2 * rows / 5 : TICKS_MAX - 1;

	d->x = d->y = (struct ticks){ 0 };
	ticks_fill(&d->y, d->extent.y0, d->extent.y1, most < 2 ? 2 : most);
	if (d->panel->log) {
		ticks_add(&d->x, d->extent.x0, 0);
		ticks_add(&d->x, d->extent.x1, 0);
		return;
	}
	most = columns / 14 < TICKS_MAX ? columns / 14 : TICKS_MAX - 1;
	if (d->panel->whole && most > d->extent.x1 - d->extent.x0)
		most = (int)(d->extent.x1 - d->extent.x0);
	ticks_fill(&d->x, d->extent.x0, d->extent.x1, most < 1 ? 1 : most);
}

static void
draw_line(struct drawing *d, const struct series *s)
{
	bool rule = s->kind == SERIES_RULE;

	for (size_t k = 0; k < s->n; k++) {
		const struct point *from = &s->point[k > 0 ? k - 1 : 0];

		canvas_line(&d->canvas, dot_x(d, from->x), dot_y(d, from->y),
		    dot_x(d, s->point[k].x), dot_y(d, s->point[k].y),
		    rule ? 3 : 1, rule ? CANVAS_NO_KEY : s->key);
	}
}

static void
draw_points(struct drawing *d, const struct series *s)
{
	for (size_t k = 0; k < s->n; k++)
		canvas_mark(&d->canvas, dot_x(d, s->point[k].x),
		    dot_y(d, s->point[k].y), s->key);
}

/* Letters from lo to hi in every column, as the points next to it have them. */
static void
draw_area(struct drawing *d, const struct series *s)
{
	size_t k = 0;

	for (int x = 0; s->n > 0 && x < canvas_width(&d->canvas); x++) {
		const struct point *p, *q;
		double part;
		int low, high;

		while (k + 2 < s->n && dot_x(d, s->point[k + 1].x) < x)
			k++;
		p = &s->point[k];
		q = &s->point[k + 1 < s->n ? k + 1 : k];
		part = dot_x(d, q->x) == dot_x(d, p->x)
		    ? 0
		    : (double)(x - dot_x(d, p->x)) /
			(dot_x(d, q->x) - dot_x(d, p->x));
		part = fmin(fmax(part, 0), 1);
		low = dot_y(d, p->lo + part * (q->lo - p->lo));
		high = dot_y(d, p->hi + part * (q->hi - p->hi));
		for (int y = low; y < high; y++)
			canvas_mark(&d->canvas, x, y, s->key);
	}
}

static void
draw_all(struct drawing *d)
{
	static void (*const draw[])(struct drawing *,
	    const struct series *) = { [SERIES_LINE] = draw_line,
		[SERIES_AREA] = draw_area,
		[SERIES_POINTS] = draw_points,
		[SERIES_RULE] = draw_line };

	for (int rules = 1; rules >= 0; rules--)
		for (size_t i = 0; i < d->panel->n; i++) {
			const struct series *s = &d->panel->series[i];

			if ((s->kind == SERIES_RULE) == (rules == 1))
				draw[s->kind](d, s);
		}
}

/* The row from the top of a height. */
static int
row_of(const struct drawing *d, double y)
{
	return d->canvas.rows - 1 - dot_y(d, y) / (d->canvas.utf8 ? 4 : 1);
}

static void
put_y_axis(const struct drawing *d, int row)
{
	const char *label = "";

	for (int i = 0; i < d->y.n; i++)
		if (row_of(d, d->y.at[i]) == row)
			label = d->y.label[i];
	buf_printf(d->out, "%*s %s", d->y.width, label,
	    !d->canvas.utf8      ? (*label == '\0' ? "|" : "+")
		: *label == '\0' ? "\u2502"
				 : "\u2524");
}

/* The letters of the lines that end in the row. */
static void
put_ends(const struct drawing *d, int row)
{
	int n = 0;

	for (size_t i = 0; i < d->panel->n; i++) {
		const struct series *s = &d->panel->series[i];
		const struct point *q = s->n > 0 ? &s->point[s->n - 1] : NULL;

		if (q == NULL || s->kind != SERIES_LINE ||
		    row_of(d, q->y) != row)
			continue;
		if (n == 0)
			buf_puts(d->out, " ");
		if (n++ < ENDS - 1)
			canvas_put_letter(&d->canvas, s->key, d->out);
	}
	buf_puts(d->out, "\n");
}

static void
put_x_axis(const struct drawing *d)
{
	int at = 0;

	buf_printf(d->out, "%*s %s", d->y.width, "",
	    d->canvas.utf8 ? "\u2514" : "+");
	for (int i = 0; i < d->canvas.columns; i++)
		buf_puts(d->out, d->canvas.utf8 ? "\u2500" : "-");
	buf_printf(d->out, "\n%*s", d->y.width + 2, "");
	for (int i = 0; i < d->x.n; i++) {
		int column = dot_x(d, d->x.at[i]) / (d->canvas.utf8 ? 2 : 1);
		int width = (int)strlen(d->x.label[i]);
		int from = column - width / 2;

		from = from + width > d->canvas.columns + ENDS
		    ? d->canvas.columns + ENDS - width
		    : from;
		if (from < at)
			from = at;
		buf_printf(d->out, "%*s%s", from - at, "", d->x.label[i]);
		at = from + width;
	}
	buf_puts(d->out, "\n");
}

/* A name that fits into the columns, in what the terminal can show. */
static void
put_name(const struct drawing *d, const char *name, int columns)
{
	size_t len = strlen(name), n;

	for (size_t i = 0; i < len && columns > 0; i += n, columns--) {
		n = utf8_char(name + i, len - i);
		if (n == 0 || (n > 1 && !d->canvas.utf8))
			buf_puts(d->out, "?");
		else
			buf_put(d->out, name + i, n);
		n = n == 0 ? 1 : n;
	}
}

/* What a series ends with, as wide with an error as without: one that is not
 * known, as of a single value, is not one of 0.  Returns its bytes, which are
 * its columns or one more. */
static int
format_end(const struct drawing *d, const struct series *s, char *out,
    size_t size)
{
	const struct point *q = &s->point[s->n - 1];
	double range = d->extent.y1 - d->extent.y0;
	int decimals = (int)fmin(fmax(3 - floor(log10(range)), 0), 9);

	if (s->kind == SERIES_AREA)
		return snprintf(out, size, "%5.1f %%", 100 * (q->hi - q->lo));
	if (!(q->hi > q->lo))
		return snprintf(out, size, "%*.*f%*s", decimals + 3, decimals,
		    q->y, decimals + (d->canvas.utf8 ? 5 : 6), "");
	return snprintf(out, size, "%*.*f %s %-*.*f", decimals + 3, decimals,
	    q->y, d->canvas.utf8 ? "\u00b1" : "+-", decimals + 2, decimals,
	    (q->hi - q->lo) / 2);
}

/* The letter, what it ends with, and the name. */
static void
put_key_row(const struct drawing *d, const struct series *s, int columns)
{
	char value[64];
	int width = format_end(d, s, value, sizeof value);

	canvas_put_letter(&d->canvas, s->key, d->out);
	buf_printf(d->out, " %s  ", value);
	put_name(d, d->figure->key[s->key], columns - width - 5);
	buf_puts(d->out, "\n");
}

static int
key_rows(const struct panel *p)
{
	int n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->series[i].kind != SERIES_RULE && p->series[i].n > 0;
	return n;
}

static void
put_title(const struct drawing *d, int columns)
{
	struct buf title = { 0 };

	buf_printf(&title, "%s%s%s: %s", d->panel->title,
	    d->panel->subtitle == NULL ? "" : ", ",
	    d->panel->subtitle == NULL ? "" : d->panel->subtitle,
	    d->panel->ylabel);
	buf_put(&title, "", 1);
	buf_puts(d->out, d->canvas.colour ? "\033[1m" : "");
	put_name(d, (const char *)title.data, columns);
	buf_puts(d->out, d->canvas.colour ? "\033[0m\n" : "\n");
	buf_free(&title);
}

/* Below the middle of the axis. */
static void
put_xlabel(const struct drawing *d, int columns)
{
	int width = (int)strlen(d->panel->xlabel);
	int left = d->y.width + 2 + (d->canvas.columns - width) / 2;

	left = left + width > columns ? columns - width : left;
	left = left < 0 ? 0 : left;
	buf_printf(d->out, "%*s", left, "");
	put_name(d, d->panel->xlabel, columns - left);
	buf_puts(d->out, "\n");
}

static void
put_panel(struct drawing *d, const struct screen *s)
{
	/* The title, three rows of the axis and one for the next command. */
	int rows = s->rows - 5 - key_rows(d->panel);
	int columns;

	rows = rows < LEAST_ROWS ? LEAST_ROWS : rows;
	d->extent = panel_extent(d->panel, false);
	make_ticks(d, rows, s->columns);
	columns = s->columns - d->y.width - 2 - ENDS;
	canvas_init(&d->canvas,
	    columns < LEAST_COLUMNS ? LEAST_COLUMNS : columns, rows, s->utf8,
	    s->colour);
	draw_all(d);
	put_title(d, s->columns);
	for (int row = 0; row < rows; row++) {
		put_y_axis(d, row);
		canvas_put_row(&d->canvas, row, d->out);
		put_ends(d, row);
	}
	put_x_axis(d);
	put_xlabel(d, s->columns);
	for (size_t i = 0; i < d->panel->n; i++)
		if (d->panel->series[i].kind != SERIES_RULE &&
		    d->panel->series[i].n > 0)
			put_key_row(d, &d->panel->series[i], s->columns);
	canvas_fini(&d->canvas);
}

void
figure_text(const struct figure *f, const struct screen *s, struct buf *out)
{
	for (size_t i = 0; i < f->n; i++) {
		struct drawing d = { .figure = f,
			.panel = &f->panel[i],
			.out = out };

		if (i > 0)
			buf_puts(out, "\n");
		put_panel(&d, s);
	}
}
