/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rules.h: which users and groups have which roles, by the configuration.
 */
#ifndef DAEMON_RULES_H
#define DAEMON_RULES_H

#include "daemon/config.h"

/* The words of the roles in the file; the last has none. */
struct role_name {
	const char *word;
	unsigned role; /* enum role */
};
extern const struct role_name role_names[];

unsigned role_of_word(const char *); /* 0: it is none */

/*
 * The user, or group, of that name (or number) has the role too.  False: the
 * system knows no such user.  Rules are kept in order, one for each id.
 */
bool rule_add(struct config *, unsigned role, bool group, const char *name);

/* The name of the rule's user or group, its number where it has none. */
void rule_name(const struct role_rule *, struct buf *);

#endif
