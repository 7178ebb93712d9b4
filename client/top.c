/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/top.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void
forget_series(top_series s)
{
	for (size_t i = 0; i < TOP_HISTORY; i++)
		s[i] = NAN;
}

void
top_init(struct top *t, const char *router, double interval)
{
	*t = (struct top){ .interval = interval, .mono = NAN };
	snprintf(t->router, sizeof t->router, "%s",
	    router != NULL ? router : "");
	forget_series(t->decisions);
	t->decisions_rate = t->rewards_rate = NAN;
	t->requests_rate = t->errors_rate = NAN;
}

void
top_fini(struct top *t)
{
	seen_fini(&t->seen);
	free(t->arm);
	t->arm = NULL;
	t->arms = 0;
}

const struct seen_router *
top_router(const struct top *t)
{
	return seen_router(&t->seen, t->router);
}

size_t
top_selected_row(const struct top *t)
{
	for (size_t i = 0; i < t->arms; i++)
		if (strcmp(t->arm[i].now.name, t->selected) == 0)
			return i;
	return 0;
}

const struct top_arm *
top_selected(const struct top *t)
{
	size_t row = top_selected_row(t);

	return row < t->arms && strcmp(t->arm[row].now.name, t->selected) == 0
	    ? &t->arm[row]
	    : NULL;
}

double
top_at(const struct top *t, const top_series s, size_t before)
{
	if (before >= TOP_HISTORY || before >= t->samples)
		return NAN;
	return (double)s[(t->samples - 1 - before) % TOP_HISTORY];
}

/* A counter went down: another daemon, or one that lost its end in a crash. */
static double
increase(double now, double before)
{
	return now >= before ? now - before : NAN;
}

static double
all_rejects(const struct seen *s)
{
	struct cursor c = { s->status.data, s->status.data + s->status.len };
	struct cursor map = cursor_find(c, "rejects");
	struct value head, key, n;
	double num, sum = 0;

	if (map.p == NULL || !cursor_next(&map, &head) ||
	    head.type != VALUE_MAP)
		return NAN;
	for (uint32_t i = 0; i < head.u.count; i++)
		if (cursor_next(&map, &key) && cursor_next(&map, &n) &&
		    value_num(&n, &num))
			sum += num;
	return sum;
}

static void
take_rates(struct top *t, const struct seen *s, double elapsed)
{
	const struct seen_router *now = seen_router(s, t->router);
	const struct seen_router *before = top_router(t);
	bool same = seen_num(s, "uptime") >= seen_num(&t->seen, "uptime");

	t->decisions_rate = t->rewards_rate = NAN;
	if (now != NULL && before != NULL) {
		double made = increase(now->decisions, before->decisions);

		t->decisions[t->samples % TOP_HISTORY] =
		    (float)(made / elapsed);
		t->decisions_rate = made / elapsed;
		t->rewards_rate =
		    increase(now->rewards, before->rewards) / elapsed;
	} else {
		t->decisions[t->samples % TOP_HISTORY] = NAN;
	}
	t->requests_rate = !same ? NAN
				 : increase(seen_num(s, "requests"),
				       seen_num(&t->seen, "requests")) /
		elapsed;
	t->errors_rate = !same
	    ? NAN
	    : increase(all_rejects(s), all_rejects(&t->seen)) / elapsed;
}

static const struct top_arm *
arm_before(const struct top *t, const char *name)
{
	for (size_t i = 0; i < t->arms; i++)
		if (strcmp(t->arm[i].now.name, name) == 0)
			return &t->arm[i];
	return NULL;
}

static double
reward_sum(const struct seen_arm *a)
{
	return a->rewards > 0 ? a->rewards * a->reward_mean : 0;
}

static void
take_arm(const struct top *t, struct top_arm *a, const struct seen_arm *now,
    double elapsed)
{
	const struct top_arm *before = arm_before(t, now->name);
	size_t at = t->samples % TOP_HISTORY;
	double pulls = NAN, rewards = NAN;

	if (before == NULL) {
		forget_series(a->pulls);
		forget_series(a->rewards);
		forget_series(a->sum);
	} else {
		*a = *before;
		pulls = increase(now->pulls, before->now.pulls);
		rewards = increase(now->rewards, before->now.rewards);
	}
	a->pulls[at] = (float)pulls;
	a->rewards[at] = (float)rewards;
	a->sum[at] = before == NULL || isnan(rewards)
	    ? NAN
	    : (float)(reward_sum(now) - reward_sum(&before->now));
	a->rate = pulls / elapsed;
	a->now = *now;
}

/* Over the last TOP_RECENT intervals, in which something is known. */
static double
recent_sum(const struct top *t, const top_series s)
{
	double sum = 0;

	for (size_t i = 0; i < TOP_RECENT; i++) {
		double v = top_at(t, s, i);

		sum += isnan(v) ? 0 : v;
	}
	return sum;
}

static void
take_recent(struct top *t)
{
	double all = 0;

	for (size_t i = 0; i < t->arms; i++)
		all += recent_sum(t, t->arm[i].pulls);
	for (size_t i = 0; i < t->arms; i++) {
		struct top_arm *a = &t->arm[i];
		double rewards = recent_sum(t, a->rewards);

		a->recent_share = all > 0 ? recent_sum(t, a->pulls) / all : NAN;
		a->recent_reward =
		    rewards > 0 ? recent_sum(t, a->sum) / rewards : NAN;
	}
}

static void
take_arms(struct top *t, const struct seen_router *r, double elapsed)
{
	size_t n = r != NULL ? r->arms : 0;
	struct top_arm *arm = mem_zalloc(n, sizeof *arm);

	for (size_t i = 0; i < n; i++)
		take_arm(t, &arm[i], &r->arm[i], elapsed);
	free(t->arm);
	t->arm = arm;
	t->arms = n;
}

void
top_take(struct top *t, struct seen *s, double mono)
{
	double elapsed = mono - t->mono; /* NaN: the first */

	if (t->router[0] == '\0' && s->routers > 0)
		strcpy(t->router, s->router[0].name);
	take_rates(t, s, elapsed);
	take_arms(t, seen_router(s, t->router), elapsed);
	t->samples++;
	t->mono = mono;
	if (!t->up)
		t->since = mono;
	t->up = true;
	t->why[0] = '\0';
	seen_fini(&t->seen);
	t->seen = *s;
	*s = (struct seen){ 0 };
	take_recent(t);
	top_sort(t);
}

void
top_lost(struct top *t, const char *why, double mono)
{
	if (t->up || t->why[0] == '\0')
		t->since = mono;
	t->up = false;
	snprintf(t->why, sizeof t->why, "%s", why);
	t->decisions_rate = t->rewards_rate = NAN;
	t->requests_rate = t->errors_rate = NAN;
}
