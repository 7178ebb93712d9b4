/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bandit.h: all routers of a daemon, and the fold of the whole log.
 */
#ifndef BANDIT_BANDIT_H
#define BANDIT_BANDIT_H

#include <stddef.h>

#include "bandit/router.h"

/* What a router that will be born is learnt anew under, as its last
 * EVENT_REBUILD says. */
struct rebuilt {
	uint32_t router;
	struct overlay overlay;
};

/* A zeroed struct holds no router. */
struct bandit {
	int routers;
	struct router **router; /* [routers], by id, the order of their birth */
	uint64_t seq;           /* of the last event folded */
	int rebuilds;
	struct rebuilt *rebuilt; /* [rebuilds] */
};

void bandit_fini(struct bandit *);

struct router *bandit_find(const struct bandit *, const char *name, size_t len);
struct router *bandit_of(const struct bandit *, uint32_t id);
uint32_t bandit_next_id(const struct bandit *);

/* Takes the router over. */
void bandit_add(struct bandit *, struct router *);

/* To be told before the router's birth is folded. */
void bandit_rebuilt(struct bandit *, uint32_t router, const struct overlay *);
const struct overlay *bandit_overlay(const struct bandit *, uint32_t router);

/* Takes over the place of the router with the same id, and frees that. */
void bandit_replace(struct bandit *, struct router *);

/* router_fold() for the event's router, which EVENT_ROUTER creates.  ERR_DATA
 * also where it is not the event after b->seq: none may be left out but those
 * that were dropped, and only where their routers can do without. */
enum err bandit_fold(struct bandit *, const struct event *, struct fault *);

/*
 * A hash, as 32 hexadecimal digits, over all learnt state of the router, or
 * where it is NULL of all routers: XXH3-128 of their cells.
 */
#define STATE_HASH_SIZE 33
void bandit_hash(const struct bandit *, const struct router *, char *out);

#endif
