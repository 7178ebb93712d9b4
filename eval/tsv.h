/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tsv.h: tab separated files with a header line, as a replay writes them.
 *
 * A reader asks for columns by their names; others may be there, in any order.
 */
#ifndef EVAL_TSV_H
#define EVAL_TSV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define TSV_MAX_COLUMNS 64

enum tsv_type {
	TSV_TEXT,  /* UTF-8; a control character in it becomes '?' */
	TSV_NUM,   /* up to 1e100; less than 1e-100 is 0 */
	TSV_MAYBE, /* such a one, or NaN: not known */
	TSV_COUNT  /* a whole number from 0 to 2^53 */
};

struct tsv_column {
	const char *name;
	enum tsv_type type;
};

struct tsv_field {
	const char *text; /* until the row function returns */
	double num;       /* but for TSV_TEXT */
};

/* One row: fields in the order of the columns that were asked for.  Not
 * ERR_NONE ends the reading; file and line are put before its sentence. */
typedef enum err tsv_row(void *arg, const struct tsv_field *, struct fault *);

/*
 * Calls row() for each line.  ERR_DATA: the sentence names file, line and what
 * is wrong; a file without a row is wrong too.  ERR_STORAGE: it cannot be read.
 */
enum err tsv_read(const char *path, const struct tsv_column *, size_t columns,
    tsv_row *row, void *arg, struct fault *);

#endif
