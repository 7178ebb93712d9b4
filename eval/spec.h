/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * spec.h: a policy as the command line says it: "NAME key=value key=value".
 */
#ifndef EVAL_SPEC_H
#define EVAL_SPEC_H

#include "base/err.h"

#define SPEC_MOST 64 /* settings of one policy */

struct player_spec {
	char *text; /* what the others point into */
	const char *name;
	int n;
	const char *key[SPEC_MOST], *value[SPEC_MOST];
};

/* Words are parted by blanks.  ERR_BAD_REQUEST: no name, no '=', too many, or
 * a key twice.  Free with spec_fini(), also after an error. */
enum err spec_parse(struct player_spec *, const char *text, struct fault *);
void spec_fini(struct player_spec *);

/* A number that a policy may be given, and where it goes; the last row has no
 * name. */
struct spec_number {
	const char *name;
	double *to; /* holds the default */
	double min, max;
};

/* Every key is one of the rows.  ERR_BAD_REQUEST: one is not, and the sentence
 * lists them; or its value is no number in its range. */
enum err spec_numbers(const struct player_spec *, const struct spec_number *,
    struct fault *);

#endif
