/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rng.h: the generator of all randomness, as a GSL type.
 *
 * SplitMix64 (Steele, Lea, Flood 2014): 64 bits of state and of seed, and set
 * in a few multiplications, so that every decision can have its own stream set
 * from (seed, number).  GSL's own generators take 32-bit seeds or fill
 * hundreds of words.  Its state is never saved: set it again.
 */
#ifndef FEATURES_RNG_H
#define FEATURES_RNG_H

#include <gsl/gsl_rng.h>
#include <stdint.h>

extern const gsl_rng_type *const rng_splitmix64;

/* What a stream is for, so that no two purposes share numbers. */
enum rng_stream { RNG_FREQUENCIES = 1, RNG_DECISION = 2, RNG_GUARD = 3 };

/* Sets r to the start of stream (seed, what, number). */
void rng_set(gsl_rng *r, uint64_t seed, enum rng_stream what, uint64_t number);

#endif
