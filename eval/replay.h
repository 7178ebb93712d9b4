/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replay.h: policies play problems, each over a number of runs.
 *
 * A run is one random order of a problem's prompts, one seed of the policy and,
 * of a synthetic world, one world; all follow from the run's seed, so all
 * policies meet the same prompts.  Arms that a prompt was not scored for may
 * not be chosen for it.
 */
#ifndef EVAL_REPLAY_H
#define EVAL_REPLAY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "eval/player.h"

#define REPLAY_MARKS 256 /* at most, in one replay */
#define CALIBRATION_BINS 20

/* An arm that joins at a step, or leaves: it is disabled before, or after. */
struct change {
	char arm[NAME_SIZE];
	long step;
	bool joins;
};

struct replay {
	int problems, policies, runs; /* each >= 1 */
	const char *const *problem;   /* [problems], as set_problem() takes */
	const char *const *policy;    /* [policies], as player_new() takes */
	uint64_t seed;                /* of the first run; the others follow */
	double alpha; /* of comparisons, all of them together (compare.h) */
	long steps;
	int marks;
	long mark[REPLAY_MARKS]; /* ascending, from 1 to steps: where sums are
				    looked at */
	int warm; /* prompts whose every reward is observed before, and that
		     are then not played */
	long type_step; /* prompts of the last kind (task) come only from this
			   step on; 0: from the first */
	int changes;
	const struct change *change; /* [changes] */
	int jobs;                    /* processes at once, >= 1 */
	bool progress;               /* a bar on standard error */
	FILE *trace; /* a line for every step, of the only run; or NULL */
};

/* What one run has come to at one mark: sums over the steps up to it. */
struct sums {
	double reward;
	double best;    /* of the arm that is the best single one */
	double regret;  /* to the best arm for each prompt, expected rewards
			   where they are known */
	double optimal; /* how often it was one of those */
	double cost;    /* NaN: not known */
};

/* What was predicted of the chosen arm, and what came: by ranges of the
 * prediction. */
struct bin {
	double predicted, observed, n;
};

/*
 * What a replay came to; all arrays are its own.  Index by problem, policy,
 * run (and mark, arm, step): tally_*().
 */
struct tally {
	const struct replay *replay;
	struct problem_facts {
		char name[256];
		int rows, arms, dimension, best;
		char (*arm)[NAME_SIZE]; /* [arms] */
		double low, high;       /* of all rewards */
		double best_mean;
		long unscored;
	} * problem;
	void *shared;
	size_t shared_size;
	struct run_result *run; /* [problems][policies][runs] */
};

struct run_result {
	struct sums sums[REPLAY_MARKS];
	struct bin mean[CALIBRATION_BINS], sigma[CALIBRATION_BINS];
	float *reward;  /* [steps], of each */
	uint32_t *pull; /* [marks][arms]: how often each was chosen by then */
	bool done;
};

/* ERR_BAD_REQUEST, ERR_DATA, ERR_STORAGE: of a problem or policy, as they say;
 * ERR_INTERNAL: a process of it died.  Free with tally_fini() where it was
 * ERR_NONE. */
enum err replay_run(const struct replay *, struct tally *, struct fault *);
void tally_fini(struct tally *);

const struct run_result *tally_run(const struct tally *, int problem,
    int policy, int run);

/* For replay_run(): one run, in this process. */
enum err replay_play(const struct replay *, const struct set *, int best,
    const char *policy, uint64_t seed, struct run_result *, struct fault *);

/* For replay_run(): the problems and what is known of them, both [problems] and
 * zeroed; the caller's to free, also after an error.  All is checked that can
 * be before a step is played. */
enum err replay_sets(const struct replay *, struct set *,
    struct problem_facts *, struct fault *);

/* Whether each run has a world of its own. */
bool replay_synthetic(const char *problem);

/* The arm with the highest mean reward. */
int set_best_arm(const struct set *);

#endif
