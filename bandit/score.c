/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an arm's model says of contexts. */
#include <math.h>

#include "bandit/consider.h"

/* Of the model; where decisions wait that it is to count as rewarded, sigma of
 * the model in which they are. */
static void
score_model(const struct arm *a, const double *phi, int n,
    struct model_score *out)
{
	struct model *ahead = ahead_model(&a->ahead, a->model);
	struct model_score unsure[MODEL_FAST];

	model_score_fast(a->model, phi, n, out);
	if (ahead == a->model)
		return;
	model_score_fast(ahead, phi, n, unsure);
	for (int i = 0; i < n; i++)
		out[i].sigma = unsure[i].sigma;
}

/* Before there is a model, those of its context-free limit, a kernel of 1
 * everywhere. */
static struct model_score
score_limit(const struct router *r, const struct arm *a)
{
	double n = (double)a->rewards, alpha = r->settings.regularization;
	double ahead_n = r->settings.pending == PENDING_HALLUCINATE
	    ? n + (double)a->pending
	    : n;

	if (r->settings.reward_model == REWARD_CHOICE)
		n = ahead_n = 0; /* shares of clicks are no utilities */
	return (struct model_score){ .fit = n * a->mean / (n + alpha),
		.unit = n / (n + alpha),
		.sigma = 1 / sqrt(ahead_n + alpha) };
}

void
router_score(const struct router *r, const struct arm *a, const double *phi,
    int n, struct model_score *out)
{
	if (a->model != NULL)
		score_model(a, phi, n, out);
	for (int i = 0; a->model == NULL && i < n; i++)
		out[i] = score_limit(r, a);
}
