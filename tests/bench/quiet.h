/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quiet.h: the daemon that most scenes share, and its routers. */
#ifndef TESTS_BENCH_QUIET_H
#define TESTS_BENCH_QUIET_H

#include "tests/bench/scene.h"

enum quiet {
	QUIET_LARGE,    /* D=512 K=10 */
	QUIET_DRAWN,    /* the same, of a policy that needs all scores */
	QUIET_DEFAULT,  /* D=256 K=10 */
	QUIET_PROMPTS,  /* D=512 K=10, for the contexts of a replay set */
	QUIET_BARE,     /* scores nothing: one arm, drawn */
	QUIET_BARE_TEN, /* scores nothing, and has ten arms */
	QUIET_SMALL,    /* D=64 K=3 */
	QUIET_FEW,      /* the same, for scene_rewards() */
	QUIET_MANY,
	QUIETS
};

const struct part *quiet_part(enum quiet);

/* Starts it, and teaches what is to have learnt something. */
void quiet_start(struct stage *);

#endif
