/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bandit/forward_best.h"

#include <stddef.h>
#include <string.h>

static bool
always(void)
{
	return true;
}

#ifdef HAVE_X86_64
static bool
has_v3(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static bool
has_v4(void)
{
	return has_v3() && __builtin_cpu_supports("avx512f");
}
#endif

/* The fastest first. */
static const struct row {
	const struct forward *forward;
	bool (*here)(void);
} rows[] = {
#ifdef HAVE_X86_64
	{ &forward_v4, has_v4 },
	{ &forward_v3, has_v3 },
#endif
	{ &forward_plain, always },
};
#define ROWS (sizeof rows / sizeof *rows)

static const struct forward *best;

bool
forward_force(const char *name)
{
	for (size_t i = 0; i < ROWS; i++) {
		const struct forward *f = rows[i].forward;

		if ((name == NULL || strcmp(f->name, name) == 0) &&
		    rows[i].here()) {
			__atomic_store_n(&best, f, __ATOMIC_RELAXED);
			return true;
		}
	}
	return false;
}

const struct forward *
forward_best(void)
{
	if (__atomic_load_n(&best, __ATOMIC_RELAXED) == NULL)
		forward_force(NULL);
	return __atomic_load_n(&best, __ATOMIC_RELAXED);
}
