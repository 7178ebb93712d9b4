/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test.h: what the unit tests share: cmocka with what it needs included
 * first, and random numbers from a seed that is printed.
 */
#ifndef TESTS_TEST_H
#define TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* The seed of a property test, $SEED where it is set; prints it. */
static inline uint64_t
test_seed(void)
{
	const char *given = getenv("SEED");
	uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : 1;

	printf("# SEED=%llu\n", (unsigned long long)seed);
	return seed;
}

/* As make check-valgrind says: there long double has 64 bits, and a connection
 * that finds no descriptor is closed. */
static inline bool
test_under_valgrind(void)
{
	return getenv("UNDER_VALGRIND") != NULL;
}

/* Whether to leave a test out there; it says so.  skip() of cmocka prints "not
 * ok" with its remark, which counts as a failure. */
static inline bool
test_left_out(void)
{
	if (test_under_valgrind())
		printf("# left out under valgrind\n");
	return test_under_valgrind();
}

/* SplitMix64: the next of a sequence of random numbers. */
static inline uint64_t
test_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* From 0 to n - 1. */
static inline uint64_t
test_below(uint64_t *state, uint64_t n)
{
	return test_random(state) % n;
}

#endif
