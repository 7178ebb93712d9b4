/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/method.h"

#include "base/name.h"
#include "base/pack.h"

const char *const param_type_words[] = { "text", "name", "number", "boolean",
	"vector", "names", "settings", "event" };

const struct method *
method_find(const char *name, unsigned long len)
{
	for (const struct method *m = methods; m->name != NULL; m++)
		if (word_is(m->name, name, len))
			return m;
	return NULL;
}

int
method_count(void)
{
	int n = 0;

	while (methods[n].name != NULL)
		n++;
	return n;
}

int
method_params(const struct method *m)
{
	int n = 0;

	while (n < METHOD_PARAMS && m->params[n].name != NULL)
		n++;
	return n;
}

const char *
role_word(unsigned roles)
{
	if (roles == ROLE_ANY)
		return "any";
	if (roles == (ROLE_DECIDE | ROLE_READ))
		return "decide, read";
	return roles & ROLE_DECIDE ? "decide"
	    : roles & ROLE_READ    ? "read"
				   : "admin";
}

static void
param_pack(const struct param *p, struct buf *out)
{
	pack_map(out, 4u + p->either);
	pack_str(out, "name");
	pack_str(out, p->name);
	pack_str(out, "type");
	pack_str(out, param_type_words[p->type]);
	pack_str(out, "required");
	pack_bool(out, p->required);
	if (p->either) {
		pack_str(out, "either");
		pack_bool(out, true);
	}
	pack_str(out, "help");
	pack_str(out, p->help);
}

void
methods_pack(struct buf *out)
{
	pack_map(out, 1);
	pack_str(out, "methods");
	pack_array(out, (size_t)method_count());
	for (const struct method *m = methods; m->name != NULL; m++) {
		pack_map(out, 4);
		pack_str(out, "name");
		pack_str(out, m->name);
		pack_str(out, "role");
		pack_str(out, role_word(m->roles));
		pack_str(out, "help");
		pack_str(out, m->help);
		pack_str(out, "params");
		pack_array(out, (size_t)method_params(m));
		for (int i = 0; i < method_params(m); i++)
			param_pack(&m->params[i], out);
	}
}
