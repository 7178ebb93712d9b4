/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rpc.h: MessagePack-RPC, from a frame to a method's function and back.
 *
 * Request [0, msgid, method, [params]], answer [1, msgid, error, result],
 * notification [2, method, [params]].  The method's row checks the roles and
 * the parameters before its function sees them.
 * Source: https://github.com/msgpack-rpc/msgpack-rpc/blob/master/spec.md
 */
#ifndef DAEMON_RPC_H
#define DAEMON_RPC_H

#include <stdint.h>

#include "base/cursor.h"
#include "daemon/method.h"
#include "daemon/server.h"

/* A parameter, in the order of the method's row. */
struct arg {
	bool given;      /* nil counts as left out */
	const char *str; /* STR, NAME: not terminated */
	uint32_t len;
	double num;
	bool yes;
	struct cursor at; /* VECTOR, NAMES, SETTINGS, EVENT: over the value */
};

struct request {
	void *owner; /* the service */
	const struct method *method;
	struct arg arg[METHOD_PARAMS];
	uint64_t client;
	uint32_t msgid;
	bool notification; /* nobody reads the answer */
	struct buf *out;   /* the result goes here */
	bool later;        /* set by the function: it will be answered with
			      rpc_answer_later() */
	struct fault fault;
};

/* The argument of that name of the request's row; the name must be there. */
const struct arg *rpc_arg(const struct request *, const char *name);

/* Counters of a method, in the order of methods[]. */
struct method_stats {
	uint64_t calls, errors;
	double seconds; /* sum of what the calls took in the loop */
};

struct rpc {
	void *owner;
	/* What waits for the end of the turn is done before a method that may
	 * not run beside it; NULL: nothing does. */
	void (*settle)(void *owner);
	struct door door[DOORS]; /* zeroed where nobody is yet, or any more */
	const struct clock *clock;
	struct method_stats *stats; /* [method_count()] */
	uint64_t unknown_notifications;
	uint64_t rejects[ERR_COUNT]; /* answers by error code */
	struct buf result;           /* of the call under way */
	double spent;                /* sum of rpc_spent() */
};

void rpc_init(struct rpc *, void *owner, const struct clock *);
void rpc_fini(struct rpc *);

/* frame_fn, broken_fn and settle of the server; owner is the struct rpc. */
bool rpc_frame(void *, struct client *, const uint8_t *, size_t);
void rpc_broken(void *, struct client *, const uint8_t *, size_t,
    enum frame_state);
void rpc_settle(void *);

/* What was done for calls of that method, out of their time or within that of
 * another call. */
void rpc_spent(struct rpc *, const char *method, double seconds);

/*
 * The answer to a request that said later: write the envelope, let the caller
 * pack the result to the returned buffer, then rpc_answer_done().  NULL: the
 * client is gone, or it was a notification (client 0).
 */
struct buf *rpc_answer_later(struct rpc *, uint64_t client, uint32_t msgid);
void rpc_answer_done(struct rpc *, uint64_t client);
void rpc_error_later(struct rpc *, uint64_t client, uint32_t msgid,
    const struct fault *);

#endif
