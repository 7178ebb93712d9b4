/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/machine.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"

#define STREAMS 4
#define CHAINS                                                        \
	8 /* of sums or multiply-adds that do not wait for each other \
	   */

/* What is computed must not be thrown away. */
static volatile double sink;

#define TARGET
#define BYTES 16
#define OF(name) plain_##name
#include "tests/bench/machine_set.h"

#ifdef __x86_64__
#define TARGET __attribute__((target("avx2,fma")))
#define BYTES 32
#define OF(name) avx2_##name
#include "tests/bench/machine_set.h"

#define TARGET __attribute__((target("avx512f")))
#define BYTES 64
#define OF(name) avx512_##name
#include "tests/bench/machine_set.h"
#endif

typedef void loop(void *);
#define SET(name)                                                              \
	{                                                                      \
		name##_read, name##_change, name##_madds_f32, name##_madds_f64 \
	}

static loop *const *
best_set(void)
{
	static loop *const plain[LIMITS] = SET(plain);
#ifdef __x86_64__
	static loop *const avx2[LIMITS] = SET(avx2);
	static loop *const avx512[LIMITS] = SET(avx512);

	if (__builtin_cpu_supports("avx512f"))
		return avx512;
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
		return avx2;
#endif
	return plain;
}

void
block_init(struct block *b, size_t bytes)
{
	b->size = (bytes + MACHINE_GRAIN - 1) / MACHINE_GRAIN * MACHINE_GRAIN;
	b->data = mem_aligned(b->size, 1);
	for (size_t i = 0; i < b->size / sizeof *b->data; i++)
		b->data[i] = 1; /* no page that is only promised */
}

void
block_fini(struct block *b)
{
	free(b->data);
}

void
machine_sides(struct side *s, struct block *b)
{
	loop *const *set = best_set();

	for (int i = 0; i < LIMITS; i++)
		s[i] = (struct side){ .run = set[i], .arg = b };
}

struct samples
machine_limit(const struct side *s, enum limit l)
{
	const struct block *b = s[l].arg;
	double n = l == LIMIT_READ || l == LIMIT_CHANGE ? (double)b->size
							: MACHINE_MADDS;

	return samples_times(&s[l].seconds, 1 / n);
}

size_t
machine_cache(int level)
{
	static const struct {
		int name;
		size_t usual;
	} caches[] = { { _SC_LEVEL1_DCACHE_SIZE, 32 << 10 },
		{ _SC_LEVEL2_CACHE_SIZE, 1 << 20 },
		{ _SC_LEVEL3_CACHE_SIZE, 32 << 20 } };
	long size = sysconf(caches[level - 1].name);

	return size > 0 ? (size_t)size : caches[level - 1].usual;
}
