/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * report.h: what a replay comes to, for people, programs and plots.
 */
#ifndef EVAL_REPORT_H
#define EVAL_REPORT_H

#include <stdio.h>

#include "eval/summary.h"

/* A table per problem: policies by marks, and what each earned more than the
 * first.  Of the marks only those in shown[n], by index. */
void report_table(const struct tally *, const int *shown, int n, FILE *);

/* The same, and shares of arms, as one JSON document. */
void report_json(const struct tally *, const int *shown, int n, FILE *);

/* PREFIX.curve.tsv, .share.tsv, .calibration.tsv and .compare.tsv, at all
 * marks.
 * ERR_STORAGE. */
enum err report_files(const struct tally *, const char *prefix, struct fault *);

#endif
