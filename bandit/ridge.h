/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ridge.h: the inside of the ridge model, for the files that it is made of:
 * ridge.c learns, forget.c forgets, pool.c joins, ridge_state.c copies,
 * ridge_fast.c scores in float32, ridge_bound.c says what a score can be.
 *
 * A = scale L L', b = scale L z, s = scale L u: the factor is that of A, b and
 * s over the scale, and to forget is to lower the scale, at no cost at all.
 * The scale cancels in fit and unit; sigma^2 is y'y over it.
 *
 * The prior in A is diag(scale * level), the prior in b and s that times the
 * inherited weights.  It never falls below alpha: where forgetting brings it
 * there, one coordinate is raised again to at most slack * alpha, so that
 * not every decay has to raise every coordinate, and no two at once where it
 * can be helped.
 */
#ifndef BANDIT_RIDGE_H
#define BANDIT_RIDGE_H

#include "bandit/chol.h"
#include "bandit/model.h"
#include "bandit/packed.h"
#include "bandit/sketch.h"

#define RIDGE_SMALLEST_SCALE 0x1p-64

struct ridge {
	struct model model;
	struct chol chol;
	double scale;       /* 1 as long as not levelled */
	bool levelled;      /* it forgets, or will; else every level is alpha */
	double *level;      /* [in], > 0 */
	double *prior_fit;  /* [in], not all 0, or NULL */
	double *prior_unit; /* [in], behind prior_fit, or NULL with it */
	double *y;          /* [in], scratch */
	struct packed *packed; /* to score from, NULL until it is asked to */
	bool fresh;            /* it is of this factor */
	struct sketch *sketch; /* to bound a score, NULL until it is asked to */
	bool weighed;          /* its weights are those of this factor but for
				  what was learnt since: for any phi, */
	double drift_fit;      /* sqrt(scale) sigma times that, */
	double drift_unit;     /* at most */
	int asked;             /* so often for a score or a bound in vain, of
				  this factor */
	bool seen;             /* it has looked at the matrix */
	uint64_t learnt, looked; /* observations in all, and at its last look */
};

/* The level of j in A / scale. */
double ridge_level(const struct ridge *, int j);

/* With or without room for inherited weights. */
void ridge_heir(struct ridge *, bool heir);

/* The levels of a model that is about to forget, where it has learnt nothing;
 * staggered, so that no two fall to alpha at the same time. */
void ridge_stagger(struct ridge *);

/* To be called by whoever changes the factor, before; and by who learns, with
 * what that changed, after. */
void ridge_changed(struct ridge *);
void ridge_learnt(struct ridge *, const struct chol_gain *);
void ridge_score(struct model *, const double *phi, int n,
    struct model_score *);
void ridge_score_fast(struct model *, const double *phi, int n,
    struct model_score *);
void ridge_fast_free(struct ridge *);

bool ridge_bound(struct model *, const float *phi, const double *square, int n,
    struct model_bound *);
bool ridge_look(struct model *);

/* What was learnt faded; the matrix is another one, or goes. */
void ridge_bound_fade(struct ridge *, double keep);
void ridge_bound_drop(struct ridge *);

void ridge_decay(struct model *, double keep);
bool ridge_pool(struct model *const *, int n, double alpha, double *fit,
    double *unit);
void ridge_assign(struct model *to, const struct model *from);

/*
 * The factor as chol_encode() has it; then, of what differs from a model that
 * neither forgets nor inherits, u64 flags (1: it forgets, 2: it inherits), f64
 * scale and level[in] if it forgets, prior_fit[in] and prior_unit[in] if it
 * inherits.  Without a flag nothing follows the factor.
 */
void ridge_encode(const struct model *, struct buf *);
bool ridge_decode(struct model *, const void *, size_t len);

#endif
