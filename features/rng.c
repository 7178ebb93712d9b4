/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "features/rng.h"

#include <assert.h>

_Static_assert(sizeof(unsigned long) == sizeof(uint64_t),
    "a GSL generator returns an unsigned long, and ours has 64 bits");

#define STEP 0x9e3779b97f4a7c15 /* 2^64 over the golden ratio, odd */

/* Every bit of x moves every bit of the result; one to one. */
static uint64_t
mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

static void
splitmix_set(void *state, unsigned long seed)
{
	*(uint64_t *)state = seed;
}

static unsigned long
splitmix_get(void *state)
{
	return mix(*(uint64_t *)state += STEP);
}

static double
splitmix_double(void *state)
{
	return (double)(splitmix_get(state) >> 11) * 0x1p-53;
}

static const gsl_rng_type splitmix = {
	.name = "splitmix64",
	.max = UINT64_MAX,
	.min = 0,
	.size = sizeof(uint64_t),
	.set = splitmix_set,
	.get = splitmix_get,
	.get_double = splitmix_double,
};

const gsl_rng_type *const rng_splitmix64 = &splitmix;

/* Mixed once more per part: plain sums would make neighbouring streams the
 * same sequence, one number apart. */
void
rng_set(gsl_rng *r, uint64_t seed, enum rng_stream what, uint64_t number)
{
	uint64_t start = mix(mix(seed + STEP) + what * STEP);

	assert(r->type == rng_splitmix64);
	gsl_rng_set(r, mix(start + number * STEP));
}
