/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What time brings. */
#include <math.h>

#include "base/log.h"
#include "daemon/retain.h"
#include "daemon/sd.h"
#include "daemon/service.h"

#define EXPIRE_MOST 20000 /* per router and tick, so that nobody waits long */
#define PURGE_SECONDS 60.0
#define AGE_STEPS 200       /* events in a half-life */
#define IMPORT_SECONDS 60.0 /* between two records of one import, at most */
#define AGE_MOST 64 /* half-lives after which nothing is left to forget */

/* It waits until that is on disk; so what is pending follows from the log. */
void
service_expire(struct service *s, struct pending *p, bool early)
{
	const struct router *r = bandit_of(&s->bandit, p->decision.router);
	struct op *op = service_op(s, OP_EXPIRE, 0);

	op->ev.decision = p->decision;
	op->ev.decision.k = op->ev.decision.eligible = 0;
	op->ev.decision.d = 0;
	op->ev.early = early;
	op->ev.keep_x = r != NULL &&
	    (!isnan(r->settings.default_reward) ||
		r->settings.pending == PENDING_HALLUCINATE);
	op->own_id = p->own_id;
	pending_hide(s->pending, p);
	service_put(s, op);
}

/* Those that ran out of time; a time ahead of the clock was set by one that was
 * wrong. */
static void
expire_due(struct service *s, const struct router *r, double now)
{
	struct pending *p = pending_oldest(s->pending, r->id), *newer;

	for (int n = 0; p != NULL && n < EXPIRE_MOST &&
	     s->queued < (uint64_t)s->config.top.max_in_flight;
	     n++, p = newer) {
		newer = pending_newer(s->pending, p);
		if (now < p->decision.time)
			continue;
		if (now < p->decision.time + r->settings.decision_ttl)
			return;
		service_expire(s, p, false);
	}
}

/* Ids of the gateway's are known as long as the records of their decisions. */
static void
forget_known(struct service *s, const struct router *r, double now)
{
	struct pending *p;

	for (int n = 0; n < EXPIRE_MOST; n++) {
		p = pending_known(s->pending, r->id);
		if (p == NULL ||
		    now < p->decision.time + 2 * r->settings.decision_ttl)
			return;
		pending_remove(s->pending, p);
	}
}

/* Records of decisions stay for twice their time, so that a reward sent again
 * or too late is still told what became of the first. */
static void
purge(struct service *s, const struct router *r, double now)
{
	struct op *op = service_op(s, OP_PURGE, 0);

	op->ev.router = r->id;
	op->ev.time = now - 2 * r->settings.decision_ttl;
	service_put(s, op);
}

/* What is imported is old, and would be learnt as if it were new once its arm
 * has aged up to now. */
static bool
importing(const struct service *s, const struct router *r)
{
	return r->imported > 0 &&
	    clock_mono(&s->clock) < r->imported + IMPORT_SECONDS;
}

/* What was learnt of an arm that nobody asks fades with time as well; the
 * arms take turns, so that no tick has much to do. */
static void
age(struct service *s, const struct router *r, double now)
{
	double half_life = -r->settings.half_life, step = half_life / AGE_STEPS;
	int most = 1 + (int)(r->arms / fmax(step, 1));
	struct op *op;

	if (!(half_life > 0) || !router_ready(r) || router_provisional(r) ||
	    importing(s, r))
		return;
	for (int i = 0; i < r->arms && most > 0; i++) {
		struct arm *a = r->arm[i];

		if (a->aging || a->aged == 0 || now < a->aged + step ||
		    a->aged > a->reward_time + AGE_MOST * half_life)
			continue;
		op = service_op(s, OP_EVENT, 0);
		op->ev.kind = EVENT_AGE;
		op->ev.router = r->id;
		op->ev.arm = a->uid;
		a->aging = true;
		most--;
		service_put(s, op);
	}
}

static void
watch_disk(struct service *s)
{
	struct writer_stats stats;

	writer_stats(s->writer, &stats);
	if (stats.full && !s->was_full)
		log_warn("%s: the disk is full; decisions go on, rewards are "
			 "answered with \"storage\"",
		    s->store.dir);
	if (!stats.full && s->was_full)
		log_info("%s: there is space again", s->store.dir);
	s->was_full = stats.full;
}

/* Wall is the clock's own time, read before that which it may be ahead of. */
static void
watch_clock(struct service *s, double wall, double now)
{
	double ahead = wall - now;

	if (ahead > 0 && !s->was_ahead)
		log_warn("the clock has jumped %.0f s ahead; what waits and "
			 "what is forgotten goes by the time that has passed; "
			 "if the clock is right now, restart banditd",
		    ahead);
	if (ahead <= 0 && s->was_ahead)
		log_info("the clock is back");
	s->was_ahead = ahead > 0;
}

/* That the loop turns, whatever the disk does: decisions do not wait for it,
 * and a new daemon would find the same disk. */
static void
tell_alive(struct service *s, double mono)
{
	if (s->watch == 0 || mono < s->watched + s->watch)
		return;
	sd_tell("WATCHDOG=1");
	s->watched = mono;
}

void
service_tick(struct service *s)
{
	double wall = clock_wall(&s->clock), now = service_time(s);
	double mono = clock_mono(&s->clock);
	bool purge_due = mono >= s->purged + PURGE_SECONDS;

	tell_alive(s, mono);
	batch_settle(s);
	for (int i = 0; i < s->bandit.routers; i++) {
		struct router *r = s->bandit.router[i];

		expire_due(s, r, now);
		forget_known(s, r, now);
		age(s, r, now);
		service_bandwidth(s, r);
		if (purge_due)
			purge(s, r, now);
	}
	if (purge_due) {
		retain_begin(s);
		s->purged = mono;
	}
	snapshot_tick(s);
	watch_disk(s);
	watch_clock(s, wall, now);
	server_rebind(s->server);
	if (s->http != NULL)
		http_rebind(s->http);
}
