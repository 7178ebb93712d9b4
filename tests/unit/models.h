/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * models.h: the models that every property must hold for, and data for them.
 */
#ifndef TESTS_UNIT_MODELS_H
#define TESTS_UNIT_MODELS_H

#include "tests/unit/numbers.h"

#include "bandit/model.h"

enum { D = 6, POINTS = 40, QUERIES = 5, MODELS = 5 };

extern const struct models_row {
	const struct model_type *type;
	struct model_params params;
} models[MODELS];

/* Contexts of length 1 with rewards, and contexts to ask about. */
struct models_data {
	double x[POINTS][D], reward[POINTS];
	double query[QUERIES][D];
};

void models_data(struct models_data *, uint64_t *random);

/* models[which], with nothing learnt; model_free() it. */
struct model *models_make(size_t which);

/* Points from, from + 1, .. below to; rewards less m. */
void models_learn(struct model *, const struct models_data *, int from, int to,
    double m);

#endif
