/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/allocations.h"

#include <stddef.h>

long allocations;

/* The linker sends every allocation of ours through these. */
void *__real_malloc(size_t);
void *__real_calloc(size_t, size_t);
void *__real_realloc(void *, size_t);
void *__real_aligned_alloc(size_t, size_t);
void *__wrap_malloc(size_t);
void *__wrap_calloc(size_t, size_t);
void *__wrap_realloc(void *, size_t);
void *__wrap_aligned_alloc(size_t, size_t);

void *
__wrap_malloc(size_t n)
{
	allocations++;
	return __real_malloc(n);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	allocations++;
	return __real_calloc(n, size);
}

void *
__wrap_realloc(void *p, size_t n)
{
	allocations++;
	return __real_realloc(p, n);
}

void *
__wrap_aligned_alloc(size_t alignment, size_t n)
{
	allocations++;
	return __real_aligned_alloc(alignment, n);
}
