/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_growth [-q]: how the cost of a decision and of a reward grows.
 *
 * In d, D and K, one at a time from the default size: the ratio of a row is the
 * time over that of the default size, per byte that the formulas must go over,
 * so that 1 means as O(D d + K D^2 / 2) and O(D d + D^2 / 2) say.  Beyond a
 * cache it is more.  And in the number of rewards, where both must not grow at
 * all.
 */
#include <sysexits.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/bench/size.h"
#include "tests/bench/subject.h"

#define WARM 3         /* rewards of each arm before */
#define FOLDS 40       /* in a round, so that few stay few */
#define MOST_POINTS 4  /* numbers of rewards */
#define REWARDED_D 256 /* the default, */
#define REWARDED_K 2   /* in L2: memory is not to be measured here */
#define REWARDED_INPUT 32

/* clang-format off */
static const struct size {
	const char *name;
	int d, D, K;
} sizes[] = {
	{ "d=384 D=256 K=10", 384, 256, 10 }, /* the first is the default */
	{ "d=768 D=256 K=10", 768, 256, 10 },
	{ "d=1536 D=256 K=10", 1536, 256, 10 },
	{ "d=384 D=512 K=10", 384, 512, 10 },
	{ "d=384 D=1024 K=10", 384, 1024, 10 },
	{ "d=384 D=256 K=3", 384, 256, 3 },
	{ "d=384 D=256 K=50", 384, 256, 50 },
};
/* clang-format on */
#define SIZES ((int)(sizeof sizes / sizeof *sizes))

/* Bytes that a decision, or a reward, goes over. */
static double
bytes(const struct size *z, bool decision)
{
	double map = size_map(z->d, z->D) * MAP_BYTES;

	return decision ? map + z->K * size_factor(z->D) * SCORE_BYTES
			: map + 2 * size_factor(z->D) * LEARN_BYTES;
}

/* Sides: of each subject its decision, then of each its reward. */
static void
sides(struct subject *const *s, struct side *side, int n)
{
	for (int i = 0; i < n; i++) {
		side[i] = (struct side){ .run = subject_decide, .arg = s[i] };
		side[n + i] = (struct side){ .run = subject_fold,
			.arg = s[i],
			.most = FOLDS };
	}
	bench_sides(side, 2 * n);
}

static void
print(const char *name, const char *case_, const struct side *of,
    const struct side *base, double per)
{
	struct samples us = samples_times(&of->seconds, 1e6);
	struct samples ratio = samples_over(&of->seconds, &base->seconds);

	ratio = samples_times(&ratio, 1 / per);
	bench_row(name, case_, &us, "us", &ratio);
}

static void
by_size(void)
{
	struct subject *s[SIZES];
	struct side side[2 * SIZES];
	int n = bench_quick ? 2 : SIZES;

	for (int i = 0; i < n; i++) {
		s[i] = subject_new(sizes[i].d, sizes[i].D, sizes[i].K);
		subject_teach(s[i], WARM * sizes[i].K);
	}
	sides(s, side, n);
	for (int i = 0; i < n; i++) {
		print("decision by size", sizes[i].name, &side[i], &side[0],
		    bytes(&sizes[i], true) / bytes(&sizes[0], true));
		print("reward by size", sizes[i].name, &side[n + i], &side[n],
		    bytes(&sizes[i], false) / bytes(&sizes[0], false));
		subject_free(s[i]);
	}
}

/* The last over the first, which the issue asks for. */
static void
flat(const char *name, const struct side *many, const struct side *few)
{
	struct samples ratio = samples_over(&many->seconds, &few->seconds);

	bench_bar(name, "D=256 K=2", &ratio, "x", AT_MOST, 1.05);
}

static void
by_rewards(void)
{
	static const char *const names[] = { "10^3 rewards", "10^4 rewards",
		"10^5 rewards", "10^6 rewards" };
	struct subject *s[MOST_POINTS];
	struct side side[2 * MOST_POINTS];
	int n = MOST_POINTS, rewards = 1000;

	for (int i = 0; i < n; i++, rewards *= 10) {
		s[i] = subject_new(REWARDED_INPUT, REWARDED_D, REWARDED_K);
		subject_teach(s[i], bench_quick ? i + 1 : rewards);
	}
	sides(s, side, n);
	for (int i = 0; i < n; i++) {
		print("decision after", names[i], &side[i], &side[0], 1);
		print("reward after", names[i], &side[n + i], &side[n], 1);
		subject_free(s[i]);
	}
	flat("decision after 10^6 rewards, against 10^3", &side[n - 1],
	    &side[0]);
	flat("reward after 10^6 rewards, against 10^3", &side[2 * n - 1],
	    &side[n]);
}

int
main(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "q")) != -1) {
		if (c != 'q')
			return EX_USAGE;
		bench_quick = true;
	}
	bench_begin();
	by_size();
	by_rewards();
	return EX_OK;
}
