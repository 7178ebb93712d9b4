/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One ridge of what several have learnt. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "bandit/ridge.h"
#include "base/mem.h"
#include "features/exact.h"

/* What row i of one model has learnt, without its prior: row[i + 1], b, s. */
static void
learnt_row(const struct ridge *m, int i, double *row, double *b, double *s)
{
	double level = ridge_level(m, i);

	chol_row(&m->chol, i, row, b, s);
	row[i] -= level;
	if (m->prior_fit != NULL) {
		*b -= level * m->prior_fit[i];
		*s -= level * m->prior_unit[i];
	}
}

static enum err
append_sum(struct chol *c, struct model *const *models, int n, double alpha,
    double *row, double *sum)
{
	double b = 0, s = 0, b1, s1;
	int i = c->n;

	memset(sum, 0, (size_t)i * sizeof *sum);
	sum[i] = alpha;
	for (int k = 0; k < n; k++) {
		const struct ridge *m = (const struct ridge *)models[k];

		learnt_row(m, i, row, &b1, &s1);
		exact_axpy(sum, row, m->scale, i + 1);
		b += m->scale * b1;
		s += m->scale * s1;
	}
	return chol_append(c, sum, sum[i], b, s);
}

bool
ridge_pool(struct model *const *models, int n, double alpha, double *fit,
    double *unit)
{
	int in = models[0]->params.in;
	double *row = mem_alloc((size_t)in, sizeof *row);
	double *sum = mem_alloc((size_t)in, sizeof *sum);
	enum err e = ERR_NONE;
	struct chol c;

	chol_init(&c, 0, in, 1);
	while (e == ERR_NONE && c.n < in)
		e = append_sum(&c, models, n, alpha, row, sum);
	if (e == ERR_NONE)
		chol_weights(&c, fit, unit);
	chol_fini(&c);
	free(row);
	free(sum);
	return e == ERR_NONE && chol_moderate(fit, in) &&
	    chol_moderate(unit, in);
}
