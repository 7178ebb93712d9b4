/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learns.h: whether a router learns from what has come back.
 */
#ifndef DAEMON_LEARNS_H
#define DAEMON_LEARNS_H

#include "bandit/router.h"
#include "daemon/rpc.h"

/* ERR_BAD_REQUEST: a choice model knows no rewards; ERR_OUT_OF_RANGE. */
enum err learns_reward(struct request *, const struct router *, double reward);

/* Of click and prefer: a gaussian model learns 1 for what was chosen and 0 for
 * what was not.  ERR_OUT_OF_RANGE. */
enum err learns_choice(struct request *, const struct router *);

/* What a call really cost.  ERR_OUT_OF_RANGE. */
enum err learns_cost(struct request *, double cost);

#endif
