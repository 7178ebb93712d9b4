/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A figure as commands of gnuplot.  Where everything goes is reckoned here, in
 * pixels, so that all panels share one key below them.
 */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "plot/figure.h"
#include "plot/gnuplot.h"
#include "plot/series_gnuplot.h"
#include "plot/ticks.h"

#define WIDTH 960
#define LEFT 80 /* margins of a panel */
#define RIGHT 22
#define TOP 10 /* and for each line of a title */
#define TITLE 18
#define BOTTOM 54
#define KEY_ROW 20
#define KEY_PAD 14
#define KEY_SAMPLE 40
#define LETTER 7.2 /* the width of most */
#define TICK 64    /* columns between two on the x axis, at least */
#define PAD 0.04   /* of an axis, free at both ends */

struct page {
	struct buf *out;
	const struct figure *figure;
	enum theme theme;
	size_t columns, rows; /* of panels */
	size_t key_columns, key_rows;
	double panel_width, panel_height, top, height;
};

/* How many columns a name takes. */
static size_t
letters(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += (*text & 0xc0) != 0x80;
	return n;
}

static size_t
most_columns(const struct figure *f)
{
	size_t columns = f->columns != 0 ? f->columns
	    : f->n == 1                  ? 1
	    : f->n <= 4                  ? 2
					 : 3;

	return columns < f->n ? columns : f->n;
}

static void
lay_out(struct page *p)
{
	static const double heights[] = { 440, 330, 300, 270 };
	const struct figure *f = p->figure;
	size_t longest = 0, n;

	p->columns = most_columns(f);
	p->rows = (f->n + p->columns - 1) / p->columns;
	p->top = f->panel[0].subtitle == NULL ? TOP + TITLE : TOP + 2 * TITLE;
	p->panel_width = (double)WIDTH / (double)p->columns;
	p->panel_height = heights[p->columns < 4 ? p->columns - 1 : 3];
	for (size_t i = 0; i < f->keys; i++) {
		n = letters(f->key[i]);
		longest = n > longest ? n : longest;
	}
	n = (size_t)((WIDTH - 2 * KEY_PAD) /
	    (KEY_SAMPLE + 20 + LETTER * (double)longest));
	n = n < 1 ? 1 : n;
	p->key_rows = (f->keys + n - 1) / n;
	p->key_columns = (f->keys + p->key_rows - 1) / p->key_rows;
	p->height = (double)p->rows * p->panel_height +
	    (double)p->key_rows * KEY_ROW + 2 * KEY_PAD;
}

/* A place as gnuplot has it, from below. */
static void
put_place(const struct page *p, const char *word, double x, double y)
{
	buf_printf(p->out, "%s screen %.5f, screen %.5f", word, x / WIDTH,
	    1 - y / p->height);
}

static bool
any_of(const struct figure *f, size_t key, enum series_kind kind)
{
	for (size_t i = 0; i < f->n; i++)
		for (size_t k = 0; k < f->panel[i].n; k++)
			if (f->panel[i].series[k].kind == kind &&
			    f->panel[i].series[k].key == key)
				return true;
	return false;
}

/* What the colour looks like in the panels: a line, a mark, or both. */
static void
put_sample(const struct page *p, size_t key, double x, double y)
{
	bool area = any_of(p->figure, key, SERIES_AREA);
	double end = x + KEY_SAMPLE - 10;

	if (!any_of(p->figure, key, SERIES_POINTS)) {
		put_place(p, "set arrow from", x, y);
		put_place(p, " to", end, y);
		buf_puts(p->out, " nohead");
		if (area)
			buf_puts(p->out, " lw 10");
		else
			series_line_style(p->out, key);
		buf_printf(p->out, " lc rgb '%s'\n",
		    series_colour(key, p->theme));
	}
	if (!area) {
		put_place(p, "set label '' at", (x + end) / 2, y);
		buf_puts(p->out, " point");
		series_mark_style(p->out, key, 0.9);
		buf_printf(p->out, " lc rgb '%s'\n",
		    series_colour(key, p->theme));
	}
}

static void
put_key(const struct page *p)
{
	double top = (double)p->rows * p->panel_height + KEY_PAD;
	double width = (WIDTH - 2.0 * KEY_PAD) / (double)p->key_columns;

	for (size_t i = 0; i < p->figure->keys; i++) {
		double x = KEY_PAD + (double)(i / p->key_rows) * width;
		double y = top + ((double)(i % p->key_rows) + 0.5) * KEY_ROW;

		put_sample(p, i, x, y);
		buf_puts(p->out, "set label ");
		gnuplot_quote(p->out, p->figure->key[i]);
		put_place(p, " at", x + KEY_SAMPLE, y);
		buf_printf(p->out, " left noenhanced tc rgb '%s'\n",
		    palettes[p->theme].text);
	}
}

static void
put_data(struct buf *out, const struct panel *panel)
{
	for (size_t i = 0; i < panel->n; i++) {
		const struct series *s = &panel->series[i];

		buf_printf(out, "$d%zu << EOD\n", i);
		for (size_t k = 0; k < s->n; k++)
			buf_printf(out, "%.12g %.12g %.12g %.12g\n",
			    s->point[k].x, s->point[k].y, s->point[k].lo,
			    s->point[k].hi);
		buf_puts(out, "EOD\n");
	}
}

/* A name that fits over a panel. */
static void
put_name(const struct page *p, const char *name)
{
	struct buf cut = { 0 };
	size_t len = strlen(name), n;
	double room = (p->panel_width - 12) / LETTER;

	for (size_t i = 0; i < len; i += n, room--) {
		n = utf8_char(name + i, len - i);
		if (room < 2 && letters(name + i) > 1) {
			buf_puts(&cut, "\u2026");
			break;
		}
		buf_put(&cut, n == 0 ? "?" : name + i, n == 0 ? 1 : n);
		n = n == 0 ? 1 : n;
	}
	buf_put(&cut, "", 1);
	gnuplot_quote(p->out, (const char *)cut.data);
	buf_free(&cut);
}

/* The line-th name over a panel. */
static void
put_title(const struct page *p, size_t i, int line, const char *name)
{
	double x = (double)(i % p->columns) * p->panel_width;
	double y = (double)(i / p->columns) * p->panel_height;

	buf_puts(p->out, "set label ");
	put_name(p, name);
	put_place(p, " at", x + (LEFT + p->panel_width - RIGHT) / 2,
	    y + (line + 0.7) * TITLE);
	buf_printf(p->out, " center noenhanced tc rgb '%s'\n",
	    palettes[p->theme].text);
}

/* Labels that the panel beside or below has as well are there once. */
static void
put_titles(const struct page *p, size_t i)
{
	const struct panel *panel = &p->figure->panel[i];
	const struct panel *left = i % p->columns == 0 ? NULL : panel - 1;
	const struct panel *below =
	    i + p->columns < p->figure->n ? panel + p->columns : NULL;

	put_title(p, i, 0, panel->title);
	if (panel->subtitle != NULL)
		put_title(p, i, 1, panel->subtitle);
	buf_printf(p->out,
	    "set xlabel '%s' tc rgb '%s'\nset ylabel '%s' tc rgb '%s'\n",
	    below != NULL && strcmp(below->xlabel, panel->xlabel) == 0
		? ""
		: panel->xlabel,
	    palettes[p->theme].text,
	    left != NULL && strcmp(left->ylabel, panel->ylabel) == 0
		? ""
		: panel->ylabel,
	    palettes[p->theme].text);
}

static void
put_margins(const struct page *p, size_t i)
{
	double x = (double)(i % p->columns) * p->panel_width;
	double y = (double)(i / p->columns) * p->panel_height;

	buf_printf(p->out,
	    "set lmargin at screen %.5f\nset rmargin at screen %.5f\n"
	    "set tmargin at screen %.5f\nset bmargin at screen %.5f\n",
	    (x + LEFT) / WIDTH, (x + p->panel_width - RIGHT) / WIDTH,
	    1 - (y + p->top) / p->height,
	    1 - (y + p->panel_height - BOTTOM) / p->height);
}

/* Lines run from side to side, areas fill all, marks stand free. */
static void
put_axes(const struct page *p, const struct panel *panel)
{
	struct extent e = panel_extent(panel, true);
	enum series_kind kind =
	    panel->n > 0 ? panel->series[0].kind : SERIES_LINE;
	double dx = kind == SERIES_POINTS ? PAD * (e.x1 - e.x0) : 0;
	double dy = kind == SERIES_AREA ? 0 : PAD * (e.y1 - e.y0);
	double times = pow(e.x1 / e.x0, PAD);
	double step = tick_step(e.x0, e.x1, (int)(p->panel_width / TICK));

	buf_printf(p->out, "set yrange [%.12g:%.12g]\n", e.y0 - dy, e.y1 + dy);
	if (panel->log)
		buf_printf(p->out,
		    "set logscale x\nset xtics autofreq\n"
		    "set xrange [%.12g:%.12g]\n",
		    e.x0 / times, e.x1 * times);
	else
		buf_printf(p->out,
		    "unset logscale x\nset xtics %.12g\n"
		    "set xrange [%.12g:%.12g]\n",
		    panel->whole ? fmax(step, 1) : step, e.x0 - dx, e.x1 + dx);
}

static void
put_area_name(const struct page *p, const struct panel *panel,
    const struct series *s)
{
	const char *name = p->figure->key[s->key];
	struct extent e = panel_extent(panel, false);
	double width = LETTER * (1 + (double)letters(name)) /
	    (p->panel_width - LEFT - RIGHT) * (e.x1 - e.x0);

	series_put_label(p->out, s, name, width, p->theme);
}

/* A panel without a point still has its axes. */
static void
put_panel(const struct page *p, size_t i)
{
	const struct panel *panel = &p->figure->panel[i];

	put_margins(p, i);
	put_titles(p, i);
	put_axes(p, panel);
	put_data(p->out, panel);
	for (size_t k = 0; k < panel->n; k++)
		if (panel->series[k].kind == SERIES_AREA)
			put_area_name(p, panel, &panel->series[k]);
	buf_puts(p->out, "plot ");
	for (size_t k = 0; k < panel->n; k++)
		if (panel->series[k].n > 0)
			series_put_below(p->out, &panel->series[k], k,
			    p->theme);
	for (size_t k = 0; k < panel->n; k++)
		if (panel->series[k].n > 0)
			series_put_above(p->out, &panel->series[k], k,
			    p->theme);
	buf_puts(p->out, "NaN notitle\nunset label\nunset arrow\n");
}

/* The terminal as gnuplot calls it; how many pixels one of ours has. */
static void
put_figure(struct page *p, const char *terminal, double scale)
{
	const struct palette *c = &palettes[p->theme];

	buf_printf(p->out,
	    "set encoding utf8\nset terminal %s size %.0f, %.0f "
	    "font 'sans,12' background '%s'\nset multiplot\n"
	    "set format xy \"%%g\"\nunset key\nset border 3 lc rgb '%s'\nset "
	    "tics nomirror out "
	    "tc rgb '%s'\nset grid lc rgb '%s' lw 1 lt 1\n",
	    terminal, scale * WIDTH, scale * p->height, c->background, c->axes,
	    c->text, c->grid);
	put_key(p);
	for (size_t i = 0; i < p->figure->n; i++)
		put_panel(p, i);
	buf_puts(p->out, "unset multiplot\n");
}

enum err
figure_draw(const struct figure *figure, const char *path, enum theme theme,
    struct fault *f)
{
	const char *dot = strrchr(path, '.');
	struct buf out = { 0 };
	struct page page = { .out = &out, .figure = figure, .theme = theme };
	enum err e;

	lay_out(&page);
	if (dot != NULL && strcasecmp(dot, ".svg") == 0)
		put_figure(&page, "svg", 1);
	else if (dot != NULL && strcasecmp(dot, ".png") == 0)
		put_figure(&page,
		    "pngcairo fontscale 1.125 linewidth 1.5 pointscale 1.5",
		    1.5);
	else
		return fault_set(f, ERR_USAGE,
		    "-o takes a name that ends in .svg or .png, not \"%s\"",
		    path);
	e = gnuplot_run(&out, path, f);
	buf_free(&out);
	return e;
}
