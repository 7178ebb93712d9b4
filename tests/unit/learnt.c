/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/learnt.h"

#include <gsl/gsl_linalg.h>
#include <string.h>

static const double *
take(const double *from, double *to, int n)
{
	memcpy(to, from, (size_t)n * sizeof *to);
	return from + n;
}

/* As ridge.h has it. */
void
inside_of(struct inside *in, const struct model *model)
{
	struct buf bytes = { 0 };
	int n = model->params.in;
	size_t factor = chol_size(n);
	const double *from;
	uint64_t flags = 0;

	memset(in, 0, sizeof *in);
	model_encode(model, &bytes);
	chol_init(&in->chol, 0, n, 1);
	assert_true(chol_decode(&in->chol, bytes.data, factor));
	in->scale = 1;
	for (int j = 0; j < n; j++)
		in->level[j] = model->params.alpha;
	from = (const double *)(bytes.data + factor);
	if (bytes.len > factor)
		memcpy(&flags, from++, sizeof flags);
	if (flags & 1) {
		from = take(from, &in->scale, 1);
		from = take(from, in->level, n);
	}
	if (flags & 2) {
		from = take(from, in->fit, n);
		from = take(from, in->unit, n);
	}
	assert_ptr_equal(from, bytes.data + bytes.len);
	buf_free(&bytes);
}

void
inside_fini(struct inside *in)
{
	chol_fini(&in->chol);
}

void
learnt_learn(struct dense *m, const double *phi, double reward, double weight)
{
	double x[DENSE_MAX], root = sqrt(weight);

	for (int i = 0; i < m->n; i++)
		x[i] = root * phi[i];
	dense_update(m, x, root * reward, root, 1);
}

void
learnt_decay(struct dense *m, double keep)
{
	for (int i = 0; i < m->n; i++) {
		for (int j = 0; j < m->n; j++)
			m->a[i][j] *= keep;
		m->b[i] *= keep;
		m->s[i] *= keep;
	}
}

void
learnt_assert(const struct dense *learnt, const struct model *model,
    double error)
{
	const struct model_params *p = &model->params;
	double slack = p->slack > 0 ? p->slack : MODEL_SLACK;
	struct dense all = *learnt;
	struct inside in;

	inside_of(&in, model);
	learnt_decay(&all, 1 / in.scale);
	for (int j = 0; j < all.n; j++) {
		double share = in.scale * in.level[j] / p->alpha;

		assert_true(share >= 1 - 1e-14 && share <= slack + 1e-14);
		all.a[j][j] += in.level[j];
		all.b[j] += in.level[j] * in.fit[j];
		all.s[j] += in.level[j] * in.unit[j];
	}
	factor_assert(&in.chol, &all, error);
	inside_fini(&in);
}

void
learnt_solve(const struct dense *m, const double *b, double *x)
{
	size_t n = (size_t)m->n;
	gsl_matrix *a = gsl_matrix_alloc(n, n);
	gsl_vector_view view = gsl_vector_view_array(x, n);

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			gsl_matrix_set(a, i, j, m->a[i][j]);
	memcpy(x, b, n * sizeof *x);
	assert_int_equal(gsl_linalg_cholesky_decomp1(a), 0);
	gsl_linalg_cholesky_svx(a, &view.vector);
	gsl_matrix_free(a);
}
