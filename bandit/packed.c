/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bandit/packed.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "features/exact.h"

#define TILE FORWARD_TILE
#define AREA ((size_t)TILE * TILE)

static int
blocks_of(int n)
{
	return (n + TILE - 1) / TILE;
}

static size_t
tiles_size(int blocks)
{
	return (size_t)blocks * (size_t)(blocks + 1) / 2 * AREA;
}

size_t
packed_size(int n)
{
	int blocks = blocks_of(n);

	return tiles_size(blocks) * sizeof(float) +
	    2 * (size_t)blocks * TILE * sizeof(double);
}

void
packed_init(struct packed *p, int n)
{
	size_t rows;

	assert(1 <= n && n <= CHOL_MAX);
	p->n = n;
	p->blocks = blocks_of(n);
	rows = (size_t)p->blocks * TILE;
	p->tiles = mem_aligned(tiles_size(p->blocks), sizeof *p->tiles);
	p->z = mem_aligned(2 * rows, sizeof *p->z);
	p->u = p->z + rows;
	p->y = mem_aligned(FORWARD_MOST * rows, sizeof *p->y);
	p->usable = false;
}

void
packed_fini(struct packed *p)
{
	free(p->tiles);
	free(p->z);
	free(p->y);
}

/* So that float32 holds L whatever unit its numbers have: the power of two
 * that brings the largest of the diagonal to 1 or a little more. */
static void
take_scale(struct packed *p, const struct chol *c)
{
	double most = 0, least = INFINITY;

	for (int k = 0; k < c->n; k++) {
		double l = chol_col(c, k)[CHOL_HEAD];

		most = fmax(most, l);
		least = fmin(least, l);
	}
	p->power = ldexp(1, -ilogb(most));
	p->usable = least >= PACKED_WORST * most && isfinite(p->power);
}

EXACT_INLINE void
narrow(float *to, const double *from, double power, int n)
{
#pragma omp simd
	for (int i = 0; i < n; i++)
		to[i] = (float)(from[i] * power);
}

/*
 * Minus the inverse X of the triangle on the diagonal of block b, in float64,
 * column by column from the last: X L = I says that column k times L_kk is e_k
 * less the columns behind it times the rest of column k of L.  Beyond n it is
 * that of the identity.
 */
EXACT_INLINE void
take_diagonal(float *tile, const struct chol *c, double power, int b)
{
	double x[TILE][TILE] = { 0 };
	int last = c->n - b * TILE < TILE ? c->n - b * TILE : TILE;

	for (int k = last; k < TILE; k++)
		tile[k * TILE + k] = -1;
	for (int k = last - 1; k >= 0; k--) {
		const double *l = chol_col(c, b * TILE + k) + CHOL_HEAD;
		double inverse = 1 / l[0];
		int j = k + 1;

		x[k][k] = 1;
		for (; j + 4 <= last; j += 4)
			exact_axpy4(x[k],
			    (const double *const[]){ x[j], x[j + 1], x[j + 2],
				x[j + 3] },
			    (const double[]){ -l[j - k], -l[j + 1 - k],
				-l[j + 2 - k], -l[j + 3 - k] },
			    TILE);
		for (; j < last; j++)
			exact_axpy(x[k], x[j], -l[j - k], TILE);
		for (int i = 0; i < TILE; i++)
			x[k][i] *= inverse;
		narrow(tile + k * TILE, x[k], -1 / power, TILE);
	}
}

/* What lies below the diagonal tile of column k, l[rows], into the rows of the
 * tiles there; to is that of k in the first of them. */
EXACT_INLINE void
take_column(float *to, const double *l, double power, int rows)
{
	for (; rows >= TILE; rows -= TILE, l += TILE, to += AREA)
		narrow(to, l, power, TILE);
	narrow(to, l, power, rows);
}

EXACT_CLONES static void
take_tiles(float *tile, const struct chol *c, double power)
{
	for (int k = 0; k < c->n; k++) {
		int in = k % TILE, below = k - in + TILE;

		if (in == 0)
			take_diagonal(tile, c, power, k / TILE);
		if (below < c->n)
			take_column(tile + AREA + in * TILE,
			    chol_col(c, k) + CHOL_HEAD + below - k, power,
			    c->n - below);
		if (in == TILE - 1)
			tile += (size_t)blocks_of(c->n - k - 1 + TILE) * AREA;
	}
}

void
packed_take(struct packed *p, const struct chol *c)
{
	assert(c->n == p->n);
	take_scale(p, c);
	if (!p->usable)
		return;
	take_tiles(p->tiles, c, p->power);
	for (int k = 0; k < c->n; k++) {
		p->z[k] = chol_col(c, k)[0];
		p->u[k] = chol_col(c, k)[1];
	}
}

/* To [block][context][TILE]; contexts beyond n repeat the last. */
EXACT_CLONES static void
spread(const struct packed *p, const double *phi, int n, int width)
{
	for (int c = 0; c < width; c++) {
		const double *from = phi + (size_t)(c < n ? c : n - 1) * p->n;
		float *to = p->y + c * TILE;
		int left;

		for (left = p->n; left >= TILE; left -= TILE) {
			narrow(to, from, 1, TILE);
			from += TILE;
			to += width * TILE;
		}
		if (left > 0) {
			narrow(to, from, 1, left);
			memset(to + left, 0,
			    (size_t)(TILE - left) * sizeof *to);
		}
	}
}

typedef double lanes __attribute__((vector_size(32)));
typedef float float_lanes __attribute__((vector_size(16)));
#define LANES 4

/* The sums of one context: four lanes, which a common register holds, and then
 * one tree. */
EXACT_CLONES static void
add_up(const struct packed *p, const float *y, size_t step,
    struct packed_sums *s)
{
	lanes yy = { 0 }, yz = { 0 }, yu = { 0 };

	for (int i = 0; i < p->blocks * TILE; i += LANES) {
		float_lanes narrow_y;
		lanes v, z, u;

		memcpy(&narrow_y, y + i / TILE * step + i % TILE,
		    sizeof narrow_y);
		memcpy(&z, p->z + i, sizeof z);
		memcpy(&u, p->u + i, sizeof u);
		v = __builtin_convertvector(narrow_y, lanes);
		yy += v * v;
		yz += v * z;
		yu += v * u;
	}
	s->yy = (yy[0] + yy[2]) + (yy[1] + yy[3]);
	s->yz = (yz[0] + yz[2]) + (yz[1] + yz[3]);
	s->yu = (yu[0] + yu[2]) + (yu[1] + yu[3]);
}

void
packed_solve(const struct packed *p, const double *phi, int count,
    struct packed_sums *sums)
{
	const struct forward *f = forward_best();
	int width =
	    count == 1 ? 1 : (count + f->group - 1) / f->group * f->group;

	assert(1 <= count && count <= FORWARD_MOST && p->usable);
	spread(p, phi, count, width);
	f->run(p->tiles, p->blocks, p->y, width);
	for (int c = 0; c < count; c++) {
		add_up(p, p->y + c * TILE, (size_t)width * TILE, &sums[c]);
		sums[c].yy *= p->power * p->power;
		sums[c].yz *= p->power;
		sums[c].yu *= p->power;
	}
}
