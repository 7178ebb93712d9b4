/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chol.h: a Cholesky factor with two solved right-hand sides, kept current.
 *
 * A = L L' (n x n, n <= cap) is held as its lower factor, one column after
 * the other, each column starting with its entry of z = L^-1 b and of
 * u = L^-1 s.  The rotation that takes a new observation into a column of L
 * takes its b and s along, so one pass over memory updates all; every pass is
 * elementwise down a column and exact in the sense of features/exact.h.
 * Cost: update, delete, solve and append O(n^2); none allocates, but append
 * where n reaches cap.
 * Source: Gill, Golub, Murray, Saunders 1974 (updates); Dongarra, Bunch,
 * Moler, Stewart, LINPACK Users' Guide, 1979, chapter 10 (taking back); for
 * the extra rows, Golub, Van Loan, Matrix Computations, 6.5.
 */
#ifndef BANDIT_CHOL_H
#define BANDIT_CHOL_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

#define CHOL_MAX 65536
/* Beyond this a number is not taken in: sums of squares stay finite. */
#define CHOL_LARGEST 1e100

#define CHOL_HEAD 2 /* numbers before L in a column: z_k and u_k */

struct chol {
	int n, cap;
	double *cols; /* chol_col() finds a column */
	double *work; /* [cap] */
};

/* A = diag * I, n x n; b = s = 0.  0 <= n <= cap, 1 <= cap, diag > 0. */
void chol_init(struct chol *, int n, int cap, double diag);
void chol_fini(struct chol *);

/* The column of k: z_k, u_k, then L_kk, L_k+1,k, .. */
double *chol_col(const struct chol *, int k);

/*
 * A += sign * x x', b += sign * bx * x, s += sign * sx * x; sign is 1 or -1.
 * ERR_NUMERIC: A would stop being positive definite (within rounding), or a
 * number is NaN or over CHOL_LARGEST; nothing has changed.
 */
enum err chol_update(struct chol *, const double *x, double bx, double sx,
    int sign);

/*
 * chol_update() of sign 1, and what it changed: with x'A^-1 x, the fit x'A^-1 b
 * and the unit x'A^-1 s as they were before, turned = 1 / sqrt(1 + x'A^-1 x),
 * b = turned (bx - fit) and s = turned (sx - unit).  They fall out of the
 * rotations.
 */
struct chol_gain {
	double turned, b, s;
};
enum err chol_learn(struct chol *, const double *x, double bx, double sx,
    struct chol_gain *);

/*
 * A_jj += by, b_j += by * b, s_j += by * s; by >= 0.  An update along one axis
 * leaves the columns before it alone: O((n - j)^2).
 */
void chol_raise(struct chol *, int j, double by, double b, double s);

/*
 * Adds row and column n to A, col[0..n) above the diagonal entry diag, and to
 * b and s.  Grows the capacity by doubling.  ERR_NUMERIC as above.
 */
enum err chol_append(struct chol *, const double *col, double diag, double b,
    double s);

/* Removes row and column 0 (the oldest): a rank-1 update, always stable. */
void chol_delete_first(struct chol *);

/*
 * A += diag(by), b_j += by_j b_j, s_j += by_j s_j, by factoring anew; O(n^3).
 * by[n] of any sign; b[n] and s[n], both NULL: nothing.  ERR_NUMERIC as above.
 */
enum err chol_shift(struct chol *, const double *by, const double *b,
    const double *s);

/*
 * L, z and u times a power of two, so A, b and s times its square: exact, as
 * long as nothing underflows.
 */
void chol_scale(struct chol *, double power);

/*
 * y = L^-1 x; returns y'y and writes y'z to *yz and y'u to *yu.  y[n] may be
 * x itself.
 */
double chol_solve(const struct chol *, const double *x, double *y, double *yz,
    double *yu);

/* fit[n] = A^-1 b and unit[n] = A^-1 s. */
void chol_weights(const struct chol *, double *fit, double *unit);

/* Row i of A up to its diagonal, row[i + 1], and b_i and s_i. */
void chol_row(const struct chol *, int i, double *row, double *b, double *s);

double chol_logdet(const struct chol *); /* of A */

/* to has the room; allocates nothing. */
void chol_assign(struct chol *to, const struct chol *from);

/* All finite and the diagonal positive. */
bool chol_check(const struct chol *);

/* At most CHOL_LARGEST each, and no NaN. */
bool chol_moderate(const double *x, int n);

/* Bytes of a factor of n rows. */
size_t chol_size(int n);

/* Raw little-endian float64, columns in order; the hash of the learnt state
 * covers these bytes.  Decode takes an initialised chol, sets n, and says
 * false where the bytes do not fit or chol_check() fails. */
void chol_encode(const struct chol *, struct buf *);
bool chol_decode(struct chol *, const void *, size_t len);

#endif
