/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hist.h: how long something takes, as a histogram of equal ratios.
 *
 * Eight bins an octave from a microsecond on, so a quantile is within 5 % of
 * the true one.  Where HIST_RECENT times have come together each bin is
 * halved: what is long ago counts less and less.
 */
#ifndef BASE_HIST_H
#define BASE_HIST_H

#include <stdint.h>

#define HIST_BINS 256
#define HIST_LEAST 1e-6   /* seconds; what is less counts as that */
#define HIST_RECENT 8192u /* times */

/* A zeroed one is empty. */
struct hist {
	uint32_t count, bin[HIST_BINS];
};

void hist_add(struct hist *, double seconds);

/* The q-quantile, 0 <= q <= 1, in seconds; NaN: it is empty. */
double hist_quantile(const struct hist *, double q);

#endif
