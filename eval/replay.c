/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One run: a policy over a problem's prompts in one order. */
#include "eval/replay.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/order.h"

/* What is drawn beside the order that all prompts are played in, of the same
 * seed. */
#define HISTORY 0x517cc1b727220a95u
#define EARLY 0x2545f4914f6cdd1du

struct play {
	const struct replay *replay;
	const struct set *set;
	struct player *player;
	struct run_result *out;
	int best, last_task;
	int rows;                   /* that are played */
	int *row;                   /* [set->rows], history first */
	struct order *early, *late; /* before type_step, and from then on */
	int early_rows;
	int *early_row;
	bool *there; /* [arms], of the arms' changes */
	struct sums sum;
	uint32_t *pull; /* [arms] */
};

int
set_best_arm(const struct set *s)
{
	int best = 0;

	for (int a = 1; a < s->arms; a++) {
		double mean = set_mean_reward(s, a);

		if (!(set_mean_reward(s, best) >= mean))
			best = isnan(mean) ? best : a;
	}
	return best;
}

/* Rewards as they count for what is best: without their noise where that is
 * known. */
static double
worth(const struct set *s, int row, int arm)
{
	return s->expected != NULL
	    ? s->expected[(size_t)row * (size_t)s->arms + (size_t)arm]
	    : set_reward(s, row, arm);
}

static void
orders(struct play *p, uint64_t seed)
{
	const struct set *s = p->set;
	struct order *all = order_new(s->rows, seed ^ HISTORY);

	for (int i = 0; i < s->rows; i++)
		p->row[i] = p->rows < s->rows ? order_row(all, i) : i;
	order_free(all);
	p->late = order_new(p->rows, seed);
	for (int i = s->rows - p->rows; i < s->rows; i++)
		if (s->task[p->row[i]] != p->last_task)
			p->early_row[p->early_rows++] = p->row[i];
	if (p->replay->type_step > 1 && p->early_rows > 0)
		p->early = order_new(p->early_rows, seed ^ EARLY);
}

static int
last_task(const struct set *s)
{
	int last = 0;

	for (int row = 0; row < s->rows; row++)
		last = s->task[row] > last ? s->task[row] : last;
	return last;
}

static int
row_at(struct play *p, long step)
{
	int history = p->set->rows - p->rows;

	if (p->early != NULL && step < p->replay->type_step - 1)
		return p->early_row[order_row(p->early, step)];
	return p->row[history + order_row(p->late, step)];
}

/* All that was scored of the first prompts. */
static void
observe_history(struct play *p)
{
	const struct set *s = p->set;

	for (int i = 0; i < s->rows - p->rows; i++)
		for (int arm = 0; arm < s->arms; arm++) {
			int row = p->row[i];
			double reward = set_reward(s, row, arm);

			if (!isnan(reward))
				player_learn(p->player, set_x(s, row), row, arm,
				    reward, set_cost(s, row, arm));
		}
}

static void
change_arms(struct play *p, long step)
{
	const struct replay *r = p->replay;

	for (int i = 0; i < r->changes; i++)
		for (int arm = 0; arm < p->set->arms; arm++)
			if (strcmp(p->set->arm[arm], r->change[i].arm) == 0)
				p->there[arm] = r->change[i].joins ==
				    (step + 1 >= r->change[i].step);
}

/* Whether there is one to choose. */
static bool
enable(struct play *p, int row)
{
	bool any = false;

	for (int arm = 0; arm < p->set->arms; arm++) {
		bool scored = !isnan(set_reward(p->set, row, arm));

		player_enable(p->player, arm, scored && p->there[arm]);
		any |= scored && p->there[arm];
	}
	return any;
}

/* The bin of a number between 0 and 1. */
static struct bin *
bin_of(struct bin *bins, double at)
{
	int i = (int)(at * CALIBRATION_BINS);

	return &bins[i < 0             ? 0
		: i < CALIBRATION_BINS ? i
				       : CALIBRATION_BINS - 1];
}

static void
bin_add(struct bin *b, double predicted, double observed)
{
	b->predicted += predicted;
	b->observed += observed;
	b->n++;
}

/* Sigma predicts the square of the error, beside the reward's own noise. */
static void
calibrate(struct play *p, const struct pick *pick, double reward)
{
	double error = reward - pick->mean;

	if (isnan(pick->mean) || isnan(pick->sigma))
		return;
	bin_add(bin_of(p->out->mean, pick->mean), pick->mean, reward);
	bin_add(bin_of(p->out->sigma, pick->sigma), pick->sigma, error * error);
}

static double
best_worth(const struct play *p, int row)
{
	double best = -INFINITY;

	for (int arm = 0; arm < p->set->arms; arm++)
		if (p->there[arm] && worth(p->set, row, arm) > best)
			best = worth(p->set, row, arm);
	return best;
}

/* A set's best arm may not be scored for a prompt: then its mean counts. */
static double
best_single(const struct play *p, int row)
{
	double reward = set_reward(p->set, row, p->best);

	return isnan(reward) ? set_mean_reward(p->set, p->best) : reward;
}

static void
count(struct play *p, int row, int arm, double reward)
{
	double lost = best_worth(p, row) - worth(p->set, row, arm);

	p->sum.reward += reward;
	p->sum.best += best_single(p, row);
	p->sum.regret += lost;
	p->sum.optimal += lost <= 1e-12;
	p->sum.cost += set_cost(p->set, row, arm);
	p->pull[arm]++;
}

static void
step(struct play *p, long t)
{
	struct pick pick = { .mean = NAN, .sigma = NAN };
	int row = row_at(p, t);
	const float *x = set_x(p->set, row);
	double reward;

	change_arms(p, t);
	if (!enable(p, row))
		return;
	player_choose(p->player, x, row, &pick);
	reward = set_reward(p->set, row, pick.arm);
	player_learn(p->player, x, row, pick.arm, reward,
	    set_cost(p->set, row, pick.arm));
	calibrate(p, &pick, reward);
	count(p, row, pick.arm, reward);
	if (p->out->reward != NULL)
		p->out->reward[t] = (float)reward;
	if (p->replay->trace != NULL)
		fprintf(p->replay->trace, "%ld\t%d\t%s\t%.17g\t%.9g\n", t + 1,
		    row, p->set->arm[pick.arm], pick.propensity, reward);
}

static void
all_steps(struct play *p)
{
	const struct replay *r = p->replay;
	int mark = 0;

	for (long t = 0; t < r->steps; t++) {
		step(p, t);
		if (mark == r->marks || t + 1 != r->mark[mark])
			continue;
		p->out->sums[mark] = p->sum;
		memcpy(p->out->pull + mark * p->set->arms, p->pull,
		    (size_t)p->set->arms * sizeof *p->pull);
		mark++;
	}
}

enum err
replay_play(const struct replay *r, const struct set *s, int best,
    const char *policy, uint64_t seed, struct run_result *out, struct fault *f)
{
	struct play p = { .replay = r, .set = s, .best = best, .out = out };

	if (r->warm >= s->rows)
		return fault_set(f, ERR_BAD_REQUEST,
		    "%s has %d prompts, and %d are to be observed before",
		    s->name, s->rows, r->warm);
	if ((p.player = player_new(policy, s, seed, f)) == NULL)
		return f->code;
	p.rows = s->rows - r->warm;
	p.last_task = last_task(s);
	p.row = mem_alloc((size_t)s->rows, sizeof *p.row);
	p.early_row = mem_alloc((size_t)s->rows, sizeof *p.early_row);
	p.there = mem_alloc((size_t)s->arms, sizeof *p.there);
	memset(p.there, true, (size_t)s->arms * sizeof *p.there);
	p.pull = mem_zalloc((size_t)s->arms, sizeof *p.pull);
	orders(&p, seed);
	observe_history(&p);
	all_steps(&p);
	player_free(p.player);
	order_free(p.late);
	if (p.early != NULL)
		order_free(p.early);
	free(p.row);
	free(p.early_row);
	free(p.there);
	free(p.pull);
	return ERR_NONE;
}
