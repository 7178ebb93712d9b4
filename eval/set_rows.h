/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * set_rows.h: a set that grows row by row, of a file whose length is not known
 * before; for the readers of text and maps.
 */
#ifndef EVAL_SET_ROWS_H
#define EVAL_SET_ROWS_H

#include "eval/set_make.h"

#define SET_ARMS_MOST 1024
#define SET_NUMBERS_MOST ((size_t)1 << 28) /* of all contexts, or rewards */

struct set_rows {
	struct set *set;
	const char *file; /* for messages */
	long line;        /* that is read */
	int cap;
};

/* The set has that name, no row and no arm yet. */
void set_rows_begin(struct set_rows *, struct set *, const char *path);

/* The index of the arm; -1: there are too many. */
int set_rows_arm(struct set_rows *, const char *name);

/* A row more, of that many numbers: its context is not set, its rewards and
 * costs are NaN.  The first row fixes dimension and arms. */
enum err set_rows_add(struct set_rows *, int dimension, struct fault *);

/* What was filled in for the last row: its context is good, one reward is
 * there; counts those that are not. */
enum err set_rows_check(struct set_rows *, struct fault *);

enum err set_rows_task(struct set_rows *, const char *word, size_t len,
    struct fault *);

/* After the last; without a row it is ERR_DATA. */
enum err set_rows_end(struct set_rows *, struct fault *);

/* ERR_DATA with file and line. */
enum err set_rows_wrong(const struct set_rows *, struct fault *,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
