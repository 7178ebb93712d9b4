/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plot.h: pictures of what a replay has written with -o PREFIX.
 */
#ifndef EVAL_PLOT_H
#define EVAL_PLOT_H

#include "plot/figure.h"

#define PLOT_NAMES 64

/* Names that were asked for; none: all. */
struct names {
	size_t n;
	const char *name[PLOT_NAMES];
};

struct plot {
	const char *prefix;
	const char *metric; /* of a curve, a name of plot_metrics() */
	struct names problems, policies;
};

struct plot_kind {
	const char *name;
	/* Fills in an empty figure.  ERR_DATA: the file is wrong, or none of
	 * its rows is asked for; ERR_STORAGE: it cannot be read. */
	enum err (*read)(struct figure *, const struct plot *, struct fault *);
	const char *help; /* one sentence */
};

/* Ends in a row without a name; the first is the default. */
extern const struct plot_kind plot_kinds[];

/* "reward, regret, ..." */
const char *plot_metrics(void);

#endif
