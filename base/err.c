/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/name.h"
#include "base/utf8.h"

/* clang-format off */
static const struct {
	const char *word;
	int exit;
} errs[ERR_COUNT] = {
	[ERR_NONE] = { "ok", EX_OK },
	[ERR_BAD_REQUEST] = { "bad_request", 1 },
	[ERR_UNKNOWN_METHOD] = { "unknown_method", 1 },
	[ERR_UNKNOWN_ROUTER] = { "unknown_router", 1 },
	[ERR_UNKNOWN_ARM] = { "unknown_arm", 1 },
	[ERR_UNKNOWN_DECISION] = { "unknown_decision", 1 },
	[ERR_EXPIRED] = { "expired", 1 },
	[ERR_CONFLICT] = { "conflict", 1 },
	[ERR_DIMENSION_MISMATCH] = { "dimension_mismatch", 1 },
	[ERR_NOT_FINITE] = { "not_finite", 1 },
	[ERR_OUT_OF_RANGE] = { "out_of_range", 1 },
	[ERR_NO_ELIGIBLE_ARM] = { "no_eligible_arm", 1 },
	[ERR_DENIED] = { "denied", EX_NOPERM },
	[ERR_OVERLOADED] = { "overloaded", 1 },
	[ERR_STORAGE] = { "storage", EX_IOERR },
	[ERR_SHUTTING_DOWN] = { "shutting_down", 1 },
	[ERR_INTERNAL] = { "internal", EX_SOFTWARE },
	[ERR_NUMERIC] = { "internal", EX_SOFTWARE },
	[ERR_CONFIG] = { "bad_request", EX_CONFIG },
	[ERR_DATA] = { "internal", EX_DATAERR },
	[ERR_USAGE] = { "bad_request", EX_USAGE },
	[ERR_UNAVAILABLE] = { "internal", EX_UNAVAILABLE },
};
/* clang-format on */

const char *
err_word(enum err e)
{
	return errs[e].word;
}

enum err
err_of_word(const char *word, unsigned long len)
{
	for (int i = ERR_NONE + 1; i <= ERR_INTERNAL; i++)
		if (word_is(errs[i].word, word, len))
			return (enum err)i;
	return ERR_INTERNAL;
}

int
err_exit(enum err e)
{
	return errs[e].exit;
}

__attribute__((format(printf, 2, 0))) static void
text_append(struct fault *f, const char *fmt, va_list ap)
{
	size_t used = strlen(f->text), room = sizeof f->text - used;
	int n = vsnprintf(f->text + used, room, fmt, ap);

	if (n < 0 || (size_t)n >= room)
		memcpy(f->text + sizeof f->text - 4, "...", 4);
	utf8_clean(f->text, strlen(f->text));
}

enum err
fault_set(struct fault *f, enum err code, const char *fmt, ...)
{
	va_list ap;

	if (f == NULL)
		return code;
	f->code = code;
	f->text[0] = '\0';
	va_start(ap, fmt);
	text_append(f, fmt, ap);
	va_end(ap);
	return code;
}

void
fault_add(struct fault *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	text_append(f, fmt, ap);
	va_end(ap);
}
