/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ctl_words.h: which words on the command line mean which method.
 *
 * A method's name is its command: "arm.add" is typed `arm add`, "state_hash"
 * is typed `state-hash`, and either name itself is taken too.  The only other
 * words are the aliases: a method with one parameter already given.
 */
#ifndef CLIENT_CTL_WORDS_H
#define CLIENT_CTL_WORDS_H

#include <stddef.h>

#include "base/buf.h"
#include "daemon/method.h"

struct alias {
	const char *name; /* as a method's */
	const char *method;
	const char *preset; /* "key=value" */
	const char *help;   /* one sentence */
};

/* Sorted by name; ends in a row without a name. */
extern const struct alias aliases[];

struct command {
	const struct method *method;
	const struct alias *alias; /* NULL: none */
	int words;                 /* how many of argv it took */
};

/* The command that argv begins with, the longest; false: none. */
bool words_find(struct command *, int argc, char **argv);

/* Appends a method's name as it is typed. */
void words_put(struct buf *, const char *name, size_t len);

#endif
