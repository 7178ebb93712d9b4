/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/service.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/fail.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon/apply_config.h"
#include "daemon/export.h"
#include "daemon/rebuild.h"
#include "daemon/sd.h"
#include "features/context.h"

#define DRAIN_SECONDS 10.0 /* for a client that does not read its answers */

static void
on_writer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	service_collect(arg);
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	service_tick(arg);
}

static void
on_settle(void *service)
{
	batch_settle(service);
}

static enum err
state_open(struct service *s, struct fault *f)
{
	uint64_t seed = 0;
	enum err e =
	    store_open(&s->store, s->config.top.state_dir, STORE_WRITE, f);

	if (e != ERR_NONE)
		return e;
	if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) < 0)
		seed = s->store.starts;
	s->pending = pending_new(seed);
	e = recover_state(&s->store, &s->bandit, false, &s->recovery, f);
	if (e == ERR_NONE)
		e = recover_pending(&s->store, &s->bandit, s->pending,
		    &s->recovery, f);
	if (e == ERR_NONE && fail_point("recover.end") != 0)
		e = fault_set(f, ERR_STORAGE, "cannot read %s: %s",
		    s->store.dir, strerror(errno));
	if (e != ERR_NONE)
		return e;
	log_info("%s: %llu records, %llu of them folded in %.2f s, "
		 "%llu decisions pending",
	    s->store.dir, (unsigned long long)s->store.head.seq,
	    (unsigned long long)s->recovery.records, s->recovery.seconds,
	    (unsigned long long)s->recovery.pending);
	if (s->recovery.bad_cells > 0)
		log_warn("%s: %llu snapshots were damaged; the log made up "
			 "for them",
		    s->store.dir, (unsigned long long)s->recovery.bad_cells);
	s->snapshot.done = s->recovery.from;
	s->next_router = bandit_next_id(&s->bandit);
	return ERR_NONE;
}

static bool
disk_full(struct service *s)
{
	struct writer_stats stats;

	writer_stats(s->writer, &stats);
	return stats.full;
}

/* Not even what nobody waits for is written. */
static bool
disk_stalls(struct service *s)
{
	struct writer_stats stats;

	writer_stats(s->writer, &stats);
	return stats.stalled;
}

/* Lets the writer finish everything, before there is a loop or after it; on a
 * full disk that may never be. */
static void
settle(struct service *s)
{
	struct op *op = service_op(s, OP_SYNC, 0);

	op->urgent = true; /* the writer need not wait for more */
	service_put(s, op);
	while ((s->queued > 0 || s->snapshot.running || s->backing_up ||
		   s->rebuild != NULL || export_busy(s)) &&
	    writer_failed(s->writer) == NULL && !disk_stalls(s))
		event_base_loop(s->base, EVLOOP_ONCE); /* the tick is an end */
}

static void
writer_start(struct service *s)
{
	struct timeval second = { 1, 0 };

	s->writer = writer_new(&s->store);
	s->writer_ready = event_new(s->base, writer_fd(s->writer),
	    EV_READ | EV_PERSIST, on_writer, s);
	event_add(s->writer_ready, NULL);
	s->tick = event_new(s->base, -1, EV_PERSIST, on_tick, s);
	event_add(s->tick, &second);
}

static enum err
listen_socket(struct service *s, struct fault *f)
{
	return server_new(&s->server,
	    &(struct server_params){ .base = s->base,
		.clock = &s->clock,
		.config = &s->config,
		.listen_fd = s->launch.listen_fd,
		.frame = rpc_frame,
		.broken = rpc_broken,
		.settle = rpc_settle,
		.owner = &s->rpc },
	    f);
}

static const char *
trouble(void *rpc)
{
	struct service *s = ((struct rpc *)rpc)->owner;

	if (s->draining)
		return "banditd is about to end";
	return disk_full(s) ? "the disk is full: decisions go on, rewards are "
			      "refused until there is space again"
			    : NULL;
}

static enum err
listen_http(struct service *s, struct fault *f)
{
	if (s->config.top.http[0] == '\0')
		return ERR_NONE;
	return http_new(&s->http,
	    &(struct http_params){ .base = s->base,
		.clock = &s->clock,
		.config = &s->config,
		.rpc = &s->rpc,
		.trouble = trouble,
		.owner = &s->rpc },
	    f);
}

static enum err
listen_now(struct service *s, struct fault *f)
{
	enum err e = listen_socket(s, f);

	if (e == ERR_NONE)
		e = listen_http(s, f);
	if (s->server != NULL)
		s->rpc.door[DOOR_SOCKET] = server_door(s->server);
	if (s->http != NULL)
		s->rpc.door[DOOR_HTTP] = http_door(s->http);
	return e;
}

static void
accept_now(struct service *s)
{
	server_accept(s->server);
	if (s->http != NULL)
		http_accept(s->http);
}

enum err
service_start(struct service *s, struct config *config,
    const struct launch *launch, struct event_base *base, struct fault *f)
{
	enum err e;

	s->config = *config;
	*config = (struct config){ 0 };
	s->launch = *launch;
	s->base = base;
	s->store.lock_fd = -1;
	s->started = s->purged = s->snapshot.started = clock_mono(&s->clock);
	s->watch = sd_watchdog();
	s->epoch = clock_wall(&s->clock) - clock_boot(&s->clock);
	s->x = mem_alloc(CONTEXT_MAX_DIMENSION, sizeof *s->x);
	rpc_init(&s->rpc, s, &s->clock);
	s->rpc.settle = on_settle;
	e = state_open(s, f);
	if (e == ERR_NONE)
		e = config_fits(s, &s->config, true, f);
	if (e == ERR_NONE) /* before anything is changed */
		e = listen_now(s, f);
	if (e == ERR_NONE) {
		writer_start(s);
		config_apply(s, &s->config);
		if (s->queued > 0) /* else a full disk is no hindrance */
			settle(s);
		if (writer_failed(s->writer) != NULL)
			e = fault_set(f, ERR_STORAGE, "%s",
			    writer_failed(s->writer));
		else if (disk_full(s))
			e = fault_set(f, ERR_STORAGE,
			    "%s: the disk is full, and the configuration "
			    "changes what is there",
			    s->store.dir);
	}
	if (e == ERR_NONE)
		accept_now(s);
	if (e != ERR_NONE)
		service_stop(s);
	return e;
}

static void
writer_stop(struct service *s)
{
	rebuild_stop(s);
	settle(s);
	if (s->backing_up) /* its answer will not be taken any more */
		pthread_join(s->backup, NULL);
	export_join(s);
	if (s->exit_status == 0 && writer_failed(s->writer) == NULL &&
	    !disk_full(s) && s->bandit.seq != s->snapshot.done) {
		snapshot_begin(s);
		settle(s);
	}
	if (s->exit_status == 0 && writer_failed(s->writer) == NULL &&
	    !disk_stalls(s)) {
		service_note(s, NOTE_STOPPED, &s->store.starts,
		    sizeof s->store.starts);
		settle(s);
	}
	do /* says so, once, and answers what came back before that */
		service_collect(s);
	while (s->back != NULL || s->back_early != NULL);
	if (disk_stalls(s) && s->queued > 0)
		log_error("%s: the disk is full: %llu operations are lost",
		    s->store.dir, (unsigned long long)s->queued);
	writer_free(s->writer);
	s->writer = NULL;
	event_free(s->writer_ready);
	event_free(s->tick);
}

void
service_stop(struct service *s)
{
	if (s->writer != NULL)
		batch_settle(s);
	if (s->server != NULL)
		server_drain(s->server, 0, NULL); /* no more requests */
	if (s->http != NULL)
		http_drain(s->http, 0, NULL);
	if (s->writer != NULL)
		writer_stop(s);
	if (s->http != NULL)
		http_free(s->http);
	if (s->server != NULL)
		server_free(s->server);
	if (s->pending != NULL)
		pending_free(s->pending);
	bandit_fini(&s->bandit);
	if (s->store.dir != NULL)
		store_close(&s->store);
	rpc_fini(&s->rpc);
	config_fini(&s->config);
	free(s->x);
	text_fini(&s->text);
	batch_fini(&s->batch);
	room_fini(&s->room);
	snapshot_fini(s);
}

static void
drained(void *arg)
{
	struct rpc *rpc = arg; /* the owner of both */
	struct service *s = rpc->owner;

	if (--s->draining_doors == 0)
		event_base_loopexit(s->base, NULL);
}

void
service_drain(struct service *s)
{
	if (s->draining) {
		event_base_loopbreak(s->base);
		return;
	}
	s->draining = true;
	writer_ends(s->writer);
	rebuild_stop(s);
	sd_tell("STOPPING=1");
	log_info("stopping");
	s->draining_doors = 1 + (s->http != NULL);
	server_drain(s->server, DRAIN_SECONDS, drained);
	if (s->http != NULL)
		http_drain(s->http, DRAIN_SECONDS, drained);
}

double
service_time(const struct service *s)
{
	return fmin(clock_wall(&s->clock),
	    s->epoch + clock_boot(&s->clock) + CLOCK_LEAD);
}

struct op *
service_op(struct service *s, enum op_kind kind, int d)
{
	struct op *op = writer_op(s->writer, kind, d);

	op->ev.cost = NAN;
	op->ev.time = service_time(s);
	return op;
}

void
service_put(struct service *s, struct op *op)
{
	s->queued++;
	writer_put(s->writer, op);
}

void
service_note(struct service *s, const char *name, const void *data, size_t len)
{
	struct op *op = service_op(s, OP_NOTE, 0);

	strcpy(op->ev.name, name);
	buf_put(&op->data, data, len);
	service_put(s, op);
}

enum err
service_ask(struct service *s, struct request *rq, enum op_kind kind, int d,
    void (*answer)(void *, struct op *), struct op **out)
{
	if (s->queued >= (uint64_t)s->config.top.max_in_flight)
		return fault_set(&rq->fault, ERR_OVERLOADED,
		    "%llu operations wait for the disk; try again later",
		    (unsigned long long)s->queued);
	*out = service_op(s, kind, d);
	(*out)->urgent = s->config.top.durability == DURABILITY_DISK;
	(*out)->answer = answer;
	(*out)->client = rq->notification ? 0 : rq->client;
	(*out)->msgid = rq->msgid;
	rq->later = true;
	return ERR_NONE;
}
