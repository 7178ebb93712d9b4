/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ctl_table.h: rows and columns of text.
 *
 * A table knows nothing of answers; ctl_show.h fills it.  Columns are as wide
 * as their widest cell, and those with numbers are aligned at the right.
 */
#ifndef CLIENT_CTL_TABLE_H
#define CLIENT_CTL_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct table_cell {
	struct buf text;
	bool number; /* at the right */
};

struct table {
	size_t rows, columns;
	struct table_cell *cell; /* [rows][columns] */
	bool *dim;               /* [rows], shown faintly in colour */
	bool headed;             /* row 0 is a heading: capitals, bold */
};

void table_init(struct table *, size_t rows, size_t columns);
void table_fini(struct table *);
struct table_cell *table_cell(const struct table *, size_t row, size_t column);

/* How many columns of a terminal a line takes at most, also with rows for
 * columns. */
size_t table_width(const struct table *, bool turned);

/* The table with rows for columns, and all at the left. */
void table_transpose(struct table *);

void table_put(const struct table *, bool colour, struct buf *);

#endif
