/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Propensities: of every policy, with everything that bears on a choice, they
 * are how often a slate and each of its positions comes.
 */
#include "tests/unit/arms.h"

#include <float.h>
#include <string.h>

#include "features/rng.h"

enum {
	MOST = 4,    /* arms */
	CODES = 256, /* codes(MOST) */
	DRAWS = 2000,
	FEW = 5 /* expected; what is rarer is counted together */
};

static gsl_rng *r, *told;

/* One way to be asked. */
struct asked {
	const struct policy *policy;
	struct arms arms;
	double floor;
	int k;
};

/* Every slate that there is, by code(). */
struct slates {
	int k;
	bool is[CODES];
	double product[CODES]; /* of its propensities */
	double propensity[CODES][MOST];
	unsigned count[CODES];
};

/* How many codes there are of so many positions. */
static int
codes(int k)
{
	return 1 << 2 * k;
}

/* Modulo codes(j) it is the code of the first j positions. */
static int
code(const int *slate, int k)
{
	int c = 0;

	for (int i = k - 1; i >= 0; i--)
		c = MOST * c + slate[i];
	return c;
}

/* Draws that fill a slate uniformly, as choose.c does, and fill this one. */
static void
tell_slate(const int *slate, int n, int k)
{
	int order[MOST];

	for (int i = 0; i < n; i++)
		order[i] = i;
	script_begin(told);
	script_share(0);
	for (int i = 0; i < k; i++) {
		int j = i;

		while (order[j] != slate[i])
			j++;
		order[j] = order[i];
		script_pick(j - i, n - i);
	}
}

/* What the propensities of this slate are when it is chosen.  It is made to
 * be by the floor, or by one that is next to nothing. */
static void
reckon(const struct asked *q, const int *slate, struct slates *s)
{
	double floor = q->floor > 0 ? q->floor : DBL_MIN;
	int c = code(slate, q->k);
	struct chosen x;

	tell_slate(slate, q->arms.c.n, q->k);
	arms_choose(q->policy, &q->arms, floor, q->k, told, &x);
	assert_int_equal(code(x.slate, q->k), c);
	s->is[c] = true;
	s->product[c] = 1;
	for (int i = 0; i < q->k; i++) {
		s->propensity[c][i] = x.propensity[i];
		s->product[c] *= x.propensity[i];
	}
}

static void
reckon_all(const struct asked *q, int *slate, int placed, struct slates *s)
{
	if (placed == q->k) {
		reckon(q, slate, s);
		return;
	}
	for (int arm = 0; arm < q->arms.c.n; arm++) {
		bool used = false;

		for (int i = 0; i < placed; i++)
			used = used || slate[i] == arm;
		slate[placed] = arm;
		if (!used)
			reckon_all(q, slate, placed + 1, s);
	}
}

/* Of all that begin like this, in j positions. */
static double
sum(const struct slates *s, int beginning, int j)
{
	double p = 0;

	for (int c = beginning; c < CODES; c += codes(j))
		p += s->product[c];
	return p;
}

/* All slates together; and the slates with a beginning come as often as its
 * own propensities say. */
static void
check_sums(const struct slates *s)
{
	assert_true(fabs(sum(s, 0, 0) - 1) < 1e-9);
	for (int c = 0; c < CODES; c++) {
		double p = 1;

		for (int j = 0; s->is[c] && j < s->k; j++) {
			p *= s->propensity[c][j];
			assert_close(sum(s, c % codes(j + 1), j + 1), p, 1e-9);
		}
	}
}

/* assert_frequencies(), with what is rare counted as one. */
static void
check_counts(const unsigned *count, const double *p, int n, double total)
{
	unsigned pooled[CODES + 1] = { 0 };
	double of[CODES + 1] = { 0 };
	int cells = 1; /* 0: the rare */

	for (int i = 0; i < n; i++) {
		int cell = p[i] * total < FEW ? 0 : cells++;

		pooled[cell] += count[i];
		of[cell] += p[i];
	}
	if (of[0] * total < FEW && cells > 1) {
		pooled[1] += pooled[0];
		of[1] += of[0];
		assert_true(pooled[0] <= 10 * FEW);
		pooled[0] = 0;
		of[0] = 0;
	}
	assert_frequencies(pooled, of, cells);
}

/* The next position after a beginning of j. */
static void
check_next(const struct slates *s, int beginning, int j)
{
	unsigned count[MOST] = { 0 }, total = 0;
	double p[MOST] = { 0 };

	for (int c = beginning; c < CODES; c += codes(j)) {
		int arm = c / codes(j) % MOST;

		if (!s->is[c])
			continue;
		p[arm] = s->propensity[c][j];
		count[arm] += s->count[c];
		total += s->count[c];
	}
	if (total > 20 * FEW)
		check_counts(count, p, MOST, total);
}

static void
draw(const struct asked *q, struct slates *s)
{
	struct chosen x;

	for (int i = 0; i < DRAWS; i++) {
		int c;

		arms_choose(q->policy, &q->arms, q->floor, q->k, r, &x);
		c = code(x.slate, q->k);
		s->count[c]++;
		for (int j = 0; j < q->k; j++)
			assert_close(x.propensity[j], s->propensity[c][j],
			    1e-9);
	}
}

static void
check(const struct asked *q)
{
	struct slates s = { .k = q->k };
	int slate[MOST] = { 0 };

	reckon_all(q, slate, 0, &s);
	check_sums(&s);
	draw(q, &s);
	check_counts(s.count, s.product, CODES, DRAWS);
	for (int j = 0; j < q->k; j++)
		for (int beginning = 0; beginning < codes(j); beginning++)
			check_next(&s, beginning, j);
}

static void
four_arms(struct arms *a)
{
	arms_init(a);
	arms_limit(a, MOST);
	a->c.exploration = 0.7;
}

static void
with_costs(struct arms *a)
{
	a->c.cost_weight = 0.07;
}

/* The second of four, and a fifth in its place. */
static void
with_others(struct arms *a)
{
	a->mean[1] = a->mean[4];
	a->sigma[1] = a->sigma[4];
	arms_limit(a, 3);
}

static void
with_a_session(struct arms *a)
{
	a->c.prefer = 2;
	a->c.switch_cost = 0.15;
}

static void
with_ties(struct arms *a)
{
	for (int i = 1; i < MOST; i += 2) {
		a->mean[i] = 0.65;
		a->sigma[i] = 0.25;
		a->rewards[i] = 9;
		a->pending[i] = 1;
	}
}

static void
with_ties_and_a_session(struct arms *a)
{
	with_ties(a);
	a->c.prefer = 3;
}

static void
with_untried_arms(struct arms *a)
{
	for (int i = 0; i < MOST; i += 2)
		a->rewards[i] = a->pending[i] = 0;
	arms_count(a);
}

static void
nothing(struct arms *a)
{
	(void)a;
}

/* Every floor and length. */
static void
check_policy(const struct policy *p, bool rank_major,
    void (*change)(struct arms *))
{
	static const double floors[] = { 0, 0.2, 1 };

	for (int f = 0; f < 3; f++)
		for (int k = 1; k <= MOST; k++) {
			struct asked q = { p, .floor = floors[f], .k = k };

			four_arms(&q.arms);
			change(&q.arms);
			q.arms.c.rank_major = rank_major;
			if (k <= q.arms.c.n)
				check(&q);
		}
}

static void
check_all(void (*change)(struct arms *))
{
	for (const struct policy *p = policies; p->name != NULL; p++) {
		check_policy(p, false, change);
		if (p->rule->rank_major_most > 0)
			check_policy(p, true, change);
	}
}

static void
plainly(void **state)
{
	(void)state;
	check_all(nothing);
}

static void
costs(void **state)
{
	(void)state;
	check_all(with_costs);
}

static void
a_subset(void **state)
{
	(void)state;
	check_all(with_others);
}

static void
a_session(void **state)
{
	(void)state;
	check_all(with_a_session);
}

static void
ties(void **state)
{
	(void)state;
	check_all(with_ties);
}

static void
ties_in_a_session(void **state)
{
	(void)state;
	check_all(with_ties_and_a_session);
}

static void
untried_arms(void **state)
{
	(void)state;
	check_all(with_untried_arms);
}

static int
make(void **state)
{
	(void)state;
	r = gsl_rng_alloc(rng_splitmix64);
	rng_set(r, 1, RNG_DECISION, 0);
	told = gsl_rng_alloc(rng_script);
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	gsl_rng_free(r);
	gsl_rng_free(told);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plainly),
		cmocka_unit_test(costs),
		cmocka_unit_test(a_subset),
		cmocka_unit_test(a_session),
		cmocka_unit_test(ties),
		cmocka_unit_test(ties_in_a_session),
		cmocka_unit_test(untried_arms),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
