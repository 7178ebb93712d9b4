/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ctl_show.h: an answer as a person reads it, whatever the method.
 *
 * A map is lines of key and value; an array of maps in it is a table, with a
 * column for every key that any of them has, or where those would be too many
 * for a line, with a row for every key.  A map of only a text is that text,
 * and an empty one is nothing.
 */
#ifndef CLIENT_CTL_SHOW_H
#define CLIENT_CTL_SHOW_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/cursor.h"

struct look {
	bool colour;
	size_t columns; /* of the terminal; 0: as many as it takes */
	double now;     /* seconds since the epoch */
};

void show_put(struct buf *, struct cursor answer, const struct look *);

#endif
