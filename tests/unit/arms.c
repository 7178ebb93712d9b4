/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/arms.h"

#include <gsl/gsl_randist.h>
#include <string.h>

static struct race *race;

void
arms_init(struct arms *a)
{
	*a = (struct arms){
		.mean = { 0.5, 0.7, 0.2, 0.6, 0.1 },
		.sigma = { 0.3, 0.1, 0.6, 0.2, 0.4 },
		.cost = { 1, 8, 2, 0, 4 },
		.rewards = { 10, 40, 3, 1, 7 },
		.pending = { 0, 2, 1, 0, 0 },
		.c = { .n = ARMS,
		    .exploration = NAN,
		    .alpha = 4,
		    .cost_weight = 0,
		    .reward_width = 1,
		    .prefer = -1 },
	};
	a->c.mean = a->mean;
	a->c.sigma = a->sigma;
	a->c.cost = a->cost;
	a->c.rewards = a->rewards;
	a->c.pending = a->pending;
	a->c.untried = a->untried;
}

void
arms_count(struct arms *a)
{
	for (int i = 0; i < ARMS; i++)
		a->untried[i] = a->rewards[i] == 0 && a->pending[i] == 0;
}

void
arms_limit(struct arms *a, int n)
{
	a->c.n = n;
}

const struct policy *
policy_get(const char *name)
{
	for (const struct policy *p = policies; p->name != NULL; p++)
		if (strcmp(p->name, name) == 0)
			return p;
	fail_msg("no policy \"%s\"", name);
	return NULL;
}

static void
free_race(void)
{
	race_free(race);
}

static void
check_slate(const struct chosen *x, int n, int k)
{
	unsigned seen = 0;

	assert_int_equal(x->c.k, k);
	for (int i = 0; i < k; i++) {
		assert_in_range(x->slate[i], 0, n - 1);
		assert_int_equal(seen >> x->slate[i] & 1, 0);
		seen |= 1u << x->slate[i];
		assert_true(x->propensity[i] > 0 && x->propensity[i] <= 1);
	}
}

void
arms_choose(const struct policy *p, const struct arms *a, double floor, int k,
    gsl_rng *r, struct chosen *x)
{
	double sum = 0;

	if (race == NULL) {
		race = race_new();
		atexit(free_race);
	}
	x->c = (struct choice){ .slate = x->slate,
		.propensity = x->propensity,
		.score = x->score,
		.probability = x->probability,
		.work = x->work,
		.placed = x->placed };
	policy_choose(p, &a->c, floor, k, race, r, &x->c);
	check_slate(x, a->c.n, k);
	for (int i = 0; i < a->c.n; i++) {
		assert_true(x->probability[i] >= 0 && isfinite(x->score[i]));
		sum += x->probability[i];
	}
	assert_true(fabs(sum - 1) < 1e-12);
	assert_close(x->propensity[0], x->probability[x->slate[0]], 1e-9);
}

#define SCRIPT_MOST 64
static struct {
	double share[SCRIPT_MOST];
	uint32_t word[SCRIPT_MOST];
	unsigned shares, words;
} script;

/* The state, so that one that is copied back says the same again. */
struct place {
	unsigned share, word;
};

static void
script_set(void *state, unsigned long seed)
{
	(void)seed;
	memset(state, 0, sizeof(struct place));
}

static unsigned long
script_get(void *state)
{
	struct place *at = state;

	assert_true(at->word < script.words);
	return script.word[at->word++];
}

static double
script_double(void *state)
{
	struct place *at = state;

	assert_true(at->share < script.shares);
	return script.share[at->share++];
}

static const gsl_rng_type scripted = {
	.name = "script",
	.max = UINT32_MAX,
	.min = 0,
	.size = sizeof(struct place),
	.set = script_set,
	.get = script_get,
	.get_double = script_double,
};

const gsl_rng_type *const rng_script = &scripted;

void
script_share(double share)
{
	assert_true(script.shares < SCRIPT_MOST);
	script.share[script.shares++] = share;
}

static void
script_word(uint32_t word)
{
	assert_true(script.words < SCRIPT_MOST);
	script.word[script.words++] = word;
}

void
script_pick(int i, int n)
{
	uint32_t scale = UINT32_MAX / (uint32_t)n;

	script_word((uint32_t)i * scale + scale / 2);
}

/* The lowest byte of a word is a sign and one of 128 strips, each with its own
 * unit of length; in the widest, and far from its end, a draw is the other
 * three bytes in that unit. */
#define STRIP 126u
#define UPWARD 0x80u
#define SAMPLE 0x100000u
static double strip_unit;

static void
strip_measure(gsl_rng *r)
{
	script_word(SAMPLE << 8 | UPWARD | STRIP);
	strip_unit = gsl_ran_gaussian_ziggurat(r, 1) / SAMPLE;
	script_begin(r);
}

void
script_begin(gsl_rng *r)
{
	script.shares = script.words = 0;
	gsl_rng_set(r, 0);
	if (strip_unit == 0)
		strip_measure(r);
}

void
script_normal(double z)
{
	script_word((uint32_t)lround(fabs(z) / strip_unit) << 8 |
	    (z > 0 ? UPWARD : 0) | STRIP);
}
