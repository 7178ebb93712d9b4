/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "daemon/config.h"
#include "daemon/rules.h"

/* What a quoted text of the file reads back the same: its own quotes, and
 * what would begin an escape or a variable, behind a backslash. */
static void
put_quoted(struct buf *out, const char *text, size_t n)
{
	buf_puts(out, "\"");
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < ' ' || c == 0x7f)
			buf_printf(out, "\\x%02x", c);
		else
			buf_printf(out, strchr("\"\\$", c) ? "\\%c" : "%c", c);
	}
	buf_puts(out, "\"");
}

/* A number stands as it is, unless it has a sign that is no part of a word. */
static bool
is_bare(const struct setting *s, const struct buf *value)
{
	return s->type != SETTING_WORD && s->type != SETTING_STR &&
	    memchr(value->data, '+', value->len) == NULL;
}

static void
put_row(struct buf *out, const char *indent, const struct setting *s,
    const void *base)
{
	struct buf value = { 0 };

	setting_format(s, base, &value);
	buf_printf(out, "%s%s = ", indent, s->name);
	if (value.len > 0 && is_bare(s, &value))
		buf_put(out, value.data, value.len);
	else
		put_quoted(out, (const char *)value.data, value.len);
	buf_puts(out, "\n");
	buf_free(&value);
}

static void
put_members(struct buf *out, const struct config *c, unsigned role, bool group)
{
	const char *before = "";

	buf_puts(out, group ? "\tgroups = {" : "\tusers = {");
	for (int i = 0; i < c->rules; i++) {
		const struct role_rule *r = &c->rule[i];
		struct buf name = { 0 };

		if (r->group != group || (r->roles & role) == 0)
			continue;
		rule_name(r, &name);
		buf_puts(out, before);
		put_quoted(out, (const char *)name.data, name.len);
		buf_free(&name);
		before = ", ";
	}
	buf_puts(out, "}\n");
}

static void
put_role(struct buf *out, const struct config *c, const struct role_name *role)
{
	unsigned given = 0;

	for (int i = 0; i < c->rules; i++)
		given |= c->rule[i].roles;
	if ((given & role->role) == 0)
		return;
	buf_printf(out, "\nrole \"%s\" {\n", role->word);
	put_members(out, c, role->role, false);
	put_members(out, c, role->role, true);
	buf_puts(out, "}\n");
}

static bool
is_said(const struct arm_config *a, const struct setting *s)
{
	if (s->type == SETTING_NUM)
		return !isnan(a->cost);
	return s->type == SETTING_STR ? a->group_said : a->enabled_said;
}

/* What the file did not say of an arm is left out again. */
static void
put_arm(struct buf *out, const struct arm_config *a)
{
	buf_printf(out, "\tarm \"%s\" {\n", a->name);
	for (const struct setting *s = arm_settings; s->name != NULL; s++)
		if (is_said(a, s))
			put_row(out, "\t\t", s, a);
	buf_puts(out, "\t}\n");
}

static void
put_router(struct buf *out, const struct router_config *rc)
{
	buf_printf(out, "\nrouter \"%s\" {\n", rc->name);
	for (const struct setting *s = router_settings; s->name != NULL; s++)
		put_row(out, "\t", s, &rc->settings);
	for (int i = 0; i < rc->arms; i++)
		put_arm(out, &rc->arm[i]);
	buf_puts(out, "}\n");
}

void
config_print(const struct config *c, struct buf *out)
{
	for (const struct setting *s = daemon_settings; s->name != NULL; s++)
		put_row(out, "", s, &c->top);
	for (const struct role_name *r = role_names; r->word != NULL; r++)
		put_role(out, c, r);
	for (int i = 0; i < c->routers; i++)
		put_router(out, &c->router[i]);
}
