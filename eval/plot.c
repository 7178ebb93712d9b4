/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eval/plot.h"

#include "eval/plot_read.h"

/* clang-format off */
const struct plot_kind plot_kinds[] = {
	{ "curve", read_curve,
	  "Learning curves, with bands of two standard errors." },
	{ "share", read_share, "Which arms were chosen, over time." },
	{ "calibration", read_calibration,
	  "Predicted mean and sigma against what was observed." },
	{ "pareto", read_pareto,
	  "Cost against reward at the last step, and the Pareto front." },
	{ 0 }
};
/* clang-format on */
