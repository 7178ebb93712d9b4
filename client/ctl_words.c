/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/ctl_words.h"

#include <string.h>

#include "base/name.h"

#define WORDS_MOST 2

/* clang-format off */
const struct alias aliases[] = {
	{ "arm.disable", "arm.set", "enabled=false",
	  "Stop choosing an arm, and keep what was learnt of it." },
	{ "arm.enable", "arm.set", "enabled=true",
	  "Let decisions choose an arm again." },
	{ 0 }
};
/* clang-format on */

void
words_put(struct buf *out, const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = name[i] == '.' ? ' ' : name[i] == '_' ? '-' : name[i];

		buf_put(out, &c, 1);
	}
}

/* The first n words as a method's name. */
static void
join(struct buf *name, int n, char **argv)
{
	name->len = 0;
	for (int i = 0; i < n; i++) {
		buf_puts(name, i > 0 ? "." : "");
		for (const char *p = argv[i]; *p != '\0'; p++)
			buf_put(name, *p == '-' ? "_" : p, 1);
	}
}

static const struct alias *
alias_find(const char *name, size_t len)
{
	for (const struct alias *a = aliases; a->name != NULL; a++)
		if (word_is(a->name, name, len))
			return a;
	return NULL;
}

static void
find(struct command *c, const char *name, size_t len)
{
	c->alias = alias_find(name, len);
	c->method = c->alias == NULL
	    ? method_find(name, len)
	    : method_find(c->alias->method, strlen(c->alias->method));
}

bool
words_find(struct command *c, int argc, char **argv)
{
	struct buf name = { 0 };

	*c = (struct command){ 0 };
	for (int n = argc < WORDS_MOST ? argc : WORDS_MOST;
	     n > 0 && c->method == NULL; n--) {
		join(&name, n, argv);
		find(c, (const char *)name.data, name.len);
		c->words = n;
	}
	buf_free(&name);
	return c->method != NULL;
}
