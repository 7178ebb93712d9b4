/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/work.h"

#include "bandit/arm.h"
#include "features/fmath.h"
#include "tests/bench/size.h"

/* Of a cosine and a sine together, in features/fmath.c. */
#define SINCOS_MADDS 24

static void
run_fill(void *bench)
{
	struct bench *b = bench;

	map_fill(b->s->r->map, b->x, b->out);
}

static void
gsl_fill(void *bench)
{
	struct bench *b = bench;

	gsl_build_fill(b->g, b->x);
}

static void
need_fill(const struct subject *s, struct need *n)
{
	n->read = size_map(s->d, s->D) * MAP_BYTES;
	n->madds = size_map(s->d, s->D) + s->D / 2.0 * SINCOS_MADDS;
}

static void
run_sincos(void *bench)
{
	struct bench *b = bench;
	int m = b->s->D / 2;

	fmath_sincos(b->x, m, 1, b->out, b->out + m);
}

static void
need_sincos(const struct subject *s, struct need *n)
{
	n->madds = s->D / 2.0 * SINCOS_MADDS;
}

static void
score(struct bench *b, int contexts)
{
	const double *phi = b->s->phi;

	for (int i = 0; i < b->s->K; i++)
		model_score_fast(b->s->r->arm[i]->model, phi, contexts,
		    b->score);
}

/* From the model of record. */
static void
run_score_f64(void *bench)
{
	struct bench *b = bench;

	for (int i = 0; i < b->s->K; i++)
		model_score(b->s->r->arm[i]->model, b->s->phi, 1, b->score);
}

static void
need_score_f64(const struct subject *s, struct need *n)
{
	n->madds = s->K * size_factor(s->D);
	n->read = n->madds * LEARN_BYTES;
}

static void
run_score(void *bench)
{
	score(bench, 1);
}

static void
run_score_batch(void *bench)
{
	score(bench, BATCH);
}

static void
gsl_score(void *bench)
{
	struct bench *b = bench;

	gsl_build_set_phi(b->g, b->s->phi);
	for (int i = 0; i < b->s->K; i++)
		gsl_build_score(b->g, i, &b->mean[i], &b->sd[i]);
}

static void
gsl_score_batch(void *bench)
{
	for (int i = 0; i < BATCH; i++)
		gsl_score(bench);
}

static void
need_score(const struct subject *s, struct need *n)
{
	n->read = s->K * size_factor(s->D) * SCORE_BYTES;
	n->madds = s->K * size_factor(s->D);
	n->peak = SCORE_PEAK;
}

static void
need_score_batch(const struct subject *s, struct need *n)
{
	need_score(s, n);
	n->madds *= BATCH;
}

static void
run_learn(void *bench)
{
	struct bench *b = bench;
	struct arm *a = b->s->r->arm[subject_arm(b->s)];

	model_learn(a->model, subject_phi(b->s), 0.5, 1);
}

static void
gsl_learn(void *bench)
{
	struct bench *b = bench;

	gsl_build_set_phi(b->g, subject_phi(b->s));
	gsl_build_learn(b->g, subject_arm(b->s), 0.5);
}

/* A rotation is four multiplications and two additions of each number. */
static void
need_learn(const struct subject *s, struct need *n)
{
	n->change = size_factor(s->D) * LEARN_BYTES;
	n->set = s->K * n->change; /* another arm every time */
	n->madds = 4 * size_factor(s->D);
}

static void
run_decide(void *bench)
{
	subject_decide(((struct bench *)bench)->s);
}

static void
gsl_decide(void *bench)
{
	struct bench *b = bench;

	gsl_build_decide(b->g, b->x, 1);
}

static void
need_decide(const struct subject *s, struct need *n)
{
	struct need score = { 0 };

	need_fill(s, n);
	need_score(s, &score);
	n->read += score.read;
	n->madds = 2 * n->madds + score.madds; /* the map's in float64 */
	n->peak = score.peak;
}

static void
run_fold(void *bench)
{
	subject_fold(((struct bench *)bench)->s);
}

static void
gsl_fold(void *bench)
{
	struct bench *b = bench;

	gsl_build_fill(b->g, b->x);
	gsl_build_learn(b->g, subject_arm(b->s), 0.5);
}

static void
need_fold(const struct subject *s, struct need *n)
{
	struct need learn = { 0 };

	need_fill(s, n);
	need_learn(s, &learn);
	n->change += learn.change;
	n->set = n->read + learn.set;
	n->madds += learn.madds;
}

static void
run_race(void *bench)
{
	struct bench *b = bench;

	race_best(b->race, b->s->K, b->mean, b->sd, b->p);
}

static void
gsl_race(void *bench)
{
	struct bench *b = bench;

	gsl_build_race(b->s->K, b->mean, b->sd, b->p);
}

/* clang-format off */
const struct work works[] = {
	{ "map fill", run_fill, gsl_fill, need_fill, TIMES, 0 },
	{ "sine and cosine", run_sincos, NULL, need_sincos, TIMES, 0 },
	{ "score", run_score, gsl_score, need_score, TIMES, 0 },
	{ "score in float64", run_score_f64, gsl_score, need_score_f64, TIMES, 0 },
	{ "score 16 contexts in one pass", run_score_batch, gsl_score_batch, need_score_batch, SHARE, 0.45 },
	{ "learn", run_learn, gsl_learn, need_learn, TIMES, 0 },
	{ "one decision", run_decide, gsl_decide, need_decide, TIMES, 1.3 },
	{ "one reward folded", run_fold, gsl_fold, need_fold, TIMES, 1.4 },
	{ "race of the arms", run_race, gsl_race, NULL, NO_LIMIT, 0 },
	{ 0 }
};
/* clang-format on */
