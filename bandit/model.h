/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model.h: one arm's regression of reward on context.
 *
 * The two models behind one interface: score many contexts, learn one reward.
 *   ridge   linear in phi: A = alpha I + sum phi phi'; cost flat in rewards
 *   kernel  the paper's exact kernel ridge regression; cost grows with them
 * Formulas: banditd.conf(5), MODELS; Hu, Leung, Farnia 2025.
 *
 * The prior mean m may move at any time because the model keeps, next to the
 * fit to the rewards, the fit to a reward of 1: mean = fit + m (1 - unit).
 */
#ifndef BANDIT_MODEL_H
#define BANDIT_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

enum kernel { KERNEL_RBF, KERNEL_POLY, KERNEL_LINEAR };

struct model_params {
	int in;           /* length of phi: D of the map, or d for kernel */
	double alpha;     /* regularization, > 0 */
	enum kernel kernel; /* of the kernel model only, as the next two */
	double bandwidth; /* of KERNEL_RBF */
	int max_points;   /* >= 1; the oldest leaves first */
};

struct model_score {
	double fit;   /* phi' A^-1 sum r phi */
	double unit;  /* phi' A^-1 sum phi */
	double sigma; /* sqrt(phi' A^-1 phi), >= 0 and finite */
};

struct model;

struct model_type {
	const char *name;
	struct model *(*new)(const struct model_params *);
	void (*free)(struct model *);
	void (*score)(struct model *, const double *phi, int n,
	    struct model_score *);
	enum err (*learn)(struct model *, const double *phi, double reward);
	enum err (*set_alpha)(struct model *, double alpha);
	void (*set_max_points)(struct model *, int);
	void (*encode)(const struct model *, struct buf *);
	bool (*decode)(struct model *, const void *, size_t len);
};

/* What every model starts with. */
struct model {
	const struct model_type *type;
	struct model_params params;
};

extern const struct model_type model_ridge, model_kernel;

/* Never NULL; free with model_free(), which takes NULL. */
struct model *model_new(const struct model_type *,
    const struct model_params *);
void model_free(struct model *);

/* phi[n][in], row-major, to out[n].  Allocates nothing after warm-up. */
void model_score(struct model *, const double *phi, int n,
    struct model_score *out);

/* ERR_NUMERIC: the matrix would break; nothing has changed. */
enum err model_learn(struct model *, const double *phi, double reward);

/* The same observations under another regularization. */
enum err model_set_alpha(struct model *, double alpha);

/* The kernel model forgets the oldest points beyond it; ridge ignores it. */
void model_set_max_points(struct model *, int max_points);

/* All learnt state as raw little-endian bytes; equal bytes, equal model.
 * Decode takes a model made with the same parameters; false: the bytes do not
 * fit it or are not finite, and the model is then only good to be freed. */
void model_encode(const struct model *, struct buf *);
bool model_decode(struct model *, const void *, size_t len);

#endif
