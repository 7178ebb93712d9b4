/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a record is read back by. */
#include "persist/take.h"

#include <math.h>

#include "bandit/event.h"
#include "base/name.h"

bool
take_num(struct cursor *c, double *out)
{
	struct value v;

	return cursor_next(c, &v) && value_num(&v, out) && isfinite(*out);
}

bool
take_whole(struct cursor *c, int64_t min, int64_t max, int64_t *out)
{
	struct value v;

	if (!cursor_next(c, &v) || v.type != VALUE_INT)
		return false;
	*out = v.u.integer;
	return *out >= min && *out <= max;
}

bool
take_name(struct cursor *c, char *out, bool empty_too)
{
	const char *s;
	uint32_t len;

	if (!cursor_str(c, &s, &len))
		return false;
	if (len == 0 && empty_too) {
		out[0] = '\0';
		return true;
	}
	return name_copy(out, s, len);
}

bool
take_list(struct cursor *c, uint32_t count)
{
	struct value v;

	return cursor_next(c, &v) && v.type == VALUE_ARRAY &&
	    v.u.count == count;
}

bool
take_uid(struct cursor *c, uint32_t least, uint32_t *uid)
{
	int64_t n;

	if (!take_whole(c, least, UINT32_MAX, &n))
		return false;
	*uid = (uint32_t)n;
	return true;
}

bool
take_seq(struct cursor *c, int64_t least, uint64_t *seq)
{
	int64_t n;

	if (!take_whole(c, least, INT64_MAX, &n))
		return false;
	*seq = (uint64_t)n;
	return true;
}

bool
take_flag(struct cursor *c, bool *flag)
{
	struct value v;

	if (!cursor_next(c, &v) || v.type != VALUE_BOOL)
		return false;
	*flag = v.u.boolean;
	return true;
}
