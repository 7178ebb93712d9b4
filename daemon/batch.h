/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * batch.h: decisions that are scored together.
 *
 * decide checks its request and adds what is asked to the batch; all that one
 * loop turn brings for one router, of whatever client, up to MODEL_FAST, is
 * scored in one pass over each arm and then decided and answered in the order
 * in which it came.  Every answer is what it would be one by one: whoever could
 * tell the difference has the batch settled first.  Nothing waits for more than
 * the end of the turn.
 */
#ifndef DAEMON_BATCH_H
#define DAEMON_BATCH_H

#include "bandit/router.h"
#include "base/hist.h"
#include "daemon/rpc.h"
#include "persist/op.h"

struct service;

/* A request that can be decided: it will not fail any more. */
struct slot {
	uint64_t client; /* 0: nobody waits for the answer */
	uint32_t msgid;
	bool explain;
	struct wish wish;
	struct op
	    *op; /* OP_DECISION; id, where it is the gateway's own, x, d */
};

/* A zeroed one is empty. */
struct batch {
	struct router *router; /* of all slots */
	int n;
	struct slot slot[MODEL_FAST];
	double *x;                     /* [MODEL_FAST][dimension], prepared */
	double *phi;                   /* [n][features], of x */
	enum why *why;                 /* [MODEL_FAST][arms] */
	struct model_score *score;     /* [arms][n] */
	int dimension, features, arms; /* there is room for */
	struct hist times; /* of decisions, each that of its whole batch */
};

void batch_fini(struct batch *);

/* Makes room for one of that router, settling what waits of another. */
void batch_open(struct service *, struct router *);

/* Of the slot that is added next: why[arms], and x[dimension] once the router
 * has a dimension.  The room stays until batch_open(). */
enum why *batch_why(struct service *, const struct router *);
double *batch_context(struct service *, const struct router *);

/* Adds the request, which is answered later, and takes the op over.  What
 * cannot wait for the end of the turn is decided here. */
void batch_add(struct request *, const struct wish *, struct op *);

/* Whether a decision of that id waits, not yet made. */
bool batch_has(const struct service *, const char *id);

/* Before something is put into the writer's queue beside what waits: settles it
 * where that is close enough to a limit that the order counts. */
void batch_yield(struct service *);

/* Decides and answers all that waits. */
void batch_settle(struct service *);

#endif
