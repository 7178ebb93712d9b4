/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * top_draw.h: what the files of top_view.h share.
 */
#ifndef CLIENT_TOP_DRAW_H
#define CLIENT_TOP_DRAW_H

#include "client/top.h"
#include "client/view.h"

/* One drawing. */
struct drawing {
	struct top *top;
	struct view *view;
	double wall, mono;
	int row; /* the next that is free */
};

/* What is above the table; each moves on to the next free row.  view NULL:
 * nothing is drawn, but the rows it takes are told.  top_head.c */
void draw_title(struct drawing *);
int draw_head(struct drawing *, int columns);
int draw_warnings(struct drawing *);

/* The table of arms, down to the row.  top_table.c */
void draw_arms(struct drawing *, int end);

#endif
