/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config_tree.h: a configuration file as libConfuse parses it.
 *
 * libConfuse knows the sections and keys, from the tables of settings, but
 * not the types: every value stays text, with its line, so that
 * setting_parse() alone decides what is right and says what is wrong.
 */
#ifndef DAEMON_CONFIG_TREE_H
#define DAEMON_CONFIG_TREE_H

#include <confuse.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/name.h"

/* Where in the file something is: `router "chat": arm "haiku": `. */
#define CONFIG_WHERE_SIZE (2 * NAME_SIZE + 32)

struct config_tree {
	const char *path;
	cfg_t *root;
	struct fault fault; /* the first that was found */
};

/* ERR_CONFIG: see the fault.  Free with config_tree_fini() either way. */
enum err config_tree_read(struct config_tree *, const char *path);
void config_tree_fini(struct config_tree *);

/* "path:line: where" and why; ERR_CONFIG. */
enum err config_wrong(struct config_tree *, int line, const char *where,
    const char *why);

/* A value as it stands in the file. */
struct said {
	int line;
	char text[];
};
bool is_said(cfg_opt_t *);
int said_line(cfg_opt_t *); /* of the first value; 0: it has none */
const struct said *said_get(cfg_opt_t *, unsigned i);

/* "value", or of a list "{value, value}", and a NUL. */
void said_text(cfg_opt_t *, struct buf *);

#endif
