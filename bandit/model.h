/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model.h: one arm's regression of reward on context.
 *
 * The two models behind one interface: score many contexts, learn one reward.
 *   ridge   linear in phi: A = alpha I + sum w phi phi'; cost flat in rewards
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

/* How far above alpha a ridge that forgets may hold its prior. */
#define MODEL_SLACK 1.05
#define MODEL_SLACK_MAX 2

struct model_params {
	int in;       /* length of phi: D of the map, or d for kernel */
	double alpha; /* regularization, > 0 */
	double slack; /* of ridge only, as the next two; model_decay() */
	const double *prior_fit, *prior_unit; /* [in], copied; NULL: zeros */
	enum kernel kernel; /* of the kernel model only, as the next two */
	double bandwidth;   /* of KERNEL_RBF */
	int max_points;     /* >= 1; the oldest leaves first */
};

struct model_score {
	double fit;   /* phi' A^-1 b, b = sum w r phi */
	double unit;  /* phi' A^-1 s, s = sum w phi */
	double sigma; /* sqrt(phi' A^-1 phi), >= 0 and finite */
};

/* What is known of a score at little cost: fit and unit within their errors,
 * and a sigma that is not less than the true one. */
struct model_bound {
	double fit, unit, sigma;
	double fit_error, unit_error;
};

struct model;

struct model_type {
	const char *name;
	struct model *(*new)(const struct model_params *);
	void (*free)(struct model *);
	void (*score)(struct model *, const double *phi, int n,
	    struct model_score *);
	void (*score_fast)(struct model *, const double *phi, int n,
	    struct model_score *);
	bool (*bound)(struct model *, const float *phi, const double *square,
	    int n, struct model_bound *out); /* NULL: it has none */
	bool (*look)(struct model *);
	enum err (*learn)(struct model *, const double *phi, double reward,
	    double weight);
	void (*decay)(struct model *, double keep);
	enum err (*set_alpha)(struct model *, double alpha);
	void (*set_max_points)(struct model *, int);
	bool (*weights)(struct model *, double *fit, double *unit);
	enum err (*shade)(struct model *, const double *, double, int);
	void (*assign)(struct model *, const struct model *from);
	void (*encode)(const struct model *, struct buf *);
	bool (*decode)(struct model *, const void *, size_t len);
};

/* What every model starts with. */
struct model {
	const struct model_type *type;
	struct model_params params;
};

extern const struct model_type model_ridge, model_kernel;

/*
 * Never NULL; free with model_free(), which takes NULL.
 *
 * A ridge with an inherited prior has, before any reward, fit = phi' prior_fit
 * and unit = phi' prior_unit, and keeps coming back to it: b starts as
 * alpha * prior_fit and s as alpha * prior_unit.  The numbers are at most
 * CHOL_LARGEST (chol.h).
 */
struct model *model_new(const struct model_type *, const struct model_params *);
void model_free(struct model *);

/* phi[n][in], row-major, to out[n].  Allocates nothing after warm-up. */
void model_score(struct model *, const double *phi, int n,
    struct model_score *out);

/*
 * The same, of a ridge from a float32 copy of its matrix (packed.h), several
 * times as fast and up to MODEL_FAST contexts in one pass over it.  What is
 * decided rests on this.  The copy is made anew when the model has changed, and
 * of its state alone: equal models, on one machine, give equal bits, whatever
 * n is.  Off by 1e-6 in the usual case, of a sigma relative and of a fit in
 * units of the rewards; where float32 would not do, it is model_score().
 */
#define MODEL_FAST 16
void model_score_fast(struct model *, const double *phi, int n,
    struct model_score *out);

/*
 * Bounds of what model_score_fast() says of phi[n][in], |phi|^2 = square[n], in
 * O(n in); a ridge that has learnt finds the weights first, O(in^2), once it
 * was asked some times.  They are near where model_look() was called now and
 * then, and right in any case.  False: there is no such bound now.
 */
bool model_bound(struct model *, const float *phi, const double *square, int n,
    struct model_bound *out);

/* Looks anew at what a bound rests on where much was learnt since the last
 * look, in some passes over the matrix; whether it did. */
bool model_look(struct model *);

/*
 * A reward that counts as weight of them, weight > 0: in ridge A, b and s grow
 * by weight * phi phi', weight * reward * phi and weight * phi; kernel takes
 * alpha / weight for the noise of the point.  ERR_NUMERIC: the matrix would
 * break, or the weight is no such number; nothing has changed.
 */
enum err model_learn(struct model *, const double *phi, double reward,
    double weight);

/*
 * What was learnt counts keep times what it did, 0 < keep <= 1, and the prior
 * as before: A <- keep (A - P) + P, b and s likewise, P the prior's diagonal
 * matrix.  Ridge only; kernel ignores it.
 *
 * To keep P at alpha I exactly would cost O(in^3) every time.  With slack > 1
 * each entry of P is anywhere from alpha to slack * alpha, from the first on,
 * and is raised again only where it has come down to alpha: about
 * in * -log(keep) / log(slack) of them in a decay, each for a third of what
 * model_learn() costs.  With slack 1 every entry is alpha after every decay.
 * With slack 0 the model is not going to forget and starts with alpha I; one
 * that is told to all the same goes over to MODEL_SLACK, at the expense of one
 * decay in O(in^3), so 0 and MODEL_SLACK may take each other's bytes.
 * Slack is 0, or 1 to MODEL_SLACK_MAX.  keep = 1 changes nothing at all.
 */
void model_decay(struct model *, double keep);

/* The same observations, and inherited prior, under another regularization. */
enum err model_set_alpha(struct model *, double alpha);

/* The kernel model forgets the oldest points beyond it; ridge ignores it. */
void model_set_max_points(struct model *, int max_points);

/* fit[in] = A^-1 b and unit[in] = A^-1 s.  False, and nothing written: a kernel
 * model has no such weights. */
bool model_weights(struct model *, double *fit, double *unit);

/*
 * The weights of the one ridge that has seen what all n have: A = alpha I + sum
 * (A_i - P_i), alpha > 0, b and s likewise, inherited priors left out; all of
 * one length.  O(n in^3).  False: there is no model, a kernel
 * model among them, or A is not positive definite within rounding; fit and
 * unit are then undefined.
 */
bool model_pool(struct model *const *, int n, double alpha, double *fit,
    double *unit);

/*
 * A copy, and the same into a model made with the same `in` (ridge: allocates
 * nothing, unless one of the two has an inherited prior and the other not).
 */
struct model *model_copy(const struct model *);
void model_assign(struct model *to, const struct model *from);

/*
 * As if a decision that is under way had its reward already, and that reward
 * were what is expected of it: A += sign * weight * phi phi', sign 1 or -1, and
 * fit and unit stay what they are within rounding; only sigma changes.  Ridge
 * only.  ERR_NUMERIC as for model_learn(), or A would stop being positive
 * definite; nothing has changed.
 */
enum err model_shade(struct model *, const double *phi, double weight,
    int sign);

/* All learnt state as raw little-endian bytes; equal bytes, equal model.  They
 * hold the inherited prior, but neither alpha nor slack.
 * Decode takes a model made with the same parameters; false: the bytes do not
 * fit it or are not finite, and the model is then only good to be freed. */
void model_encode(const struct model *, struct buf *);
bool model_decode(struct model *, const void *, size_t len);

#endif
