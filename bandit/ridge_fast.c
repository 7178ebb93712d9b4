/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ridge scored from its float32 copy, which is made when it is needed: an
 * arm that learns more often than it is asked pays for it once. */
#include <math.h>
#include <stdlib.h>

#include "bandit/ridge.h"
#include "base/mem.h"

_Static_assert(MODEL_FAST == FORWARD_MOST, "one pass of the kernel");

void
ridge_changed(struct ridge *m)
{
	m->fresh = m->weighed = false;
	m->asked = 0;
}

void
ridge_fast_free(struct ridge *m)
{
	if (m->packed != NULL)
		packed_fini(m->packed);
	free(m->packed);
}

static void
refresh(struct ridge *m)
{
	if (m->packed == NULL) {
		m->packed = mem_alloc(1, sizeof *m->packed);
		packed_init(m->packed, m->chol.n);
	}
	if (!m->fresh)
		packed_take(m->packed, &m->chol);
	m->fresh = true;
}

/* n <= MODEL_FAST contexts. */
static void
score_pass(struct ridge *m, const double *phi, int n, struct model_score *out)
{
	struct packed_sums sums[MODEL_FAST];

	packed_solve(m->packed, phi, n, sums);
	for (int i = 0; i < n; i++) {
		out[i].fit = sums[i].yz;
		out[i].unit = sums[i].yu;
		out[i].sigma = sqrt(sums[i].yy / m->scale);
		if (!isfinite(out[i].fit + out[i].unit + out[i].sigma))
			ridge_score(&m->model, phi + (size_t)i * m->chol.n, 1,
			    &out[i]);
	}
}

void
ridge_score_fast(struct model *model, const double *phi, int n,
    struct model_score *out)
{
	struct ridge *m = (struct ridge *)model;

	refresh(m);
	m->asked += m->weighed ? n : 0;
	if (!m->packed->usable) {
		ridge_score(model, phi, n, out);
		return;
	}
	for (int i = 0; i < n; i += MODEL_FAST)
		score_pass(m, phi + (size_t)i * m->chol.n,
		    n - i < MODEL_FAST ? n - i : MODEL_FAST, out + i);
}
