/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/cursor.h"

#include <string.h>

/*
 * How the first byte is read: a class, and for lengths and numbers how many
 * bytes of it follow.  0xc1 is never used by the format.
 */
enum head { HEAD_NIL, HEAD_BOOL, HEAD_UINT, HEAD_SINT, HEAD_NUM, HEAD_STR,
	HEAD_BIN, HEAD_ARRAY, HEAD_MAP, HEAD_EXT, HEAD_FIXEXT, HEAD_NONE };

/* clang-format off */
static const struct { uint8_t head, size; } heads[32] = { /* 0xc0 .. 0xdf */
	{ HEAD_NIL, 0 }, { HEAD_NONE, 0 }, { HEAD_BOOL, 0 }, { HEAD_BOOL, 0 },
	{ HEAD_BIN, 1 }, { HEAD_BIN, 2 }, { HEAD_BIN, 4 },
	{ HEAD_EXT, 1 }, { HEAD_EXT, 2 }, { HEAD_EXT, 4 },
	{ HEAD_NUM, 4 }, { HEAD_NUM, 8 },
	{ HEAD_UINT, 1 }, { HEAD_UINT, 2 }, { HEAD_UINT, 4 }, { HEAD_UINT, 8 },
	{ HEAD_SINT, 1 }, { HEAD_SINT, 2 }, { HEAD_SINT, 4 }, { HEAD_SINT, 8 },
	{ HEAD_FIXEXT, 1 }, { HEAD_FIXEXT, 2 }, { HEAD_FIXEXT, 4 },
	{ HEAD_FIXEXT, 8 }, { HEAD_FIXEXT, 16 },
	{ HEAD_STR, 1 }, { HEAD_STR, 2 }, { HEAD_STR, 4 },
	{ HEAD_ARRAY, 2 }, { HEAD_ARRAY, 4 }, { HEAD_MAP, 2 }, { HEAD_MAP, 4 },
};
/* clang-format on */

static uint64_t
big_endian(const uint8_t *p, unsigned size)
{
	uint64_t v = 0;

	while (size-- > 0)
		v = v << 8 | *p++;
	return v;
}

static int64_t
sign_extend(uint64_t v, unsigned size)
{
	unsigned unused = 64 - 8 * size;

	return (int64_t)(v << unused) >> unused;
}

static double
floating(uint64_t bits, unsigned size)
{
	uint32_t half = (uint32_t)bits;
	double d;
	float f;

	if (size == 8) {
		memcpy(&d, &bits, sizeof d);
		return d;
	}
	memcpy(&f, &half, sizeof f);
	return (double)f;
}

enum token { TOKEN_OK, TOKEN_PARTIAL, TOKEN_BROKEN };

static void
bytes_set(struct value *v, enum value_type type, const uint8_t *p, uint64_t n)
{
	v->type = type;
	v->u.bytes.data = p;
	v->u.bytes.len = (uint32_t)n;
}

static void
count_set(struct value *v, enum value_type type, uint64_t n)
{
	v->type = type;
	v->u.count = (uint32_t)n;
}

static void
int_set(struct value *v, int64_t i)
{
	v->type = VALUE_INT;
	v->u.integer = i;
}

/* The first bytes 0x00-0xbf and 0xe0-0xff carry their value themselves. */
static size_t
token_short(const uint8_t *p, struct value *v)
{
	uint8_t b = *p;

	if (b < 0x80 || b >= 0xe0)
		int_set(v, (int8_t)b);
	else if (b < 0x90)
		count_set(v, VALUE_MAP, b & 0x0f);
	else if (b < 0xa0)
		count_set(v, VALUE_ARRAY, b & 0x0f);
	else {
		bytes_set(v, VALUE_STR, p + 1, b & 0x1f);
		return 1 + (size_t)(b & 0x1f);
	}
	return 1;
}

static size_t
token_long(const uint8_t *p, unsigned head, unsigned size, struct value *v)
{
	uint64_t n = big_endian(p + 1, head == HEAD_FIXEXT ? 0 : size);
	size_t used = 1 + size;

	switch (head) {
	case HEAD_NIL:
		v->type = VALUE_NIL;
		return used;
	case HEAD_BOOL:
		v->type = VALUE_BOOL;
		v->u.boolean = *p == 0xc3;
		return used;
	case HEAD_NUM:
		v->type = VALUE_NUM;
		v->u.num = floating(n, size);
		return used;
	case HEAD_UINT:
		int_set(v, (int64_t)n);
		if (n > INT64_MAX) {
			v->type = VALUE_NUM;
			v->u.num = (double)n;
		}
		return used;
	case HEAD_SINT:
		int_set(v, sign_extend(n, size));
		return used;
	case HEAD_ARRAY:
	case HEAD_MAP:
		count_set(v, head == HEAD_ARRAY ? VALUE_ARRAY : VALUE_MAP, n);
		return used;
	case HEAD_STR:
	case HEAD_BIN:
		bytes_set(v, head == HEAD_STR ? VALUE_STR : VALUE_BIN,
		    p + used, n);
		return used + n;
	case HEAD_EXT: /* length, type byte, body */
		bytes_set(v, VALUE_EXT, p + used + 1, n);
		return used + 1 + n;
	default: /* HEAD_FIXEXT: type byte, body of size bytes */
		bytes_set(v, VALUE_EXT, p + 2, size);
		return 2 + (size_t)size;
	}
}

/* Reads one token; its whole length, body included, goes to *len, also where
 * the body is not all there (TOKEN_PARTIAL with *len > n). */
static enum token
token_read(const uint8_t *p, size_t n, struct value *v, size_t *len)
{
	unsigned head, size;

	*len = 1;
	if (n < 1)
		return TOKEN_PARTIAL;
	if (*p < 0xc0 || *p >= 0xe0) {
		*len = token_short(p, v);
		return *len <= n ? TOKEN_OK : TOKEN_PARTIAL;
	}
	head = heads[*p - 0xc0].head;
	size = heads[*p - 0xc0].size;
	if (head == HEAD_NONE)
		return TOKEN_BROKEN;
	*len = 1 + (size_t)size + (head == HEAD_FIXEXT);
	if (*len > n)
		return TOKEN_PARTIAL;
	*len = token_long(p, head, size, v);
	return *len <= n ? TOKEN_OK : TOKEN_PARTIAL;
}

static uint64_t
children(const struct value *v)
{
	if (v->type == VALUE_ARRAY)
		return v->u.count;
	return v->type == VALUE_MAP ? 2 * (uint64_t)v->u.count : 0;
}

/* One value more is there; what is in it must follow. */
static void
scan_take(struct scan *s, const struct value *v, size_t used)
{
	uint64_t in = children(v);

	s->at += used;
	s->open[s->depth]--;
	s->missing += in - 1;
	if (in > 0)
		s->open[++s->depth] = in;
	while (s->depth > 0 && s->open[s->depth] == 0)
		s->depth--;
}

enum frame_state
frame_scan_more(struct scan *scan, const uint8_t *data, size_t n, size_t max,
    size_t *len)
{
	struct scan s = *scan;
	const uint8_t *p = n > 0 ? data + s.at : data; /* or NULL */

	if (s.missing == 0)
		s.open[0] = s.missing = 1;
	*scan = (struct scan){ 0 };
	while (s.missing > 0) {
		struct value v;
		size_t used;
		enum token t = token_read(p, n - s.at, &v, &used);

		if (t == TOKEN_BROKEN)
			return FRAME_BROKEN;
		if (s.at + used + (s.missing - 1) > max)
			return FRAME_TOO_LONG;
		if (t == TOKEN_PARTIAL) {
			*scan = s;
			return FRAME_PARTIAL;
		}
		if (children(&v) > 0 && s.depth == FRAME_MAX_DEPTH)
			return FRAME_TOO_DEEP;
		scan_take(&s, &v, used);
		p += used;
		if (s.at + s.missing > max)
			return FRAME_TOO_LONG;
	}
	*len = s.at;
	return FRAME_WHOLE;
}

enum frame_state
frame_scan(const uint8_t *data, size_t n, size_t max, size_t *len)
{
	struct scan s = { 0 };

	return frame_scan_more(&s, data, n, max, len);
}

bool
cursor_next(struct cursor *c, struct value *v)
{
	size_t len;

	if (token_read(c->p, (size_t)(c->end - c->p), v, &len) != TOKEN_OK)
		return false;
	c->p += len;
	return true;
}

bool
cursor_skip(struct cursor *c)
{
	struct cursor at = *c;
	uint64_t missing = 1;

	while (missing > 0) {
		struct value v;

		if (!cursor_next(&at, &v))
			return false;
		missing += children(&v) - 1;
	}
	*c = at;
	return true;
}

bool
cursor_str(struct cursor *c, const char **s, uint32_t *len)
{
	struct cursor at = *c;
	struct value v;

	if (!cursor_next(&at, &v) ||
	    (v.type != VALUE_STR && v.type != VALUE_BIN))
		return false;
	*s = (const char *)v.u.bytes.data;
	*len = v.u.bytes.len;
	*c = at;
	return true;
}

bool
value_is(const struct value *v, const char *s)
{
	return (v->type == VALUE_STR || v->type == VALUE_BIN) &&
	    v->u.bytes.len == strlen(s) &&
	    memcmp(v->u.bytes.data, s, v->u.bytes.len) == 0;
}

bool
value_num(const struct value *v, double *num)
{
	if (v->type == VALUE_INT)
		*num = (double)v->u.integer;
	else if (v->type == VALUE_NUM)
		*num = v->u.num;
	else
		return false;
	return true;
}

long
vector_length(const struct cursor *c)
{
	struct cursor at = *c;
	struct value v;

	if (!cursor_next(&at, &v))
		return -1;
	if (v.type == VALUE_ARRAY)
		return (long)v.u.count;
	if (v.type == VALUE_BIN && v.u.bytes.len % 4 == 0)
		return (long)(v.u.bytes.len / 4);
	return -1;
}

bool
vector_read(const struct cursor *c, float *out, long *bad)
{
	struct cursor at = *c;
	struct value v;
	double num;

	*bad = 0;
	if (!cursor_next(&at, &v))
		return false;
	if (v.type == VALUE_BIN && v.u.bytes.len % 4 == 0) {
		/* The machine is little-endian. */
		memcpy(out, v.u.bytes.data, v.u.bytes.len);
		return true;
	}
	if (v.type != VALUE_ARRAY)
		return false;
	for (long n = (long)v.u.count; *bad < n; ++*bad) {
		if (!cursor_next(&at, &v) || !value_num(&v, &num))
			return false;
		out[*bad] = (float)num;
	}
	return true;
}

struct cursor
cursor_find(struct cursor map, const char *key)
{
	struct value head, name;

	if (map.p == NULL || !cursor_next(&map, &head) ||
	    head.type != VALUE_MAP)
		return (struct cursor){ 0 };
	for (uint32_t i = 0; i < head.u.count; i++) {
		struct cursor value;

		if (!cursor_next(&map, &name))
			break;
		value = map;
		if (!cursor_skip(&map))
			break;
		value.end = map.p;
		if (value_is(&name, key))
			return value;
	}
	return (struct cursor){ 0 };
}
