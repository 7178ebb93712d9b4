/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/models.h"

/* clang-format off */
const struct models_row models[MODELS] = {
	{ &model_ridge, { .in = D, .alpha = 0.7 } },
	{ &model_ridge, { .in = D, .alpha = 0.7, .slack = 1 } },
	{ &model_kernel, { .in = D, .alpha = 0.7, .kernel = KERNEL_RBF,
	    .bandwidth = 0.8, .max_points = 1000 } },
	{ &model_kernel, { .in = D, .alpha = 0.7, .kernel = KERNEL_POLY,
	    .max_points = 1000 } },
	{ &model_kernel, { .in = D, .alpha = 0.7, .kernel = KERNEL_LINEAR,
	    .max_points = 1000 } },
};
/* clang-format on */

void
models_data(struct models_data *data, uint64_t *random)
{
	for (int i = 0; i < POINTS; i++) {
		numbers_unit(random, data->x[i], D);
		data->reward[i] = (number(random) + 1) / 2;
	}
	for (int i = 0; i < QUERIES; i++)
		numbers_unit(random, data->query[i], D);
}

struct model *
models_make(size_t which)
{
	return model_new(models[which].type, &models[which].params);
}

void
models_learn(struct model *model, const struct models_data *data, int from,
    int to, double m)
{
	for (int i = from; i < to; i++)
		assert_int_equal(ERR_NONE,
		    model_learn(model, data->x[i], data->reward[i] - m, 1));
}
