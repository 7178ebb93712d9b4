/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * confseq.h: a confidence sequence for the mean of bounded numbers: an interval
 * after each, all of which hold at once with probability 1 - alpha.  So one may
 * look after every number and stop when one likes.
 *
 * Numbers come one after another; what the interval is of is the average of
 * their expectations, each given those before, which may change.
 *
 * Source: Howard, Ramdas, McAuliffe, Sekhon 2021, "Time-uniform, nonparametric,
 * nonasymptotic confidence sequences": empirical Bernstein (theorem 4) with the
 * polynomial stitched bound (theorem 1) of eta = 2 and s = 1.4.
 */
#ifndef EVAL_CONFSEQ_H
#define EVAL_CONFSEQ_H

struct confseq {
	double low, high;
	double level; /* log of 2 / alpha, and of what all epochs share */
	long n;
	double sum;
	double spread; /* sum of squares of what was not foreseen */
};

/* 0 < alpha < 1; each number is in [low, high], low < high. */
void confseq_init(struct confseq *, double alpha, double low, double high);

void confseq_add(struct confseq *, double x);

/* Within [low, high], which it is before the first number. */
void confseq_interval(const struct confseq *, double *low, double *high);

#endif
