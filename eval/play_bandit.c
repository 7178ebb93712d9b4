/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * banditd's own policies: a router as the daemon has it, taught by the same
 * events.
 *
 * What is played is one prompt a second, from PLAY_START on: half-lives in
 * time count in those seconds.  Costs of arms are their means over the set.
 */
#include <err.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "bandit/bandit.h"
#include "base/mem.h"
#include "eval/players.h"

#define PLAY_START 1e9 /* seconds since the epoch */

struct playing {
	struct player player; /* first: the one is found by the other */
	struct bandit bandit;
	struct router *router;
	double now;

	/* The last decision, which waits until its reward comes. */
	struct decision decision;
	struct shown shown;
	struct mark mark;
	int row; /* -1: none waits */
	float *x;
	enum why *why;      /* [arms] */
	uint32_t *eligible; /* [arms] */
};

/* The events are ours, so they fit. */
static void
fold(struct playing *p, struct event *ev)
{
	struct fault f = { 0 };

	ev->seq = p->bandit.seq + 1;
	ev->time = p->now;
	ev->router = 1;
	if (bandit_fold(&p->bandit, ev, &f) != ERR_NONE)
		errx(EX_SOFTWARE, "%s", f.text);
}

static void
add_arms(struct playing *p, const struct set *s)
{
	for (int i = 0; i < s->arms; i++) {
		struct event ev = { .kind = EVENT_ARM_ADD };
		double cost = set_mean_cost(s, i);

		memcpy(ev.name, s->arm[i], sizeof ev.name);
		ev.cost = isnan(cost) ? 0 : cost;
		ev.enabled = ev.enabled_said = true;
		fold(p, &ev);
	}
}

static enum err
settings(const struct player_spec *spec, const struct set *s, uint64_t seed,
    struct router_settings *set, struct fault *f)
{
	enum err e = ERR_NONE;

	settings_default(router_settings, set);
	set->dimension = s->dimension;
	set->seed = (long)seed;
	for (int i = 0; i < spec->n && e == ERR_NONE; i++) {
		const struct setting *row = setting_find(router_settings,
		    spec->key[i], strlen(spec->key[i]));

		if (row == NULL)
			return fault_set(f, ERR_BAD_REQUEST,
			    "%s has no setting \"%s\"; banditd.conf(5) has "
			    "them",
			    spec->name, spec->key[i]);
		e = setting_parse(row, set, spec->value[i], f);
	}
	if (e == ERR_NONE)
		e = setting_parse(setting_find(router_settings, "policy", 6),
		    set, spec->name, f);
	if (e == ERR_NONE && set->dimension != s->dimension)
		e = fault_set(f, ERR_BAD_REQUEST,
		    "contexts of %s have %d numbers", s->name, s->dimension);
	return e == ERR_NONE ? router_settings_check(set, f) : e;
}

struct player *
play_bandit_new(const struct player_spec *spec, const struct set *s,
    uint64_t seed, struct fault *f)
{
	struct event ev = { .kind = EVENT_ROUTER, .name = "eval" };
	size_t arms = (size_t)s->arms;
	struct playing *p;

	if (settings(spec, s, seed, &ev.settings, f) != ERR_NONE)
		return NULL;
	if (s->arms > ARMS_MAX) {
		fault_set(f, ERR_BAD_REQUEST, "%s has %d arms, a router %d",
		    s->name, s->arms, ARMS_MAX);
		return NULL;
	}
	p = mem_zalloc(1, sizeof *p);
	p->now = PLAY_START;
	p->row = -1;
	p->x = mem_zalloc((size_t)s->dimension, sizeof *p->x);
	p->why = mem_zalloc(arms, sizeof *p->why);
	p->eligible = mem_zalloc(arms, sizeof *p->eligible);
	fold(p, &ev);
	p->router = bandit_of(&p->bandit, 1);
	add_arms(p, s);
	return &p->player;
}

void
play_bandit_free(struct player *player)
{
	struct playing *p = (struct playing *)player;

	bandit_fini(&p->bandit);
	free(p->x);
	free(p->why);
	free(p->eligible);
	free(p);
}

/* Nothing waits any more. */
static void
unpend(struct playing *p)
{
	if (p->row >= 0)
		router_unpend(p->router, router_arm_of(p->router, p->shown.arm),
		    p->x, p->router->dimension, &p->mark);
	p->row = -1;
}

/* Time passes for arms that are not asked too, in steps as the daemon's. */
static void
age(struct playing *p)
{
	double half_life = -p->router->settings.half_life;

	for (int i = 0; half_life > 0 && i < p->router->arms; i++) {
		const struct arm *a = p->router->arm[i];
		struct event ev = { .kind = EVENT_AGE, .arm = a->uid };

		if (a->model != NULL && a->aged > 0 &&
		    p->now >= a->aged + half_life / 200)
			fold(p, &ev);
	}
}

static void
bandwidth(struct playing *p)
{
	struct event ev = { .kind = EVENT_BANDWIDTH,
		.points = p->router->hold.contexts };

	if (router_ready(p->router))
		return;
	ev.bandwidth = router_bandwidth_due(p->router, p->now);
	if (ev.bandwidth <= 0)
		return;
	router_take_bandwidth(p->router, ev.bandwidth);
	fold(p, &ev);
}

/* What router_consider() has chosen, as the daemon remembers it. */
static void
describe(struct playing *p, const float *x)
{
	struct router *r = p->router;
	struct decision *d = &p->decision;

	memcpy(p->x, x, (size_t)r->dimension * sizeof *x);
	*d = (struct decision){ .number = ++r->decisions,
		.router = 1,
		.time = p->now,
		.state_seq = r->seq,
		.policy = r->settings.policy,
		.k = 1,
		.shown = &p->shown,
		.eligible_arm = p->eligible,
		.x = p->x,
		.d = r->dimension };
	snprintf(d->id, sizeof d->id, "d1.1.%llu",
	    (unsigned long long)d->number);
	for (int i = 0; i < r->arms; i++)
		if (r->view[i].why == WHY_ELIGIBLE)
			p->eligible[d->eligible++] = r->arm[i]->uid;
}

static void
show(struct playing *p, int row)
{
	const struct choice *c = &p->router->choice;
	struct arm *a = p->router->arm[c->slate[0]];
	const struct view *v = &p->router->view[c->slate[0]];

	p->shown = (struct shown){ .arm = a->uid,
		.propensity = c->propensity[0],
		.mean = v->mean,
		.sigma = v->sigma,
		.faded = a->faded };
	p->row = row;
	router_pend(p->router, a, &p->decision, 0, &p->mark);
	router_sample(p->router, p->now);
}

/* The set was checked when it was read, so its contexts are good. */
static void
context(struct playing *p, const float *x)
{
	struct fault f = { 0 };

	if (router_context(p->router, x, p->player.dimension, &f) != ERR_NONE)
		errx(EX_SOFTWARE, "%s", f.text);
}

void
play_bandit_choose(struct player *player, const float *x, int row,
    struct pick *pick)
{
	struct playing *p = (struct playing *)player;
	struct router *r = p->router;
	struct wish w = { .why = p->why,
		.max_cost = NAN,
		.all = pick->probability != NULL,
		.k = 1 };

	unpend(p);
	p->now++;
	age(p);
	for (int i = 0; i < player->arms; i++)
		p->why[i] = player->enabled[i] ? WHY_ELIGIBLE : WHY_NOT_ASKED;
	router_eligible(r, &w);
	context(p, x);
	router_consider(r, &w, r->decisions + 1);
	describe(p, x);
	show(p, row);
	pick->arm = (int)p->shown.arm - 1;
	pick->propensity = p->shown.propensity;
	pick->mean = p->shown.mean;
	pick->sigma = p->shown.sigma;
	for (int i = 0; pick->probability != NULL && i < r->arms; i++)
		pick->probability[i] = r->view[i].probability;
	bandwidth(p);
}

/* Of the arm that was chosen for the row, or what is observed otherwise. */
void
play_bandit_learn(struct player *player, const float *x, int row, int arm,
    double reward, double cost)
{
	struct playing *p = (struct playing *)player;
	struct event ev = { .kind = EVENT_REWARD,
		.arm = (uint32_t)arm + 1,
		.reward = reward,
		.cost = cost };

	if (p->row == row && p->shown.arm == ev.arm) {
		ev.decision = p->decision;
		unpend(p);
		fold(p, &ev);
		return;
	}
	ev.decision.x = x;
	ev.decision.d = player->dimension;
	context(p, x);
	router_sample(p->router, p->now);
	fold(p, &ev);
	bandwidth(p);
}
