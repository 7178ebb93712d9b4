/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * map.h: feature maps, the functions phi that a model is linear in.
 *
 * One interface: dimension in, dimension out, fill.  All are exact in the
 * sense of exact.h.  Contexts come checked and normalised from context.h.
 */
#ifndef FEATURES_MAP_H
#define FEATURES_MAP_H

#include <stdint.h>

enum frequencies {
	FREQUENCIES_ORTHOGONAL,
	FREQUENCIES_GAUSSIAN,
	FREQUENCIES_STRUCTURED
};

struct map_params {
	int in;  /* d, length of a context, >= 1 */
	int out; /* D, length of phi, even; the identity ignores it */
	enum frequencies frequencies;
	double bandwidth; /* h > 0 */
	uint64_t seed;
};

struct map;

struct map_type {
	const char *name;
	struct map *(*new)(const struct map_params *);
	void (*fill)(const struct map *, const double *x, int n, double *phi);
	void (*free)(struct map *);
};

/* What every map starts with. */
struct map {
	const struct map_type *type;
	int in, out;
};

/* "rff": random Fourier features.  "exact": phi(x) = x, for models that
 * evaluate the kernel themselves. */
extern const struct map_type map_rff, map_exact;

/* Never NULL; free with map_free(), which takes NULL. */
struct map *map_new(const struct map_type *, const struct map_params *);
void map_free(struct map *);

/* x[in] to phi[out]; allocates nothing. */
void map_fill(const struct map *, const double *x, double *phi);

/* x[n][in] to phi[n][out] in one pass, the same bits as one at a time. */
void map_fill_many(const struct map *, const double *x, int n, double *phi);

#endif
