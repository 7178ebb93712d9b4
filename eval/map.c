/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eval/map.h"

#include <math.h>
#include <string.h>

long
array_enter(struct cursor *c)
{
	struct cursor at = *c;
	struct value v;

	if (c->p == NULL || !cursor_next(&at, &v) || v.type != VALUE_ARRAY)
		return -1;
	*c = at;
	return v.u.count;
}

long
map_enter(struct cursor *c)
{
	struct cursor at = *c;
	struct value v;

	if (c->p == NULL || !cursor_next(&at, &v) || v.type != VALUE_MAP)
		return -1;
	*c = at;
	return v.u.count;
}

bool
map_take_number(struct cursor *c, double *out)
{
	struct cursor at = *c;
	struct value v;

	if (c->p == NULL || !cursor_next(&at, &v))
		return false;
	*out = NAN;
	if (v.type != VALUE_NIL && !value_num(&v, out))
		return false;
	*c = at;
	return true;
}

bool
map_take_name(struct cursor *c, char name[NAME_SIZE])
{
	struct cursor at = *c;
	const char *text;
	uint32_t len;

	if (c->p == NULL || !cursor_str(&at, &text, &len) ||
	    !name_copy(name, text, len))
		return false;
	*c = at;
	return true;
}

bool
map_num(struct cursor map, const char *key, double *out)
{
	struct cursor at = cursor_find(map, key);

	return map_take_number(&at, out);
}

bool
map_uint(struct cursor map, const char *key, uint32_t *out)
{
	double value;

	if (!map_num(map, key, &value) || !(value >= 0 && value <= UINT32_MAX))
		return false;
	*out = (uint32_t)value;
	return true;
}

bool
map_name(struct cursor map, const char *key, char name[NAME_SIZE])
{
	struct cursor at = cursor_find(map, key);

	return map_take_name(&at, name);
}
