/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bandit/settings.h"

#include <math.h>
#include <stddef.h>

#include "bandit/policy.h"
#include "features/context.h"

static const char *const kernel_words[] = { "rbf", "poly", "linear", NULL };
static const char *const features_words[] = { "rff", "exact", NULL };
static const char *const input_words[] = { "vector", "text", NULL };
static const char *const pending_words[] = { "count", "hallucinate", NULL };
static const char *const order_words[] = { "sequential", "rank-major", NULL };
static const char *const reward_words[] = { "gaussian", "choice", NULL };
static const char *const frequencies_words[] = { "orthogonal", "gaussian",
	"structured", NULL };

#define FIELD(f) .offset = offsetof(struct router_settings, f)

/* clang-format off */
const struct setting router_settings[] = {
	{ "dimension", SETTING_INT, SETTING_FIXED, FIELD(dimension),
	  .def = "384", .min = 1, .max = CONTEXT_MAX_DIMENSION, .word = "auto",
	  .unit = "numbers",
	  .help = "Length of a context; auto takes it from the first vector." },
	{ "policy", SETTING_WORD, 0, FIELD(policy),
	  .def = "pak-ucb", .words = &policies[0].name, .stride = sizeof *policies,
	  .unit = "",
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
	  .help = "Width of the rbf kernel; auto takes it from the first contexts: bandwidth_scale." },
	{ "regularization", SETTING_NUM, 0, FIELD(regularization),
	  .def = "3", .min = 1e-6, .max = 1e6, .unit = "observations",
	  .help = "Ridge parameter alpha: how much evidence the prior is worth." },
	{ "exploration", SETTING_NUM, 0, FIELD(exploration),
	  .def = "auto", .min = 0, .max = 1e6, .word = "auto", .unit = "",
	  .help = "How much uncertainty counts; auto is 0.25 (pak-ucb) or 0.1 (Thompson sampling) times sqrt(regularization) and the width of reward_range; 1 in a choice router." },
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
	{ "half_life", SETTING_SPAN, 0, FIELD(half_life),
	  .def = "never", .min = 1, .max = 1e9, .word = "never",
	  .unit = "rewards of the arm, or a time",
	  .help = "After so many rewards of the arm, or so much time, a reward counts half." },
	{ "cost_weight", SETTING_NUM, 0, FIELD(cost_weight),
	  .def = "0", .min = 0, .max = 1e9, .unit = "reward per unit of cost",
	  .help = "How much reward one unit of cost is worth." },
	{ "pending", SETTING_WORD, 0, FIELD(pending),
	  .def = "count", .words = pending_words, .unit = "",
	  .help = "Whether decisions under way only count, or make their arm less unsure." },
	{ "default_reward", SETTING_NUM, 0, FIELD(default_reward),
	  .def = "none", .min = -1e9, .max = 1e9, .word = "none",
	  .unit = "reward",
	  .help = "What is learnt when a decision expires unrewarded." },
	{ "decision_ttl", SETTING_NUM, 0, FIELD(decision_ttl),
	  .def = "86400", .min = 1, .max = 1e9, .unit = "seconds",
	  .help = "How long a decision waits for its reward." },
	{ "slate_order", SETTING_WORD, 0, FIELD(slate_order),
	  .def = "sequential", .words = order_words, .unit = "",
	  .help = "The order in which the draws of in-slate-thompson fill a slate." },
	{ "reward_model", SETTING_WORD, SETTING_FIXED, FIELD(reward_model),
	  .def = "gaussian", .words = reward_words, .unit = "",
	  .help = "Whether arms are learnt from rewards, or from choices among those shown." },
	{ "group_spread", SETTING_NUM, 0, FIELD(group_spread),
	  .def = "1.5", .min = 0.01, .max = 10, .unit = "of the prior's width",
	  .help = "How far a new arm may be from the relatives that it starts from." },
	{ "max_points", SETTING_INT, 0, FIELD(max_points),
	  .def = "2000", .min = 1, .max = 20000, .unit = "rewards per arm",
	  .help = "Exact kernel only: beyond it the oldest rewards leave." },
	{ "keep_age", SETTING_TIME, 0, FIELD(keep_age),
	  .def = "forever", .min = 1, .max = 1e10, .word = "forever",
	  .unit = "a time",
	  .help = "Older rewards leave the log; what was learnt of them stays." },
	{ "keep_bytes", SETTING_BYTES, 0, FIELD(keep_bytes),
	  .def = "all", .min = 1000, .max = 1e18, .word = "all",
	  .unit = "bytes",
	  .help = "Beyond so much the oldest rewards leave the log; what was learnt of them stays." },
	{ "bandwidth_scale", SETTING_NUM, 0, FIELD(bandwidth_scale),
	  .def = "0.8", .min = 0.01, .max = 100, .was = "1",
	  .unit = "median distances",
	  .help = "What bandwidth = \"auto\" takes, in median distances of the first contexts." },
	{ "history_weight", SETTING_NUM, 0, FIELD(history_weight),
	  .def = "0.5", .min = 0.001, .max = 1, .was = "1",
	  .unit = "rewards",
	  .help = "How much an observed reward counts against one of a decision." },
	{ "input", SETTING_WORD, SETTING_FIXED, FIELD(input),
	  .def = "vector", .words = input_words, .was = "vector", .unit = "",
	  .help = "Whether a context is a vector, or text that is hashed into dimension." },
	{ 0 }
};
/* clang-format on */

/* What the exact kernel has no cheap form of. */
static enum err
check_exact(const struct router_settings *s, struct fault *f)
{
	const char *what = NULL;

	if (s->features != FEATURES_EXACT)
		return ERR_NONE;
	if (!isnan(s->half_life))
		what = "half_life is for random features; the exact kernel "
		       "forgets beyond max_points";
	if (s->pending == PENDING_HALLUCINATE)
		what = "pending = \"hallucinate\" is for random features; "
		       "take \"count\"";
	if (what == NULL)
		return ERR_NONE;
	return fault_set(f, ERR_CONFIG, "features = \"exact\": %s", what);
}

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
	if (s->default_reward < s->reward_range[0] ||
	    s->default_reward > s->reward_range[1])
		return fault_set(f, ERR_CONFIG,
		    "default_reward = %g is outside the reward_range {%g, %g}",
		    s->default_reward, s->reward_range[0], s->reward_range[1]);
	if (s->reward_model == REWARD_CHOICE && !isnan(s->default_reward))
		return fault_set(f, ERR_CONFIG,
		    "default_reward is a reward, and reward_model = "
		    "\"choice\" learns from choices");
	return check_exact(s, f);
}
