/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eval/thresholdout.h"

#include <gsl/gsl_randist.h>
#include <math.h>

#include "base/mem.h"
#include "features/rng.h"

/* What a number is drawn for, so that each has a stream of its own. */
enum draw { DRAW_HALF, DRAW_THRESHOLD, DRAW_QUESTION, DRAW_ANSWER };

static gsl_rng *
stream(uint64_t seed, enum draw what, long number)
{
	gsl_rng *r = mem_got(gsl_rng_alloc(rng_splitmix64));

	rng_set(r, seed, RNG_GUARD, (uint64_t)number << 2 | (uint64_t)what);
	return r;
}

static double
laplace(uint64_t seed, enum draw what, long number, double scale)
{
	gsl_rng *r = stream(seed, what, number);
	double noise = gsl_ran_laplace(r, scale);

	gsl_rng_free(r);
	return noise;
}

bool
thresholdout_held(uint64_t seed, long round)
{
	gsl_rng *r = stream(seed, DRAW_HALF, round);
	bool held = gsl_rng_uniform(r) < 0.5;

	gsl_rng_free(r);
	return held;
}

/* The noise of the threshold is drawn anew when the holdout has answered. */
static double
threshold(const struct thresholdout *t)
{
	return THRESHOLDOUT_GAP +
	    laplace(t->seed, DRAW_THRESHOLD, t->spent, 2 * THRESHOLDOUT_NOISE) +
	    laplace(t->seed, DRAW_QUESTION, t->asked, 4 * THRESHOLDOUT_NOISE);
}

/* 3: 95 % of a Laplace distribution are within 3 of its scales. */
static void
answer_held(const struct thresholdout *t, double value, double se, double unit,
    struct answer *out)
{
	double scale = THRESHOLDOUT_NOISE * unit;

	out->value = value;
	if (scale > 0)
		out->value += laplace(t->seed, DRAW_ANSWER, t->asked, scale);
	out->within = 1.96 * se + 3 * scale;
	out->held = true;
}

bool
thresholdout_ask(struct thresholdout *t, struct half open, struct half held,
    struct answer *out)
{
	/* Of the holdout nothing but its mean is looked at. */
	double se = open.e.se * sqrt((double)open.n / (double)held.n);
	double unit = hypot(open.e.se, se);
	bool flatters = open.e.value - held.e.value > threshold(t) * unit;

	if (t->spent >= t->budget)
		return false;
	*out = (struct answer){ open.e.value,
		THRESHOLDOUT_GAP * unit + 1.96 * se, false };
	if (flatters) {
		answer_held(t, held.e.value, se, unit, out);
		t->spent++;
	}
	t->asked++;
	return true;
}
