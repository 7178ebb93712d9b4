/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bandit/policy.h"

#include <stddef.h>

/* clang-format off */
const struct policy policies[] = {
	{ "pak-ucb", "Mean plus eta times sigma, per context.",
	  true, true, score_pak_ucb, &rule_one_draw, true },
	{ "greedy", "The largest mean, per context.",
	  true, true, score_greedy, &rule_one_draw, true },
	{ "uniform", "Any arm with equal probability.",
	  false, false, score_uniform, &rule_one_draw, false },
	{ "fixed", "Always the first eligible arm.",
	  false, false, score_fixed, &rule_one_draw, false },
	{ "ucb1", "Mean plus a width that shrinks with the arm's decisions.",
	  false, true, score_ucb1, &rule_one_draw, false },
	{ "thompson", "The largest of one draw per arm, per context.",
	  true, false, score_thompson, &rule_one_draw, false },
	{ "in-slate-thompson", "Thompson sampling with fresh draws for every position of a slate.",
	  true, false, score_thompson, &rule_in_slate, false },
	{ NULL, NULL, false, false, NULL, NULL, false }
};
/* clang-format on */
