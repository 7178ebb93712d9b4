/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sets as CSV (RFC 4180, but for line breaks within quotes), a header line
 * first.  Columns, in any order: x1, x2, .. the context; reward:ARM, empty
 * where the arm was not scored; and, as far as known, cost:ARM, task, group.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/set_rows.h"
#include "features/context.h"

#define COLUMNS_MOST (CONTEXT_MAX_DIMENSION + 2 * SET_ARMS_MOST + 2)

enum what { WHAT_X, WHAT_REWARD, WHAT_COST, WHAT_TASK, WHAT_GROUP };

struct column {
	enum what what;
	int index; /* of the context, or the arm */
};

struct csv {
	struct set_rows rows;
	FILE *file;
	char *line, *at; /* what is left of the line; NULL: nothing */
	size_t cap;
	struct column *column; /* [columns] */
	int columns, dimension;
	bool open, nul; /* of the line: a quote not closed, a zero byte */
};

/* The next field, in place and without its quotes; NULL: there is none. */
static char *
next_field(struct csv *c)
{
	char *from = c->at, *to = from, *start = from;
	bool quoted = false, more;

	if (from == NULL)
		return NULL;
	for (; *from != '\0' && (quoted || *from != ','); from++) {
		if (*from != '"')
			*to++ = *from;
		else if (quoted && from[1] == '"')
			*to++ = *from++;
		else
			quoted = !quoted;
	}
	more = *from == ',';
	*to = '\0';
	c->open |= quoted;
	c->at = more ? from + 1 : NULL;
	return start;
}

/* False at the end of the file; empty lines are none. */
static bool
next_line(struct csv *c)
{
	ssize_t n;

	do {
		n = getline(&c->line, &c->cap, c->file);
		if (n < 0)
			return false;
		c->rows.line++;
		c->nul = strlen(c->line) < (size_t)n;
		c->line[strcspn(c->line, "\r\n")] = '\0';
	} while (c->line[0] == '\0' && !c->nul);
	c->at = c->line;
	c->open = false;
	return true;
}

static bool
has(const struct csv *c, enum what what, int index)
{
	for (int i = 0; i < c->columns; i++)
		if (c->column[i].what == what && c->column[i].index == index)
			return true;
	return false;
}

/* The index of an arm by its name; -1 after an error. */
static int
arm_index(struct csv *c, const char *name, struct fault *f)
{
	int arm;

	if (!name_valid(name, strlen(name))) {
		set_rows_wrong(&c->rows, f, "\"%.80s\" is no name of an arm",
		    name);
		return -1;
	}
	if ((arm = set_rows_arm(&c->rows, name)) < 0)
		set_rows_wrong(&c->rows, f, "more than %d arms", SET_ARMS_MOST);
	return arm;
}

/* What the name of a column says; false: nothing.  An index of -1 is an error
 * that was said. */
static bool
column_named(struct csv *c, const char *name, struct column *col,
    struct fault *f)
{
	char *end;

	*col = (struct column){ 0 };
	if (strncmp(name, "reward:", 7) == 0)
		*col =
		    (struct column){ WHAT_REWARD, arm_index(c, name + 7, f) };
	else if (strncmp(name, "cost:", 5) == 0)
		*col = (struct column){ WHAT_COST, arm_index(c, name + 5, f) };
	else if (strcmp(name, "task") == 0)
		col->what = WHAT_TASK;
	else if (strcmp(name, "group") == 0)
		col->what = WHAT_GROUP;
	else if (name[0] == 'x' &&
	    strtol(name + 1, &end, 10) == c->dimension + 1 && *end == '\0')
		col->index = c->dimension++;
	else
		return false;
	return true;
}

static enum err
head_field(struct csv *c, const char *name, struct fault *f)
{
	struct column col;

	if (!column_named(c, name, &col, f))
		return set_rows_wrong(&c->rows, f,
		    "column \"%.80s\" is none of x%d, reward:ARM, cost:ARM, "
		    "task and group",
		    name, c->dimension + 1);
	if (col.index < 0)
		return ERR_DATA;
	if (has(c, col.what, col.index))
		return set_rows_wrong(&c->rows, f, "two columns %.80s", name);
	c->column[c->columns++] = col;
	return ERR_NONE;
}

/* Once its fields were taken. */
static enum err
check_line(const struct csv *c, struct fault *f)
{
	if (c->open)
		return set_rows_wrong(&c->rows, f, "a quote is not closed");
	return c->nul ? set_rows_wrong(&c->rows, f, "there is a zero byte")
		      : ERR_NONE;
}

static enum err
take_head(struct csv *c, struct fault *f)
{
	const struct set *s = c->rows.set;
	enum err e = ERR_NONE;
	const char *field;

	if (!next_line(c))
		return fault_set(f, ERR_DATA, "%.200s: it is empty",
		    c->rows.file);
	while (e == ERR_NONE && (field = next_field(c)) != NULL)
		e = c->columns < COLUMNS_MOST
		    ? head_field(c, field, f)
		    : set_rows_wrong(&c->rows, f, "too many columns");
	if (e == ERR_NONE)
		e = check_line(c, f);
	if (e == ERR_NONE && c->dimension == 0)
		e = set_rows_wrong(&c->rows, f, "there is no column x1");
	if (e == ERR_NONE && s->arms == 0)
		e = set_rows_wrong(&c->rows, f,
		    "there is no column reward:ARM");
	for (int a = 0; e == ERR_NONE && a < s->arms; a++)
		if (!has(c, WHAT_REWARD, a))
			e = set_rows_wrong(&c->rows, f,
			    "there is no column reward:%s", s->arm[a]);
	return e;
}

/* Empty, nan or NA: not known. */
static bool
number(const char *field, double *out)
{
	char *end;

	*out = NAN;
	if (field[0] == '\0' || strcmp(field, "NA") == 0)
		return true;
	*out = strtod(field, &end);
	return end != field && *end == '\0';
}

static enum err
take_field(struct csv *c, const struct column *col, const char *field,
    struct fault *f)
{
	struct set *s = c->rows.set;
	size_t row = (size_t)s->rows - 1, at = (size_t)col->index;
	double value;

	if (col->what == WHAT_TASK)
		return set_rows_task(&c->rows, field, strlen(field), f);
	if (!number(field, &value))
		return set_rows_wrong(&c->rows, f, "\"%.80s\" is no number",
		    field);
	if (col->what == WHAT_GROUP &&
	    !(value >= 0 && value <= 1e9 && value == floor(value)))
		return set_rows_wrong(&c->rows, f,
		    "group is no whole number from 0");
	if (col->what == WHAT_X)
		s->x[row * (size_t)s->dimension + at] = (float)value;
	else if (col->what == WHAT_REWARD)
		s->reward[row * (size_t)s->arms + at] = value;
	else if (col->what == WHAT_COST)
		s->cost[row * (size_t)s->arms + at] = value;
	else
		s->group[row] = (int)value;
	return ERR_NONE;
}

static enum err
take_row(struct csv *c, struct fault *f)
{
	enum err e = set_rows_add(&c->rows, c->dimension, f);
	const char *field = NULL;
	int i = 0;

	while (e == ERR_NONE && (field = next_field(c)) != NULL) {
		if (i == c->columns)
			return set_rows_wrong(&c->rows, f,
			    "more fields than the header has");
		e = take_field(c, &c->column[i++], field, f);
	}
	if (e == ERR_NONE && i < c->columns)
		e = set_rows_wrong(&c->rows, f, "%d fields, the header has %d",
		    i, c->columns);
	if (e == ERR_NONE)
		e = check_line(c, f);
	return e == ERR_NONE ? set_rows_check(&c->rows, f) : e;
}

static enum err
read_open(struct csv *c, struct fault *f)
{
	enum err e = take_head(c, f);

	while (e == ERR_NONE && next_line(c))
		e = take_row(c, f);
	if (e == ERR_NONE && ferror(c->file))
		e = fault_set(f, ERR_STORAGE, "%.200s: %s", c->rows.file,
		    strerror(errno));
	return e;
}

enum err
set_read_csv(struct set *s, const char *path, struct fault *f)
{
	struct csv c = { .file = fopen(path, "r") };
	enum err e;

	*s = (struct set){ 0 };
	if (c.file == NULL)
		return fault_set(f, ERR_STORAGE, "%.200s: %s", path,
		    strerror(errno));
	set_rows_begin(&c.rows, s, path);
	c.column = mem_alloc(COLUMNS_MOST, sizeof *c.column);
	if ((e = read_open(&c, f)) == ERR_NONE)
		e = set_rows_end(&c.rows, f);
	fclose(c.file);
	free(c.line);
	free(c.column);
	return e;
}
