/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eval/compare.h"

#include <math.h>

#include "eval/confseq.h"

/* The most that two rewards differ by.  They are kept as floats, which may be
 * further apart than what they were. */
static double
width(const struct problem_facts *p)
{
	double range = p->high > p->low ? p->high - p->low : 1;

	return range + 1e-6 * (range + fabs(p->low) + fabs(p->high));
}

static void
begin(struct confseq *s, const struct tally *t, int problem)
{
	const struct replay *r = t->replay;
	double most = width(&t->problem[problem]);

	confseq_init(s, r->alpha / (r->problems * (r->policies - 1.0)), -most,
	    most);
}

static void
add_step(struct confseq *s, const struct tally *t, int problem, int policy,
    int other, long step)
{
	for (int i = 0; i < t->replay->runs; i++) {
		const float *one = tally_run(t, problem, policy, i)->reward;
		const float *two = tally_run(t, problem, other, i)->reward;

		confseq_add(s, (double)one[step] - (double)two[step]);
	}
}

static void
look(struct comparison *c, const struct confseq *s, long step)
{
	confseq_interval(s, &c->low, &c->high);
	c->difference = s->sum / (double)s->n;
	if (c->low <= 0 && c->high >= 0)
		c->since = 0;
	else if (c->since == 0)
		c->since = step + 1;
}

struct comparison
compare(const struct tally *t, int problem, int policy, int other,
    struct comparison *at)
{
	const struct replay *r = t->replay;
	struct comparison c = { 0 };
	struct confseq s;
	int mark = 0;

	begin(&s, t, problem);
	for (long step = 0; step < r->steps; step++) {
		add_step(&s, t, problem, policy, other, step);
		look(&c, &s, step);
		if (at != NULL && mark < r->marks && step + 1 == r->mark[mark])
			at[mark++] = c;
	}
	return c;
}
