/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * summary.h: what a replay comes to, over its runs.
 */
#ifndef EVAL_SUMMARY_H
#define EVAL_SUMMARY_H

#include "eval/replay.h"

/* A mean over runs with its standard error; NaN where there is one run. */
struct estimate {
	double mean, error;
};

enum measure {
	MEASURE_REWARD,  /* mean of a step, up to the mark */
	MEASURE_REGRET,  /* sum up to the mark */
	MEASURE_OTB,     /* mean of a step less that of the best single arm */
	MEASURE_OPTIMAL, /* share of the steps */
	MEASURE_COST,    /* mean of a step */
	MEASURES
};

/* Names as columns of files (curve.tsv) and members of JSON have them. */
extern const char *const measure_names[MEASURES];

struct estimate summary_at(const struct tally *, int problem, int policy,
    int mark, enum measure);

/* Share of the steps up to the mark in which the arm was chosen. */
struct estimate summary_share(const struct tally *, int problem, int policy,
    int mark, int arm);

/* All bins of that kind over all runs, empty ones too. */
enum calibration { CALIBRATION_MEAN, CALIBRATION_SIGMA };
void summary_bins(const struct tally *, int problem, int policy,
    enum calibration, struct bin out[CALIBRATION_BINS]);

#endif
