/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/banditd.h"

#include <string.h>

#include "base/cursor.h"

static const struct banditd_value none;

/* Takes the value's first token; c is then behind it. */
static bool
token(struct banditd_value v, struct cursor *c, struct value *out)
{
	if (v.data == NULL)
		return false;
	*c = (struct cursor){ v.data, v.data + v.len };
	return cursor_next(c, out);
}

/* The whole next value of c. */
static struct banditd_value
next(struct cursor *c)
{
	const unsigned char *p = c->p;

	if (!cursor_skip(c))
		return none;
	return (struct banditd_value){ p, (size_t)(c->p - p) };
}

struct banditd_value
banditd_field(struct banditd_value map, const char *key)
{
	struct cursor c;
	struct value head, name;

	if (!token(map, &c, &head) || head.type != VALUE_MAP)
		return none;
	for (uint32_t i = 0; i < head.u.count; i++) {
		struct cursor at = c;
		struct banditd_value value;

		cursor_skip(&c);
		value = next(&c);
		if (cursor_next(&at, &name) && value_is(&name, key))
			return value;
	}
	return none;
}

size_t
banditd_length(struct banditd_value array)
{
	struct cursor c;
	struct value head;

	if (!token(array, &c, &head) || head.type != VALUE_ARRAY)
		return 0;
	return head.u.count;
}

struct banditd_value
banditd_item(struct banditd_value array, size_t i)
{
	struct cursor c;
	struct value head;

	if (i >= banditd_length(array) || !token(array, &c, &head))
		return none;
	while (i-- > 0)
		cursor_skip(&c);
	return next(&c);
}

bool
banditd_is_nil(struct banditd_value v)
{
	struct cursor c;
	struct value t;

	return token(v, &c, &t) && t.type == VALUE_NIL;
}

bool
banditd_bool(struct banditd_value v, bool *out)
{
	struct cursor c;
	struct value t;

	if (!token(v, &c, &t) || t.type != VALUE_BOOL)
		return false;
	*out = t.u.boolean;
	return true;
}

bool
banditd_int(struct banditd_value v, int64_t *out)
{
	struct cursor c;
	struct value t;

	if (!token(v, &c, &t) || t.type != VALUE_INT)
		return false;
	*out = t.u.integer;
	return true;
}

bool
banditd_num(struct banditd_value v, double *out)
{
	struct cursor c;
	struct value t;

	return token(v, &c, &t) && value_num(&t, out);
}

bool
banditd_str(struct banditd_value v, char *out, size_t size)
{
	struct cursor c;
	struct value t;

	if (!token(v, &c, &t) || (t.type != VALUE_STR && t.type != VALUE_BIN) ||
	    t.u.bytes.len >= size)
		return false;
	memcpy(out, t.u.bytes.data, t.u.bytes.len);
	out[t.u.bytes.len] = '\0';
	return true;
}
