/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plot_read.h: what the kinds of plots share: from a file's rows to panels.
 */
#ifndef EVAL_PLOT_READ_H
#define EVAL_PLOT_READ_H

#include "eval/plot.h"
#include "eval/tsv.h"

#define COLUMNS(c) (sizeof(c) / sizeof *(c))

/* The columns that each file begins its rows with, in our order. */
enum { PROBLEM, POLICY, FIRST };

/* One reading of a file into a figure. */
struct reading {
	struct figure *figure;
	const struct plot *plot;
	const void *more; /* what the kind's row function needs */
	bool some;        /* rows that are asked for */
};

/* Reads PREFIX and the suffix; ERR_DATA where no row was wanted. */
enum err read_file(struct reading *, const char *suffix,
    const struct tsv_column *, size_t columns, tsv_row *, struct fault *);

/* Whether a row is of a problem and a policy that are asked for. */
bool row_wanted(struct reading *, const struct tsv_field *);

/* The panel of a row: of the problem, and of a second word or NULL. */
struct panel *panel_of(struct figure *, const char *problem, const char *second,
    const char *xlabel, const char *ylabel);

enum err read_curve(struct figure *, const struct plot *, struct fault *);
enum err read_share(struct figure *, const struct plot *, struct fault *);
enum err read_calibration(struct figure *, const struct plot *, struct fault *);
enum err read_pareto(struct figure *, const struct plot *, struct fault *);

#endif
