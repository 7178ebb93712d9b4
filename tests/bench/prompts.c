/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/prompts.h"

#include <err.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/mem.h"
#include "features/rng.h"

static void
scale(float *x, int d)
{
	double sum = 0;

	for (int j = 0; j < d; j++)
		sum += (double)x[j] * x[j];
	for (int j = 0; j < d; j++)
		x[j] = (float)(x[j] / sqrt(sum));
}

void
prompts_random(struct prompts *p, int d, uint64_t seed)
{
	gsl_rng *r = mem_got(gsl_rng_alloc(rng_splitmix64));

	*p = (struct prompts){ .d = d, .rows = PROMPTS_RANDOM };
	p->x = mem_alloc((size_t)p->rows * (size_t)d, sizeof *p->x);
	rng_set(r, seed, RNG_DECISION, 0);
	for (int i = 0; i < p->rows; i++) {
		float *x = p->x + (size_t)i * (size_t)d;

		for (int j = 0; j < d; j++)
			x[j] = (float)gsl_ran_gaussian_ziggurat(r, 1);
		scale(x, d);
	}
	gsl_rng_free(r);
}

void
prompts_read(struct prompts *p, const char *path)
{
	struct fault f;

	*p = (struct prompts){ 0 };
	if (brp_read(&p->set, path, &f) != ERR_NONE)
		errx(EX_DATAERR, "%s", f.text);
	p->d = p->set.dimension;
	p->rows = p->set.rows;
	p->x = mem_alloc((size_t)p->rows * (size_t)p->d, sizeof *p->x);
	for (int i = 0; i < p->rows; i++)
		brp_context(&p->set, i, p->x + (size_t)i * (size_t)p->d);
}

void
prompts_fini(struct prompts *p)
{
	brp_fini(&p->set);
	free(p->x);
}

const float *
prompts_x(const struct prompts *p, int row)
{
	return p->x + (size_t)row * (size_t)p->d;
}

/* Of random prompts: a number of the row and the arm, from 0 to 1. */
double
prompts_reward(const struct prompts *p, int row, int arm)
{
	double r;

	if (p->set.arms == 0)
		return (double)((unsigned)(row * 31 + arm * 17) % 101) / 100;
	r = brp_reward(&p->set, row, arm % p->set.arms);
	return isnan(r) ? 0 : fmin(fmax(r, 0), 1);
}
