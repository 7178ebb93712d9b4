/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eval/recipe.h"

#include <stddef.h>

/*
 * The sets' own names stand for their files.  Exploration is tried around the
 * default, which is 0.52 for an alpha of 3; the theory's is sqrt(2 ln(2 K /
 * 0.05)), 3.26 for 5 arms.  The median distance of prompts of length 1 is 1.2
 * to 1.3 in the sets, as the automatic bandwidth.
 */
#define EXPERTS "synth:cluster"
#define COSTS "pareto_val~cost"
#define BASELINES                                                      \
	"linucb", "linucb-shared", "kernelucb-shared", "ucb1", "exp3", \
	    "epsilon-greedy", "uniform", "best-arm"
#define LEARNERS "pak-ucb", "thompson", "greedy", "linucb"

/* clang-format off */
const struct recipe recipes[] = {
	{ "experts", "Each cluster of prompts has an arm that is best for it.",
	  "2", "otb",
	  { EXPERTS },
	  { "pak-ucb", "pak-ucb features=exact kernel=poly", "thompson",
	    "greedy", BASELINES },
	  { "-n4000", "--runs=10" }, { "-n200", "--runs=2" } },
	{ "new-model", "A model that is best for its prompts joins half way.",
	  "1", "regret",
	  { EXPERTS },
	  { LEARNERS },
	  { "-n4000", "--runs=20", "--join=arm4=2000" },
	  { "-n200", "--runs=2", "--join=arm4=100" } },
	{ "new-prompts", "A kind of prompts comes half way, with its own expert.",
	  "1", "regret",
	  { EXPERTS },
	  { LEARNERS },
	  { "-n4000", "--runs=20", "--type=2000" },
	  { "-n200", "--runs=2", "--type=100" } },
	{ "features", "The exact kernel against D random Fourier features.",
	  "3", "otb",
	  { EXPERTS, COSTS },
	  { "pak-ucb features=exact", "pak-ucb rff_dimension=32",
	    "pak-ucb rff_dimension=64", "pak-ucb rff_dimension=128",
	    "pak-ucb rff_dimension=256", "pak-ucb rff_dimension=512",
	    "pak-ucb rff_dimension=1024" },
	  { "-n1500", "--runs=10" }, { "-n100", "--runs=2" } },
	{ "bandwidth", "How far apart prompts may be and still say something.",
	  "2", "otb",
	  { EXPERTS, COSTS },
	  { "pak-ucb", "pak-ucb bandwidth=0.3", "pak-ucb bandwidth=0.6",
	    "pak-ucb bandwidth=0.9", "pak-ucb bandwidth=1.8",
	    "pak-ucb bandwidth=3.6" },
	  { "-n4000", "--runs=10" }, { "-n100", "--runs=2" } },
	{ "alpha", "How strongly arms are held to the prior mean.",
	  "2", "otb",
	  { EXPERTS, COSTS },
	  { "pak-ucb", "pak-ucb regularization=0.1",
	    "pak-ucb regularization=0.3", "pak-ucb regularization=1",
	    "pak-ucb regularization=10", "pak-ucb regularization=30" },
	  { "-n4000", "--runs=10" }, { "-n100", "--runs=2" } },
	{ "eta", "How much it counts that an arm is not known well.",
	  "2", "otb",
	  { EXPERTS, COSTS },
	  { "pak-ucb", "pak-ucb exploration=0", "pak-ucb exploration=0.1",
	    "pak-ucb exploration=0.3", "pak-ucb exploration=1",
	    "pak-ucb exploration=3.26" },
	  { "-n4000", "--runs=10" }, { "-n100", "--runs=2" } },
	{ "baselines", "Real prompts, and what else could be done.",
	  "4", "otb",
	  { "llmrouter_dev", "paperhe_dev", "pareto_val", COSTS },
	  { "pak-ucb", "thompson", "greedy", BASELINES },
	  { "-n3000", "--runs=5" }, { "-n60", "--runs=2" } },
	{ 0 }
};
/* clang-format on */
