/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recipe.h: set-ups of the paper, each a replay and a plot of what it wrote.
 *
 * A recipe is nothing but options of `bandit-eval replay` and `plot`, which are
 * shown before they run, so that one can go on from there.
 */
#ifndef EVAL_RECIPE_H
#define EVAL_RECIPE_H

#define RECIPE_WORDS 24

struct recipe {
	const char *name;
	const char *help;    /* one sentence */
	const char *minutes; /* that it takes on two cores, about */
	const char *metric;  /* of the curves: plot -y */
	/* Lists end in NULL.  A problem is synth:..., or the name of a set
	 * with what follows a ~. */
	const char *problem[RECIPE_WORDS];
	const char *policy[RECIPE_WORDS];
	const char *option[RECIPE_WORDS]; /* of replay */
	const char *quick[RECIPE_WORDS];  /* in their place with --quick */
};

/* Ends in a row without a name. */
extern const struct recipe recipes[];

#endif
