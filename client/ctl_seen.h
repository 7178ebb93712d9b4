/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ctl_seen.h: what a daemon says of itself, as structs, for those commands
 * that look at more than one answer.
 *
 * A number that is not there, or has no value, is NaN; a text is "", clean for
 * a terminal.
 */
#ifndef CLIENT_CTL_SEEN_H
#define CLIENT_CTL_SEEN_H

#include <stdbool.h>

#include "base/buf.h"
#include "client/banditd.h"

#define SEEN_NAME 65

struct seen_arm {
	char name[SEEN_NAME];
	bool enabled;
	double cost, cost_mean;
	double pulls, rewards, pending, expired;
	double reward_mean, reward_sd, share;
	double last_pull, last_reward; /* seconds since the epoch */
};

struct seen_router {
	char name[SEEN_NAME];
	struct banditd_value settings; /* its row of `routers` */
	double decisions, rewards, pending, cost_weight;
	double range[2]; /* of rewards */
	size_t arms;
	struct seen_arm *arm; /* [arms]; none where they were not asked for */
};

struct seen {
	struct buf status, routers_answer; /* MessagePack; empty: unknown */
	size_t routers;
	struct seen_router *router; /* [routers] */
};

/* Reads answers that were received; each takes a copy.  A zeroed struct has
 * seen nothing. */
void seen_status(struct seen *, struct banditd_value answer);
void seen_routers(struct seen *, struct banditd_value answer);
void seen_arms(struct seen_router *, struct banditd_value answer);
void seen_fini(struct seen *);

/* Asks for the status, the routers, and the arms of that router (NULL: of
 * each).  0, or -1 where the daemon does not answer all of it; banditd_code()
 * says why, and what was answered is there. */
int seen_take(struct seen *, struct banditd *, const char *router);

/* The router of that name; NULL: there is none. */
struct seen_router *seen_router(const struct seen *, const char *name);

/* A number, or a text, of the status; whole: it has been answered. */
double seen_num(const struct seen *, const char *key);
void seen_text(const struct seen *, const char *key, char *out, size_t size);

/* The number of a map's key. */
double seen_field(struct banditd_value map, const char *key);

#endif
