/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dense.h: a matrix held in full, and whether a factor kept up to date is
 * still its own.
 */
#ifndef TESTS_UNIT_DENSE_H
#define TESTS_UNIT_DENSE_H

#include "tests/unit/numbers.h"

#include "bandit/chol.h"

#define DENSE_MAX 70 /* rows, in all tests */

/* A, b and s as chol.h has them. */
struct dense {
	int n;
	double a[DENSE_MAX][DENSE_MAX], b[DENSE_MAX], s[DENSE_MAX];
};

void dense_init(struct dense *, int n, double diag);
void dense_update(struct dense *, const double *x, double bx, double sx,
    int sign);
void dense_delete_first(struct dense *);

/* A factor from that many random updates, with the matrix that it is of; free
 * it with chol_fini(), as the copy. */
void factor_random(struct chol *, struct dense *, int n, int updates,
    uint64_t *random);
void factor_copy(struct chol *to, const struct chol *from);

/* How far apart two factors are, relative to the largest number in them. */
double factor_distance(const struct chol *, const struct chol *);

/* That distance to a factorisation by GSL is at most error. */
void factor_assert(const struct chol *, const struct dense *, double error);

/* Bit for bit. */
void factor_assert_same(const struct chol *, const struct chol *);

#endif
