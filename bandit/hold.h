/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hold.h: what a router keeps until its features are fixed.
 *
 * Lessons that arrive before the bandwidth is chosen are held, and learnt
 * once it is; the first contexts are sampled to choose it from.
 */
#ifndef BANDIT_HOLD_H
#define BANDIT_HOLD_H

#include <stdint.h>

#include "bandit/lesson.h"

#define HOLD_CONTEXTS 64    /* enough to choose a bandwidth */
#define HOLD_SECONDS 1000.0 /* then what is there must do */

struct held {
	uint32_t arm;
	struct lesson lesson;
};

struct hold {
	int d;
	int lessons, lessons_cap;
	struct held *lesson; /* [lessons] */
	double *lesson_x;    /* [lessons][d], as the map takes them */
	int contexts;
	double *context; /* [HOLD_CONTEXTS][d] */
	double first;    /* wall time of the first context */
};

void hold_init(struct hold *, int d);
void hold_fini(struct hold *);

void hold_lesson(struct hold *, const struct held *, const double *x);

/* Samples a context; those after the first HOLD_CONTEXTS do not count. */
void hold_context(struct hold *, const double *x, double now);

/* The bandwidth, or 0 while it is too early to tell. */
double hold_bandwidth(const struct hold *, double now);

#endif
