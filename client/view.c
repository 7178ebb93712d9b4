/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/view.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "client/ctl_format.h"

void
view_init(struct view *v, int columns, int rows, bool utf8)
{
	*v = (struct view){ .columns = columns, .rows = rows, .utf8 = utf8 };
	v->cell = mem_zalloc((size_t)columns * (size_t)rows, sizeof *v->cell);
}

void
view_fini(struct view *v)
{
	free(v->cell);
	v->cell = NULL;
}

static struct view_cell *
cell_at(struct view *v, int row, int column)
{
	if (row < 0 || row >= v->rows || column < 0 || column >= v->columns)
		return NULL;
	return &v->cell[row * v->columns + column];
}

static void
put_char(struct view *v, int row, int column, enum view_attr attr,
    const char *text, size_t n)
{
	struct view_cell *c = cell_at(v, row, column);

	if (c == NULL)
		return;
	memcpy(c->text, text, n);
	c->text[n] = '\0';
	c->attr = attr;
}

/* Where UTF-8 is not shown, what is no ASCII is '?'. */
static size_t
put_next(struct view *v, int row, int column, enum view_attr attr,
    const char *text)
{
	size_t n = utf8_char(text, strlen(text));

	if (n == 0 || (n > 1 && !v->utf8)) {
		put_char(v, row, column, attr, "?", 1);
		return n > 0 ? n : 1;
	}
	put_char(v, row, column, attr, text, n);
	return n;
}

static void
put_ellipsis(struct view *v, int row, int column, enum view_attr attr)
{
	if (v->utf8)
		put_char(v, row, column, attr, "\xe2\x80\xa6", 3);
	else
		put_char(v, row, column, attr, "~", 1);
}

int
view_put(struct view *v, int row, int column, int width, enum view_attr attr,
    const char *text)
{
	int end = column + width;

	if (end > v->columns)
		end = v->columns;
	while (*text != '\0' && column < end) {
		size_t left = format_width(text, strlen(text));

		if (column + 1 == end && left > 1) {
			put_ellipsis(v, row, column++, attr);
			break;
		}
		text += put_next(v, row, column++, attr, text);
	}
	return column;
}

/* So many characters on. */
static const char *
skip(const char *text, size_t n)
{
	for (; n > 0 && *text != '\0'; n--) {
		size_t len = utf8_char(text, strlen(text));

		text += len > 0 ? len : 1;
	}
	return text;
}

void
view_put_name(struct view *v, int row, int column, int width,
    enum view_attr attr, const char *text)
{
	int len = (int)format_width(text, strlen(text));
	int head = (width - 1) / 2, tail = width - 1 - head;

	if (len <= width || width < 3) {
		view_put(v, row, column, width, attr, text);
		return;
	}
	for (int i = 0; i < head; i++)
		text += put_next(v, row, column++, attr, text);
	put_ellipsis(v, row, column++, attr);
	text = skip(text, (size_t)(len - head - tail));
	for (int i = 0; i < tail && *text != '\0'; i++)
		text += put_next(v, row, column++, attr, text);
}

void
view_put_right(struct view *v, int row, int column, int width,
    enum view_attr attr, const char *text)
{
	int len = (int)format_width(text, strlen(text));

	if (len < width)
		column += width - len;
	view_put(v, row, column, len < width ? len : width, attr, text);
}

void
view_put_level(struct view *v, int row, int column, enum view_attr attr,
    double level)
{
	static const char *const bars[] = { "\xe2\x96\x81", "\xe2\x96\x82",
		"\xe2\x96\x83", "\xe2\x96\x84", "\xe2\x96\x85", "\xe2\x96\x86",
		"\xe2\x96\x87", "\xe2\x96\x88" };
	static const char ascii[] = "_.-:=+*#";
	int i;

	if (isnan(level))
		return;
	i = (int)(8 * fmin(fmax(level, 0), 1));
	i = i < 8 ? i : 7;
	if (v->utf8)
		put_char(v, row, column, attr, bars[i], 3);
	else
		put_char(v, row, column, attr, &ascii[i], 1);
}

void
view_shade(struct view *v, int row, int column, int width, enum view_attr attr)
{
	for (int i = column; i < column + width; i++) {
		struct view_cell *c = cell_at(v, row, i);

		if (c != NULL && c->attr == VIEW_PLAIN)
			c->attr = attr;
	}
}

void
view_text(const struct view *v, int row, struct buf *out)
{
	const struct view_cell *c = &v->cell[row * v->columns];
	int n = v->columns;

	while (n > 0 && (c[n - 1].text[0] == '\0' || c[n - 1].text[0] == ' '))
		n--;
	for (int i = 0; i < n; i++)
		buf_puts(out, c[i].text[0] != '\0' ? c[i].text : " ");
}
