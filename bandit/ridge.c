/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ridge regression that is linear in phi, the size of its matrix fixed.
 * State: the Cholesky factor of A = alpha I + sum phi phi', with
 * b = sum r phi and s = sum phi; encoded as chol_encode() does.
 */
#include <math.h>
#include <stdlib.h>

#include "bandit/chol.h"
#include "bandit/model.h"
#include "base/mem.h"

struct ridge {
	struct model model;
	struct chol chol;
	double *y; /* [in], L^-1 phi */
};

static struct model *
ridge_new(const struct model_params *p)
{
	struct ridge *m = mem_alloc(1, sizeof *m);

	m->model = (struct model){ &model_ridge, *p };
	chol_init(&m->chol, p->in, p->in, p->alpha);
	m->y = mem_aligned((size_t)p->in, sizeof *m->y);
	return &m->model;
}

static void
ridge_free(struct model *model)
{
	struct ridge *m = (struct ridge *)model;

	chol_fini(&m->chol);
	free(m->y);
	free(m);
}

static void
ridge_score(struct model *model, const double *phi, int n,
    struct model_score *out)
{
	struct ridge *m = (struct ridge *)model;

	for (; n > 0; n--, out++, phi += model->params.in) {
		double yy =
		    chol_solve(&m->chol, phi, m->y, &out->fit, &out->unit);

		out->sigma = sqrt(yy);
	}
}

static enum err
ridge_learn(struct model *model, const double *phi, double reward)
{
	struct ridge *m = (struct ridge *)model;

	return chol_update(&m->chol, phi, reward, 1, 1);
}

static enum err
ridge_set_alpha(struct model *model, double alpha)
{
	struct ridge *m = (struct ridge *)model;

	return chol_shift(&m->chol, alpha - model->params.alpha);
}

static void
ridge_set_max_points(struct model *model, int max_points)
{
	(void)model;
	(void)max_points;
}

static void
ridge_encode(const struct model *model, struct buf *out)
{
	const struct ridge *m = (const struct ridge *)model;

	chol_encode(&m->chol, out);
}

static bool
ridge_decode(struct model *model, const void *data, size_t len)
{
	struct ridge *m = (struct ridge *)model;

	return chol_decode(&m->chol, data, len) &&
	    m->chol.n == model->params.in;
}

const struct model_type model_ridge = { "ridge", ridge_new, ridge_free,
	ridge_score, ridge_learn, ridge_set_alpha, ridge_set_max_points,
	ridge_encode, ridge_decode };
