/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * top.h: one router of a daemon over time, and what of it is being looked at.
 *
 * Samples become rates here and nothing is shown: top_view.h turns this into
 * rows of text, top_screen.h has the terminal.  Times are the caller's, so that
 * a test has its own clock.
 */
#ifndef CLIENT_TOP_H
#define CLIENT_TOP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cursor.h"
#include "client/ctl_seen.h"

#define TOP_HISTORY 256 /* samples that are kept */
#define TOP_RECENT 60   /* of them, what "now" is the mean of */

/* Of the intervals between samples, the last at (samples - 1) % TOP_HISTORY;
 * NaN: unknown. */
typedef float top_series[TOP_HISTORY];

struct top_arm {
	struct seen_arm now;
	double rate;          /* decisions a second in the last interval */
	double recent_share;  /* of the decisions of TOP_RECENT intervals */
	double recent_reward; /* mean of their rewards */
	top_series pulls, rewards, sum; /* in each interval */
};

enum top_mode { TOP_TABLE, TOP_HELP, TOP_ASK };

struct top {
	char router[SEEN_NAME]; /* that is shown; "": the first */
	double interval;        /* seconds between samples */

	/* What was seen last. */
	bool up;       /* the daemon answered */
	char why[256]; /* or why it did not */
	double since;  /* mono of that */
	struct seen seen;
	double mono; /* of the last sample that was answered */
	size_t samples;
	size_t arms;
	struct top_arm *arm;  /* [arms], as sorted */
	top_series decisions; /* of the router, in each interval */
	double decisions_rate, rewards_rate, requests_rate, errors_rate;

	/* What is being looked at. */
	enum top_mode mode;
	size_t sort; /* index of top_columns */
	bool reverse;
	char selected[SEEN_NAME]; /* an arm; "": none */
	size_t first;             /* row of the table that is shown first */
	size_t shown;             /* how many fit, set by the view */
	size_t name_columns;      /* for a name, set by the view */
	char message[256];        /* on the last line, until the next key */
};

void top_init(struct top *, const char *router, double interval);
void top_fini(struct top *);

/* A sample at that moment, which is taken over; or that there was none. */
void top_take(struct top *, struct seen *, double mono);
void top_lost(struct top *, const char *why, double mono);

/* The router that is shown; NULL: there is no such. */
const struct seen_router *top_router(const struct top *);

/* The selected arm, or its row; NULL, 0: none. */
const struct top_arm *top_selected(const struct top *);
size_t top_selected_row(const struct top *);

/* Of an interval, that many before the last one (0: the last); NaN: unknown. */
double top_at(const struct top *, const top_series, size_t before);

/* Sorts by the column, and keeps the selected arm in sight.  top_columns.c */
void top_sort(struct top *);

/* What wants attention; each a sentence.  The number of them; top_warn.c */
#define TOP_WARNINGS 8
size_t top_warnings(const struct top *, char text[TOP_WARNINGS][160]);

/* What a key asks of who runs it, beyond what is done here.  top_keys.c */
enum top_wish {
	TOP_NOTHING,
	TOP_QUIT,
	TOP_SAMPLE,  /* at once: another router */
	TOP_SET_ARM, /* the selected arm's enabled, to its other value */
	TOP_REDRAW,
	TOP_REPAINT /* even what the terminal should show already */
};
enum top_wish top_key(struct top *, int key);

struct top_key {
	int key, other; /* other 0: none */
	const char *name, *help;
	enum top_wish (*press)(struct top *);
};
extern const struct top_key top_keys[]; /* ends in a row without a name */

/* Keys that no character stands for. */
enum {
	TOP_UP = 0x10000,
	TOP_DOWN,
	TOP_PAGE_UP,
	TOP_PAGE_DOWN,
	TOP_HOME,
	TOP_END
};

#endif
