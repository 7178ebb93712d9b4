/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of arms: which columns there is room for, and what is in them. */
#include "client/top_draw.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "client/top_columns.h"

#define COLUMNS_MOST 32
#define NAME_MOST 64 /* no name is longer */
#define SPARK_MOST 60

struct layout {
	size_t n;
	size_t column[COLUMNS_MOST];
	int width[COLUMNS_MOST];
};

static int
name_width(const struct top *t)
{
	int width = top_columns[0].width;

	for (size_t i = 0; i < t->arms; i++) {
		int len = (int)strlen(t->arm[i].now.name);

		width = len > width ? len : width;
	}
	return width < NAME_MOST ? width : NAME_MOST;
}

/* Leaves out the columns of the largest weight until the rest fits. */
static int
choose_columns(struct layout *l, int columns)
{
	int least =
	    columns < 2 * top_columns[0].width ? 8 : top_columns[0].width;
	int most = 0, left;

	for (const struct top_column *c = top_columns; c->title != NULL; c++)
		most = c->weight > most ? c->weight : most;
	for (int weight = most; weight >= 0; weight--) {
		l->n = 0;
		left = columns + 1;
		for (size_t i = 0; top_columns[i].title != NULL; i++)
			if (top_columns[i].weight <= weight) {
				l->column[l->n] = i;
				l->width[l->n] =
				    i > 0 ? top_columns[i].width : least;
				left -= l->width[l->n++] + 1;
			}
		if (left >= 0)
			return left;
	}
	l->width[0] = columns; /* not even the names */
	return 0;
}

/* The rest of the line is for names, then for the small diagrams alike. */
static void
lay_out(struct layout *l, const struct top *t, int columns)
{
	int left = choose_columns(l, columns);
	int more = name_width(t) - l->width[0], sparks = 0;

	more = more < left ? more : left;
	l->width[0] += more > 0 ? more : 0;
	left -= more > 0 ? more : 0;
	for (size_t i = 0; i < l->n; i++)
		sparks += top_columns[l->column[i]].cell == TOP_SPARK;
	for (size_t i = 0; i < l->n && sparks > 0; i++) {
		if (top_columns[l->column[i]].cell != TOP_SPARK)
			continue;
		more = SPARK_MOST - l->width[i];
		more = more < left / sparks ? more : left / sparks;
		l->width[i] += more;
		left -= more;
		sparks--;
	}
}

static void
draw_heading(struct drawing *d, const struct layout *l)
{
	int column = 0;

	for (size_t i = 0; i < l->n; i++) {
		const struct top_column *c = &top_columns[l->column[i]];
		enum view_attr attr =
		    l->column[i] == d->top->sort ? VIEW_SORTED : VIEW_BAR;

		if (c->cell == TOP_NUMBER)
			view_put_right(d->view, d->row, column, l->width[i],
			    attr, c->title);
		else
			view_put(d->view, d->row, column, l->width[i], attr,
			    c->title);
		column += l->width[i] + 1;
	}
	view_shade(d->view, d->row, 0, d->view->columns, VIEW_BAR);
	d->row++;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void
format_cell(char *out, size_t size, const struct top_column *c,
    const struct top_arm *a)
{
	double v = c->number(a);

	if (isnan(v))
		snprintf(out, size, "-");
	else
		snprintf(out, size, c->format, v);
}
#pragma GCC diagnostic pop

static void
draw_cell(struct drawing *d, const struct top_column *c,
    const struct top_arm *a, int column, int width, enum view_attr attr)
{
	char text[64];

	if (c->cell == TOP_SPARK) {
		for (int i = 0; i < width; i++)
			view_put_level(d->view, d->row, column + width - 1 - i,
			    attr == VIEW_PLAIN ? VIEW_SPARK : attr,
			    c->level(d->top, a, (size_t)i));
	} else if (c->cell == TOP_NAME) {
		view_put_name(d->view, d->row, column, width, attr,
		    a->now.name);
	} else {
		format_cell(text, sizeof text, c, a);
		view_put_right(d->view, d->row, column, width, attr, text);
	}
}

static void
draw_arm(struct drawing *d, const struct layout *l, const struct top_arm *a)
{
	bool selected = a == top_selected(d->top);
	enum view_attr attr = selected ? VIEW_SELECTED
	    : !a->now.enabled          ? VIEW_DIM
				       : VIEW_PLAIN;
	int column = 0;

	for (size_t i = 0; i < l->n; i++) {
		draw_cell(d, &top_columns[l->column[i]], a, column, l->width[i],
		    attr);
		column += l->width[i] + 1;
	}
	if (!a->now.enabled && l->n > 2)
		view_put(d->view, d->row, l->width[0] + 1 + l->width[1] + 1,
		    l->width[2], attr, "paused");
	if (selected)
		view_shade(d->view, d->row, 0, d->view->columns, attr);
	d->row++;
}

/* As many arms as there is room for. */
void
draw_arms(struct drawing *d, int end)
{
	struct top *t = d->top;
	struct layout l;

	lay_out(&l, t, d->view->columns);
	t->name_columns = (size_t)l.width[0];
	draw_heading(d, &l);
	t->shown = end > d->row ? (size_t)(end - d->row) : 0;
	if (t->first + t->shown > t->arms)
		t->first = t->arms > t->shown ? t->arms - t->shown : 0;
	top_sort(t);
	for (size_t i = t->first; i < t->arms && d->row < end; i++)
		draw_arm(d, &l, &t->arm[i]);
	if (t->arms == 0 && d->row < end)
		view_put(d->view, d->row, 0, d->view->columns, VIEW_DIM,
		    !t->up                      ? ""
			: top_router(t) == NULL ? "there is no such router"
						: "the router has no arms");
}
