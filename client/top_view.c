/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/top_view.h"

#include <stdio.h>
#include <string.h>

#include "client/top_draw.h"

static void
draw_help(struct drawing *d, int end)
{
	for (const struct top_key *k = top_keys; k->name != NULL; k++) {
		if (d->row >= end)
			return;
		view_put(d->view, d->row, 2, 8, VIEW_BOLD, k->name);
		view_put(d->view, d->row++, 12, d->view->columns - 12,
		    VIEW_PLAIN, k->help);
	}
	if (d->row + 1 < end)
		view_put(d->view, ++d->row, 2, d->view->columns - 2, VIEW_DIM,
		    "Shares and rewards \"now\" are those of the last minute "
		    "at one look a second.");
}

static void
draw_keys(struct drawing *d, int row)
{
	static const char *const words[] = { "q quit", "h help", "s sort",
		"p pause", "r router", "+- time" };
	const struct top *t = d->top;
	char text[320], place[64];
	int column = 0, columns = d->view->columns;

	snprintf(place, sizeof place, "%zu-%zu of %zu arms, %g s",
	    t->arms > 0 ? t->first + 1 : 0,
	    t->first + t->shown < t->arms ? t->first + t->shown : t->arms,
	    t->arms, t->interval);
	if (t->mode == TOP_ASK && top_selected(t) != NULL) {
		snprintf(text, sizeof text, "%s %s? y: yes, any other key: no",
		    top_selected(t)->now.enabled ? "Pause" : "Enable",
		    t->selected);
		view_put(d->view, row, 0, columns, VIEW_BAD, text);
		return;
	}
	if (t->message[0] != '\0') {
		column = view_put(d->view, row, 0, columns, VIEW_WARNING,
		    t->message);
		if (column + 2 + (int)strlen(place) <= columns)
			view_put_right(d->view, row, 0, columns, VIEW_DIM,
			    place);
		return;
	}
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (column + (int)strlen(words[i]) > columns)
			break;
		column = 2 +
		    view_put(d->view, row, column, columns, VIEW_BAR, words[i]);
	}
	if (column + (int)strlen(place) <= columns)
		view_put_right(d->view, row, 0, columns, VIEW_BAR, place);
	view_shade(d->view, row, 0, columns, VIEW_BAR);
}

/* On a screen too low for all, the table is what matters. */
static bool
is_low(const struct view *v)
{
	return v->rows < 12;
}

void
top_draw(struct top *t, struct view *v, double wall, double mono, bool keys)
{
	struct drawing d = { t, v, wall, mono, 0 };
	int end = keys && v->rows > 1 ? v->rows - 1 : v->rows;

	draw_title(&d);
	if (!is_low(v) || !keys)
		draw_head(&d, v->columns);
	draw_warnings(&d);
	if (!is_low(v) || !keys)
		d.row++;
	if (t->mode == TOP_HELP)
		draw_help(&d, end);
	else
		draw_arms(&d, end);
	if (end < v->rows) {
		for (int i = 0; i < v->columns; i++) /* what grew too long */
			v->cell[end * v->columns + i] = (struct view_cell){ 0 };
		draw_keys(&d, end);
	}
}

int
top_height(const struct top *t, int columns)
{
	struct drawing d = { .top = (struct top *)(uintptr_t)t };

	/* The title, a blank line, the heading, and a line at least. */
	return draw_head(&d, columns) + draw_warnings(&d) + 3 +
	    (int)(t->arms > 0 ? t->arms : 1);
}
