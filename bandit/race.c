/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bandit/race.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "bandit/ranking.h"

struct race *
race_new(void)
{
	struct race *r = mem_zalloc(1, sizeof *r);

	march_init(&r->march);
	return r;
}

void
race_free(struct race *r)
{
	if (r == NULL)
		return;
	march_fini(&r->march);
	free(r->ranks);
	free(r->above);
	free(r->rest);
	free(r->inside);
	free(r->before);
	free(r->mean);
	free(r->who);
	free(r->kid);
	free(r);
}

/*
 * The density of each arm times the cdfs of all others: of those before it,
 * kept on the way there, and of those after it, on the way back.  Returns the
 * probability that all draws are below the panel, or a little more.
 */
EXACT_CLONES static double
best_add_panel(const struct march *m, double *before, double *p)
{
	double product[MARCH_NODES], below;

	march_set(product, 1);
	for (int i = 0; i < m->n; i++) {
		memcpy(before + (size_t)i * MARCH_NODES, product,
		    sizeof product);
		march_multiply(product, m->cdf[i]);
	}
	below = product[0];
	memcpy(product, m->weight, sizeof product);
	for (int i = m->n - 1; i >= 0; i--) {
		double *value = before + (size_t)i * MARCH_NODES;

		if (m->pdf[i] != NULL) {
			march_multiply(value, m->pdf[i]);
			p[i] +=
			    m->half[i] * exact_dot(value, product, MARCH_NODES);
		}
		march_multiply(product, m->cdf[i]);
	}
	return below;
}

void
race_best(struct race *r, int n, const double *mean, const double *sd,
    double *p)
{
	double below = 1, sum = 0;

	ranking_room(r, n);
	march_begin(&r->march, n, mean, sd, MARCH_STEP);
	memset(p, 0, (size_t)n * sizeof *p);
	while (below > MARCH_NOTHING && march_next(&r->march))
		below = best_add_panel(&r->march, r->before, p);
	for (int i = 0; i < n; i++)
		sum += p[i];
	for (int i = 0; i < n; i++)
		p[i] /= sum;
}

/*
 * Long orders are improbable, 1/256! where all arms are alike, and would leave
 * the range of a double; so each depth is multiplied by the number of arms
 * that are left there, and what comes out is relative to a ranking by lot.  It
 * is at most the number of sets that the beginning may be of.
 */
void
race_order(struct race *r, int n, const double *mean, const double *sd,
    const int *order, int k, double *given)
{
	double sets = 1, most = 1, before = 1;
	int v = RANKING_ROOT;

	assert(1 <= k && k <= n);
	ranking_clear(r);
	for (int j = 0; j < k; j++) {
		v = ranking_add(r, v, order[j], n - j);
		sets *= (double)(n - j) / (j + 1);
		most = fmax(most, sets);
	}
	ranking_run(r, n, mean, sd, order, k, most);
	for (int j = 0; j < k; j++) {
		double p = ranking_p(r, j);

		given[j] = before > 0 ? fmin(p / before / (n - j), 1) : 0;
		before = p;
	}
}

/* Moves the last of the arms that are left to the place of `at`. */
static void
replace(struct race *r, int at, int last)
{
	r->mean[at] = r->mean[last];
	r->sd[at] = r->sd[last];
	r->who[at] = r->who[last];
}

void
race_in_turn(struct race *r, int n, const double *mean, const double *sd,
    const int *order, int k, double *given)
{
	assert(1 <= k && k <= n);
	ranking_room(r, n);
	memcpy(r->mean, mean, (size_t)n * sizeof *mean);
	memcpy(r->sd, sd, (size_t)n * sizeof *sd);
	for (int i = 0; i < n; i++)
		r->who[i] = i;
	for (int j = 0; j < k; j++) {
		int at = 0;

		while (r->who[at] != order[j])
			at++;
		race_order(r, n - j, r->mean, r->sd, &at, 1, &given[j]);
		replace(r, at, n - j - 1);
	}
}
