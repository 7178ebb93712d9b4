/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * asked.h: what a request asks of a decision or of scores, from its parameters
 * to struct wish, which points to why[arms], the caller's.
 */
#ifndef DAEMON_ASKED_H
#define DAEMON_ASKED_H

#include "daemon/service.h"

/* Only the parameter arms, which decide and score have; ERR_UNKNOWN_ARM names
 * the one that is not there. */
enum err asked_arms(struct request *, const struct router *, enum why *why,
    struct wish *);

/* All that decide has: also exclude, max_cost, k, prefer_arm, switch_cost.
 * ERR_OUT_OF_RANGE, ERR_BAD_REQUEST, ERR_UNKNOWN_ARM. */
enum err asked_all(struct request *, const struct router *, enum why *why,
    struct wish *);

#endif
