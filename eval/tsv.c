/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eval/tsv.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "base/utf8.h"

#define LINE_MAX_BYTES 65536
#define NUM_MAX 1e100 /* reckoning with these stays finite */
#define NUM_MIN 1e-100
#define COUNT_MAX 9007199254740992.0 /* 2^53 */

struct tsv {
	const char *path;
	FILE *file;
	long line;  /* from 1 */
	char *text; /* of it */
	size_t cap;
	size_t fields; /* of each line */
	const struct tsv_column *column;
	size_t columns;
	size_t at[TSV_MAX_COLUMNS]; /* [columns], which field it is */
};

/* The next line without its end; 0: there is none. */
static enum err
next_line(struct tsv *t, int *more, struct fault *f)
{
	ssize_t len;

	errno = 0;
	len = getline(&t->text, &t->cap, t->file);
	*more = len >= 0;
	if (len < 0)
		return ferror(t->file) ? fault_set(f, ERR_STORAGE, "%s: %s",
					     t->path, strerror(errno))
				       : ERR_NONE;
	t->line++;
	if (len > LINE_MAX_BYTES || strlen(t->text) != (size_t)len)
		return fault_set(f, ERR_DATA, "is no line of text");
	t->text[strcspn(t->text, "\r\n")] = '\0';
	return ERR_NONE;
}

/* Cuts the line at its tabs; false: it has more fields than there is room. */
static bool
split(char *text, char **field, size_t room, size_t *n)
{
	for (*n = 0; *n < room;) {
		field[(*n)++] = text;
		text = strchr(text, '\t');
		if (text == NULL)
			return true;
		*text++ = '\0';
	}
	return false;
}

static enum err
find_column(struct tsv *t, size_t c, char **field, struct fault *f)
{
	for (size_t i = 0; i < t->fields; i++)
		if (strcmp(field[i], t->column[c].name) == 0) {
			t->at[c] = i;
			return ERR_NONE;
		}
	return fault_set(f, ERR_DATA, "there is no column \"%s\"",
	    t->column[c].name);
}

static enum err
read_header(struct tsv *t, struct fault *f)
{
	char *field[TSV_MAX_COLUMNS];
	int more;
	enum err e = next_line(t, &more, f);

	if (e == ERR_NONE && !more)
		e = fault_set(f, ERR_DATA, "the file is empty");
	if (e == ERR_NONE &&
	    !split(t->text, field, TSV_MAX_COLUMNS, &t->fields))
		e = fault_set(f, ERR_DATA, "more than %d columns",
		    TSV_MAX_COLUMNS);
	for (size_t c = 0; e == ERR_NONE && c < t->columns; c++)
		e = find_column(t, c, field, f);
	return e;
}

static bool
number(enum tsv_type type, const char *text, double *num)
{
	char *end;

	*num = strtod(text, &end);
	if (end == text || *end != '\0')
		return false;
	if (isnan(*num))
		return type == TSV_MAYBE;
	if (type == TSV_COUNT)
		return *num >= 0 && *num <= COUNT_MAX && floor(*num) == *num;
	if (fabs(*num) < NUM_MIN)
		*num = 0;
	return fabs(*num) <= NUM_MAX;
}

static enum err
read_field(const struct tsv_column *c, char *text, struct tsv_field *out,
    struct fault *f)
{
	static const char *const wanted[] = { [TSV_NUM] = "a number",
		[TSV_MAYBE] = "a number or nan",
		[TSV_COUNT] = "a whole number" };

	out->text = text;
	if (c->type == TSV_TEXT)
		utf8_clean(text, strlen(text));
	else if (!number(c->type, text, &out->num))
		return fault_set(f, ERR_DATA, "%s is \"%s\", not %s", c->name,
		    text, wanted[c->type]);
	return ERR_NONE;
}

static enum err
read_row(struct tsv *t, tsv_row *row, void *arg, struct fault *f)
{
	char *field[TSV_MAX_COLUMNS];
	struct tsv_field out[TSV_MAX_COLUMNS];
	size_t n;
	enum err e = ERR_NONE;

	if (!split(t->text, field, TSV_MAX_COLUMNS, &n) || n != t->fields)
		return fault_set(f, ERR_DATA,
		    "%s fields, but the header has %zu columns",
		    n < t->fields ? "fewer" : "more", t->fields);
	for (size_t c = 0; e == ERR_NONE && c < t->columns; c++)
		e = read_field(&t->column[c], field[t->at[c]], &out[c], f);
	return e == ERR_NONE ? row(arg, out, f) : e;
}

static enum err
read_all(struct tsv *t, tsv_row *row, void *arg, struct fault *f)
{
	int more = 1;
	enum err e = read_header(t, f);

	while (e == ERR_NONE) {
		e = next_line(t, &more, f);
		if (e != ERR_NONE || !more)
			break;
		e = read_row(t, row, arg, f);
	}
	if (e == ERR_NONE && t->line < 2)
		e = fault_set(f, ERR_DATA, "there is no row");
	return e;
}

enum err
tsv_read(const char *path, const struct tsv_column *column, size_t columns,
    tsv_row *row, void *arg, struct fault *f)
{
	struct tsv t = { .path = path, .column = column, .columns = columns };
	struct fault why = { 0 };
	enum err e;

	t.file = fopen(path, "r");
	if (t.file == NULL)
		return fault_set(f, ERR_STORAGE, "%s: %s", path,
		    strerror(errno));
	e = read_all(&t, row, arg, &why);
	if (e == ERR_STORAGE)
		fault_set(f, e, "%s", why.text);
	else if (e != ERR_NONE)
		fault_set(f, e, "%s:%ld: %s", path, t.line, why.text);
	free(t.text);
	fclose(t.file);
	return e;
}
