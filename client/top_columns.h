/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * top_columns.h: the columns of the table of arms, each a row of one list.
 */
#ifndef CLIENT_TOP_COLUMNS_H
#define CLIENT_TOP_COLUMNS_H

#include "client/top.h"

enum top_cell { TOP_NAME, TOP_NUMBER, TOP_SPARK };

struct top_column {
	const char *title; /* in the heading */
	const char *says;  /* in a sentence */
	const char *key;   /* in JSON; NULL: not there */
	enum top_cell cell;
	int width;  /* at least; of a name and a spark also more */
	int weight; /* the smaller, the longer it stays on a narrow screen */
	double (*number)(const struct top_arm *);
	const char *format; /* of that */
	/* Of a spark, from 0 to 1; before as top_at(). */
	double (
	    *level)(const struct top *, const struct top_arm *, size_t before);
};

/* In the order of the screen; ends in a row without a title. */
extern const struct top_column top_columns[];

#endif
