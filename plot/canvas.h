/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * canvas.h: lines and letters in the cells of a terminal.
 *
 * In UTF-8 a cell has 2 by 4 dots, as a character of Braille; elsewhere it is
 * one dot, which shows as the letter of whose line it is.  Dots count from the
 * left and from below; what lies outside is left out.
 */
#ifndef PLOT_CANVAS_H
#define PLOT_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define CANVAS_NO_KEY SIZE_MAX /* in no colour of a key */

struct canvas_cell {
	uint8_t dots;
	char letter; /* over the dots; 0: none */
	size_t key;
};

struct canvas {
	int columns, rows;
	bool utf8, colour;
	struct canvas_cell *cell; /* [rows][columns], from the top */
};

void canvas_init(struct canvas *, int columns, int rows, bool utf8,
    bool colour);
void canvas_fini(struct canvas *);

/* Dots in each direction. */
int canvas_width(const struct canvas *);
int canvas_height(const struct canvas *);

/* Between two dots; every: 1, or more for a dotted line. */
void canvas_line(struct canvas *, int x0, int y0, int x1, int y1, int every,
    size_t key);

/* The letter of a key in the cell of a dot. */
void canvas_mark(struct canvas *, int x, int y, size_t key);

char canvas_letter(size_t key);

/* Appends one row; then what follows is as it was before. */
void canvas_put_row(const struct canvas *, int row, struct buf *);

/* Appends the letter in its colour. */
void canvas_put_letter(const struct canvas *, size_t key, struct buf *);

#endif
