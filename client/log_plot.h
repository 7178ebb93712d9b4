/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * log_plot.h: pictures of what a router has done.
 */
#ifndef CLIENT_LOG_PLOT_H
#define CLIENT_LOG_PLOT_H

#include "client/log_rounds.h"
#include "plot/figure.h"

struct log_plot {
	const char *name;
	/* Fills in an empty figure.  ERR_DATA: there is nothing to show; the
	 * sentence says what is missing. */
	enum err (
	    *make)(struct figure *, const struct rounds *, struct fault *);
	const char *help; /* one sentence */
};

/* Ends in a row without a name. */
extern const struct log_plot log_plots[];

#endif
