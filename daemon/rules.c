/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/rules.h"

#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "daemon/method.h"

const struct role_name role_names[] = { { "decide", ROLE_DECIDE },
	{ "read", ROLE_READ }, { "admin", ROLE_ADMIN }, { 0 } };

unsigned
role_of_word(const char *word)
{
	for (const struct role_name *r = role_names; r->word != NULL; r++)
		if (strcmp(word, r->word) == 0)
			return r->role;
	return 0;
}

/* (id_t)-1 is no id: the system calls take it for "leave as it is". */
static bool
parse_id(const char *text, id_t *id)
{
	unsigned long long n;

	if (text[0] == '\0' || strlen(text) > 10 ||
	    text[strspn(text, "0123456789")] != '\0')
		return false;
	n = strtoull(text, NULL, 10);
	*id = (id_t)n;
	return n < (id_t)-1;
}

static bool
find_id(bool group, const char *name, id_t *id)
{
	const struct passwd *pw = group ? NULL : getpwnam(name);
	const struct group *gr = group ? getgrnam(name) : NULL;

	if (pw != NULL)
		*id = pw->pw_uid;
	else if (gr != NULL)
		*id = gr->gr_gid;
	else
		return parse_id(name, id);
	return true;
}

static bool
before(const struct role_rule *r, bool group, id_t id)
{
	return r->group != group ? r->group < group : r->id < id;
}

bool
rule_add(struct config *c, unsigned role, bool group, const char *name)
{
	int at = 0;
	id_t id;

	if (!find_id(group, name, &id))
		return false;
	while (at < c->rules && before(&c->rule[at], group, id))
		at++;
	if (at == c->rules || c->rule[at].group != group ||
	    c->rule[at].id != id) {
		c->rule =
		    mem_realloc(c->rule, (size_t)c->rules + 1, sizeof *c->rule);
		memmove(&c->rule[at + 1], &c->rule[at],
		    (size_t)(c->rules - at) * sizeof *c->rule);
		c->rule[at] = (struct role_rule){ .group = group, .id = id };
		c->rules++;
	}
	c->rule[at].roles |= role;
	return true;
}

void
rule_name(const struct role_rule *r, struct buf *out)
{
	const struct passwd *pw = r->group ? NULL : getpwuid(r->id);
	const struct group *gr = r->group ? getgrgid(r->id) : NULL;

	if (pw != NULL)
		buf_puts(out, pw->pw_name);
	else if (gr != NULL)
		buf_puts(out, gr->gr_name);
	else
		buf_printf(out, "%lu", (unsigned long)r->id);
}
