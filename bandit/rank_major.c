/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase r of filling a rank-major slate comes to the r-th best of set 1, of
 * set 2, .. and places those that are new; order[0], .. order[j] in this
 * order, so arms are called 0, 1, .. by their place in it.  Let phase r end
 * with M_r arms placed, M_0 = 0, and phase R place the last.  Given these, a
 * set of draws only has to fit how many are placed when each phase comes to
 * it, (m_1, .. m_R), m_r from M_r-1 to M_r: rank r of the set is one of the
 * m_r, or, below M_r, the next.  The sets are independent, so the probability
 * of all is a product of matrices over these states, the same for every set:
 * from m to m + s, s of 0 and 1, by the ranking prefixes that place s.  Once
 * the last arm is placed, rank R is free.  At last, sum over all M.
 */
#include "bandit/race.h"

#include <assert.h>
#include <math.h>

#include "base/mem.h"
#include "bandit/ranking.h"

enum {
	MOST = RACE_RANK_MAJOR_MAX,
	STATES = 1 << MOST, /* prod (M_r - M_r-1 + 1), where they sum to MOST */
	/* Nodes of the tree, with the root: 326 rows of the arms but the last,
	 * and these with the last. */
	RANKS = 652
};

struct phases {
	const struct race *race;
	int placed;           /* by all phases */
	int last;             /* phase, from 1 on */
	int ends[MOST + 1];   /* M */
	int stride[MOST + 2]; /* of m_r in the number of a state */
	double step[STATES][STATES];
};

/* The tree of all rankings; what comes after the last arm is not needed, as
 * no phase is after the one that places it. */
static void
grow_tree(struct race *r, const int *order, int k, int from, unsigned used)
{
	for (int b = 0; b < k; b++) {
		int v;

		if (used >> b & 1)
			continue;
		v = ranking_add(r, from, order[b], 1);
		r->kid[(from + 1) * MOST + b] = v;
		if (b < k - 1)
			grow_tree(r, order, k, v, used | 1u << b);
	}
}

/* How many of phase r are placed in this state. */
static int
placed_in(const struct phases *p, int state, int r)
{
	return p->ends[r - 1] + state % p->stride[r + 1] / p->stride[r];
}

/*
 * Adds to step[state] the probabilities of what ranks r to the last of a set
 * can be, after the beginning v of its ranking, which has used these arms and
 * placed new ones in the phases of s.
 */
static void
add_ranks(struct phases *p, int state, int r, int v, unsigned used, unsigned s)
{
	const int *kid = p->race->kid + (v + 1) * MOST;
	int m;

	if (r > p->last || (m = placed_in(p, state, r)) == p->placed) {
		p->step[state][s] +=
		    v == RANKING_ROOT ? 1 : ranking_p(p->race, v);
		return;
	}
	for (int b = 0; b < m; b++)
		if ((used >> b & 1) == 0)
			add_ranks(p, state, r + 1, kid[b], used | 1u << b, s);
	if (m < p->ends[r])
		add_ranks(p, state, r + 1, kid[m], used | 1u << m,
		    s | 1u << (r - 1));
}

/* The number that the phases of s add to that of a state. */
static int
jump(const struct phases *p, unsigned s)
{
	int sum = 0;

	for (int r = 1; r <= p->last; r++)
		if (s >> (r - 1) & 1)
			sum += p->stride[r];
	return sum;
}

/* One set takes states only to higher ones, which therefore go first. */
static void
add_set(const struct phases *p, int states, double *chance)
{
	for (int state = states - 1; state >= 0; state--) {
		double now = chance[state];

		chance[state] = 0;
		for (unsigned s = 0; now > 0 && s < 1u << p->last; s++)
			if (p->step[state][s] > 0)
				chance[state + jump(p, s)] +=
				    now * p->step[state][s];
	}
}

/* The probability that the phases end like this. */
static double
phases_chance(struct phases *p, int draws)
{
	double chance[STATES] = { 1 };
	int states;

	p->stride[1] = 1;
	for (int r = 1; r <= p->last; r++)
		p->stride[r + 1] =
		    p->stride[r] * (p->ends[r] - p->ends[r - 1] + 1);
	states = p->stride[p->last + 1];
	assert(states <= STATES);
	for (int state = 0; state < states; state++) {
		memset(p->step[state], 0, sizeof p->step[state]);
		add_ranks(p, state, 1, RANKING_ROOT, 0, 0);
	}
	for (int t = 0; t < draws; t++)
		add_set(p, states, chance);
	return chance[states - 1];
}

/* Sums over how phase r and those after it may end.  The first r ranks of the
 * first set are placed by phase r at the latest. */
static double
sum_phases(struct phases *p, int r, int draws)
{
	int least = p->ends[r - 1] > r ? p->ends[r - 1] : r;
	double sum = 0;

	assert(r <= MOST);
	for (p->ends[r] = least; p->ends[r] < p->placed; p->ends[r]++)
		sum += sum_phases(p, r + 1, draws);
	p->last = r;
	return sum + phases_chance(p, draws);
}

void
race_rank_major(struct race *r, int n, const double *mean, const double *sd,
    const int *order, int k, int draws, double *given)
{
	struct phases p = { .race = r };
	double before = 1;

	assert(1 <= k && k <= n && k <= RACE_RANK_MAJOR_MAX && k <= draws);
	if (r->kid == NULL)
		r->kid = mem_alloc(RANKS * MOST, sizeof *r->kid);
	ranking_clear(r);
	grow_tree(r, order, k, RANKING_ROOT, 0);
	ranking_run(r, n, mean, sd, order, k, 1);
	for (p.placed = 1; p.placed <= k; p.placed++) {
		double now;

		p.ends[0] = 0;
		now = fmin(sum_phases(&p, 1, draws), before);
		given[p.placed - 1] = before > 0 ? now / before : 0;
		before = now;
	}
}
