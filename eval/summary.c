/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eval/summary.h"

#include <math.h>

const char *const measure_names[MEASURES] = { "reward", "regret", "otb", "opr",
	"cost" };

static double
reward(const struct sums *s, double steps)
{
	return s->reward / steps;
}

static double
regret(const struct sums *s, double steps)
{
	(void)steps;
	return s->regret;
}

static double
otb(const struct sums *s, double steps)
{
	return (s->reward - s->best) / steps;
}

static double
optimal(const struct sums *s, double steps)
{
	return s->optimal / steps;
}

static double
cost(const struct sums *s, double steps)
{
	return s->cost / steps;
}

static double (*const measure[MEASURES])(const struct sums *,
    double steps) = { reward, regret, otb, optimal, cost };

/* Welford's. */
static void
add(struct estimate *e, int n, double value)
{
	double off = value - e->mean;

	e->mean += off / n;
	e->error += off * (value - e->mean);
}

static void
finish(struct estimate *e, int n)
{
	e->error = n > 1 ? sqrt(e->error / (n - 1) / n) : NAN;
}

struct estimate
summary_at(const struct tally *t, int problem, int policy, int mark,
    enum measure m)
{
	double steps = (double)t->replay->mark[mark];
	struct estimate e = { 0 };

	for (int i = 0; i < t->replay->runs; i++)
		add(&e, i + 1,
		    measure[m](&tally_run(t, problem, policy, i)->sums[mark],
			steps));
	finish(&e, t->replay->runs);
	return e;
}

struct estimate
summary_share(const struct tally *t, int problem, int policy, int mark, int arm)
{
	double steps = (double)t->replay->mark[mark];
	int at = mark * t->problem[problem].arms + arm;
	struct estimate e = { 0 };

	for (int i = 0; i < t->replay->runs; i++)
		add(&e, i + 1,
		    tally_run(t, problem, policy, i)->pull[at] / steps);
	finish(&e, t->replay->runs);
	return e;
}

void
summary_bins(const struct tally *t, int problem, int policy,
    enum calibration kind, struct bin out[CALIBRATION_BINS])
{
	for (int b = 0; b < CALIBRATION_BINS; b++) {
		out[b] = (struct bin){ 0 };
		for (int i = 0; i < t->replay->runs; i++) {
			const struct run_result *run =
			    tally_run(t, problem, policy, i);
			const struct bin *from = kind == CALIBRATION_MEAN
			    ? &run->mean[b]
			    : &run->sigma[b];

			out[b].predicted += from->predicted;
			out[b].observed += from->observed;
			out[b].n += from->n;
		}
	}
}
