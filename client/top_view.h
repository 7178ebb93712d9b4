/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * top_view.h: what is looked at, as rows of text of a given size.
 */
#ifndef CLIENT_TOP_VIEW_H
#define CLIENT_TOP_VIEW_H

#include "base/buf.h"
#include "client/top.h"
#include "client/view.h"

/* Fills an empty view, of at least one cell; wall and mono are the time.
 * keys: with the line of keys, and only as many arms as there is room for,
 * which is noted in top.shown. */
void top_draw(struct top *, struct view *, double wall, double mono, bool keys);

/* Rows that all of it takes, without the line of keys. */
int top_height(const struct top *, int columns);

/* One line of JSON. */
void top_json(const struct top *, double wall, struct buf *);

#endif
