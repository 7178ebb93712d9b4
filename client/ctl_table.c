/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/ctl_table.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "client/ctl_format.h"

#define GAP "  "
#define BOLD "\033[1m"
#define DIM "\033[2m"
#define NORMAL "\033[0m"

void
table_init(struct table *t, size_t rows, size_t columns)
{
	*t = (struct table){ .rows = rows, .columns = columns };
	t->cell = mem_zalloc(rows * columns, sizeof *t->cell);
	t->dim = mem_zalloc(rows, sizeof *t->dim);
}

void
table_fini(struct table *t)
{
	for (size_t i = 0; i < t->rows * t->columns; i++)
		buf_free(&t->cell[i].text);
	free(t->cell);
	free(t->dim);
}

struct table_cell *
table_cell(const struct table *t, size_t row, size_t column)
{
	return &t->cell[row * t->columns + column];
}

void
table_transpose(struct table *t)
{
	struct table turned;

	table_init(&turned, t->columns, t->rows);
	for (size_t r = 0; r < t->rows; r++)
		for (size_t c = 0; c < t->columns; c++) {
			*table_cell(&turned, c, r) = *table_cell(t, r, c);
			table_cell(&turned, c, r)->number = false;
			*table_cell(t, r, c) = (struct table_cell){ 0 };
		}
	table_fini(t);
	*t = turned;
}

static size_t
cell_width(const struct table_cell *c)
{
	return format_width((const char *)c->text.data, c->text.len);
}

static size_t
column_width(const struct table *t, size_t column)
{
	size_t width = 0;

	for (size_t r = 0; r < t->rows; r++) {
		size_t w = cell_width(table_cell(t, r, column));

		width = w > width ? w : width;
	}
	return width;
}

static size_t
row_width(const struct table *t, size_t row)
{
	size_t width = 0;

	for (size_t c = 0; c < t->columns; c++) {
		size_t w = cell_width(table_cell(t, row, c));

		width = w > width ? w : width;
	}
	return width;
}

size_t
table_width(const struct table *t, bool turned)
{
	size_t n = turned ? t->rows : t->columns;
	size_t width = n > 0 ? (n - 1) * strlen(GAP) : 0;

	for (size_t i = 0; i < n; i++)
		width += turned ? row_width(t, i) : column_width(t, i);
	return width;
}

/* One number, and the whole column is at the right. */
static bool
at_right(const struct table *t, size_t column)
{
	for (size_t r = 0; r < t->rows; r++)
		if (table_cell(t, r, column)->number)
			return true;
	return false;
}

static void
put_text(const struct table *t, size_t row, size_t column, struct buf *out)
{
	const struct buf *text = &table_cell(t, row, column)->text;

	for (size_t i = 0; i < text->len; i++) {
		char c = (char)text->data[i];

		if (t->headed && row == 0)
			c = (char)toupper((unsigned char)c);
		buf_put(out, &c, 1);
	}
}

/* No blanks at the end of a line. */
static void
put_cell(const struct table *t, size_t row, size_t column, size_t width,
    struct buf *out)
{
	size_t pad = width - cell_width(table_cell(t, row, column));
	bool right = at_right(t, column);

	if (right)
		buf_printf(out, "%*s", (int)pad, "");
	put_text(t, row, column, out);
	if (column + 1 == t->columns)
		return;
	if (!right)
		buf_printf(out, "%*s", (int)pad, "");
	buf_puts(out, GAP);
}

static void
put_row(const struct table *t, size_t row, const size_t *width, bool colour,
    struct buf *out)
{
	const char *style = t->headed && row == 0 ? BOLD
	    : t->dim[row]                         ? DIM
						  : "";

	buf_puts(out, colour ? style : "");
	for (size_t c = 0; c < t->columns; c++)
		put_cell(t, row, c, width[c], out);
	buf_puts(out, colour && *style != '\0' ? NORMAL "\n" : "\n");
}

void
table_put(const struct table *t, bool colour, struct buf *out)
{
	size_t *width = mem_alloc(t->columns, sizeof *width);

	for (size_t c = 0; c < t->columns; c++)
		width[c] = column_width(t, c);
	for (size_t r = 0; r < t->rows; r++)
		put_row(t, r, width, colour, out);
	free(width);
}
