/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mem.h: memory that is there, or the process ends.
 *
 * Every input is bounded before anything is allocated for it and all learnt
 * state is on disk, so running out of memory is fatal and affordable.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

/* Never NULL; n * size is checked for overflow; free with free(). */
void *mem_alloc(size_t n, size_t size);
void *mem_zalloc(size_t n, size_t size);
void *mem_realloc(void *, size_t n, size_t size);
char *mem_strdup(const char *);

/* What a library has allocated; NULL, for want of memory, ends the process. */
void *mem_got(void *);

/* Zeroed and aligned to 64 bytes, a cache line and the widest vector. */
void *mem_aligned(size_t n, size_t size);

#endif
