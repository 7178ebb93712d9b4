/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * noise.h: the random numbers of synthetic worlds, SplitMix64 and Box-Muller,
 * which are easy to make elsewhere.
 */
#ifndef EVAL_NOISE_H
#define EVAL_NOISE_H

#include <math.h>
#include <stdint.h>

static inline uint64_t
noise_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* From 0 to 1, and less than 1. */
static inline double
noise_uniform(uint64_t *state)
{
	return ldexp((double)(noise_next(state) >> 11), -53);
}

static inline double
noise_gauss(uint64_t *state)
{
	double u = noise_uniform(state), v = noise_uniform(state);

	return sqrt(-2 * log(1 - u)) * cos(2 * M_PI * v);
}

/* x[d] becomes a direction. */
static inline void
noise_to_unit(double *x, int d)
{
	double square = 0;

	for (int i = 0; i < d; i++)
		square += x[i] * x[i];
	for (int i = 0; i < d; i++)
		x[i] /= sqrt(square);
}

#endif
