/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * world.h: events of a small made-up router, for tests of what folds them.
 */
#ifndef TESTS_WORLD_H
#define TESTS_WORLD_H

#include <stdint.h>

#include "bandit/event.h"

#define WORLD_D 8
#define WORLD_PHI 32
#define WORLD_SLATE 3

/* A stream of events, the same for the same seed; each next one has the next
 * seq.  It begins with the router and two arms; later ones are mostly
 * rewards (of a choice model, clicks), now and then another arm, a change of
 * settings or of an arm, a preference, an expired slate, time that passes or,
 * with a bandwidth of "auto", the bandwidth. */
struct world {
	uint64_t state, seq;
	int arms, removed;
	bool exact, auto_bandwidth;
	bool choice;     /* a choice model; set after world_init(), */
	bool structured; /* like structured frequencies, */
	bool weighs;     /* and a weight of what is observed, which changes */
	float x[WORLD_D];
	struct shown shown[WORLD_SLATE];
	uint32_t eligible[WORLD_SLATE];
	double prior[2 * WORLD_PHI];
};

void world_init(struct world *, uint64_t seed, bool exact, bool auto_bandwidth);
void world_next(struct world *, struct event *);

#endif
