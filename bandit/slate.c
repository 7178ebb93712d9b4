/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Slates that are the top of one ranking: of the scores themselves, or of one
 * set of draws. */
#include <gsl/gsl_randist.h>
#include <string.h>

#include "bandit/policy.h"
#include "bandit/race.h"

void
contest_draw(const struct contest *c, gsl_rng *r, double *value)
{
	for (int i = 0; i < c->n; i++)
		value[i] =
		    c->centre[i] + gsl_ran_gaussian_ziggurat(r, c->spread[i]);
}

/* The highest value not placed; how many have it, and the first that has. */
static int
count_best(const struct contest *c, const double *value, int *first)
{
	int count = 0;

	for (int i = 0; i < c->n; i++) {
		if (c->placed[i])
			continue;
		if (count == 0 || value[i] > value[*first]) {
			*first = i;
			count = 0;
		}
		count += value[i] == value[*first];
	}
	return count;
}

static bool
preferred_is_best(const struct contest *c, const double *value, int best)
{
	return c->prefer >= 0 && !c->placed[c->prefer] &&
	    value[c->prefer] == value[best];
}

int
contest_best(const struct contest *c, const double *value, gsl_rng *r)
{
	int best = 0, i, count = count_best(c, value, &best);
	unsigned long skip;

	if (preferred_is_best(c, value, best))
		return c->prefer;
	skip = count > 1 ? gsl_rng_uniform_int(r, (unsigned long)count) : 0;
	for (i = best; c->placed[i] || value[i] != value[best] || skip-- > 0;
	     i++)
		continue;
	return i;
}

double
contest_share(const struct contest *c, const double *value, int arm)
{
	int best = 0, count = count_best(c, value, &best);

	if (c->placed[arm] || value[arm] != value[best])
		return 0;
	if (preferred_is_best(c, value, best))
		return arm == c->prefer;
	return 1.0 / count;
}

static void
fill_top(const struct contest *c, const double *value, int k, gsl_rng *r,
    int *order)
{
	memset(c->placed, 0, (size_t)c->n * sizeof *c->placed);
	for (int i = 0; i < k; i++) {
		order[i] = contest_best(c, value, r);
		c->placed[order[i]] = true;
	}
}

static void
fill_ranked(const struct contest *c, int k, gsl_rng *r, double *value,
    int *order)
{
	(void)value;
	fill_top(c, c->centre, k, r, order);
}

static void
given_ranked(const struct contest *c, int k, const int *order, double *given)
{
	memset(c->placed, 0, (size_t)c->n * sizeof *c->placed);
	for (int i = 0; i < k; i++) {
		given[i] = contest_share(c, c->centre, order[i]);
		c->placed[order[i]] = true;
	}
}

static void
fill_one_draw(const struct contest *c, int k, gsl_rng *r, double *value,
    int *order)
{
	contest_draw(c, r, value);
	fill_top(c, value, k, r, order);
}

static void
given_one_draw(const struct contest *c, int k, const int *order, double *given)
{
	race_order(c->race, c->n, c->centre, c->spread, order, k, given);
}

const struct slate_rule rule_ranked = { fill_ranked, given_ranked, 0 };
const struct slate_rule rule_one_draw = { fill_one_draw, given_one_draw, 0 };
