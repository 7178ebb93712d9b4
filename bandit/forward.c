/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Built several times, each with its own instruction set, FORWARD_NAME and
 * FORWARD_WORD; forward_best.c chooses. */
#include "bandit/forward_best.h"

#include <stdint.h>
#include <string.h>

#define TILE FORWARD_TILE

/* The width of a vector; and how many contexts are solved with one tile at a
 * time, or tiles with one context: enough sums to hide the latency of an
 * addition, few enough to stay in registers. */
#if defined(__AVX512F__)
#define BYTES 64
#define GROUP 8
#elif defined(__AVX2__)
#define BYTES 32
#define GROUP 4
#elif defined(__ARM_NEON)
#define BYTES 16
#define GROUP 4
#else
#define BYTES 16
#define GROUP 2
#endif

#define LANES (BYTES / (int)sizeof(float))
#define VECTORS (TILE / LANES) /* of a tile's column */
#define SUMS (GROUP * VECTORS)
#define SUM(t, c, v) (((t) + (c)) * VECTORS + (v)) /* one of t, c is 0 */
#define AT(x, v) ((vector *)(uintptr_t)(x) + (v))

/* Unrolled whole, so that sums are registers. */
#ifdef __clang__
#define WHOLE _Pragma("clang loop unroll(full)")
#else
#define WHOLE _Pragma("GCC unroll 16")
#endif
#define EACH(i, n) WHOLE for (int i = 0; i < (n); i++)

typedef float vector __attribute__((vector_size(BYTES), may_alias));

#define INLINE static inline __attribute__((always_inline))

/*
 * The rows of `tiles` tiles below each other: y -= tile * solved, for
 * `contexts` contexts; both are constant where this is inlined.  The next
 * tile's rows are `step` numbers further.
 */
/* clang-format off */
INLINE void
subtract(const float *tile, const float *solved, float *y, size_t step,
    int tiles, int contexts)
{
	vector sum[SUMS];

	EACH(t, tiles) EACH(c, contexts) EACH(v, VECTORS)
		sum[SUM(t, c, v)] = *AT(y + t * step + c * TILE, v);
	EACH(k, TILE) EACH(t, tiles) EACH(v, VECTORS) {
		vector l = *AT(tile + (t * TILE + k) * TILE, v);

		EACH(c, contexts)
			sum[SUM(t, c, v)] -= l * solved[c * TILE + k];
	}
	EACH(t, tiles) EACH(c, contexts) EACH(v, VECTORS)
		*AT(y + t * step + c * TILE, v) = sum[SUM(t, c, v)];
}
/* clang-format on */

/* The same for `count` tiles below each other and n contexts, n a multiple of
 * GROUP or 1. */
INLINE void
subtract_all(const float *tile, int count, const float *solved, float *y, int n)
{
	size_t step = (size_t)n * TILE;

	if (n == 1)
		for (; count >= GROUP; count -= GROUP) {
			subtract(tile, solved, y, step, GROUP, 1);
			tile += GROUP * TILE * TILE;
			y += GROUP * step;
		}
	for (; count > 0; count--, tile += TILE * TILE, y += step) {
		if (n == 1)
			subtract(tile, solved, y, step, 1, 1);
		for (int c = 0; n > 1 && c < n; c += GROUP)
			subtract(tile, solved + c * TILE, y + c * TILE, step, 1,
			    GROUP);
	}
}

/* y = inverse * y, where all columns before have been taken out. */
INLINE void
solve(const float *minus_inverse, float *y, int n)
{
	float old[FORWARD_MOST * TILE] __attribute__((aligned(64)));
	size_t size = (size_t)n * TILE * sizeof *y;

	memcpy(old, y, size);
	memset(y, 0, size);
	subtract_all(minus_inverse, 1, old, y, n);
}

/* The next block is solved before the rest of the rows take in this one, so
 * that its latency hides behind them. */
INLINE void
run(const float *tile, int blocks, float *y, int n)
{
	size_t step = (size_t)n * TILE;

	solve(tile, y, n);
	for (int below = blocks - 1; below > 0; below--, y += step) {
		const float *first = tile + TILE * TILE;

		tile = first + (size_t)below * TILE * TILE;
		subtract_all(first, 1, y, y + step, n);
		solve(tile, y + step, n);
		subtract_all(first + TILE * TILE, below - 1, y, y + 2 * step,
		    n);
	}
}

static void
run_any(const float *tiles, int blocks, float *y, int n)
{
	if (n == 1)
		run(tiles, blocks, y, 1);
	else
		run(tiles, blocks, y, n);
}

const struct forward FORWARD_NAME = { FORWARD_WORD, GROUP, run_any };
