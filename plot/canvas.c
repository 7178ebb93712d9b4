/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/canvas.h"

#include <stdlib.h>

#include "base/mem.h"

/* Near to those of figure_gnuplot.c, of the 256 of a terminal; 39: its own. */
static const char *const colours[] = { "38;5;32", "38;5;166", "38;5;36",
	"38;5;175", "38;5;214", "38;5;117", "39", "38;5;125", "38;5;227",
	"38;5;99", "38;5;54", "38;5;88" };

void
canvas_init(struct canvas *c, int columns, int rows, bool utf8, bool colour)
{
	*c = (struct canvas){ .columns = columns,
		.rows = rows,
		.utf8 = utf8,
		.colour = colour };
	c->cell = mem_zalloc((size_t)columns * (size_t)rows, sizeof *c->cell);
	for (int i = 0; i < columns * rows; i++)
		c->cell[i].key = CANVAS_NO_KEY;
}

void
canvas_fini(struct canvas *c)
{
	free(c->cell);
}

int
canvas_width(const struct canvas *c)
{
	return c->utf8 ? 2 * c->columns : c->columns;
}

int
canvas_height(const struct canvas *c)
{
	return c->utf8 ? 4 * c->rows : c->rows;
}

/* NULL: outside. */
static struct canvas_cell *
cell_of(struct canvas *c, int x, int y)
{
	int column = c->utf8 ? x / 2 : x, up = c->utf8 ? y / 4 : y;

	if (x < 0 || y < 0 || column >= c->columns || up >= c->rows)
		return NULL;
	return &c->cell[(c->rows - 1 - up) * c->columns + column];
}

/* The bits of U+2800, by column and by row from below. */
static void
dot(struct canvas *c, int x, int y, size_t key)
{
	static const uint8_t bits[2][4] = { { 0x40, 0x04, 0x02, 0x01 },
		{ 0x80, 0x20, 0x10, 0x08 } };
	struct canvas_cell *cell = cell_of(c, x, y);

	if (cell == NULL)
		return;
	/* A line to compare with does not take the colour of another. */
	if (key != CANVAS_NO_KEY || cell->dots == 0)
		cell->key = key;
	cell->dots |= c->utf8 ? bits[x % 2][y % 4] : 1;
}

/* Bresenham's. */
void
canvas_line(struct canvas *c, int x0, int y0, int x1, int y1, int every,
    size_t key)
{
	int dx = abs(x1 - x0), dy = -abs(y1 - y0);
	int sx = x0 < x1 ? 1 : -1, sy = y0 < y1 ? 1 : -1;
	int error = dx + dy;

	for (int n = 0;; n++) {
		int twice = 2 * error;

		if (n % every == 0)
			dot(c, x0, y0, key);
		if (x0 == x1 && y0 == y1)
			return;
		if (twice >= dy) {
			error += dy;
			x0 += sx;
		}
		if (twice <= dx) {
			error += dx;
			y0 += sy;
		}
	}
}

void
canvas_mark(struct canvas *c, int x, int y, size_t key)
{
	struct canvas_cell *cell = cell_of(c, x, y);

	if (cell == NULL)
		return;
	cell->letter = canvas_letter(key);
	cell->key = key;
}

char
canvas_letter(size_t key)
{
	static const char letters[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

	return key < sizeof letters - 1 ? letters[key] : '*';
}

static void
begin(const struct canvas *c, size_t key, struct buf *out)
{
	if (c->colour && key != CANVAS_NO_KEY)
		buf_printf(out, "\033[%sm",
		    colours[key % (sizeof colours / sizeof *colours)]);
	else if (c->colour)
		buf_puts(out, "\033[2m");
}

static void
end(const struct canvas *c, struct buf *out)
{
	if (c->colour)
		buf_puts(out, "\033[0m");
}

static void
put_dots(const struct canvas *c, const struct canvas_cell *cell,
    struct buf *out)
{
	uint8_t braille[3] = { 0xe2, (uint8_t)(0xa0 | cell->dots >> 6),
		(uint8_t)(0x80 | (cell->dots & 0x3f)) };
	char plain =
	    cell->key == CANVAS_NO_KEY ? '.' : canvas_letter(cell->key);

	if (c->utf8)
		buf_put(out, braille, sizeof braille);
	else
		buf_put(out, &plain, 1);
}

void
canvas_put_row(const struct canvas *c, int row, struct buf *out)
{
	for (int i = 0; i < c->columns; i++) {
		const struct canvas_cell *cell = &c->cell[row * c->columns + i];

		if (cell->dots == 0 && cell->letter == 0) {
			buf_puts(out, " ");
			continue;
		}
		begin(c, cell->key, out);
		if (cell->letter != 0)
			buf_put(out, &cell->letter, 1);
		else
			put_dots(c, cell, out);
		end(c, out);
	}
}

void
canvas_put_letter(const struct canvas *c, size_t key, struct buf *out)
{
	begin(c, key, out);
	buf_printf(out, "%c", canvas_letter(key));
	end(c, out);
}
