/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/config_file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bandit/event.h"
#include "base/mem.h"
#include "daemon/config_tree.h"
#include "daemon/rules.h"

#define NAME_RULE "a name is 1 to 64 characters from A-Z a-z 0-9 . _ : / -"

struct reader {
	struct config_tree tree;
	struct config *out;
};

static enum err
read_row(struct reader *r, cfg_t *sec, const char *where,
    const struct setting *s, void *base)
{
	cfg_opt_t *opt = cfg_getopt(sec, s->name);
	struct buf text = { 0 };
	struct fault why;
	enum err e;

	if (!is_said(opt))
		return ERR_NONE;
	said_text(opt, &text);
	e = setting_parse(s, base, (const char *)text.data, &why);
	buf_free(&text);
	if (e == ERR_NONE)
		return ERR_NONE;
	return config_wrong(&r->tree,
	    said_line(opt) > 0 ? said_line(opt) : sec->line, where, why.text);
}

static enum err
read_rows(struct reader *r, cfg_t *sec, const char *where,
    const struct setting *rows, void *base)
{
	enum err e = ERR_NONE;

	for (; rows->name != NULL && e == ERR_NONE; rows++)
		e = read_row(r, sec, where, rows, base);
	return e;
}

/* The section's title as a name; where grows by it. */
static enum err
read_name(struct reader *r, cfg_t *sec, char *where, char *name)
{
	size_t used = strlen(where);

	snprintf(where + used, CONFIG_WHERE_SIZE - used,
	    "%s \"%.64s\": ", sec->name, sec->title);
	if (!name_copy(name, sec->title, strlen(sec->title)))
		return config_wrong(&r->tree, sec->line, where, NAME_RULE);
	return ERR_NONE;
}

static enum err
read_arm(struct reader *r, cfg_t *sec, const char *router, struct arm_config *a)
{
	char where[CONFIG_WHERE_SIZE];
	enum err e;

	snprintf(where, sizeof where, "%s", router);
	a->cost = NAN;
	if ((e = read_name(r, sec, where, a->name)) != ERR_NONE ||
	    (e = read_rows(r, sec, where, arm_settings, a)) != ERR_NONE)
		return e;
	a->group_said = is_said(cfg_getopt(sec, "group"));
	a->enabled_said = is_said(cfg_getopt(sec, "enabled"));
	if (a->group[0] != '\0' && !name_valid(a->group, strlen(a->group)))
		return config_wrong(&r->tree,
		    said_line(cfg_getopt(sec, "group")), where,
		    "group: " NAME_RULE);
	return ERR_NONE;
}

static enum err
read_arms(struct reader *r, cfg_t *sec, const char *where,
    struct router_config *rc)
{
	cfg_opt_t *opt = cfg_getopt(sec, "arm");
	unsigned n = cfg_opt_size(opt);
	enum err e = ERR_NONE;

	if (n > ARMS_MAX)
		return config_wrong(&r->tree, sec->line, where,
		    "a router has up to 256 arms");
	rc->arm = mem_zalloc(n, sizeof *rc->arm);
	rc->arms = (int)n;
	for (unsigned i = 0; i < n && e == ERR_NONE; i++)
		e = read_arm(r, cfg_opt_getnsec(opt, i), where, &rc->arm[i]);
	return e;
}

static enum err
read_router(struct reader *r, cfg_t *sec, struct router_config *rc)
{
	char where[CONFIG_WHERE_SIZE] = "";
	struct fault why;
	enum err e;

	settings_default(router_settings, &rc->settings);
	if ((e = read_name(r, sec, where, rc->name)) != ERR_NONE ||
	    (e = read_rows(r, sec, where, router_settings, &rc->settings)) !=
		ERR_NONE)
		return e;
	for (int i = 0; router_settings[i].name != NULL; i++)
		if (is_said(cfg_getopt(sec, router_settings[i].name)))
			rc->said |= (uint64_t)1 << i;
	if (router_settings_check(&rc->settings, &why) != ERR_NONE)
		return config_wrong(&r->tree, sec->line, where, why.text);
	return read_arms(r, sec, where, rc);
}

static enum err
read_routers(struct reader *r)
{
	cfg_opt_t *opt = cfg_getopt(r->tree.root, "router");
	unsigned n = cfg_opt_size(opt);
	enum err e = ERR_NONE;

	r->out->router = mem_zalloc(n, sizeof *r->out->router);
	r->out->routers = (int)n;
	for (unsigned i = 0; i < n && e == ERR_NONE; i++)
		e = read_router(r, cfg_opt_getnsec(opt, i), &r->out->router[i]);
	return e;
}

static enum err
read_members(struct reader *r, cfg_t *sec, unsigned role, bool group)
{
	cfg_opt_t *opt = cfg_getopt(sec, group ? "groups" : "users");
	char why[256];

	for (unsigned i = 0; i < cfg_opt_size(opt); i++) {
		const struct said *said = said_get(opt, i);

		if (rule_add(r->out, role, group, said->text))
			continue;
		snprintf(why, sizeof why,
		    "role \"%s\": the system knows no %s \"%.100s\"",
		    sec->title, group ? "group" : "user", said->text);
		return config_wrong(&r->tree, said->line, "", why);
	}
	return ERR_NONE;
}

static enum err
read_roles(struct reader *r)
{
	cfg_opt_t *opt = cfg_getopt(r->tree.root, "role");
	enum err e = ERR_NONE;

	for (unsigned i = 0; i < cfg_opt_size(opt) && e == ERR_NONE; i++) {
		cfg_t *sec = cfg_opt_getnsec(opt, i);
		unsigned role = role_of_word(sec->title);
		char where[CONFIG_WHERE_SIZE];

		snprintf(where, sizeof where, "role \"%.64s\": ", sec->title);
		if (role == 0)
			return config_wrong(&r->tree, sec->line, where,
			    "the roles are decide, read and admin");
		e = read_members(r, sec, role, false);
		if (e == ERR_NONE)
			e = read_members(r, sec, role, true);
	}
	return e;
}

enum err
config_file_read(struct config *out, const char *path, struct fault *f)
{
	struct reader r = { .out = out };
	enum err e = config_tree_read(&r.tree, path);

	if (e == ERR_NONE)
		e = read_rows(&r, r.tree.root, "", daemon_settings, &out->top);
	if (e == ERR_NONE)
		e = read_roles(&r);
	if (e == ERR_NONE)
		e = read_routers(&r);
	if (f != NULL)
		*f = r.tree.fault;
	config_tree_fini(&r.tree);
	return e;
}
