/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/sim.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "bandit/choice.h"
#include "tests/sim/chance.h"

static void
fold(struct run *r, struct event *ev)
{
	struct fault f = { 0 };

	ev->seq = r->bandit.seq + 1;
	ev->time = SIM_START + r->now;
	ev->router = 1;
	if (bandit_fold(&r->bandit, ev, &f) != ERR_NONE)
		fail_msg("%s", f.text);
}

/* One "name=value" of many. */
static void
set(struct router_settings *s, char *text)
{
	char *value = strchr(text, '=');
	const struct setting *row;
	struct fault f = { 0 };

	assert_non_null(value);
	*value++ = '\0';
	row = setting_find(router_settings, text, strlen(text));
	assert_non_null(row);
	if (setting_parse(row, s, value, &f) != ERR_NONE)
		fail_msg("%s", f.text);
}

static void
birth(struct run *r, const char *settings)
{
	struct event ev = { .kind = EVENT_ROUTER, .name = "sim" };
	char copy[256], *save = NULL;

	settings_default(router_settings, &ev.settings);
	ev.settings.dimension = SIM_D;
	ev.settings.rff_dimension = 64;
	ev.settings.seed = (long)r->seed;
	assert_true(strlen(settings) < sizeof copy);
	strcpy(copy, settings);
	for (char *s = strtok_r(copy, " ", &save); s != NULL;
	     s = strtok_r(NULL, " ", &save))
		set(&ev.settings, s);
	assert_int_equal(router_settings_check(&ev.settings, NULL), ERR_NONE);
	fold(r, &ev);
	r->router = bandit_of(&r->bandit, 1);
}

void
run_arm_add(struct run *r, const char *group, const char *from)
{
	struct event ev = { .kind = EVENT_ARM_ADD, .cost = NAN };
	int size = router_prior_size(r->router);

	snprintf(ev.name, sizeof ev.name, "arm%d", r->arms++);
	ev.group_said = group != NULL;
	if (group != NULL)
		strcpy(ev.group, group);
	if (from != NULL)
		strcpy(ev.prior_from, from);
	r->prior = mem_realloc(r->prior, 2 * (size_t)size + 1, sizeof(double));
	if (router_relatives(r->router, ev.group, ev.prior_from, r->prior)) {
		ev.prior = r->prior;
		ev.prior_len = size;
	}
	fold(r, &ev);
}

void
run_init(struct run *r, const struct world *w, const struct gateway *g,
    const char *settings, int steps, uint64_t seed)
{
	*r = (struct run){ .world = w, .seed = seed, .steps = steps };
	if (g != NULL)
		r->gateway = *g;
	r->step = mem_zalloc((size_t)steps, sizeof *r->step);
	chance_centres(r);
	birth(r, settings);
	for (int i = 0; i < w->arms; i++)
		run_arm_add(r, w->group[i], NULL);
}

void
run_fini(struct run *r)
{
	bandit_fini(&r->bandit);
	free(r->step);
	free(r->prior);
}

/* Nothing of it waits any more. */
static void
end(struct run *r, struct step *s)
{
	s->ended = true;
	for (int i = 0; i < s->decision.k; i++)
		router_unpend(r->router,
		    router_arm_of(r->router, s->shown[i].arm), s->x, SIM_D,
		    &s->mark[i]);
}

static void
report_rewards(struct run *r, struct step *s, int t)
{
	struct event ev = { .kind = EVENT_REWARD,
		.cost = NAN,
		.decision = s->decision };

	for (int i = 0; i < s->decision.k; i++) {
		ev.arm = s->shown[i].arm;
		ev.reward = chance_reward(r, t, s->type, s->arm[i]);
		fold(r, &ev);
	}
}

static void
report_click(struct run *r, struct step *s)
{
	struct event ev = { .kind = EVENT_CLICK,
		.cost = NAN,
		.decision = s->decision };

	ev.arm = s->clicked < 0 ? 0 : s->shown[s->clicked].arm;
	fold(r, &ev);
}

static void
report_prefer(struct run *r, struct step *s)
{
	struct event ev = { .kind = EVENT_PREFER,
		.cost = NAN,
		.decision = s->decision };

	ev.arm = s->shown[s->clicked].arm;
	ev.loser = s->shown[!s->clicked].arm;
	fold(r, &ev);
}

static void
report(struct run *r, int t)
{
	struct step *s = &r->step[t];

	if (s->ended || s->decision.k == 0 || chance_lost(r, t, s->arm[0]))
		return;
	end(r, s);
	if (r->gateway.reports == REPORT_REWARD)
		report_rewards(r, s, t);
	else if (r->gateway.reports == REPORT_CLICK)
		report_click(r, s);
	else
		report_prefer(r, s);
}

static void
expire(struct run *r)
{
	const struct router_settings *set = &r->router->settings;

	for (; r->oldest + set->decision_ttl <= r->now; r->oldest++) {
		struct step *s = &r->step[r->oldest];
		struct event ev = { .kind = EVENT_EXPIRE,
			.cost = NAN,
			.decision = s->decision,
			.keep_x = !isnan(set->default_reward) };

		if (s->ended || s->decision.k == 0)
			continue;
		if (!ev.keep_x)
			ev.decision.x = NULL;
		end(r, s);
		fold(r, &ev);
	}
}

/* Time passes for arms that are not asked too, in steps as the daemon's. */
static void
age(struct run *r)
{
	double half_life = -r->router->settings.half_life;
	struct event ev = { .kind = EVENT_AGE, .cost = NAN };

	for (int i = 0; half_life > 0 && i < r->router->arms; i++) {
		const struct arm *a = r->router->arm[i];

		ev.arm = a->uid;
		if (a->model != NULL && a->aged > 0 &&
		    SIM_START + r->now >= a->aged + half_life / 200)
			fold(r, &ev);
	}
}

static void
bandwidth(struct run *r)
{
	struct event ev = { .kind = EVENT_BANDWIDTH,
		.points = r->router->hold.contexts };

	ev.bandwidth = router_bandwidth_due(r->router, SIM_START + r->now);
	if (ev.bandwidth == 0)
		return;
	router_take_bandwidth(r->router, ev.bandwidth);
	fold(r, &ev);
}

static void
context(struct run *r, const float *x)
{
	struct fault f = { 0 };

	if (router_context(r->router, x, SIM_D, &f) != ERR_NONE)
		fail_msg("%s", f.text);
}

void
run_look(struct run *r, int type)
{
	context(r, r->centre[type]);
	router_view(r->router);
}

/* What router_consider() has chosen, as the daemon remembers it. */
static void
describe(const struct run *r, struct step *s)
{
	struct router *router = r->router;
	struct decision *d = &s->decision;

	*d = (struct decision){ .number = ++router->decisions,
		.router = 1,
		.time = SIM_START + r->now,
		.state_seq = router->seq,
		.policy = router->settings.policy,
		.asked = r->gateway.k > 0,
		.k = router->choice.k,
		.shown = s->shown,
		.eligible_arm = s->eligible,
		.no_click = router->no_click.sum / router->no_click.precision,
		.no_click_sigma = 1 / sqrt(router->no_click.precision),
		.x = s->x,
		.d = SIM_D };
	snprintf(d->id, sizeof d->id, "d1.1.%d", r->now);
	for (int i = 0; i < router->arms; i++)
		if (router->view[i].why == WHY_ELIGIBLE)
			s->eligible[d->eligible++] = router->arm[i]->uid;
}

static void
show(struct run *r, struct step *s)
{
	const struct choice *c = &r->router->choice;

	for (int i = 0; i < c->k; i++) {
		struct arm *a = r->router->arm[c->slate[i]];
		const struct view *v = &r->router->view[c->slate[i]];

		s->arm[i] = (int)a->uid - 1;
		s->shown[i] = (struct shown){ .arm = a->uid,
			.propensity = c->propensity[i],
			.mean = v->mean,
			.sigma = v->sigma,
			.faded = a->faded };
	}
	for (int i = 0; i < s->decision.k; i++)
		router_pend(r->router,
		    router_arm_of(r->router, s->shown[i].arm), &s->decision, i,
		    &s->mark[i]);
}

static double
regret(const struct run *r, const struct step *s)
{
	double best = -INFINITY;

	for (int i = 0; i < r->arms; i++)
		best = fmax(best, r->world->value(r->now, s->type, i));
	return best - r->world->value(r->now, s->type, s->arm[0]);
}

static void
decide(struct run *r)
{
	static const enum why nothing[SIM_ARMS];
	int k = r->gateway.k;
	struct wish w = { .why = nothing,
		.max_cost = NAN,
		.asked = k > 0,
		.k = k > 0 ? k : 1 };
	struct step *s = &r->step[r->now];

	chance_prompt(r, r->now, s);
	assert_int_equal(router_eligible(r->router, &w), r->arms);
	context(r, s->x);
	router_consider(r->router, &w, r->router->decisions + 1);
	describe(r, s);
	show(r, s);
	router_sample(r->router, s->decision.time);
	s->regret = regret(r, s);
	s->reward = chance_reward(r, r->now, s->type, s->arm[0]);
	s->clicked = chance_click(r, r->now, s);
}

void
run_until(struct run *r, int step)
{
	assert_true(step <= r->steps);
	for (; r->now < step; r->now++) {
		int due = r->now - r->gateway.flight;

		expire(r);
		age(r);
		decide(r);
		bandwidth(r);
		if (due >= 0)
			report(r, due);
	}
}

void
run_skip(struct run *r, int step)
{
	assert_true(step >= r->now && step <= r->steps);
	r->now = step;
	expire(r);
	age(r);
}
