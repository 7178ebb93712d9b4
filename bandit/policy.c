/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bandit/policy.h"

#include <stddef.h>

/* clang-format off */
const struct policy policies[] = {
	{ "pak-ucb", "Mean plus eta times sigma, per context.",
	  true, true, score_pak_ucb, &rule_one_draw },
	{ "greedy", "The largest mean, per context.",
	  true, true, score_greedy, &rule_one_draw },
	{ "uniform", "Any arm with equal probability.",
	  false, false, score_uniform, &rule_one_draw },
	{ "fixed", "Always the first eligible arm.",
	  false, false, score_fixed, &rule_one_draw },
	{ "ucb1", "Mean plus a width that shrinks with the arm's decisions.",
	  false, true, score_ucb1, &rule_one_draw },
	{ "thompson", "The largest of one draw per arm, per context.",
	  true, false, score_thompson, &rule_one_draw },
	{ "in-slate-thompson", "Thompson sampling with fresh draws for every position of a slate.",
	  true, false, score_thompson, &rule_in_slate },
	{ NULL, NULL, false, false, NULL, NULL }
};
/* clang-format on */
