/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * normals.h: what the tests of races share: arms that draw from normal
 * distributions, and simulated draws.
 */
#ifndef TESTS_UNIT_NORMALS_H
#define TESTS_UNIT_NORMALS_H

#include "tests/unit/numbers.h"

#include <gsl/gsl_randist.h>
#include <stdbool.h>

#define NORMALS_MAX 64

struct normals {
	int n;
	double mean[NORMALS_MAX], sd[NORMALS_MAX];
};

/* Alike; sds of 1e-4 to 1; near ties; far apart. */
enum normals_kind { ALIKE, SPREAD, TIED, APART, KINDS };

static inline void
normals_fill(struct normals *a, int n, enum normals_kind kind, uint64_t *random)
{
	static const double width[] = { 0.5, 1, 1e-7, 40 };

	a->n = n;
	for (int i = 0; i < n; i++) {
		a->mean[i] = width[kind] * number(random);
		a->sd[i] = 1 + 0.3 * number(random);
		if (kind == SPREAD)
			a->sd[i] = pow(10, 1.99 * number(random));
	}
}

/* Probabilities of positions, each given those before it, become those of the
 * beginnings. */
static inline void
normals_products(double *p, int k)
{
	for (int j = 1; j < k; j++)
		p[j] *= p[j - 1];
}

/* rank[n]: the arms from the largest draw to the smallest. */
static inline void
normals_rank(const struct normals *a, gsl_rng *r, int *rank)
{
	double draw[NORMALS_MAX];

	for (int i = 0; i < a->n; i++) {
		int at = i;

		draw[i] = a->mean[i] + gsl_ran_gaussian_ziggurat(r, a->sd[i]);
		for (; at > 0 && draw[rank[at - 1]] < draw[i]; at--)
			rank[at] = rank[at - 1];
		rank[at] = i;
	}
}

/* The number of an order of k arms, and the order of a number; those of a
 * number that is none have an arm twice. */
static inline int
normals_code(const int *order, int k, int n)
{
	int code = 0;

	for (int j = 0; j < k; j++)
		code = code * n + order[j];
	return code;
}

static inline bool
normals_decode(int code, int k, int n, int *order)
{
	unsigned used = 0;

	for (int j = k - 1; j >= 0; j--, code /= n) {
		order[j] = code % n;
		if (used >> order[j] & 1)
			return false;
		used |= 1u << order[j];
	}
	return true;
}

#endif
