/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * convert.h: logged rounds in the formats of other programs, a round at a time.
 */
#ifndef EVAL_CONVERT_H
#define EVAL_CONVERT_H

#include <stdio.h>

#include "eval/rounds.h"

struct conversion {
	const char *name;
	const char *help;                            /* one sentence */
	void (*head)(const struct rounds *, FILE *); /* or NULL */
	void (*round)(const struct rounds *, long i, FILE *);
	bool propensities; /* it needs them */
};

/* Ends in a row without a name. */
extern const struct conversion conversions[];

/* ERR_DATA: a propensity is not known; the sentence says of which line.
 * ERR_STORAGE: it cannot be written. */
enum err convert(const struct conversion *, const struct rounds *, FILE *,
    struct fault *);

#endif
