/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reckon DIR: makes every decision of a state directory again, from the log
 * alone, and compares its slate, propensities, means and sigmas with those
 * that were recorded: to the bit, or, where pending = "hallucinate", to 1e-9.
 * The directory must not be in use.
 *
 * A decision is a function of its router's state as of state_seq, its number,
 * what was asked, and what was waiting: decisions of a smaller number that
 * something later than state_seq ended, or nothing did.  So the log is folded
 * from its first record, and what waits comes and goes as in the daemon.
 *
 * What does not follow from the log, and is counted apart where it differs:
 * - Before the event that says the bandwidth, one that was taken already may
 *   have been in force, from contexts whose order the log does not say where
 *   some were observed or the daemon ended.  With decisions alone it is known.
 * - Under "hallucinate" what waits weighs by its context, and the log has
 *   none of a decision that expired under "count" without a default_reward.
 * - That decision itself, those that were imported from another log, and decisions of version 0.1.0, which did not say
 *   what was eligible, cannot be made again at all.
 * - Nor can those of a state that the log does not lead to any more, since
 *   records before it were dropped: of such a router the fold begins with the
 *   older of its cells.
 * What was answered but never recorded, since the disk was full or too far
 * behind, was waiting too for a while, and makes decisions differ.
 */
#include <gsl/gsl_errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "bandit/bandit.h"
#include "base/log.h"
#include "base/mem.h"
#include "persist/recover.h"
#include "persist/relearn.h"
#include "tests/made.h"

#define NEAR 1e-9

struct reckoning {
	struct reading log;
	struct bandit bandit;
	struct made_all all;
	int *next;  /* [routers + 1]: of all.made, to be made next */
	int *blind; /* [routers + 1]: wait, and their contexts are not known */
	uint64_t *whole; /* [routers + 1]: from here on its state is known */
	enum why why[ARMS_MAX];
	int decisions, slates, differ, early, unknown;
	double largest;
};

static bool
lists(const struct decision *d, uint32_t uid)
{
	int i = 0;

	while (i < d->eligible && d->eligible_arm[i] != uid)
		i++;
	return i < d->eligible;
}

/* Whether the router could be asked the same; then the answer is in it. */
static bool
ask(struct reckoning *k, struct router *r, const struct decision *d)
{
	struct wish w = { .why = k->why,
		.max_cost = NAN,
		.asked = d->asked,
		.k = d->k,
		.prefer = d->prefer,
		.switch_cost = d->switch_cost };

	if (r->dimension == 0)
		router_take_dimension(r, d->d);
	for (int i = 0; i < r->arms; i++)
		k->why[i] =
		    lists(d, r->arm[i]->uid) ? WHY_ELIGIBLE : WHY_NOT_ASKED;
	if (router_context(r, d->x, d->d, NULL) != ERR_NONE ||
	    router_eligible(r, &w) != d->eligible)
		return false;
	router_consider(r, &w, d->number);
	return true;
}

static double
difference(const struct router *r, int i, const struct shown *s)
{
	const struct view *v = &r->view[r->choice.slate[i]];
	double p = fabs(r->choice.propensity[i] - s->propensity);

	return fmax(p,
	    fmax(fabs(v->mean - s->mean), fabs(v->sigma - s->sigma)));
}

/* By how much the answer differs; INFINITY where it is another slate. */
static double
compare(const struct router *r, const struct decision *d)
{
	double largest = 0;

	if (r->settings.policy != d->policy || r->choice.k != d->k)
		return INFINITY;
	for (int i = 0; i < d->k; i++) {
		const struct arm *a = r->arm[r->choice.slate[i]];

		if (a->uid != d->shown[i].arm)
			return INFINITY;
		largest = fmax(largest, difference(r, i, &d->shown[i]));
	}
	return largest;
}

static void
say(const struct router *r, const struct decision *d)
{
	printf("decision %s, number %" PRIu64 " of router \"%s\", made after "
	       "record %" PRIu64 ":\n",
	    d->id, d->number, r->name, d->state_seq);
	for (int i = 0; i < d->k; i++) {
		const struct shown *s = &d->shown[i];

		printf("  was  arm %u p %.17g mean %.17g sigma %.17g\n", s->arm,
		    s->propensity, s->mean, s->sigma);
	}
	for (int i = 0; i < r->choice.k; i++) {
		int at = r->choice.slate[i];

		printf("  is   arm %u p %.17g mean %.17g sigma %.17g\n",
		    r->arm[at]->uid, r->choice.propensity[i], r->view[at].mean,
		    r->view[at].sigma);
	}
}

static void
judge(struct reckoning *k, const struct router *r, const struct decision *d,
    double off)
{
	bool hallucinate = r->settings.pending == PENDING_HALLUCINATE;

	if (off > (hallucinate ? NEAR : 0)) {
		if (d->state_seq < k->all.taken[r->id].seq ||
		    (hallucinate && k->blind[r->id] > 0)) {
			k->early++;
			return;
		}
		if (k->differ++ == 0)
			say(r, d);
	}
	if (isfinite(off))
		k->largest = fmax(k->largest, off);
	k->decisions++;
	k->slates += d->asked;
}

/* From now on it waits. */
static void
wait(struct reckoning *k, struct router *r, struct made *m)
{
	const struct decision *d = &m->decision;

	k->blind[r->id] += d->x == NULL;
	for (int i = 0; i < d->k; i++) {
		struct arm *a = router_arm_of(r, d->shown[i].arm);

		m->pends[i] = a != NULL;
		if (a != NULL && d->x != NULL) {
			router_pend(r, a, d, i, &m->mark[i]);
		} else if (a != NULL) {
			a->pending++;
		}
	}
}

/* As the daemon does after every decision. */
static void
take_bandwidth(const struct reckoning *k, struct router *r, double time)
{
	const struct taken *t = &k->all.taken[r->id];

	router_sample(r, time);
	if (r->seq < t->seq && router_bandwidth_due(r, time) > 0)
		router_take_bandwidth(r, t->bandwidth);
}

static void
reckon(struct reckoning *k, struct router *r, struct made *m)
{
	const struct decision *d = &m->decision;
	bool known = d->x != NULL && d->eligible > 0 &&
	    d->state_seq == r->seq && d->state_seq >= k->whole[r->id];

	if (!known)
		k->unknown++;
	else
		judge(k, r, d, ask(k, r, d) ? compare(r, d) : INFINITY);
	wait(k, r, m);
	if (known)
		take_bandwidth(k, r, d->time);
}

/* Those that were made in the state that is reached. */
static void
reckon_due(struct reckoning *k, struct router *r)
{
	int *next = &k->next[r->id];

	for (; *next < k->all.count; ++*next) {
		struct made *m = &k->all.made[*next];

		if (m->decision.router != r->id ||
		    m->decision.state_seq > r->seq)
			return;
		reckon(k, r, m);
	}
}

/* Positions wait no more. */
static void
end(struct reckoning *k, struct router *r, const struct event *ev)
{
	int at = made_find(&k->all, ev->router, ev->decision.number);
	struct made *m = &k->all.made[at];
	const struct decision *d = &m->decision;
	bool waits = false;

	for (int i = 0; i < d->k; i++) {
		struct arm *a = router_arm_of(r, d->shown[i].arm);

		if (m->pends[i] &&
		    (ev->kind != EVENT_REWARD || d->shown[i].arm == ev->arm)) {
			if (a != NULL)
				router_unpend(r, a, d->x, d->d, &m->mark[i]);
			m->pends[i] = false;
		}
		waits = waits || m->pends[i];
	}
	if (d->x == NULL && !waits)
		k->blind[r->id]--;
}

/* The router learnt anew takes the place of the old, and what waits. */
static enum err
rebuild(struct reckoning *k, struct router *old, const struct event *ev)
{
	struct relearn l = { .store = k->log.store,
		.id = ev->router,
		.overlay = { .until = UINT64_MAX,
		    .named = ev->named,
		    .settings = ev->settings } };
	enum err e = relearn_fold(&l, ev->seq - 1, k->log.fault);

	if (e != ERR_NONE)
		return e;
	l.router->overlay.until = ev->seq;
	for (int i = 0; i < l.router->arms; i++) {
		struct arm *a = l.router->arm[i];
		const struct arm *was = router_arm_of(old, a->uid);

		a->pending = was->pending;
		a->ahead.round = was->ahead.round + 1;
	}
	bandit_replace(&k->bandit, l.router);
	return ERR_NONE;
}

static enum err
fold(struct reckoning *k, const struct event *ev)
{
	struct router *r = bandit_of(&k->bandit, ev->router);
	struct fault why = { 0 };
	enum err e = ERR_NONE;

	if (r != NULL && ev->decision.k > 0 && !event_imported(ev))
		end(k, r, ev);
	if (r != NULL && ev->kind == EVENT_REBUILD && ev->seq > k->whole[r->id])
		e = rebuild(k, r, ev);
	if (e == ERR_NONE && bandit_fold(&k->bandit, ev, &why) == ERR_DATA)
		e = reading_bad(&k->log, ev->seq, why.text);
	if (e == ERR_NONE)
		reckon_due(k, bandit_of(&k->bandit, ev->router));
	return e;
}

/* Where records were dropped: the last rebuild, and cells after it. */
static enum err
begin_cut(struct reckoning *k)
{
	struct bandit rebuilt = { 0 };
	enum err e = recover_rebuilds(&k->log, &rebuilt);
	struct log_part part;

	for (uint32_t id = 1; e == ERR_NONE && id <= k->log.store->routers;
	     id++) {
		const struct overlay *o = bandit_overlay(&rebuilt, id);

		if (part_get(k->log.store, k->log.txn, id, &part) != 0)
			e = reading_bad(&k->log, 0, "it says nothing of it");
		else if (part.last > 0 && o != NULL) {
			bandit_rebuilt(&k->bandit, id, o);
			k->whole[id] = o->until;
		}
	}
	bandit_fini(&rebuilt);
	if (e == ERR_NONE)
		e = recover_cut(&k->log, &k->bandit);
	for (int i = 0; i < k->bandit.routers; i++) {
		const struct router *r = k->bandit.router[i];
		uint64_t *whole = &k->whole[r->id];

		for (int j = 0; j < r->arms; j++)
			if (r->arm[j]->seq > *whole)
				*whole = r->arm[j]->seq;
		if (r->seq > *whole)
			*whole = r->seq;
	}
	return e;
}

static enum err
follow(struct reckoning *k, struct store *store)
{
	size_t routers = store->routers + 1u;
	uint32_t chain = 0;
	uint64_t seq = 0;
	enum err e = reading_begin(&k->log);
	struct event ev;

	k->next = mem_zalloc(routers, sizeof *k->next);
	k->blind = mem_zalloc(routers, sizeof *k->blind);
	k->whole = mem_zalloc(routers, sizeof *k->whole);
	for (uint32_t id = 0; id < routers; id++)
		k->next[id] = made_find(&k->all, id, 0);
	if (e != ERR_NONE)
		return e;
	e = begin_cut(k);
	while (e == ERR_NONE && seq < store->head.seq) {
		e = reading_event(&k->log, &seq, &chain, &ev);
		if (e == ERR_NONE)
			e = fold(k, &ev);
	}
	reading_end(&k->log);
	return e;
}

int
main(int argc, char **argv)
{
	struct reckoning k = { 0 };
	struct store store;
	struct fault f;

	gsl_set_error_handler_off();
	if (argc != 2)
		return EX_USAGE;
	k.log.store = &store;
	k.log.fault = &f;
	if (store_open(&store, argv[1], STORE_READ, &f) != ERR_NONE ||
	    made_read(&store, &k.all, &f) != ERR_NONE ||
	    follow(&k, &store) != ERR_NONE) {
		log_error("%s", f.text);
		return err_exit(f.code);
	}
	printf("%d decisions, %d slates, %d differ, largest difference %g; "
	       "%d before the bandwidth or blind, %d unknown\n",
	    k.decisions, k.slates, k.differ, k.largest, k.early, k.unknown);
	bandit_fini(&k.bandit);
	made_fini(&k.all);
	free(k.next);
	free(k.blind);
	free(k.whole);
	store_close(&store);
	return k.differ > 0;
}
