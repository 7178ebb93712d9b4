/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * same.h: whether the cursor reads what msgpack-c, an implementation by
 * others, reads.  For the unit test and the fuzz target.
 */
#ifndef TESTS_SAME_H
#define TESTS_SAME_H

#include <msgpack.h>
#include <string.h>

#include "base/cursor.h"

static inline bool same_object(struct cursor *, const msgpack_object *);

static inline bool
same_bytes(const struct value *v, const char *p, uint32_t n)
{
	return v->u.bytes.len == n &&
	    (n == 0 || memcmp(v->u.bytes.data, p, n) == 0);
}

static inline bool
same_array(struct cursor *c, const struct value *v, msgpack_object_array a)
{
	if (v->type != VALUE_ARRAY || v->u.count != a.size)
		return false;
	for (uint32_t i = 0; i < a.size; i++)
		if (!same_object(c, &a.ptr[i]))
			return false;
	return true;
}

static inline bool
same_map(struct cursor *c, const struct value *v, msgpack_object_map m)
{
	if (v->type != VALUE_MAP || v->u.count != m.size)
		return false;
	for (uint32_t i = 0; i < m.size; i++)
		if (!same_object(c, &m.ptr[i].key) ||
		    !same_object(c, &m.ptr[i].val))
			return false;
	return true;
}

/* An unsigned integer beyond int64_t comes from the cursor as a number. */
static inline bool
same_unsigned(const struct value *v, uint64_t u)
{
	if (u > INT64_MAX)
		return v->type == VALUE_NUM && v->u.num == (double)u;
	return v->type == VALUE_INT && v->u.integer == (int64_t)u;
}

static inline bool
same_object(struct cursor *c, const msgpack_object *o)
{
	struct value v;

	if (!cursor_next(c, &v))
		return false;
	switch (o->type) {
	case MSGPACK_OBJECT_NIL:
		return v.type == VALUE_NIL;
	case MSGPACK_OBJECT_BOOLEAN:
		return v.type == VALUE_BOOL && v.u.boolean == o->via.boolean;
	case MSGPACK_OBJECT_POSITIVE_INTEGER:
		return same_unsigned(&v, o->via.u64);
	case MSGPACK_OBJECT_NEGATIVE_INTEGER:
		return v.type == VALUE_INT && v.u.integer == o->via.i64;
	case MSGPACK_OBJECT_FLOAT32:
	case MSGPACK_OBJECT_FLOAT64: /* by its bits, for NaN */
		return v.type == VALUE_NUM &&
		    memcmp(&v.u.num, &o->via.f64, sizeof(double)) == 0;
	case MSGPACK_OBJECT_STR:
		return v.type == VALUE_STR &&
		    same_bytes(&v, o->via.str.ptr, o->via.str.size);
	case MSGPACK_OBJECT_BIN:
		return v.type == VALUE_BIN &&
		    same_bytes(&v, o->via.bin.ptr, o->via.bin.size);
	case MSGPACK_OBJECT_EXT:
		return v.type == VALUE_EXT &&
		    same_bytes(&v, o->via.ext.ptr, o->via.ext.size);
	case MSGPACK_OBJECT_ARRAY:
		return same_array(c, &v, o->via.array);
	case MSGPACK_OBJECT_MAP:
		return same_map(c, &v, o->via.map);
	}
	return false;
}

#endif
