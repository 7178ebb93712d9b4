/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * view.h: a rectangle of characters with attributes, which a terminal shows or
 * a file gets as text.  What does not fit is left out, never wrapped.
 */
#ifndef CLIENT_VIEW_H
#define CLIENT_VIEW_H

#include <stdbool.h>

#include "base/buf.h"

enum view_attr {
	VIEW_PLAIN,
	VIEW_BOLD,
	VIEW_DIM,
	VIEW_BAR,      /* the heading of a table, the line of keys */
	VIEW_SORTED,   /* in that, the column it is sorted by */
	VIEW_SELECTED, /* a row */
	VIEW_GOOD,
	VIEW_WARNING,
	VIEW_BAD,
	VIEW_SPARK,
	VIEW_ATTRS
};

struct view_cell {
	char text[5]; /* one character of UTF-8; "": a blank */
	enum view_attr attr;
};

struct view {
	int columns, rows;
	bool utf8;
	struct view_cell *cell; /* [rows][columns] */
};

void view_init(struct view *, int columns, int rows, bool utf8);
void view_fini(struct view *);

/* Text from a column on, in at most width columns, where what is too long ends
 * in an ellipsis; the column behind it.  What is no clean UTF-8 is '?'. */
int view_put(struct view *, int row, int column, int width, enum view_attr,
    const char *text);

/* A name that is too long has the ellipsis in its middle, as names of models
 * differ at their end. */
void view_put_name(struct view *, int row, int column, int width,
    enum view_attr, const char *text);

/* Text at the right end of the width. */
void view_put_right(struct view *, int row, int column, int width,
    enum view_attr, const char *text);

/* A bar of a small diagram, level from 0 to 1; NaN: nothing. */
void view_put_level(struct view *, int row, int column, enum view_attr,
    double level);

/* The attribute of cells that have none. */
void view_shade(struct view *, int row, int column, int width, enum view_attr);

/* Appends a row as text, without blanks at its end. */
void view_text(const struct view *, int row, struct buf *);

#endif
