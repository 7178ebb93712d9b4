/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "features/rff.h"

#include <assert.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>

#include "base/crc32c.h"
#include "base/mem.h"
#include "features/exact.h"
#include "features/fmath.h"
#include "features/rng.h"
#include "features/structured.h"

struct rff {
	struct map map;
	int m;     /* frequencies, D/2 */
	double *w; /* [d][m]: column k is w_k; NULL: structured */
	struct structured fast;
};

/* GSL's tail of the normal distribution calls the C library's logarithm:
 * float32 hides its last bit. */
static void
draw_row(gsl_rng *r, int d, double *row)
{
	for (int j = 0; j < d; j++)
		row[j] = (float)gsl_ran_gaussian_ziggurat(r, 1);
}

/* Takes out of row i what lies along the rows before it, and scales it to
 * length 1; the second time makes up for the rounding of the first. */
EXACT_CLONES static void
orthogonalise(double *rows, int i, int d)
{
	double *row = rows + (size_t)i * d, length;

	for (int pass = 0; pass < 2; pass++) {
		for (const double *q = rows; q < row; q += d)
			exact_axpy(row, q, -exact_dot(row, q, d), d);
		length = sqrt(exact_dot(row, row, d));
		for (int j = 0; j < d; j++)
			row[j] /= length;
	}
}

/* n <= d orthogonal rows with the lengths that Gaussian rows have. */
static void
draw_orthogonal(gsl_rng *r, int n, int d, double *rows)
{
	double *fresh = mem_alloc((size_t)d, sizeof *fresh), length;

	for (int i = 0; i < n; i++) {
		draw_row(r, d, rows + (size_t)i * d);
		orthogonalise(rows, i, d);
	}
	for (int i = 0; i < n; i++) {
		draw_row(r, d, fresh);
		length = sqrt(exact_dot(fresh, fresh, d));
		for (int j = 0; j < d; j++, rows++)
			*rows = (float)(*rows * length);
	}
	free(fresh);
}

static void
draw_gaussian(gsl_rng *r, int n, int d, double *rows)
{
	for (int i = 0; i < n; i++)
		draw_row(r, d, rows + (size_t)i * d);
}

static void (*const draws[])(gsl_rng *, int n, int d, double *rows) = {
	[FREQUENCIES_ORTHOGONAL] = draw_orthogonal,
	[FREQUENCIES_GAUSSIAN] = draw_gaussian,
};

struct map *
rff_from(int d, int m, const double *omega)
{
	struct rff *f = mem_alloc(1, sizeof *f);

	*f = (struct rff){ { &map_rff, d, 2 * m }, .m = m };
	f->w = mem_aligned((size_t)d * m, sizeof *f->w);
	for (int k = 0; k < m; k++)
		for (int j = 0; j < d; j++)
			f->w[(size_t)j * m + k] = *omega++;
	return &f->map;
}

static struct map *
dense_new(const struct map_params *p, gsl_rng *r)
{
	int d = p->in, m = p->out / 2;
	size_t size = (size_t)m * d;
	double *omega = mem_alloc(size, sizeof *omega);
	struct map *map;

	for (int k = 0; k < m; k += d)
		draws[p->frequencies](r, m - k < d ? m - k : d, d,
		    omega + (size_t)k * d);
	for (size_t i = 0; i < size; i++)
		omega[i] /= p->bandwidth;
	map = rff_from(d, m, omega);
	free(omega);
	return map;
}

static struct map *
structured_new(const struct map_params *p, gsl_rng *r)
{
	struct rff *f = mem_alloc(1, sizeof *f);

	*f = (struct rff){ { &map_rff, p->in, p->out }, .m = p->out / 2 };
	structured_init(&f->fast, r, p->in, f->m, p->bandwidth);
	return &f->map;
}

static struct map *
rff_new(const struct map_params *p)
{
	gsl_rng *r = mem_got(gsl_rng_alloc(rng_splitmix64));
	struct map *map;

	assert(p->out >= 2 && p->out % 2 == 0 && p->bandwidth > 0);
	rng_set(r, p->seed, RNG_FREQUENCIES, 0);
	map = p->frequencies == FREQUENCIES_STRUCTURED ? structured_new(p, r)
						       : dense_new(p, r);
	gsl_rng_free(r);
	return map;
}

/* The first m numbers of each phi become W x, over the elements of x in order:
 * some rows of W at a time, for all contexts while they are in the cache. */
EXACT_CLONES static void
project(const struct rff *f, const double *x, int n, double *phi)
{
	size_t d = (size_t)f->map.in, D = (size_t)f->map.out, i, j;
	const double *w = f->w;
	int m = f->m;

	for (i = 0; i < (size_t)n; i++)
		memset(phi + i * D, 0, (size_t)m * sizeof *phi);
	for (j = 0; j + 4 <= d; j += 4, w += 4 * (size_t)m) {
		const double *rows[] = { w, w + m, w + 2 * (size_t)m,
			w + 3 * (size_t)m };

		for (i = 0; i + 2 <= (size_t)n; i += 2)
			exact_axpy4_both(phi + i * D, phi + (i + 1) * D, rows,
			    x + i * d + j, x + (i + 1) * d + j, m);
		if (i < (size_t)n)
			exact_axpy4(phi + i * D, rows, x + i * d + j, m);
	}
	for (; j < d; j++, w += m)
		for (i = 0; i < (size_t)n; i++)
			exact_axpy(phi + i * D, w, x[i * d + j], m);
}

static void
rff_fill(const struct map *map, const double *x, int n, double *phi)
{
	const struct rff *f = (const struct rff *)map;

	for (int i = 0; f->w == NULL && i < n; i++)
		structured_project(&f->fast, x + (size_t)i * (size_t)map->in,
		    phi + (size_t)i * (size_t)map->out);
	if (f->w != NULL)
		project(f, x, n, phi);
	for (int i = 0; i < n; i++, phi += map->out)
		fmath_sincos(phi, f->m, sqrt(1.0 / f->m), phi, phi + f->m);
}

static void
rff_free(struct map *map)
{
	struct rff *f = (struct rff *)map;

	if (f->w == NULL)
		structured_fini(&f->fast);
	free(f->w);
	free(f);
}

const struct map_type map_rff = { "rff", rff_new, rff_fill, rff_free };

uint32_t
rff_checksum(const struct map *map)
{
	const struct rff *f = (const struct rff *)map;

	if (f->w == NULL)
		return structured_checksum(&f->fast);
	return crc32c(0, f->w, (size_t)map->in * f->m * sizeof *f->w);
}
