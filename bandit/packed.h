/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * packed.h: a float32 copy of a Cholesky factor, to score from.
 *
 * Half the bytes of chol.h's, in the order in which forward.h reads them.  It
 * is rounded from the factor and from nothing else: the same factor gives the
 * same copy on every machine, whatever it went through.  To score from it is
 * the same bits for a context alone and among others; between instruction sets
 * the last bits differ.  Right-hand sides and sums stay float64.
 *
 * y = L^-1 phi by substitution in float32 is off by about
 * 2^-24 * cond(L) * |y|; doc/speed.md has what was measured, and why it is
 * this and not the inverse matrix.
 */
#ifndef BANDIT_PACKED_H
#define BANDIT_PACKED_H

#include <stdbool.h>

#include "bandit/chol.h"
#include "bandit/forward.h"

/* Of the smallest number on the diagonal in the largest; a factor that is
 * worse is not for float32. */
#define PACKED_WORST 0x1p-10

struct packed {
	int n, blocks;
	float *tiles;  /* as forward.h has them, L times a power of two */
	double *z, *u; /* [16 * blocks], one array */
	float *y;      /* [FORWARD_MOST * 16 * blocks], scratch */
	double power;  /* that power */
	bool usable;   /* not worse than PACKED_WORST */
};

struct packed_sums {
	double yy, yz, yu;
};

/* Room for n rows, n >= 1; packed_fini() it. */
void packed_init(struct packed *, int n);
void packed_fini(struct packed *);

/* The copy of that factor, of n rows; allocates nothing. */
void packed_take(struct packed *, const struct chol *);

/*
 * For each of phi[count][n], 1 <= count <= FORWARD_MOST, what chol_solve()
 * has; only where usable.  Not finite where phi is beyond float32.
 */
void packed_solve(const struct packed *, const double *phi, int count,
    struct packed_sums *);

/* Bytes of the copy of a factor of n rows, without scratch. */
size_t packed_size(int n);

#endif
