/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bandit/model.h"
#include "base/fail.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/pack.h"
#include "daemon/apply_config.h"
#include "daemon/handlers.h"
#include "daemon/rebuild.h"

/* Records that the loop may fold itself, and how often the thread tries to come
 * that near.  Each time it folds what came in while it folded before, so where
 * it is any faster than they come, a few times do. */
#define NEAR 256
#define TRIES 20

double
rebuild_progress(const struct service *s)
{
	uint64_t head;

	if (s->rebuild == NULL)
		return NAN;
	head = s->rebuild->relearn.head;
	return head > 0 ? (double)s->rebuild->relearn.seq / (double)head : 0;
}

void
rebuild_stop(struct service *s)
{
	if (s->rebuild != NULL)
		s->rebuild->relearn.stop = true;
}

static enum err
too_fast(struct fault *f)
{
	return fault_set(f, ERR_OVERLOADED,
	    "records come in faster than they are learnt anew; try again when "
	    "there is less traffic");
}

static void *
run(void *arg)
{
	struct rebuild *b = arg;
	struct relearn *l = &b->relearn;
	uint64_t before;
	int tries = 0;

	do {
		before = l->seq;
		b->op->err = relearn_fold(l, UINT64_MAX, &b->fault);
	} while (b->op->err == ERR_NONE && !l->stop && l->seq > before + NEAR &&
	    ++tries < TRIES);
	if (tries == TRIES)
		b->op->err = too_fast(&b->fault);
	writer_post(b->service->writer, b->op);
	return NULL;
}

static void
rebuild_free(struct service *s)
{
	if (s->rebuild == NULL)
		return;
	router_free(s->rebuild->relearn.router);
	free(s->rebuild);
	s->rebuild = NULL;
}

/* {seq, note?}: what it could not learn from any more, and what the
 * configuration must say before it is read again. */
static void
pack_rebuilt(struct service *s, const struct op *op, const struct router *r)
{
	struct buf *out = rpc_answer_later(&s->rpc, op->client, op->msgid);
	struct buf names = { 0 }, note = { 0 };

	if (op->ev.after > 0)
		buf_printf(&note,
		    "it has learnt from what the log keeps: the rewards up to "
		    "record %llu were dropped",
		    (unsigned long long)op->ev.after);
	if (config_differs(&s->config, r, &names))
		buf_printf(&note,
		    "%sthe configuration says otherwise of %.*s; "
		    "write there what is in force, before it is "
		    "read again",
		    note.len > 0 ? "; " : "", (int)names.len,
		    (const char *)names.data);
	if (note.len > 0)
		log_warn("router \"%s\": %.*s", r->name, (int)note.len,
		    (const char *)note.data);
	if (out != NULL) {
		pack_map(out, note.len > 0 ? 2 : 1);
		pack_str(out, "seq");
		pack_uint(out, op->seq);
		if (note.len > 0) {
			pack_str(out, "note");
			pack_strn(out, (const char *)note.data, note.len);
		}
		rpc_answer_done(&s->rpc, op->client);
	}
	buf_free(&names);
	buf_free(&note);
}

/* The new router is in place, or the disk was full. */
static void
answer_rebuilt(void *arg, struct op *op)
{
	struct service *s = arg;
	const struct router *r = bandit_of(&s->bandit, op->ev.router);

	rebuild_free(s);
	fail_point("rebuild.done");
	if (op->err != ERR_NONE) {
		answer_seq(s, op);
		return;
	}
	log_info("router \"%s\" was learnt anew up to record %llu", r->name,
	    (unsigned long long)op->seq);
	if (!s->snapshot.running)
		snapshot_begin(s); /* or a crash would mean all of it again */
	pack_rebuilt(s, op, r);
}

static void
fail(struct service *s, struct op *op)
{
	struct rebuild *b = s->rebuild;

	if (op->err == ERR_NONE)
		op->err = fault_set(&b->fault, ERR_SHUTTING_DOWN,
		    "the daemon is about to end");
	if (op->err == ERR_DATA)
		op->err = ERR_INTERNAL; /* what is damaged the sentence says */
	op->fault = b->fault;
	log_warn("rebuild failed: %s", b->fault.text);
	rebuild_free(s);
	answer_seq(s, op);
}

/* Whether more is queued before the event than the loop may fold: where the
 * disk is slow much may come in that the thread cannot have seen. */
static bool
far_behind(struct service *s)
{
	struct writer_stats stats;

	writer_stats(s->writer, &stats);
	return stats.head.seq + stats.queued_records >
	    s->rebuild->relearn.seq + NEAR;
}

static void start_thread(void *service, struct op *sync);

/* An op that the client of the rebuild waits for. */
static struct op *
op_for(struct service *s, const struct op *op, enum op_kind kind,
    void (*answer)(void *, struct op *))
{
	struct op *next = service_op(s, kind, 0);

	next->urgent = true;
	next->answer = answer;
	next->client = op->client;
	next->msgid = op->msgid;
	return next;
}

/* The thread has caught up. */
static void
answer_folded(void *arg, struct op *op)
{
	struct service *s = arg;
	struct rebuild *b = s->rebuild;
	const struct router *r = bandit_of(&s->bandit, b->relearn.id);
	struct op *event;
	bool behind;

	pthread_join(b->thread, NULL);
	behind = far_behind(s);
	if (op->err == ERR_NONE && fail_point("rebuild.event") != 0)
		op->err =
		    fault_set(&b->fault, ERR_STORAGE, "%s", strerror(errno));
	if (op->err == ERR_NONE && behind && ++b->rounds == TRIES)
		op->err = too_fast(&b->fault);
	if (op->err != ERR_NONE || b->relearn.stop || r == NULL) {
		fail(s, op);
		return;
	}
	if (behind) {
		service_put(s, op_for(s, op, OP_SYNC, start_thread));
		return;
	}
	event = op_for(s, op, OP_EVENT, answer_rebuilt);
	event->ev.kind = EVENT_REBUILD;
	event->ev.router = r->id;
	event->ev.named = b->relearn.overlay.named;
	event->ev.settings = r->settings; /* those of now, and */
	overlay_settings(&b->relearn.overlay, 0, &event->ev.settings);
	service_put(s, event);
}

/* What is under way, and not learnt, moves over; no mark of the old router's
 * arms fits those of the new. */
static void
move_over(struct router *to, const struct router *from)
{
	to->served = from->served;
	to->decisions = from->decisions;
	to->pending = from->pending;
	to->dropped_to = from->dropped_to;
	to->imported = from->imported;
	for (int i = 0; i < to->arms; i++) {
		const struct arm *a = router_arm_of(from, to->arm[i]->uid);

		if (a == NULL)
			continue;
		to->arm[i]->pending = a->pending;
		to->arm[i]->pull_time = a->pull_time;
		to->arm[i]->aging = a->aging;
		to->arm[i]->ahead.round = a->ahead.round + 1;
	}
}

/* A record of its birth there must be, or it would not run. */
static enum err
fold_rest(struct relearn *l, uint64_t to, struct fault *f)
{
	enum err e = fail_point("rebuild.switch") != 0
	    ? fault_set(f, ERR_STORAGE, "%s", strerror(errno))
	    : relearn_fold(l, to, f);

	return e != ERR_NONE || l->router != NULL
	    ? e
	    : fault_set(f, ERR_DATA, "the log has no such router");
}

enum err
rebuild_switch(struct service *s, struct op *op)
{
	struct rebuild *b = s->rebuild;
	struct relearn *l = &b->relearn;
	enum err e;

	l->stop = false; /* it is in the log: no way back */
	e = fold_rest(l, op->seq - 1, &op->fault);
	if (e != ERR_NONE) {
		log_error("rebuild: %s", op->fault.text);
		return e;
	}
	l->router->overlay.until = op->seq;
	move_over(l->router, bandit_of(&s->bandit, l->id));
	bandit_replace(&s->bandit, l->router);
	l->router = NULL;
	s->snapshot.arm = 0;
	return ERR_NONE;
}

/* The value of a setting as text, as it would stand in the file; false: it is
 * none of these. */
static bool
value_text(const struct value *v, char *text, size_t size)
{
	if (v->type == VALUE_INT)
		snprintf(text, size, "%lld", (long long)v->u.integer);
	else if (v->type == VALUE_NUM)
		snprintf(text, size, "%.17g", v->u.num);
	else if (v->type == VALUE_BOOL)
		snprintf(text, size, "%s", v->u.boolean ? "true" : "false");
	else if (v->type == VALUE_STR && v->u.bytes.len < size)
		snprintf(text, size, "%.*s", (int)v->u.bytes.len,
		    (const char *)v->u.bytes.data);
	else
		return false;
	return true;
}

static bool
is_field(const struct setting *row, size_t offset)
{
	return row->offset == offset;
}

static enum err
read_setting(struct request *rq, const char *name, uint32_t len,
    const struct value *v, struct overlay *o)
{
	const struct setting *row = setting_find(router_settings, name, len);
	char text[256];

	if (row == NULL)
		return fault_set(&rq->fault, ERR_BAD_REQUEST,
		    "there is no setting \"%.*s\"", (int)len, name);
	if (is_field(row, offsetof(struct router_settings, dimension)))
		return fault_set(&rq->fault, ERR_BAD_REQUEST,
		    "dimension is the length of the contexts in the log and "
		    "cannot change; for more features change rff_dimension");
	if (is_field(row, offsetof(struct router_settings, input)))
		return fault_set(&rq->fault, ERR_BAD_REQUEST,
		    "input cannot change: the log has the vectors, and not "
		    "what they were made of");
	if (!value_text(v, text, sizeof text))
		return fault_set(&rq->fault, ERR_BAD_REQUEST,
		    "settings: %s takes a short text, a number or a boolean",
		    row->name);
	if (is_field(row, offsetof(struct router_settings, bandwidth)) &&
	    strcmp(text, row->word) == 0)
		return ERR_NONE; /* the one that was chosen */
	if (setting_parse(row, &o->settings, text, &rq->fault) != ERR_NONE)
		return rq->fault.code = ERR_BAD_REQUEST;
	o->named |= (uint64_t)1 << (row - router_settings);
	return ERR_NONE;
}

/* Whether the settings go together, and with what was logged. */
static enum err
check_settings(struct request *rq, const struct router *r,
    const struct router_settings *set)
{
	if (router_settings_check(set, &rq->fault) != ERR_NONE)
		return rq->fault.code = ERR_BAD_REQUEST;
	if (set->reward_model == REWARD_CHOICE &&
	    r->settings.reward_model != REWARD_CHOICE)
		return fault_set(&rq->fault, ERR_BAD_REQUEST,
		    "router \"%s\" is gaussian, and neither its rewards nor "
		    "what it learnt of choices say anything of utilities: "
		    "start a router with reward_model = \"choice\" afresh",
		    r->name);
	if (set->kernel == KERNEL_RBF && isnan(set->bandwidth))
		return fault_set(&rq->fault, ERR_BAD_REQUEST,
		    "give bandwidth = a number: none was chosen so far");
	return ERR_NONE;
}

static enum err
read_settings(struct request *rq, const struct router *r, struct overlay *o)
{
	const struct arg *arg = rpc_arg(rq, "settings");
	struct cursor at = arg->at, value;
	struct value map = { 0 }, v;
	enum err e = ERR_NONE;
	const char *name;
	uint32_t len;

	*o = (struct overlay){ .until = UINT64_MAX, .settings = r->settings };
	o->settings.dimension = r->dimension;
	if (r->bandwidth > 0)
		o->settings.bandwidth = r->bandwidth;
	if (arg->given)
		cursor_next(&at, &map);
	for (uint32_t i = 0; i < map.u.count && e == ERR_NONE; i++) {
		cursor_str(&at, &name, &len);
		value = at;
		cursor_next(&value, &v);
		cursor_skip(&at); /* it may be a list */
		e = read_setting(rq, name, len, &v, o);
	}
	return e != ERR_NONE ? e : check_settings(rq, r, &o->settings);
}

static enum err
check_ready(struct request *rq, const struct router *r)
{
	struct service *s = rq->owner;

	if (s->rebuild != NULL)
		return fault_set(&rq->fault, ERR_CONFLICT,
		    "another rebuild is under way");
	if (s->reloading)
		return fault_set(&rq->fault, ERR_CONFLICT,
		    "the configuration is being read again");
	if (router_ready(r) && !router_provisional(r))
		return ERR_NONE;
	return fault_set(&rq->fault, ERR_CONFLICT,
	    "router \"%s\" has not chosen its %s yet; it has learnt too little "
	    "to be learnt anew",
	    r->name, r->dimension == 0 ? "dimension" : "bandwidth");
}

/*
 * Whatever was with the writer when the rebuild was asked for is done, so
 * nothing more is dropped of the log: the thread may begin.
 */
static void
start_thread(void *arg, struct op *sync)
{
	struct service *s = arg;
	struct rebuild *b = s->rebuild;
	struct op *op = service_op(s, OP_JOB, 0);

	op->client = sync->client;
	op->msgid = sync->msgid;
	op->answer = answer_folded;
	op->err = sync->err;
	b->op = op;
	b->fault = sync->fault;
	if (op->err == ERR_NONE && !b->relearn.stop &&
	    pthread_create(&b->thread, NULL, run, b) == 0)
		return;
	if (op->err == ERR_NONE && !b->relearn.stop)
		op->err =
		    fault_set(&b->fault, ERR_INTERNAL, "no thread for it");
	fail(s, op);
	writer_recycle(s->writer, op);
}

enum err
do_rebuild(struct request *rq)
{
	struct service *s = rq->owner;
	struct overlay overlay;
	struct router *r;
	struct op *op;
	enum err e;

	if ((e = service_router(rq, &r)) != ERR_NONE ||
	    (e = check_ready(rq, r)) != ERR_NONE ||
	    (e = read_settings(rq, r, &overlay)) != ERR_NONE ||
	    (e = service_ask(s, rq, OP_SYNC, 0, start_thread, &op)))
		return e;
	log_info("router \"%s\" is learnt anew", r->name);
	s->rebuild = mem_zalloc(1, sizeof *s->rebuild);
	s->rebuild->service = s;
	s->rebuild->relearn.store = &s->store;
	s->rebuild->relearn.id = r->id;
	s->rebuild->relearn.overlay = overlay;
	op->urgent = true;
	service_put(s, op);
	return ERR_NONE;
}
