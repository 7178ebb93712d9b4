/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/json.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/utf8.h"

/* A control character, or one byte of what is no character; how many it was. */
static size_t
put_odd(struct buf *out, const char *s, size_t len)
{
	uint32_t c;
	size_t n = utf8_decode(s, len, &c);

	if (n > 0)
		buf_printf(out, "\\u%04x", (unsigned)c);
	else
		buf_puts(out, "\\ufffd");
	return n > 0 ? n : 1;
}

void
json_put_str(struct buf *out, const char *s, size_t len)
{
	buf_puts(out, "\"");
	for (size_t i = 0, n; i < len; i += n) {
		n = utf8_char(s + i, len - i);
		if (n == 1 && (s[i] == '"' || s[i] == '\\'))
			buf_puts(out, "\\");
		if (n > 0)
			buf_put(out, s + i, n);
		else
			n = put_odd(out, s + i, len - i);
	}
	buf_puts(out, "\"");
}

/* Whole numbers keep a point, so that a reader sees what they are. */
static void
put_num(struct buf *out, double num, bool single)
{
	size_t start = out->len;

	if (!isfinite(num)) {
		buf_puts(out, "null");
		return;
	}
	if (single)
		buf_put_float(out, (float)num);
	else
		buf_put_num(out, num);
	if (memchr(out->data + start, '.', out->len - start) == NULL &&
	    memchr(out->data + start, 'e', out->len - start) == NULL)
		buf_puts(out, ".0");
}

static void
put_floats(struct buf *out, const uint8_t *p, uint32_t len)
{
	buf_puts(out, "[");
	for (uint32_t i = 0; i < len; i += 4) {
		float x;

		memcpy(&x, p + i, sizeof x);
		buf_puts(out, i > 0 ? ", " : "");
		put_num(out, (double)x, true);
	}
	buf_puts(out, "]");
}

static void
put_hex(struct buf *out, const uint8_t *p, uint32_t len)
{
	buf_puts(out, "\"");
	for (uint32_t i = 0; i < len; i++)
		buf_printf(out, "%02x", p[i]);
	buf_puts(out, "\"");
}

static void
put_array(struct buf *out, struct cursor *c, uint32_t n)
{
	buf_puts(out, "[");
	for (uint32_t i = 0; i < n; i++) {
		buf_puts(out, i > 0 ? ", " : "");
		json_put(out, c);
	}
	buf_puts(out, "]");
}

/* JSON's keys are strings; any other key is written as the JSON that it is,
 * in quotes. */
static void
put_key(struct buf *out, struct cursor *c)
{
	struct buf other = { 0 };
	const char *s;
	uint32_t len;

	if (cursor_str(c, &s, &len)) {
		json_put_str(out, s, len);
		return;
	}
	json_put(&other, c);
	json_put_str(out, (const char *)other.data, other.len);
	buf_free(&other);
}

static void
put_map(struct buf *out, struct cursor *c, uint32_t n)
{
	buf_puts(out, "{");
	for (uint32_t i = 0; i < n; i++) {
		buf_puts(out, i > 0 ? ", " : "");
		put_key(out, c);
		buf_puts(out, ": ");
		json_put(out, c);
	}
	buf_puts(out, "}");
}

/* head is the value's first byte: 0xca is a float32, and 0xcf an integer also
 * where the cursor has only a double for it. */
static void
put_number(struct buf *out, const uint8_t *head, double num)
{
	uint64_t u = 0;

	if (*head != 0xcf) {
		put_num(out, num, *head == 0xca);
		return;
	}
	for (int i = 1; i <= 8; i++)
		u = u << 8 | head[i];
	buf_printf(out, "%" PRIu64, u);
}

void
json_put(struct buf *out, struct cursor *c)
{
	const uint8_t *head = c->p;
	struct value v;

	if (!cursor_next(c, &v))
		return;
	switch (v.type) {
	case VALUE_NIL:
		buf_puts(out, "null");
		return;
	case VALUE_BOOL:
		buf_puts(out, v.u.boolean ? "true" : "false");
		return;
	case VALUE_INT:
		buf_printf(out, "%" PRId64, v.u.integer);
		return;
	case VALUE_NUM:
		put_number(out, head, v.u.num);
		return;
	case VALUE_STR:
		json_put_str(out, (const char *)v.u.bytes.data, v.u.bytes.len);
		return;
	case VALUE_BIN:
	case VALUE_EXT:
		if (v.type == VALUE_BIN && v.u.bytes.len % 4 == 0)
			put_floats(out, v.u.bytes.data, v.u.bytes.len);
		else
			put_hex(out, v.u.bytes.data, v.u.bytes.len);
		return;
	case VALUE_ARRAY:
		put_array(out, c, v.u.count);
		return;
	case VALUE_MAP:
		put_map(out, c, v.u.count);
		return;
	}
}
