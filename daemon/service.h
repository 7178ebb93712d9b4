/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * service.h: the daemon's heart: routers, store and socket held together.
 *
 * The loop's thread owns all of it.  A request is checked and answered at
 * once where it only reads; what changes learnt state becomes an op, and when
 * the writer hands it back it is folded, in the order of the log, and then
 * answered.
 */
#ifndef DAEMON_SERVICE_H
#define DAEMON_SERVICE_H

#include <event2/event.h>
#include <pthread.h>
#include <stdbool.h>

#include "bandit/bandit.h"
#include "base/clock.h"
#include "base/log.h"
#include "daemon/batch.h"
#include "daemon/config.h"
#include "daemon/http.h"
#include "daemon/rpc.h"
#include "daemon/server.h"
#include "daemon/snapshot.h"
#include "features/text.h"
#include "persist/pending.h"
#include "persist/recover.h"
#include "persist/writer.h"

#define EXPORTS_MOST 4 /* at a time */

/* How a daemon is started; kept to read the configuration again. */
struct launch {
	const char *config_path;  /* NULL: none was there */
	const char *default_path; /* where it may be by the next reload */
	const char *const *override;
	int overrides;
	int listen_fd; /* -1: bind */
	int verbose;   /* more lines than log_level says */
};

struct service {
	struct clock clock;
	struct launch launch;
	struct config config; /* in force */
	struct event_base *base;
	struct event *writer_ready, *tick;
	struct store store;
	struct writer *writer;
	struct bandit bandit;
	struct pending_table *pending;
	struct recovery recovery;
	struct server *server;
	struct http *http; /* NULL: not configured */
	struct rpc rpc;
	struct snapshot snapshot;

	float *x;         /* [CONTEXT_MAX_DIMENSION], a vector as it came */
	struct room room; /* for the slate of an answer */
	struct text text; /* room for one to be hashed */
	struct batch batch;
	uint64_t queued;              /* ops with the writer, or back from it */
	struct op *back, *back_early; /* from it, and not yet looked at */
	uint64_t dropped;             /* records, from the log */
	uint64_t unrecorded;          /* decisions that no reward can find */
	uint32_t next_router;
	double started, purged; /* monotonic */
	double watch, watched;  /* seconds between two signs of life to the
				   service manager, 0: none; and the last */
	double epoch;           /* wall time when the machine's boot was */
	bool reloading, draining, backing_up, compacting, was_full, was_ahead;
	pthread_t backup;                        /* while backing_up */
	struct rebuild *rebuild;                 /* under way, or NULL */
	struct export_job *export[EXPORTS_MOST]; /* under way, or NULL */
	int exit_status;
	int draining_doors;   /* that have answers to give yet */
	struct config reload; /* while reloading: the next */
};

/*
 * Opens the state, recovers it, applies the configuration (which the service
 * takes over) and listens.  On error nothing is left open.
 */
enum err service_start(struct service *, struct config *, const struct launch *,
    struct event_base *, struct fault *);

/* Writes what is left and the snapshots, and closes all. */
void service_stop(struct service *);

/* SIGTERM: answer what was accepted, then leave the loop. */
void service_drain(struct service *);

/* SIGHUP and the method: read the configuration again, whole or not at all.
 * ERR_CONFIG, ERR_CONFLICT: nothing has changed. */
enum err service_reload(struct service *, struct op *answer, struct fault *);

/* The configuration's log_level, and more lines with every -v. */
enum log_level log_level_of(const struct config *, int verbose);

/* Makes an op that the client of the request waits for; urgent by the
 * configuration.  ERR_OVERLOADED: too much is under way. */
enum err service_ask(struct service *, struct request *, enum op_kind, int d,
    void (*answer)(void *, struct op *), struct op **);
/*
 * The wall time that is written down, and by which things age.  Within one run
 * it is not ahead of the time that has passed by more than some minutes: a
 * clock that jumps forward would else expire all that waits, and all that was
 * learnt with a half-life in time would be forgotten for good.
 */
double service_time(const struct service *);
#define CLOCK_LEAD 300.0 /* seconds */

struct op *service_op(struct service *, enum op_kind, int d);

/* Writes a note of meta (store.h), and nobody waits for it. */
void service_note(struct service *, const char *name, const void *, size_t);
void service_put(struct service *, struct op *);

/* Starts the answer to an op; NULL: it was an error, or nobody listens. */
struct buf *service_answer(struct service *, struct op *);

/* The argument "decision" of the request becomes the id of the op's. */
void service_name_decision(struct request *, struct op *);

/* The op, of kind OP_EVENT, adds or sets an arm: what the fields say and, where
 * the arm is to inherit, what its relatives have learnt by now. */
void service_arm_event(struct op *, const struct router *,
    const struct event *fields);

/* Answers: the error if there is one; else a map of that result. */
void answer_applied(void *, struct op *); /* {applied, seq} */
void answer_empty(void *, struct op *);   /* {} */
void answer_seq(void *, struct op *);     /* {seq} */

/* Handles what the writer has handed back, or, where that takes long, a part
 * of it, and the rest in the loop's next turn. */
void service_collect(struct service *);

/* Once a second: what is due. */
void service_tick(struct service *);

/* The router of the request (its argument "router", or "default").
 * ERR_UNKNOWN_ROUTER. */
enum err service_router(struct request *, struct router **);

enum err service_router_named(struct request *, const char *name, size_t len,
    struct router **);

/* The context of the request is its argument x or, of a router with input =
 * "text", the vector of its argument text.  Its length, if the router takes it.
 * ERR_BAD_REQUEST: it takes the other; ERR_DIMENSION_MISMATCH. */
enum err service_length(struct request *, const struct router *, int *d);

/* The context, of that length, to x[d]; a router without a dimension takes this
 * one.  ERR_BAD_REQUEST, and what context_check() says. */
enum err service_vector(struct request *, struct router *, float *x, int d);

/* The context, or x[d], to s->x and router_context(); a router without a
 * dimension takes this one. */
enum err service_context(struct request *, struct router *, int *d);
enum err service_context_given(struct request *, struct router *,
    const float *x, int d);

/* Asks for the bandwidth to be fixed where it is due. */
void service_bandwidth(struct service *, struct router *);

/* Ends a decision that waits, unrewarded, once that is on disk.  early: only to
 * make room, so nothing is learnt from it. */
void service_expire(struct service *, struct pending *, bool early);

#endif
