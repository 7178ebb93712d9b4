/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What wants attention at once; `doctor` looks closer. */
#include <math.h>
#include <stdio.h>

#include "client/top.h"

/* Whether there is something to say of the number, and the sentence. */
static const struct {
	const char *key;
	double over; /* it is said beyond that */
	const char *say;
} numbers[] = {
	{ "disk_full", 0, "the disk is full: nothing is learnt" },
	{ "lag_time", 1, "rewards have waited %.1f s for the disk" },
	{ "unrecorded", 0,
	    "%.0f decisions were not recorded since the start: the disk was "
	    "behind" },
	{ "damaged_snapshots", 0,
	    "%.0f snapshots were damaged at the last start" },
	{ "refused_connections", 0,
	    "%.0f connections were refused since the start, beyond "
	    "max_clients" },
};

static void
warn_numbers(const struct top *t, size_t *n, char text[TOP_WARNINGS][160])
{
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		double v = seen_num(&t->seen, numbers[i].key);

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		if (v > numbers[i].over)
			snprintf(text[(*n)++], sizeof text[0], numbers[i].say,
			    v);
#pragma GCC diagnostic pop
	}
}

/* An arm that was chosen and whose rewards do not come any more. */
static const char *
unrewarded(const struct top *t)
{
	for (size_t i = 0; i < t->arms; i++) {
		const struct seen_arm *a = &t->arm[i].now;

		if (a->pulls >= 20 && a->rewards == 0)
			return a->name;
	}
	return NULL;
}

size_t
top_warnings(const struct top *t, char text[TOP_WARNINGS][160])
{
	const char *arm = unrewarded(t);
	size_t n = 0;

	if (!t->up)
		return 0;
	warn_numbers(t, &n, text);
	if (t->errors_rate > 0)
		snprintf(text[n++], sizeof text[0],
		    "%.3g requests a second are refused: see \"banditctl "
		    "doctor\"",
		    t->errors_rate);
	if (arm != NULL)
		snprintf(text[n++], sizeof text[0],
		    "%s has never been rewarded, though chosen", arm);
	return n;
}
