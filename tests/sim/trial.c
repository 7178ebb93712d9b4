/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What runs amount to. */
#include "tests/sim/chance.h"

#include <math.h>

double
run_reward(const struct run *r, int step, int arm)
{
	return chance_reward(r, step, r->step[step].type, arm);
}

double
run_regret(const struct run *r, int from, int to)
{
	double sum = 0;

	assert_true(to <= r->now);
	for (int t = from; t < to; t++)
		sum += r->step[t].regret;
	return sum;
}

double
run_share(const struct run *r, int arm, int from, int to)
{
	int n = 0;

	for (int t = from; t < to; t++)
		n += r->step[t].arm[0] == arm;
	return (double)n / (to - from);
}

void
mean_add(struct mean *m, double value)
{
	double off = value - m->mean;

	m->mean += off / ++m->n;
	m->m2 += off * (value - m->mean);
}

double
mean_error(const struct mean *m)
{
	return m->n > 1 ? sqrt(m->m2 / (m->n - 1.0) / m->n) : 0;
}

void
mean_print(const char *title, const struct mean *m, int n)
{
	printf("# %-34s", title);
	for (int i = 0; i < n; i++)
		printf(" %8.4g +-%6.2g", m[i].mean, mean_error(&m[i]));
	printf("\n");
	fflush(stdout);
}

uint64_t
sim_seed(uint64_t seed, int i)
{
	return 1000 * seed + (uint64_t)i;
}

void
sim_regret(const struct trial *trial, const char *policy, const char *settings,
    struct mean *m)
{
	int steps = trial->at[trial->n];
	char all[200];

	snprintf(all, sizeof all, "policy=%s %s", policy, settings);
	for (int i = 0; i < trial->n; i++)
		m[i] = (struct mean){ 0 };
	for (int i = 0; i < trial->runs; i++) {
		struct run r;

		run_init(&r, trial->world, &trial->gateway, all, steps,
		    sim_seed(trial->seed, i));
		run_until(&r, steps);
		for (int j = 0; j < trial->n; j++)
			mean_add(&m[j],
			    run_regret(&r, trial->at[j], trial->at[j + 1]));
		run_fini(&r);
	}
	snprintf(all, sizeof all, "%s %s", policy, settings);
	mean_print(all, m, trial->n);
}
