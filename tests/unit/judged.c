/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/judged.h"

#include <string.h>

#include "base/mem.h"
#include "eval/player.h"

static char arms[ARMS][NAME_SIZE] = { "one", "two", "three" };
struct round judged_round[ROUNDS];
float judged_x[ROUNDS][D];
bool judged_eligible[ROUNDS][ARMS];
struct rounds judged;

double
judged_chance(const float *ctx, int arm)
{
	return arm == 2 ? 0.4 : (ctx[0] > 0) == (arm == 0) ? 0.8 : 0.2;
}

static double
uniform(uint64_t *random)
{
	return (double)(test_random(random) >> 11) * 0x1p-53;
}

static void
round_fill(uint64_t *random, int i)
{
	double ctx[D];

	numbers_unit(random, ctx, D);
	for (int j = 0; j < D; j++)
		judged_x[i][j] = (float)ctx[j];
	for (int a = 0; a < ARMS; a++)
		judged_eligible[i][a] = true;
	judged_round[i] = (struct round){ .arm = (int)test_below(random, ARMS),
		.propensity = 1.0 / ARMS,
		.cost = NAN,
		.time = i,
		.line = i + 1,
		.eligible = judged_eligible[i] };
	judged_round[i].reward =
	    uniform(random) < judged_chance(judged_x[i], judged_round[i].arm);
}

void
judged_fill_more(uint64_t *random)
{
	for (int i = 0; i < ROUNDS; i++)
		round_fill(random, i);
	judged = (struct rounds){ .name = (char *)"made.jsonl",
		.n = ROUNDS,
		.dimension = D,
		.arms = ARMS,
		.arm = arms,
		.x = judged_x[0],
		.round = judged_round };
}

void
judged_fill(void)
{
	uint64_t random = test_seed();

	judged_fill_more(&random);
}

struct player {
	char spec[8];
	bool enabled[ARMS];
	double sum[ARMS], n[ARMS];
	long chosen, learnt;
};

struct player *
player_new(const char *spec, const struct set *s, uint64_t seed,
    struct fault *f)
{
	static const char *const known[] = { "even", "best", "third", "mean",
		"oracle" };
	struct player *p;

	(void)seed;
	for (size_t i = 0; i < 5; i++)
		if (strcmp(spec, known[i]) == 0) {
			assert_true(isnan(set_reward(s, 0, 0)));
			p = mem_zalloc(1, sizeof *p);
			snprintf(p->spec, sizeof p->spec, "%s", spec);
			memset(p->enabled, true, sizeof p->enabled);
			return p;
		}
	fault_set(f, ERR_BAD_REQUEST, "no policy \"%s\"", spec);
	return NULL;
}

void
player_free(struct player *p)
{
	assert_int_equal(p->chosen, p->learnt);
	free(p);
}

bool
player_foresees(const struct player *p)
{
	return p->spec[0] == 'o';
}

static int
best_mean(const struct player *p)
{
	int best = -1;

	for (int a = 0; a < ARMS; a++)
		if (p->enabled[a] &&
		    (best < 0 ||
			p->sum[a] / fmax(p->n[a], 1) >
			    p->sum[best] / fmax(p->n[best], 1)))
			best = a;
	return best;
}

void
player_choose(struct player *p, const float *ctx, int row, struct pick *pick)
{
	int arm = p->spec[0] == 't' ? 2 : ctx[0] > 0 ? 0 : 1;

	assert_int_equal(row, p->chosen++);
	if (p->spec[0] == 'm')
		arm = best_mean(p);
	for (int a = 0; a < ARMS; a++)
		pick->probability[a] =
		    p->spec[0] == 'e' ? 1.0 / ARMS : a == arm;
}

void
player_learn(struct player *p, const float *ctx, int row, int arm,
    double reward, double cost)
{
	assert_true(ctx == judged_x[row] && isnan(cost));
	assert_int_equal(row, p->learnt++);
	assert_true(p->enabled[arm]);
	p->sum[arm] += reward;
	p->n[arm]++;
}

void
player_enable(struct player *p, int arm, bool enabled)
{
	assert_true(p->enabled[arm] != enabled);
	p->enabled[arm] = enabled;
}

enum err
rounds_read(struct rounds *r, const char *path, const char *router,
    struct fault *f)
{
	if (strcmp(path, judged.name) != 0)
		return fault_set(f, ERR_STORAGE, "%s: no such log", path);
	if (router != NULL && strcmp(router, "made") != 0)
		return fault_set(f, ERR_DATA, "%s: no router \"%s\"", path,
		    router);
	*r = judged;
	return ERR_NONE;
}

void
rounds_fini(struct rounds *r)
{
	*r = (struct rounds){ 0 };
}
