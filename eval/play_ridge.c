/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The offline ridge: what a router could know that had run every arm on half
 * of the prompts.
 *
 * Prompts fall in two halves at random, all trials of a prompt in one.  For
 * each half every arm's rewards are regressed on random Fourier features, about
 * the arm's mean; a prompt is judged by the models of the half it is not in.
 * It learns nothing more while it plays.
 */
#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sort_int.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "eval/draw.h"
#include "eval/players.h"
#include "eval/regress.h"
#include "features/bandwidth.h"
#include "features/map.h"

#define MEDIAN_OF 200 /* contexts, for the bandwidth */

/* One arm's model of one half. */
struct half {
	gsl_vector *theta; /* [out]; while it is made: sum phi y, then - m sum
			      phi, over the rows where the arm was scored */
	double mean;       /* of those rewards; NaN: there are none */
	int n;
};

struct ridge {
	struct player player;
	struct draw draw;
	const struct set *set;
	struct map *map;
	double alpha;
	int *side;            /* [rows], 0 or 1: the half it is in */
	struct half *half[2]; /* [arms], that learnt from the other */
	double *x, *phi;      /* [dimension], [map->out] */
};

static const double *
features(struct ridge *p, const float *x)
{
	for (int i = 0; i < p->map->in; i++)
		p->x[i] = (double)x[i];
	map_fill(p->map, p->x, p->phi);
	return p->phi;
}

/* Which half each row is in: one of a pair of prompts in each. */
static void
part(struct ridge *p)
{
	const struct set *s = p->set;
	size_t n = (size_t)s->rows, *row = mem_alloc(n, sizeof *row);
	int *side = mem_alloc(n, sizeof *side), prompt = -1;

	for (size_t i = 0; i < n; i++)
		side[i] = (int)i % 2;
	gsl_sort_int_index(row, s->group, 1, n);
	for (size_t i = 0; i < n; i++) {
		int group = s->group[row[i]];

		if (i == 0 || group == 0 || group != s->group[row[i - 1]])
			prompt++;
		p->side[row[i]] = prompt;
	}
	gsl_ran_shuffle(p->draw.rng, side, (size_t)prompt + 1, sizeof *side);
	for (size_t i = 0; i < n; i++)
		p->side[i] = side[p->side[i]];
	free(row);
	free(side);
}

/* What rows add up to, of all arms, or of one where they were not all scored
 * on the same rows. */
struct sums {
	gsl_matrix *a; /* alpha I + sum phi phi', its lower half */
	gsl_vector *phi;
};

static struct sums *
sums_new(int n, int d, double alpha)
{
	struct sums *sums = mem_alloc((size_t)n, sizeof *sums);

	for (int i = 0; i < n; i++) {
		sums[i].a = mem_got(gsl_matrix_calloc((size_t)d, (size_t)d));
		sums[i].phi = mem_got(gsl_vector_calloc((size_t)d));
		for (size_t j = 0; j < (size_t)d; j++)
			gsl_matrix_set(sums[i].a, j, j, alpha);
	}
	return sums;
}

static void
sums_free(struct sums *sums, int n)
{
	for (int i = 0; i < n; i++) {
		gsl_matrix_free(sums[i].a);
		gsl_vector_free(sums[i].phi);
	}
	free(sums);
}

/* One row, to the sums of its arms. */
static void
add_row(struct ridge *p, int row, struct half *half, struct sums *sums, int n)
{
	const struct set *s = p->set;
	gsl_vector_const_view phi = gsl_vector_const_view_array(
	    features(p, set_x(s, row)), (size_t)p->map->out);

	for (int i = 0; i < s->arms; i++) {
		double y = set_reward(s, row, i);

		if (isnan(y))
			continue;
		gsl_blas_daxpy(y, &phi.vector, half[i].theta);
		half[i].mean += y;
		half[i].n++;
		if (i >= n)
			continue;
		gsl_blas_dsyr(CblasLower, 1, &phi.vector, sums[i].a);
		gsl_vector_add(sums[i].phi, &phi.vector);
	}
}

static void
solve(struct ridge *p, struct half *half, struct sums *sums, int n)
{
	for (int i = 0; i < n; i++)
		gsl_linalg_cholesky_decomp1(sums[i].a);
	for (int i = 0; i < p->set->arms; i++) {
		const struct sums *of = &sums[n > 1 ? i : 0];

		half[i].mean /= half[i].n;
		if (half[i].n == 0)
			continue;
		gsl_blas_daxpy(-half[i].mean, of->phi, half[i].theta);
		gsl_linalg_cholesky_svx(of->a, half[i].theta);
	}
}

static int
sums_count(const struct set *s)
{
	return s->unscored > 0 ? s->arms : 1;
}

static void
train(struct ridge *p, int side)
{
	const struct set *s = p->set;
	int d = p->map->out, n = sums_count(s);
	struct half *half = mem_zalloc((size_t)s->arms, sizeof *half);
	struct sums *sums = sums_new(n, d, p->alpha);

	for (int i = 0; i < s->arms; i++)
		half[i].theta = mem_got(gsl_vector_calloc((size_t)d));
	for (int row = 0; row < s->rows; row++)
		if (p->side[row] != side)
			add_row(p, row, half, sums, n);
	solve(p, half, sums, n);
	sums_free(sums, n);
	p->half[side] = half;
}

/* The median distance of contexts, evenly spaced over the set; 1 where they
 * are all the same. */
static double
median(const struct set *s)
{
	int n = s->rows < MEDIAN_OF ? s->rows : MEDIAN_OF, d = s->dimension;
	double *x = mem_alloc((size_t)n * (size_t)d, sizeof *x), found;

	for (int i = 0; i < n; i++)
		for (int j = 0; j < d; j++)
			x[(size_t)i * (size_t)d + (size_t)j] =
			    (double)set_x(s, (int)((long)i * s->rows / n))[j];
	found = bandwidth_median(x, n, d);
	free(x);
	return found > 0 ? found : 1;
}

static struct player *
make(const struct set *s, double alpha, struct map_params *params)
{
	struct ridge *p = mem_zalloc(1, sizeof *p);

	if (params->bandwidth == 0)
		params->bandwidth = median(s);
	p->set = s;
	p->alpha = alpha;
	p->map = map_new(&map_rff, params);
	draw_init(&p->draw, s->arms, params->seed);
	p->side = mem_alloc((size_t)s->rows, sizeof *p->side);
	p->x = mem_alloc((size_t)params->in, sizeof *p->x);
	p->phi = mem_alloc((size_t)params->out, sizeof *p->phi);
	part(p);
	train(p, 0);
	train(p, 1);
	return &p->player;
}

static struct player *
ridge_new(const struct player_spec *spec, const struct set *s, uint64_t seed,
    struct fault *f)
{
	struct map_params params = { .in = s->dimension,
		.frequencies = FREQUENCIES_ORTHOGONAL,
		.seed = seed };
	double alpha = 3, number = 256;
	const struct spec_number numbers[] = { { "alpha", &alpha, 1e-6, 1e6 },
		{ "features", &number, 2, 4096 },
		{ "bandwidth", &params.bandwidth, 0, 1e6 },
		{ NULL, NULL, 0, 0 } };

	if (spec_numbers(spec, numbers, f) != ERR_NONE)
		return NULL;
	params.out = (int)(number / 2) * 2;
	if (regress_fits(sums_count(s), params.out, f) != ERR_NONE)
		return NULL;
	return make(s, alpha, &params);
}

static void
ridge_free(struct player *player)
{
	struct ridge *p = (struct ridge *)player;

	for (int side = 0; side < 2; side++) {
		for (int i = 0; i < player->arms; i++)
			gsl_vector_free(p->half[side][i].theta);
		free(p->half[side]);
	}
	map_free(p->map);
	draw_fini(&p->draw);
	free(p->side);
	free(p->x);
	free(p->phi);
	free(p);
}

static void
ridge_choose(struct player *player, const float *x, int row, struct pick *pick)
{
	struct ridge *p = (struct ridge *)player;
	const struct half *half = p->half[p->side[row]];
	gsl_vector_const_view phi =
	    gsl_vector_const_view_array(features(p, x), (size_t)p->map->out);

	for (int i = 0; i < player->arms; i++) {
		gsl_blas_ddot(half[i].theta, &phi.vector, &p->draw.score[i]);
		p->draw.score[i] += half[i].mean;
	}
	draw_largest(&p->draw, player->enabled, 0, pick);
	pick->mean = p->draw.score[pick->arm];
}

static void
ridge_learn(struct player *player, const float *x, int row, int arm,
    double reward, double cost)
{
	(void)player, (void)x, (void)row, (void)arm, (void)reward, (void)cost;
}

const struct player_kind play_ridge = { "ridge",
	"Trained before on all rewards of the other half: alpha, features, "
	"bandwidth (0: the median distance).",
	ridge_new, ridge_free, ridge_choose, ridge_learn, true };
