/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several files as one problem. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "eval/set_make.h"
#include "eval/set_rows.h"

static int
arm_find(const struct set *s, const char *name)
{
	for (int i = 0; i < s->arms; i++)
		if (strcmp(s->arm[i], name) == 0)
			return i;
	return -1;
}

/* An arm of one that the other does not have; -1: none, from there on. */
static int
missing(const struct set *has, const struct set *lacks, int from)
{
	while (from < has->arms && arm_find(lacks, has->arm[from]) >= 0)
		from++;
	return from < has->arms ? from : -1;
}

static void
add_missing(const struct set *has, const struct set *lacks, struct fault *f)
{
	const char *before = "";
	int arm = missing(has, lacks, 0);

	if (arm >= 0)
		fault_add(f, "; only %.80s has", has->file->path);
	for (; arm >= 0; arm = missing(has, lacks, arm + 1)) {
		fault_add(f, "%s %s", before, has->arm[arm]);
		before = ",";
	}
}

static enum err
check(const struct set *s, const struct set *more, struct fault *f)
{
	const char *one = s->file->path, *two = more->file->path;
	size_t rows = (size_t)s->rows + (size_t)more->rows;

	if (missing(s, more, 0) >= 0 || missing(more, s, 0) >= 0) {
		fault_set(f, ERR_DATA, "%.80s and %.80s have different arms",
		    one, two);
		add_missing(s, more, f);
		add_missing(more, s, f);
		return ERR_DATA;
	}
	if (s->dimension != more->dimension)
		return fault_set(f, ERR_DATA,
		    "contexts of %.200s have %d numbers, of %.200s %d", one,
		    s->dimension, two, more->dimension);
	if (rows * (size_t)s->dimension > SET_NUMBERS_MOST ||
	    rows * (size_t)s->arms > SET_NUMBERS_MOST)
		return fault_set(f, ERR_DATA,
		    "%.200s: with it the set is too large", two);
	return ERR_NONE;
}

/* A column of a number a row, or [rows][arms], with room for more. */
static void *
longer(void *column, const struct set *s, const struct set *more, size_t width,
    size_t size)
{
	size_t rows = (size_t)s->rows + (size_t)more->rows;

	return mem_realloc(column, rows * width, size);
}

static void
make_room(struct set *s, const struct set *more)
{
	size_t arms = (size_t)s->arms, d = (size_t)s->dimension;
	bool lines = s->line != NULL;

	s->x = longer(s->x, s, more, d, sizeof *s->x);
	s->reward = longer(s->reward, s, more, arms, sizeof *s->reward);
	s->cost = longer(s->cost, s, more, arms, sizeof *s->cost);
	s->task = longer(s->task, s, more, 1, sizeof *s->task);
	s->group = longer(s->group, s, more, 1, sizeof *s->group);
	s->line = longer(s->line, s, more, 1, sizeof *s->line);
	if (!lines)
		memset(s->line, 0, (size_t)s->rows * sizeof *s->line);
}

static int
last_group(const struct set *s)
{
	int last = 0;

	for (int row = 0; row < s->rows; row++)
		last = s->group[row] > last ? s->group[row] : last;
	return last;
}

/* A row without a kind has the first; kinds have the same number where their
 * names are the same. */
static int
task_of(struct set *s, const struct set *more, int row)
{
	const char *name =
	    more->tasks > 0 ? more->task_name[more->task[row]] : "";

	return set_task(s, name, strlen(name));
}

static void
add_row(struct set *s, const struct set *more, int row, const int *arm,
    int groups)
{
	size_t d = (size_t)s->dimension, arms = (size_t)s->arms;
	size_t at = (size_t)s->rows * arms, from = (size_t)row * arms;

	memcpy(s->x + (size_t)s->rows * d, set_x(more, row), d * sizeof *s->x);
	for (size_t a = 0; a < arms; a++) {
		s->reward[at + (size_t)arm[a]] = more->reward[from + a];
		s->cost[at + (size_t)arm[a]] = more->cost[from + a];
	}
	s->task[s->rows] = task_of(s, more, row);
	s->group[s->rows] =
	    more->group[row] > 0 ? groups + more->group[row] : 0;
	s->line[s->rows] = more->line != NULL ? more->line[row] : 0;
	s->rows++;
}

static void
add_name(struct set *s, const struct set *more)
{
	struct buf name = { 0 };

	buf_puts(&name, s->name);
	buf_puts(&name, "+");
	buf_puts(&name, more->name);
	buf_put(&name, "", 1);
	free(s->name);
	s->name = mem_strdup((const char *)name.data);
	buf_free(&name);
}

static void
append(struct set *s, const struct set *more)
{
	int *arm = mem_alloc((size_t)s->arms, sizeof *arm);
	int groups = last_group(s);

	for (int a = 0; a < s->arms; a++)
		arm[a] = arm_find(s, more->arm[a]);
	if (s->tasks == 0)
		set_task(s, "", 0);
	set_add_file(s, more->file->path, s->rows);
	make_room(s, more);
	for (int row = 0; row < more->rows; row++)
		add_row(s, more, row, arm, groups);
	s->unscored += more->unscored;
	add_name(s, more);
	free(arm);
}

enum err
set_join(struct set *s, struct set *more, struct fault *f)
{
	enum err e = check(s, more, f);

	if (e == ERR_NONE && last_group(s) > INT_MAX - last_group(more))
		e = fault_set(f, ERR_DATA,
		    "%.200s: with it there are too many groups",
		    more->file->path);
	if (e == ERR_NONE)
		append(s, more);
	set_fini(more);
	return e;
}
