/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_replay [-q] [-n rounds]: a round of bandit-eval, a choice and its
 * reward, against the kernels that it cannot do without: the features of one
 * context, the scores of all arms, one reward learnt.  With -n so many rounds
 * in one go, too, against the kernels' time before and after.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "bandit/arm.h"
#include "base/mem.h"
#include "eval/player.h"
#include "tests/bench/bench.h"
#include "tests/bench/subject.h"

#define CASE "d=384 D=256 K=10"
#define WORLD "synth:cluster,d=384,arms=10,rows=1000"
#define POLICY "pak-ucb rff_dimension=256 bandwidth=1"
#define WARM 200 /* rounds before */

struct replayed {
	struct set set;
	struct player *player;
	int row;
};

static void
play(void *replayed)
{
	struct replayed *r = replayed;
	struct pick pick = { 0 };
	const float *x;

	r->row = (r->row + 1) % r->set.rows;
	x = set_x(&r->set, r->row);
	player_choose(r->player, x, r->row, &pick);
	player_learn(r->player, x, r->row, pick.arm,
	    set_reward(&r->set, r->row, pick.arm),
	    set_cost(&r->set, r->row, pick.arm));
}

struct kernels {
	struct subject *s;
	double *x, *phi;
};

static void
compute(void *kernels)
{
	struct kernels *k = kernels;
	struct model_score score;

	map_fill(k->s->r->map, k->x, k->phi);
	for (int i = 0; i < k->s->K; i++)
		model_score_fast(k->s->r->arm[i]->model, subject_phi(k->s), 1,
		    &score);
	model_learn(k->s->r->arm[subject_arm(k->s)]->model, subject_phi(k->s),
	    0.5, 1);
}

static void
replayed_init(struct replayed *r)
{
	struct fault f = { 0 };

	*r = (struct replayed){ 0 };
	if (set_problem(&r->set, WORLD, 1, &f) != ERR_NONE ||
	    (r->player = player_new(POLICY, &r->set, 1, &f)) == NULL)
		errx(EX_SOFTWARE, "%s", f.text);
	for (int i = 0; i < WARM; i++)
		play(r);
}

static void
kernels_init(struct kernels *k)
{
	k->s = subject_new(384, 256, 10);
	k->x = mem_alloc(384, sizeof *k->x);
	k->phi = mem_aligned(256, sizeof *k->phi);
	for (int i = 0; i < 384; i++)
		k->x[i] = (double)k->s->x[i];
	subject_teach(k->s, WARM);
}

/* One operation of a side, with the others measured in between. */
static double
seconds_of(struct kernels *k)
{
	struct side side = { .run = compute, .arg = k };

	bench_sides(&side, 1);
	return samples_median(&side.seconds);
}

static void
run_long(struct replayed *r, struct kernels *k, int rounds)
{
	double kernels = seconds_of(k), start = bench_cpu(), took;
	struct samples s, ratio;
	char what[64];

	for (int i = 0; i < rounds; i++)
		play(r);
	took = bench_cpu() - start;
	kernels = (kernels + seconds_of(k)) / 2;
	for (int i = 0; i < BENCH_ROUNDS; i++) {
		s.v[i] = took;
		ratio.v[i] = took / rounds / kernels;
	}
	snprintf(what, sizeof what, "%d rounds of bandit-eval", rounds);
	bench_row(what, CASE, &s, "s", &ratio);
}

static void
run(int rounds)
{
	struct replayed r;
	struct kernels k;
	struct side side[2];
	struct samples us[2], ratio;

	replayed_init(&r);
	kernels_init(&k);
	side[0] = (struct side){ .run = play, .arg = &r };
	side[1] = (struct side){ .run = compute, .arg = &k };
	bench_sides(side, 2);
	for (int i = 0; i < 2; i++)
		us[i] = samples_times(&side[i].seconds, 1e6);
	ratio = samples_over(&us[0], &us[1]);
	bench_row("a round's kernels", CASE, &us[1], "us", NULL);
	bench_row("a round of bandit-eval", CASE, &us[0], "us", &ratio);
	bench_bar("a round of bandit-eval, times its kernels", CASE, &ratio,
	    "x", AT_MOST, 1.2);
	if (rounds > 0)
		run_long(&r, &k, rounds);
	player_free(r.player);
	set_fini(&r.set);
	subject_free(k.s);
	free(k.x);
	free(k.phi);
}

int
main(int argc, char **argv)
{
	int c, rounds = 0;

	while ((c = getopt(argc, argv, "qn:")) != -1) {
		if (c == 'q')
			bench_quick = true;
		else if (c != 'n' || (rounds = atoi(optarg)) <= 0)
			return EX_USAGE;
	}
	bench_begin();
	run(rounds);
	return 0;
}
