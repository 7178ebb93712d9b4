/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eval/set_rows.h"

#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "features/context.h"

enum err
set_rows_wrong(const struct set_rows *r, struct fault *f, const char *fmt, ...)
{
	char text[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	return fault_set(f, ERR_DATA, "%.200s:%ld: %s", r->file, r->line, text);
}

void
set_rows_begin(struct set_rows *r, struct set *s, const char *path)
{
	char name[256];

	*s = (struct set){ 0 };
	set_stem(path, name, sizeof name);
	s->name = mem_strdup(name);
	set_add_file(s, path, 0);
	*r = (struct set_rows){ .set = s, .file = path };
}

int
set_rows_arm(struct set_rows *r, const char *name)
{
	struct set *s = r->set;

	for (int i = 0; i < s->arms; i++)
		if (strcmp(s->arm[i], name) == 0)
			return i;
	if (s->arms == SET_ARMS_MOST)
		return -1;
	s->arm = mem_realloc(s->arm, (size_t)s->arms + 1, sizeof *s->arm);
	snprintf(s->arm[s->arms], NAME_SIZE, "%s", name);
	return s->arms++;
}

static enum err
grow(struct set_rows *r, struct fault *f)
{
	struct set *s = r->set;
	size_t n, x, rewards;

	if (s->rows < r->cap)
		return ERR_NONE;
	r->cap = r->cap > 0 ? 2 * r->cap : 256;
	n = (size_t)r->cap;
	x = n * (size_t)s->dimension;
	rewards = n * (size_t)s->arms;
	if (x > SET_NUMBERS_MOST || rewards > SET_NUMBERS_MOST)
		return set_rows_wrong(r, f, "the set is too large");
	s->x = mem_realloc(s->x, x, sizeof *s->x);
	s->reward = mem_realloc(s->reward, rewards, sizeof *s->reward);
	s->cost = mem_realloc(s->cost, rewards, sizeof *s->cost);
	s->task = mem_realloc(s->task, n, sizeof *s->task);
	s->group = mem_realloc(s->group, n, sizeof *s->group);
	s->line = mem_realloc(s->line, n, sizeof *s->line);
	return ERR_NONE;
}

enum err
set_rows_add(struct set_rows *r, int dimension, struct fault *f)
{
	struct set *s = r->set;
	size_t at;
	enum err e;

	if (dimension < 1 || dimension > CONTEXT_MAX_DIMENSION)
		return set_rows_wrong(r, f, "x has no numbers, or too many");
	if (s->arms < 1)
		return set_rows_wrong(r, f, "there is no reward of an arm");
	if (s->rows == 0)
		s->dimension = dimension;
	if (dimension != s->dimension)
		return set_rows_wrong(r, f,
		    "x has %d numbers, the first has %d", dimension,
		    s->dimension);
	if ((e = grow(r, f)) != ERR_NONE)
		return e;
	at = (size_t)s->rows * (size_t)s->arms;
	for (int a = 0; a < s->arms; a++)
		s->reward[at + (size_t)a] = s->cost[at + (size_t)a] = NAN;
	s->task[s->rows] = s->group[s->rows] = 0;
	s->line[s->rows] = r->line < INT_MAX ? (int)r->line : 0;
	s->rows++;
	return ERR_NONE;
}

enum err
set_rows_check(struct set_rows *r, struct fault *f)
{
	struct set *s = r->set;
	struct fault why = { 0 };
	int row = s->rows - 1, missing = 0;

	if (context_check(set_x(s, row), s->dimension, true, NULL, &why) !=
	    ERR_NONE)
		return set_rows_wrong(r, f, "%s", why.text);
	for (int a = 0; a < s->arms; a++) {
		missing += isnan(set_reward(s, row, a));
		if (isinf(set_reward(s, row, a)) || isinf(set_cost(s, row, a)))
			return set_rows_wrong(r, f,
			    "a reward or cost of %s is infinite", s->arm[a]);
	}
	s->unscored += missing;
	return missing < s->arms ? ERR_NONE
				 : set_rows_wrong(r, f, "no arm has a reward");
}

enum err
set_rows_task(struct set_rows *r, const char *word, size_t len, struct fault *f)
{
	if (len > NAME_MAX_LEN || memchr(word, '\0', len) != NULL)
		return set_rows_wrong(r, f,
		    "task is over %d bytes, or has a zero byte", NAME_MAX_LEN);
	r->set->task[r->set->rows - 1] = set_task(r->set, word, len);
	return ERR_NONE;
}

enum err
set_rows_end(struct set_rows *r, struct fault *f)
{
	return r->set->rows > 0
	    ? ERR_NONE
	    : fault_set(f, ERR_DATA, "%.200s: it has no row", r->file);
}
