/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sets as lines of JSON, or MessagePack: a map a row.
 *
 *     {"x": [0.1, ..], "reward": {"ARM": 0.7, ..}, "cost": {"ARM": 0.002, ..},
 *      "task": "math", "group": 3}
 *
 * reward has every arm in every row, nil where it was not scored; cost, task
 * and group may be left out.
 */
#include <math.h>

#include "client/ctl_reader.h"
#include "eval/map.h"
#include "eval/set_rows.h"

/* The arms of the first row. */
static enum err
take_arms(struct set_rows *r, struct cursor map, struct fault *f)
{
	struct cursor at = cursor_find(map, "reward");
	char name[NAME_SIZE];
	long n = map_enter(&at);

	if (n < 1)
		return set_rows_wrong(r, f, "reward is no map of arms");
	for (; n > 0; n--)
		if (!map_take_name(&at, name) || !cursor_skip(&at))
			return set_rows_wrong(r, f,
			    "reward has an arm whose name is none");
		else if (set_rows_arm(r, name) < 0)
			return set_rows_wrong(r, f, "more than %d arms",
			    SET_ARMS_MOST);
	return ERR_NONE;
}

/* Numbers by arm, into the last row of a column of the set. */
static enum err
take_column(struct set_rows *r, struct cursor map, const char *key,
    double *column, bool all, struct fault *f)
{
	struct set *s = r->set;
	double *row = column + (size_t)(s->rows - 1) * (size_t)s->arms;
	struct cursor at = cursor_find(map, key);
	long n = map_enter(&at);
	char name[NAME_SIZE];
	bool seen[SET_ARMS_MOST] = { false };

	if (n < 0)
		return set_rows_wrong(r, f, "%s is no map of arms", key);
	if (all && n != s->arms)
		return set_rows_wrong(r, f,
		    "%s has %ld arms, the first row has %d", key, n, s->arms);
	for (; n > 0; n--) {
		int arms = s->arms, arm;

		if (!map_take_name(&at, name) ||
		    (arm = set_rows_arm(r, name)) < 0 || s->arms > arms)
			return set_rows_wrong(r, f,
			    "%s has an arm that the first row does not have",
			    key);
		if (seen[arm])
			return set_rows_wrong(r, f, "%s has %s twice", key,
			    name);
		seen[arm] = true;
		if (!map_take_number(&at, &row[arm]))
			return set_rows_wrong(r, f, "%s of %s is no number",
			    key, name);
	}
	return ERR_NONE;
}

static enum err
take_words(struct set_rows *r, struct cursor map, struct fault *f)
{
	struct cursor task = cursor_find(map, "task");
	double group = 0;
	const char *word;
	uint32_t len;

	if (task.p != NULL) {
		if (!cursor_str(&task, &word, &len))
			return set_rows_wrong(r, f, "task is no word");
		if (set_rows_task(r, word, len, f) != ERR_NONE)
			return f->code;
	}
	if (cursor_find(map, "group").p != NULL &&
	    (!map_num(map, "group", &group) ||
		!(group >= 0 && group <= 1e9 && group == floor(group))))
		return set_rows_wrong(r, f, "group is no whole number from 0");
	r->set->group[r->set->rows - 1] = (int)group;
	return ERR_NONE;
}

static enum err
take_row(struct set_rows *r, struct cursor map, struct fault *f)
{
	struct set *s = r->set;
	struct cursor x = cursor_find(map, "x");
	long n = x.p != NULL ? vector_length(&x) : -1, bad;
	enum err e = ERR_NONE;

	if (n < 0)
		return set_rows_wrong(r, f, "x is no vector");
	if (s->rows == 0)
		e = take_arms(r, map, f);
	if (e != ERR_NONE ||
	    (e = set_rows_add(r, n > 1000000 ? 0 : (int)n, f)) != ERR_NONE)
		return e;
	if (!vector_read(&x, s->x + (size_t)(s->rows - 1) * (size_t)n, &bad))
		return set_rows_wrong(r, f, "x[%ld] is no number", bad);
	if ((e = take_column(r, map, "reward", s->reward, true, f)) != 0)
		return e;
	if (cursor_find(map, "cost").p != NULL &&
	    (e = take_column(r, map, "cost", s->cost, false, f)) != 0)
		return e;
	e = take_words(r, map, f);
	return e == ERR_NONE ? set_rows_check(r, f) : e;
}

enum err
set_read_maps(struct set *s, const char *path, struct fault *f)
{
	struct set_rows r;
	struct reader in;
	enum err e = reader_open(&in, path, f);

	set_rows_begin(&r, s, path);
	if (e != ERR_NONE)
		e = f->code = ERR_STORAGE;
	while (e == ERR_NONE && (e = reader_next(&in, f)) == ERR_NONE &&
	    in.map.len > 0) {
		r.line = (long)in.line;
		e = take_row(&r,
		    (struct cursor){ in.map.data, in.map.data + in.map.len },
		    f);
	}
	reader_close(&in);
	return e == ERR_NONE ? set_rows_end(&r, f) : e;
}
