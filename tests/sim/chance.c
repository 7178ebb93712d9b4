/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/chance.h"

#include <math.h>

#include "bandit/choice.h"

enum purpose { PROMPT, CENTRES, CLICK, LOST, POISON, REWARD };

uint64_t
sim_random(uint64_t seed, int step, int purpose)
{
	uint64_t state = seed;

	state = test_random(&state) + (uint64_t)step;
	state = test_random(&state) + (uint64_t)purpose;
	return test_random(&state);
}

double
sim_uniform(uint64_t *random)
{
	return (double)(test_random(random) >> 11) * 0x1p-53;
}

double
sim_gauss(uint64_t *random)
{
	double u = sim_uniform(random), v = sim_uniform(random);

	return sqrt(-2 * log(1 - u)) * cos(2 * M_PI * v);
}

static void
normalize(float *x)
{
	double squares = 0;

	for (int j = 0; j < SIM_D; j++)
		squares += (double)x[j] * x[j];
	for (int j = 0; j < SIM_D; j++)
		x[j] = (float)(x[j] / sqrt(squares));
}

void
chance_centres(struct run *r)
{
	uint64_t random = sim_random(r->seed, 0, CENTRES);

	for (int m = 0; m < r->world->types; m++) {
		for (int j = 0; j < SIM_D; j++)
			r->centre[m][j] = (float)sim_gauss(&random);
		normalize(r->centre[m]);
	}
}

void
chance_prompt(const struct run *r, int step, struct step *s)
{
	uint64_t random = sim_random(r->seed, step, PROMPT);
	double spread = r->world->spread / sqrt(SIM_D);

	s->type = (int)test_below(&random, (uint64_t)r->world->types);
	for (int j = 0; j < SIM_D; j++)
		s->x[j] = (float)(r->centre[s->type][j] +
		    spread * sim_gauss(&random));
	normalize(s->x);
}

double
chance_reward(const struct run *r, int step, int type, int arm)
{
	uint64_t random = sim_random(r->seed, step, REWARD + arm);
	uint64_t poison = sim_random(r->seed, step, POISON);
	double reward = r->world->value(step, type, arm) +
	    r->world->noise * sim_gauss(&random);

	if (sim_uniform(&poison) < r->gateway.poisoned)
		return reward < 0.5;
	return fmin(fmax(reward, 0), 1);
}

bool
chance_lost(const struct run *r, int step, int arm)
{
	uint64_t random = sim_random(r->seed, step, LOST);

	return sim_uniform(&random) < r->gateway.lost[arm];
}

int
chance_click(const struct run *r, int step, const struct step *s)
{
	uint64_t random = sim_random(r->seed, step, CLICK);
	double utility[SIM_SLATE], probability[SIM_SLATE];
	double u = sim_uniform(&random), none = r->world->no_click;
	int k = s->decision.k;

	if (r->gateway.reports == REPORT_PREFER)
		none = -INFINITY;
	for (int i = 0; i < k; i++)
		utility[i] = r->world->value(step, s->type, s->arm[i]);
	u -= choice_probabilities(utility, k, none, probability);
	for (int i = 0; i < k; i++) {
		if (u < 0)
			return i - 1;
		u -= probability[i];
	}
	return k - 1;
}
