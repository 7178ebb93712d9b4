/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/params.h"

#include <math.h>
#include <string.h>

#include "base/name.h"

static void
describe(const struct value *v, struct fault *f)
{
	static const char *const words[] = { "nil", "a boolean",
		"a whole number", "a number", "", "", "", "a map",
		"an extension" }; /* by value_type */

	if (v->type == VALUE_STR)
		fault_add(f, "\"%.*s\"",
		    v->u.bytes.len < 64 ? (int)v->u.bytes.len : 64,
		    (const char *)v->u.bytes.data);
	else if (v->type == VALUE_BIN)
		fault_add(f, "a bin of %lu bytes",
		    (unsigned long)v->u.bytes.len);
	else if (v->type == VALUE_ARRAY)
		fault_add(f, "an array of %lu values",
		    (unsigned long)v->u.count);
	else
		fault_add(f, "%s", words[v->type]);
}

static bool
take_str(const struct value *v, struct arg *a)
{
	if (v->type != VALUE_STR && v->type != VALUE_BIN)
		return false;
	a->str = (const char *)v->u.bytes.data;
	a->len = v->u.bytes.len;
	return true;
}

static bool
take_name(const struct value *v, struct arg *a)
{
	return take_str(v, a) && name_valid(a->str, a->len);
}

static bool
take_num(const struct value *v, struct arg *a)
{
	return value_num(v, &a->num);
}

static bool
take_bool(const struct value *v, struct arg *a)
{
	a->yes = v->type == VALUE_BOOL && v->u.boolean;
	return v->type == VALUE_BOOL;
}

/* Its numbers are read when its length is known to be right. */
static bool
take_vector(const struct value *v, struct arg *a)
{
	(void)v;
	return vector_length(&a->at) >= 0;
}

static bool
take_names(const struct value *v, struct arg *a)
{
	struct cursor at = a->at;
	struct value list;
	const char *name;
	uint32_t len;

	if (v->type != VALUE_ARRAY || !cursor_next(&at, &list))
		return false;
	for (uint32_t i = 0; i < list.u.count; i++)
		if (!cursor_str(&at, &name, &len) || !name_valid(name, len))
			return false;
	return true;
}

/* Its values are for their settings to judge. */
static bool
take_settings(const struct value *v, struct arg *a)
{
	struct cursor at = a->at;
	struct value map;
	const char *name;
	uint32_t len;

	if (v->type != VALUE_MAP || !cursor_next(&at, &map))
		return false;
	for (uint32_t i = 0; i < map.u.count; i++)
		if (!cursor_str(&at, &name, &len) || !name_valid(name, len) ||
		    !cursor_skip(&at))
			return false;
	return true;
}

/* Its keys are for event_map_take() to judge. */
static bool
take_event(const struct value *v, struct arg *a)
{
	(void)a;
	return v->type == VALUE_MAP;
}

#define NAME_WORDS "1 to 64 characters from A-Z a-z 0-9 . _ : / -"

/* By param_type. */
static const struct {
	bool (*take)(const struct value *, struct arg *);
	const char *takes;
} types[] = {
	{ take_str, "text" },
	{ take_name, "a name of " NAME_WORDS },
	{ take_num, "a number" },
	{ take_bool, "true or false" },
	{ take_vector,
	    "an array of numbers, or a bin of little-endian float32" },
	{ take_names, "an array of names of " NAME_WORDS },
	{ take_settings, "a map of settings by name" },
	{ take_event, "a record, a map as export answers them" },
};

static int
param_find(const struct method *m, const char *name, uint32_t len)
{
	const struct param *p = m->params;

	for (int i = 0; i < METHOD_PARAMS && p[i].name != NULL; i++)
		if (word_is(p[i].name, name, len))
			return i;
	return -1;
}

static enum err
unknown(const struct method *m, const char *name, uint32_t len, struct fault *f)
{
	int n = method_params(m);

	fault_set(f, ERR_BAD_REQUEST,
	    "%s: unknown parameter \"%.*s\"; it takes", m->name,
	    len < 64 ? (int)len : 64, name);
	for (int i = 0; i < n; i++)
		fault_add(f, "%s %s", i > 0 ? "," : "", m->params[i].name);
	if (n == 0)
		fault_add(f, " none");
	return ERR_BAD_REQUEST;
}

/* The value at a->at. */
static enum err
take(const struct method *m, const struct param *p, struct arg *a,
    struct fault *f)
{
	struct cursor at = a->at;
	struct value v;

	if (!cursor_next(&at, &v) || v.type == VALUE_NIL)
		return ERR_NONE;
	if (!types[p->type].take(&v, a)) {
		fault_set(f, ERR_BAD_REQUEST, "%s: %s takes %s; this is ",
		    m->name, p->name, types[p->type].takes);
		describe(&v, f);
		return ERR_BAD_REQUEST;
	}
	if (p->type == PARAM_NUM && !isfinite(a->num))
		return fault_set(f, ERR_NOT_FINITE,
		    "%s: %s takes a finite number", m->name, p->name);
	a->given = true;
	return ERR_NONE;
}

/* A key and its value; seen has a bit for each that was there. */
static enum err
read_pair(const struct method *m, struct cursor *c, struct arg *arg,
    uint32_t *seen, struct fault *f)
{
	const char *name;
	uint32_t len;
	int i;

	if (!cursor_str(c, &name, &len))
		return fault_set(f, ERR_BAD_REQUEST,
		    "%s: the keys of params are names of parameters", m->name);
	i = param_find(m, name, len);
	if (i < 0)
		return unknown(m, name, len, f);
	if (*seen & 1u << i)
		return fault_set(f, ERR_BAD_REQUEST, "%s: %s is there twice",
		    m->name, m->params[i].name);
	*seen |= 1u << i;
	arg[i].at.p = c->p;
	cursor_skip(c);
	arg[i].at.end = c->p;
	return take(m, &m->params[i], &arg[i], f);
}

static enum err
read_map(const struct method *m, struct cursor *c, uint32_t pairs,
    struct arg *arg, struct fault *f)
{
	enum err e = ERR_NONE;
	uint32_t seen = 0;

	while (pairs-- > 0 && e == ERR_NONE)
		e = read_pair(m, c, arg, &seen, f);
	return e;
}

static enum err
check_required(const struct method *m, const struct arg *arg, struct fault *f)
{
	int n = method_params(m);

	for (int i = 0; i < n; i++) {
		const struct param *p = &m->params[i];

		if (p->required && !arg[i].given)
			return fault_set(f, ERR_BAD_REQUEST,
			    "%s: %s is missing; it takes %s: %s", m->name,
			    p->name, types[p->type].takes, p->help);
	}
	return ERR_NONE;
}

/* "x or text". */
static void
say_either(const struct method *m, struct fault *f)
{
	const char *sep = "";

	for (int i = 0; i < method_params(m); i++)
		if (m->params[i].either) {
			fault_add(f, "%s%s", sep, m->params[i].name);
			sep = " or ";
		}
}

static enum err
check_either(const struct method *m, const struct arg *arg, struct fault *f)
{
	int n = method_params(m), given = 0, some = 0;

	for (int i = 0; i < n; i++) {
		some += m->params[i].either;
		given += m->params[i].either && arg[i].given;
	}
	if (some == 0 || given == 1)
		return ERR_NONE;
	fault_set(f, ERR_BAD_REQUEST,
	    given == 0 ? "%s: this is missing: "
		       : "%s: only one of these may be given: ",
	    m->name);
	say_either(m, f);
	return ERR_BAD_REQUEST;
}

enum err
params_read(const struct method *m, const struct cursor *params,
    struct arg *arg, struct fault *f)
{
	struct cursor c = *params;
	struct value v = { .type = VALUE_NIL };
	enum err e = ERR_NONE;

	memset(arg, 0, METHOD_PARAMS * sizeof *arg);
	cursor_next(&c, &v);
	if (v.u.count == 1)
		cursor_next(&c, &v);
	else if (v.u.count == 0)
		v.type = VALUE_NIL;
	if (v.type == VALUE_MAP)
		e = read_map(m, &c, v.u.count, arg, f);
	else if (v.type != VALUE_NIL) {
		e = fault_set(f, ERR_BAD_REQUEST,
		    "%s: params holds one map; this is ", m->name);
		describe(&v, f);
	}
	if (e == ERR_NONE)
		e = check_required(m, arg, f);
	return e != ERR_NONE ? e : check_either(m, arg, f);
}
