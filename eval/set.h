/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * set.h: a full-information set: prompts as vectors, with what every arm
 * earned on them, whatever file it came from.
 *
 * It is checked whole when it is read; after that nothing below can fail.
 */
#ifndef EVAL_SET_H
#define EVAL_SET_H

#include <stdint.h>

#include "base/err.h"
#include "base/name.h"

/* A file that rows came from. */
struct set_file {
	char *path;
	int first; /* row of the set */
};

struct set {
	char *name;                /* what tables and plots call it */
	int rows, dimension, arms; /* each >= 1 */
	char (*arm)[NAME_SIZE];    /* [arms] */
	float *x;                  /* [rows][dimension], finite, not zero */
	double *reward;   /* [rows][arms]; NaN: the arm was not scored */
	double *cost;     /* [rows][arms]; NaN: not known */
	double *expected; /* [rows][arms], rewards without their noise, where
			     that is known: synthetic worlds; or NULL */
	int *task;        /* [rows], index of a kind of prompt, from 0 */
	int tasks;        /* that have a name; 0: none */
	char **task_name; /* [tasks] */
	int *group;    /* [rows]: rows of one group, from 1, are trials of one
			  prompt; 0: the only one */
	long unscored; /* how many rewards are NaN, to be reported */
	int files;
	struct set_file *file; /* [files], in the order of their rows */
	int *line; /* [rows], where in its file; 0: it has no lines; or NULL */
};

/*
 * Reads a file in the format that its ending says (set_read.c); "-" is standard
 * input, maps.  ERR_DATA: the sentence names file and line (row, where there
 * are no lines) and what is wrong.  ERR_STORAGE: it cannot be read.  After an
 * error *s is zeroed, which set_fini() takes too.
 */
enum err set_read(struct set *, const char *path, struct fault *);

/*
 * A problem as the command line names it: FILE, or FILE+FILE.. as one: rows one
 * after another, of the same arms in any order and the same dimension; kinds of
 * prompts are the same where their names are, groups are not, across files.
 * ~cost[=WEIGHT] behind it: its
 * reward less WEIGHT (0.3) times the log of the cost, scaled to 0 at the mean
 * of the cheapest arm and 1 at that of the dearest (data/README.md); or
 * synth:WORLD[,rows=N][,d=D][,arms=K][,tau=..][,hi=..][,lo=..][,noise=..]
 * [,text=D][,words=N]
 * with WORLD cluster, antipodal or smooth, whose rows the seed fixes (the
 * others ignore it): synth.c.
 */
enum err set_problem(struct set *, const char *spec, uint64_t seed,
    struct fault *);

void set_fini(struct set *);

/* "FILE:LINE" of a row, or "FILE: row N", from 0, for messages. */
#define SET_WHERE_SIZE 256
void set_where(const struct set *, int row, char where[SET_WHERE_SIZE]);

static inline const float *
set_x(const struct set *s, int row)
{
	return s->x + (size_t)row * (size_t)s->dimension;
}

static inline double
set_reward(const struct set *s, int row, int arm)
{
	return s->reward[(size_t)row * (size_t)s->arms + (size_t)arm];
}

static inline double
set_cost(const struct set *s, int row, int arm)
{
	return s->cost[(size_t)row * (size_t)s->arms + (size_t)arm];
}

/* Over the rows where it is known; NaN where it is in none. */
double set_mean_reward(const struct set *, int arm);
double set_mean_cost(const struct set *, int arm);

#endif
