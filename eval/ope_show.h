/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ope_show.h: verdicts as a table, or as JSON.
 */
#ifndef EVAL_OPE_SHOW_H
#define EVAL_OPE_SHOW_H

#include "base/buf.h"
#include "eval/judge.h"

/* Appends a table: first what was logged, then a row per verdict[n]. */
void ope_show_table(const struct judge *, const struct verdict *, long n,
    struct buf *);

/* Appends one line of JSON: {log, rounds, from, until, left_out: {observed,
 * further, clicks, comparisons, expired}, logged: {reward, se},
 * guard?: {budget, spent}, policies: [{policy, estimator, reward, se, gain,
 * gain_se, within, effective, blind, held?}]}; what is not known is null. */
void ope_show_json(const struct judge *, const struct verdict *, long n,
    struct buf *);

/* What a kind of records that are left out is called: as a key of JSON, and in
 * a sentence. */
struct left_word {
	const char *key, *one, *many; /* of JSON; in a sentence */
};
extern const struct left_word left_words[LEFT_KINDS];

#endif
