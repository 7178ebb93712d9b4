/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/config_tree.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "daemon/config.h"
#include "daemon/config_text.h"

#define OPTIONS 64 /* room for the rows of one section and what is in it */
#define SECTION (CFGF_TITLE | CFGF_MULTI | CFGF_NO_TITLE_DUPES)

/* libConfuse gives its callbacks nothing of ours. */
static struct config_tree *reading;

enum err
config_wrong(struct config_tree *t, int line, const char *where,
    const char *why)
{
	if (t->fault.code != ERR_NONE)
		return t->fault.code;
	return fault_set(&t->fault, ERR_CONFIG, "%s:%d: %s%s", t->path, line,
	    where, why);
}

/* What libConfuse itself finds wrong. */
__attribute__((format(printf, 2, 0))) static void
on_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	char where[CONFIG_WHERE_SIZE] = "", why[512];

	if (cfg->title != NULL)
		snprintf(where, sizeof where, "%s \"%.64s\": ", cfg->name,
		    cfg->title);
	vsnprintf(why, sizeof why, fmt, ap);
	config_wrong(reading, cfg->line, where, why);
}

/* def.number, else not used in such an option, is the line of its first
 * value, so that a key that is there twice is seen. */
static int
on_value(cfg_t *cfg, cfg_opt_t *opt, const char *text, void *result)
{
	size_t size = strlen(text) + 1;
	struct said *said;

	if (opt->nvalues == 1 && opt->def.number != 0) {
		cfg_error(cfg, "%s is there twice, first in line %ld",
		    opt->name, opt->def.number);
		return -1;
	}
	if (opt->def.number == 0)
		opt->def.number = cfg->line;
	said = mem_alloc(sizeof *said + size, 1);
	said->line = cfg->line;
	memcpy(said->text, text, size);
	*(void **)result = said;
	return 0;
}

const struct said *
said_get(cfg_opt_t *opt, unsigned i)
{
	return cfg_opt_getnptr(opt, i);
}

void
said_text(cfg_opt_t *opt, struct buf *out)
{
	bool list = (opt->flags & CFGF_LIST) != 0;

	buf_puts(out, list ? "{" : "");
	for (unsigned i = 0; i < cfg_opt_size(opt); i++) {
		buf_puts(out, i > 0 ? ", " : "");
		buf_puts(out, said_get(opt, i)->text);
	}
	buf_puts(out, list ? "}" : "");
	buf_put(out, "", 1);
}

/* A list without values leaves nothing but the flag that "=" has set. */
bool
is_said(cfg_opt_t *opt)
{
	return cfg_opt_size(opt) > 0 || (opt->flags & CFGF_RESET) != 0;
}

int
said_line(cfg_opt_t *opt)
{
	return (int)opt->def.number;
}

static cfg_opt_t
value_option(const char *name, bool list)
{
	cfg_opt_t one = CFG_PTR_CB(name, NULL, CFGF_NODEFAULT, on_value, free);
	cfg_opt_t many =
	    CFG_PTR_LIST_CB(name, NULL, CFGF_NODEFAULT, on_value, free);

	return list ? many : one;
}

/* Every row as an option; returns how many. */
static int
row_options(cfg_opt_t *o, const struct setting *rows)
{
	int n = 0;

	for (; rows[n].name != NULL; n++) {
		assert(n < OPTIONS - 4);
		o[n] = value_option(rows[n].name, rows[n].type == SETTING_PAIR);
	}
	return n;
}

/* libConfuse copies what it is given. */
static cfg_t *
options_new(void)
{
	cfg_opt_t end = CFG_END();
	cfg_opt_t top[OPTIONS], router[OPTIONS], arm[OPTIONS];
	cfg_opt_t role[] = { value_option("users", true),
		value_option("groups", true), end };
	int n;

	arm[row_options(arm, arm_settings)] = end;
	n = row_options(router, router_settings);
	router[n++] = (cfg_opt_t)CFG_SEC("arm", arm, SECTION);
	router[n] = end;
	n = row_options(top, daemon_settings);
	top[n++] = (cfg_opt_t)CFG_SEC("router", router, SECTION);
	top[n++] = (cfg_opt_t)CFG_SEC("role", role, SECTION);
	top[n] = end;
	return cfg_init(top, CFGF_NONE);
}

enum err
config_tree_read(struct config_tree *t, const char *path)
{
	struct buf text = { 0 };
	int parsed = CFG_SUCCESS;

	*t = (struct config_tree){ .path = path, .root = options_new() };
	cfg_set_error_function(t->root, on_error);
	reading = t;
	if (config_text_read(&text, path, &t->fault) == ERR_NONE)
		parsed = cfg_parse_buf(t->root, (const char *)text.data);
	reading = NULL;
	buf_free(&text);
	if (parsed != CFG_SUCCESS)
		config_wrong(t, t->root->line, "", "it cannot be parsed");
	return t->fault.code;
}

void
config_tree_fini(struct config_tree *t)
{
	cfg_free(t->root);
}
