/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bandit/policy.h"

#include <stddef.h>

/* clang-format off */
const struct policy policies[] = {
	{ "pak-ucb", "Mean plus eta times sigma, per context.",
	  true, true, score_pak_ucb },
	{ "greedy", "The largest mean, per context.",
	  true, true, score_greedy },
	{ "uniform", "Any arm with equal probability.",
	  false, false, score_uniform },
	{ "fixed", "Always the first eligible arm.",
	  false, false, score_fixed },
	{ "ucb1", "Mean plus a width that shrinks with the arm's decisions.",
	  false, true, score_ucb1 },
	{ NULL, NULL, false, false, NULL }
};
/* clang-format on */

/* The same in the same order; a test compares. */
const char *const policy_words[] = { "pak-ucb", "greedy", "uniform", "fixed",
	"ucb1", NULL };
