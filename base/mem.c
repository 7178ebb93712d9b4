/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/fail.h"
#include "base/log.h"

static void *
checked(void *p, size_t n, size_t size)
{
	if (p == NULL) {
		log_error("out of memory asking for %zu x %zu bytes", n, size);
		_Exit(EX_OSERR);
	}
	return p;
}

static bool
fails(void)
{
	return fail_point("mem.alloc") != 0;
}

static size_t
product(size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		checked(NULL, n, size);
	return bytes > 0 ? bytes : 1;
}

void *
mem_alloc(size_t n, size_t size)
{
	return checked(fails() ? NULL : malloc(product(n, size)), n, size);
}

void *
mem_zalloc(size_t n, size_t size)
{
	return checked(fails() ? NULL : calloc(1, product(n, size)), n, size);
}

void *
mem_realloc(void *p, size_t n, size_t size)
{
	return checked(fails() ? NULL : realloc(p, product(n, size)), n, size);
}

char *
mem_strdup(const char *s)
{
	return checked(fails() ? NULL : strdup(s), 1, strlen(s) + 1);
}

void *
mem_got(void *p)
{
	if (p == NULL) {
		log_error("out of memory");
		_Exit(EX_OSERR);
	}
	return p;
}

void *
mem_aligned(size_t n, size_t size)
{
	size_t bytes = product(n, size), whole = (bytes + 63) & ~(size_t)63;
	void *p = checked(fails() ? NULL : aligned_alloc(64, whole), n, size);

	return memset(p, 0, whole);
}
