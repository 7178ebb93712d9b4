/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bandit/settings.h"

#include <math.h>
#include <stddef.h>

#include "bandit/policy.h"
#include "features/context.h"

static const char *const kernel_words[] = { "rbf", "poly", "linear", NULL };
static const char *const features_words[] = { "rff", "exact", NULL };
static const char *const frequencies_words[] = { "orthogonal", "gaussian",
	NULL };

#define FIELD(f) .offset = offsetof(struct router_settings, f)

/* clang-format off */
const struct setting router_settings[] = {
	{ "dimension", SETTING_INT, SETTING_FIXED, FIELD(dimension),
	  .def = "384", .min = 1, .max = CONTEXT_MAX_DIMENSION, .word = "auto",
	  .unit = "numbers",
	  .help = "Length of a context; auto takes it from the first vector." },
	{ "policy", SETTING_WORD, 0, FIELD(policy),
	  .def = "pak-ucb", .words = policy_words, .unit = "",
	  .help = "How an arm is chosen." },
	{ "kernel", SETTING_WORD, SETTING_FIXED, FIELD(kernel),
	  .def = "rbf", .words = kernel_words, .unit = "",
	  .help = "The kernel of the reward models." },
	{ "features", SETTING_WORD, SETTING_FIXED, FIELD(features),
	  .def = "rff", .words = features_words, .unit = "",
	  .help = "Random Fourier features, whose cost does not grow with data, or the exact kernel." },
	{ "rff_dimension", SETTING_INT, SETTING_FIXED, FIELD(rff_dimension),
	  .def = "256", .min = 2, .max = 8192, .unit = "numbers",
	  .help = "Length of the feature vector, even." },
	{ "frequencies", SETTING_WORD, SETTING_FIXED, FIELD(frequencies),
	  .def = "orthogonal", .words = frequencies_words, .unit = "",
	  .help = "How the frequencies of the features are drawn." },
	{ "bandwidth", SETTING_NUM, SETTING_FIXED, FIELD(bandwidth),
	  .def = "auto", .min = 1e-6, .max = 1e6, .word = "auto",
	  .unit = "distance between contexts",
	  .help = "Width of the rbf kernel; auto takes the median distance of the first contexts." },
	{ "regularization", SETTING_NUM, 0, FIELD(regularization),
	  .def = "3", .min = 1e-6, .max = 1e6, .unit = "observations",
	  .help = "Ridge parameter alpha: how much evidence the prior is worth." },
	{ "exploration", SETTING_NUM, 0, FIELD(exploration),
	  .def = "auto", .min = 0, .max = 1e6, .word = "auto", .unit = "",
	  .help = "How much uncertainty counts; auto is 0.3 sqrt(regularization) for pak-ucb." },
	{ "prior_mean", SETTING_NUM, 0, FIELD(prior_mean),
	  .def = "auto", .min = -1e9, .max = 1e9, .word = "auto",
	  .unit = "reward",
	  .help = "Expected reward where nothing is known; auto is the router's running mean." },
	{ "normalize", SETTING_BOOL, SETTING_FIXED, FIELD(normalize),
	  .def = "true", .unit = "",
	  .help = "Whether contexts are scaled to unit length first." },
	{ "seed", SETTING_INT, SETTING_FIXED, FIELD(seed),
	  .def = "1", .min = 0, .max = 9007199254740992.0, .unit = "",
	  .help = "Seed of the features and of every decision's random numbers." },
	{ "reward_range", SETTING_PAIR, 0, FIELD(reward_range),
	  .def = "{0, 1}", .min = -1e9, .max = 1e9, .unit = "reward",
	  .help = "Lowest and highest reward that is accepted." },
	{ "explore_floor", SETTING_NUM, 0, FIELD(explore_floor),
	  .def = "0", .min = 0, .max = 1, .unit = "share of decisions",
	  .help = "Share of decisions drawn uniformly from the eligible arms." },
	{ "cost_weight", SETTING_NUM, 0, FIELD(cost_weight),
	  .def = "0", .min = 0, .max = 1e9, .unit = "reward per unit of cost",
	  .help = "How much reward one unit of cost is worth." },
	{ "decision_ttl", SETTING_NUM, 0, FIELD(decision_ttl),
	  .def = "86400", .min = 1, .max = 1e9, .unit = "seconds",
	  .help = "How long a decision waits for its reward." },
	{ "max_points", SETTING_INT, 0, FIELD(max_points),
	  .def = "2000", .min = 1, .max = 20000, .unit = "rewards per arm",
	  .help = "Exact kernel only: beyond it the oldest rewards leave." },
	{ 0 }
};
/* clang-format on */

enum err
router_settings_check(const struct router_settings *s, struct fault *f)
{
	if (s->features == FEATURES_RFF && s->kernel != 0)
		return fault_set(f, ERR_CONFIG,
		    "kernel = \"%s\" needs features = \"exact\": random "
		    "Fourier features are of the rbf kernel",
		    kernel_words[s->kernel]);
	if (s->rff_dimension % 2 != 0)
		return fault_set(f, ERR_CONFIG,
		    "rff_dimension = %ld: it takes an even number",
		    s->rff_dimension);
	return ERR_NONE;
}
