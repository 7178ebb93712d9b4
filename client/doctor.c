/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

void
finding_note(struct finding *n, enum verdict verdict, const char *advice,
    const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	if (verdict > n->verdict || n->advice == NULL)
		n->advice = advice;
	n->verdict = verdict > n->verdict ? verdict : n->verdict;
	if (fmt == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	utf8_clean(text, strlen(text));
	buf_puts(&n->say, n->say.len > 0 ? "; " : "");
	buf_puts(&n->say, text);
}

void
listing_add(struct listing *l, const char *name)
{
	size_t len = strlen(l->text);

	l->n++;
	if (len + strlen(name) + 24 < sizeof l->text)
		snprintf(l->text + len, sizeof l->text - len, "%s%s",
		    len > 0 ? ", " : "", name);
}

static size_t
listed(const struct listing *l)
{
	size_t n = l->text[0] != '\0';

	for (const char *p = l->text; *p != '\0'; p++)
		n += *p == ',';
	return n;
}

const char *
listing_text(struct listing *l)
{
	size_t len = strlen(l->text), more = l->n - listed(l);

	if (more > 0)
		snprintf(l->text + len, sizeof l->text - len, " and %zu more",
		    more);
	return l->text;
}
