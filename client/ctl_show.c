/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/ctl_show.h"

#include <string.h>

#include "client/ctl_format.h"
#include "client/ctl_table.h"

#define COLUMNS_MOST 16 /* of a table that is not turned */
#define KEYS_MOST 256

struct key {
	const char *name;
	uint32_t len;
};

struct keys {
	size_t n;
	struct key key[KEYS_MOST];
};

static bool
key_next(struct cursor *c, struct key *k)
{
	return cursor_str(c, &k->name, &k->len);
}

/* Its index, added where it is new; KEYS_MOST where there are too many. */
static size_t
keys_index(struct keys *keys, struct key k)
{
	size_t i = 0;

	while (i < keys->n &&
	    (keys->key[i].len != k.len ||
		memcmp(keys->key[i].name, k.name, k.len) != 0))
		i++;
	if (i == keys->n && keys->n < KEYS_MOST)
		keys->key[keys->n++] = k;
	return i;
}

/* The head of the next value, without moving. */
static struct value
peek(struct cursor c)
{
	struct value v = { .type = VALUE_NIL };

	cursor_next(&c, &v);
	return v;
}

/* Whether it is an array of one map or more, and nothing else. */
static bool
is_table(struct cursor c)
{
	struct value v = peek(c);
	uint32_t n = v.type == VALUE_ARRAY ? v.u.count : 0;

	cursor_next(&c, &v);
	for (uint32_t i = 0; i < n; i++) {
		if (peek(c).type != VALUE_MAP || !cursor_skip(&c))
			return false;
	}
	return n > 0;
}

/* The keys of all maps of an array, in the order in which they come. */
static void
keys_collect(struct keys *keys, struct cursor c)
{
	struct value array, map;
	struct key k;

	cursor_next(&c, &array);
	for (uint32_t i = 0; i < array.u.count; i++) {
		cursor_next(&c, &map);
		for (uint32_t j = 0; j < map.u.count; j++)
			if (key_next(&c, &k) && cursor_skip(&c))
				keys_index(keys, k);
	}
}

/* An arm that decisions cannot choose stands back. */
static bool
stands_back(struct key k, struct value v)
{
	struct value name = { .type = VALUE_STR,
		.u.bytes = { (const uint8_t *)k.name, k.len } };

	return v.type == VALUE_BOOL && !v.u.boolean &&
	    (value_is(&name, "enabled") || value_is(&name, "eligible"));
}

static void
fill_row(struct table *t, size_t row, struct keys *keys, struct cursor *c,
    const struct look *look)
{
	struct value map;
	struct key k;

	cursor_next(c, &map);
	for (uint32_t j = 0; j < map.u.count; j++) {
		struct table_cell *cell;
		size_t column;

		if (!key_next(c, &k) ||
		    (column = keys_index(keys, k)) == KEYS_MOST)
			return;
		cell = table_cell(t, row, column);
		t->dim[row] |= stands_back(k, peek(*c));
		cell->number =
		    format_put(&cell->text, k.name, k.len, c, look->now);
	}
	for (size_t i = 0; i < t->columns; i++)
		if (table_cell(t, row, i)->text.len == 0)
			buf_puts(&table_cell(t, row, i)->text, "-");
}

/* Whether it is too wide for a terminal, and less so with rows for columns. */
static bool
better_turned(const struct table *t, size_t columns)
{
	return columns > 0 && table_width(t, false) > columns &&
	    table_width(t, true) < table_width(t, false);
}

static void
put_table(struct buf *out, struct cursor c, const struct look *look)
{
	struct keys keys = { 0 };
	struct table t;
	struct value array = peek(c);

	keys_collect(&keys, c);
	table_init(&t, (size_t)array.u.count + 1, keys.n);
	for (size_t i = 0; i < keys.n; i++)
		format_put_key(&table_cell(&t, 0, i)->text, keys.key[i].name,
		    keys.key[i].len);
	cursor_next(&c, &array);
	for (size_t r = 1; r < t.rows; r++)
		fill_row(&t, r, &keys, &c, look);
	if (keys.n > COLUMNS_MOST || better_turned(&t, look->columns))
		table_transpose(&t);
	else
		t.headed = true;
	table_put(&t, look->colour, out);
	table_fini(&t);
}

/* The lines of a map: what is no table. */
static size_t
put_lines(struct buf *out, struct cursor c, uint32_t n, const struct look *look)
{
	struct table t;
	size_t row = 0;
	struct key k;

	table_init(&t, n, 2);
	for (uint32_t i = 0; i < n && key_next(&c, &k); i++) {
		if (is_table(c)) {
			cursor_skip(&c);
			continue;
		}
		format_put_key(&table_cell(&t, row, 0)->text, k.name, k.len);
		format_put(&table_cell(&t, row, 1)->text, k.name, k.len, &c,
		    look->now);
		row++;
	}
	t.rows = row;
	table_put(&t, look->colour, out);
	table_fini(&t);
	return row;
}

static void
put_tables(struct buf *out, struct cursor c, uint32_t n, size_t before,
    const struct look *look)
{
	struct key k;

	for (uint32_t i = 0; i < n && key_next(&c, &k); i++) {
		if (is_table(c)) {
			buf_puts(out, before++ > 0 ? "\n" : "");
			put_table(out, c, look);
		}
		cursor_skip(&c);
	}
}

/* Whether it is {"text": ..}, which has its own lines. */
static bool
is_text(struct cursor c, uint32_t n, struct value *text)
{
	struct value key;

	return n == 1 && cursor_next(&c, &key) && value_is(&key, "text") &&
	    cursor_next(&c, text) && text->type == VALUE_STR;
}

/* Whether it is one empty list, {"arms": []}. */
static bool
is_empty_list(struct cursor c, uint32_t n)
{
	struct value key, list;

	return n == 1 && cursor_next(&c, &key) && cursor_next(&c, &list) &&
	    list.type == VALUE_ARRAY && list.u.count == 0;
}

void
show_put(struct buf *out, struct cursor c, const struct look *look)
{
	struct value v = peek(c), text;
	size_t lines;

	if (v.type != VALUE_MAP) {
		if (is_table(c))
			put_table(out, c, look);
		else {
			format_put(out, "", 0, &c, look->now);
			buf_puts(out, "\n");
		}
		return;
	}
	cursor_next(&c, &v);
	if (is_text(c, v.u.count, &text)) {
		buf_put(out, text.u.bytes.data, text.u.bytes.len);
	} else if (is_empty_list(c, v.u.count)) {
		buf_puts(out, "none\n");
	} else {
		lines = put_lines(out, c, v.u.count, look);
		put_tables(out, c, v.u.count, lines, look);
	}
}
