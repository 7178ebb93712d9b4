/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a new arm starts from: what its relatives have learnt.
 *
 * The hierarchical prior of Eide, Leslie, Frigessi 2022 in its conjugate form:
 * the prior mean of an arm is the posterior mean of its group, one ridge
 * regression that has seen the rewards of all its arms; the prior's width is
 * group_spread times that of an arm without relatives.
 */
#include <stdlib.h>
#include <string.h>

#include "bandit/model.h"
#include "bandit/router.h"
#include "base/mem.h"

static bool
related(const struct arm *a, const char *group, const char *from)
{
	if (a->model == NULL || a->rewards == 0)
		return false;
	if (from[0] != '\0')
		return strcmp(a->name, from) == 0;
	return group[0] != '\0' && strcmp(a->group, group) == 0;
}

int
router_prior_size(const struct router *r)
{
	bool linear = r->settings.features == FEATURES_RFF;

	return r->map != NULL && linear && !router_provisional(r) ? r->map->out
								  : 0;
}

bool
router_relatives(const struct router *r, const char *group, const char *from,
    double *prior)
{
	struct model **models = mem_alloc((size_t)r->arms + 1, sizeof *models);
	int n = 0, size = router_prior_size(r);
	bool found;

	for (int i = 0; i < r->arms; i++)
		if (related(r->arm[i], group, from))
			models[n++] = r->arm[i]->model;
	found = size > 0 && n > 0 &&
	    model_pool(models, n, r->settings.regularization, prior,
		prior + size);
	free(models);
	return found;
}

/* Learning anew finds relatives anew: the numbers in the log are of the
 * features of then. */
static bool
find_prior(struct router *r, const struct arm *a, const struct event *ev,
    double *prior)
{
	int size = router_prior_size(r);

	if (ev->prior == NULL || size == 0)
		return false;
	if (overlay_holds(&r->overlay, ev->seq))
		return router_relatives(r, a->group, ev->prior_from, prior);
	if (ev->prior_len != size)
		return false;
	memcpy(prior, ev->prior, 2 * (size_t)size * sizeof *prior);
	return true;
}

void
router_inherit(struct router *r, struct arm *a, const struct event *ev)
{
	size_t size = (size_t)router_prior_size(r);
	double *prior = mem_alloc(2 * size + 1, sizeof *prior);
	double spread = a->habits.group_spread;

	if (find_prior(r, a, ev, prior)) {
		a->inherits = true;
		a->firmness = 1 / (spread * spread);
		model_free(a->model);
		a->model = arm_model_new(r, a, prior);
		ahead_reset(&a->ahead);
	}
	free(prior);
}
