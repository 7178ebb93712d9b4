/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the arms' models say of contexts: one pass over each arm for all. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "bandit/model.h"
#include "bandit/router.h"
#include "base/mem.h"

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
router_score_arm(const struct router *r, const struct arm *a, const double *phi,
    struct model_score *out)
{
	if (a->model != NULL)
		score_model(a, phi, 1, out);
	else
		*out = score_limit(r, a);
}

void
router_score_many(const struct router *r, const double *phi, int n,
    struct model_score *out)
{
	assert(1 <= n && n <= MODEL_FAST);
	for (int i = 0; i < r->arms; i++, out += n) {
		const struct arm *a = r->arm[i];

		if (a->model != NULL)
			score_model(a, phi, n, out);
		for (int k = 0; a->model == NULL && k < n; k++)
			out[k] = score_limit(r, a);
	}
}
