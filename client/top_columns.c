/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/top_columns.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER(fn, expression)                    \
	static double fn(const struct top_arm *a) \
	{                                         \
		return expression;                \
	}

NUMBER(recent_share, 100 * a->recent_share)
NUMBER(share, 100 * a->now.share)
NUMBER(recent_reward, a->recent_reward)
NUMBER(reward, a->now.reward_mean)
NUMBER(reward_sd, a->now.reward_sd)
NUMBER(rate, a->rate)
NUMBER(pulls, a->now.pulls)
NUMBER(rewards, a->now.rewards)
NUMBER(pending, a->now.pending)
NUMBER(expired, a->now.expired)
NUMBER(cost, isnan(a->now.cost_mean) ? a->now.cost : a->now.cost_mean)

static double
share_level(const struct top *t, const struct top_arm *a, size_t before)
{
	double all = top_at(t, t->decisions, before);
	double pulls = top_at(t, a->pulls, before);
	double sum = 0;

	if (!(all > 0))
		return NAN;
	for (size_t i = 0; i < t->arms; i++) {
		double other = top_at(t, t->arm[i].pulls, before);

		sum += isnan(other) ? 0 : other;
	}
	return sum > 0 ? pulls / sum : NAN;
}

/* Within the range of rewards. */
static double
reward_level(const struct top *t, const struct top_arm *a, size_t before)
{
	const struct seen_router *r = top_router(t);
	double n = top_at(t, a->rewards, before);
	double mean = top_at(t, a->sum, before) / n;

	if (r == NULL || !(n > 0))
		return NAN;
	return (mean - r->range[0]) / (r->range[1] - r->range[0]);
}

/* clang-format off */
const struct top_column top_columns[] = {
	{ "ARM", "name", "arm", TOP_NAME, 16, 0, NULL, NULL, NULL },
	{ "NOW%", "share now", "recent_share", TOP_NUMBER, 5, 1, recent_share, "%.1f", NULL },
	{ "SHARE", "share now", NULL, TOP_SPARK, 8, 4, recent_share, NULL, share_level },
	{ "ALL%", "share of all time", "share", TOP_NUMBER, 5, 6, share, "%.1f", NULL },
	{ "REWARD", "reward now", "recent_reward", TOP_NUMBER, 8, 2, recent_reward, "%.4g", NULL },
	{ "OVER TIME", "reward now", NULL, TOP_SPARK, 9, 5, recent_reward, NULL, reward_level },
	{ "MEAN", "mean reward", "reward_mean", TOP_NUMBER, 8, 7, reward, "%.4g", NULL },
	{ "SD", "spread of rewards", "reward_sd", TOP_NUMBER, 7, 12, reward_sd, "%.3g", NULL },
	{ "/S", "decisions a second", "rate", TOP_NUMBER, 7, 3, rate, "%.1f", NULL },
	{ "PULLS", "decisions", "pulls", TOP_NUMBER, 9, 8, pulls, "%.0f", NULL },
	{ "REWARDS", "rewards", "rewards", TOP_NUMBER, 9, 11, rewards, "%.0f", NULL },
	{ "PENDING", "pending decisions", "pending", TOP_NUMBER, 7, 9, pending, "%.0f", NULL },
	{ "EXPIRED", "expired decisions", "expired", TOP_NUMBER, 8, 13, expired, "%.0f", NULL },
	{ "COST", "cost", "cost", TOP_NUMBER, 8, 10, cost, "%.4g", NULL },
	{ 0 }
};
/* clang-format on */

/* qsort() has no argument for it; one screen at a time. */
static const struct top *sorting;

static int
compare(const void *a, const void *b)
{
	const struct top_arm *x = a, *y = b;
	const struct top_column *c = &top_columns[sorting->sort];
	int order = 0;

	if (c->number != NULL) {
		double u = c->number(x), v = c->number(y);

		if (isnan(u) != isnan(v))
			return isnan(u) ? 1 : -1;
		order = (u < v) - (u > v);
	}
	if (order == 0 && c->number == NULL)
		order = strcmp(x->now.name, y->now.name);
	if (sorting->reverse)
		order = -order;
	return order != 0 ? order : strcmp(x->now.name, y->now.name);
}

void
top_sort(struct top *t)
{
	size_t row;

	sorting = t;
	qsort(t->arm, t->arms, sizeof *t->arm, compare);
	if (t->selected[0] != '\0' && t->arms > 0 && top_selected(t) == NULL)
		strcpy(t->selected, t->arm[0].now.name);
	row = t->selected[0] != '\0' ? top_selected_row(t) : 0;
	if (row < t->first)
		t->first = row;
	if (t->shown > 0 && row >= t->first + t->shown)
		t->first = row - t->shown + 1;
}
