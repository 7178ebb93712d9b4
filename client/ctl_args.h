/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ctl_args.h: what is behind a command becomes the parameters of its method.
 *
 * "key=value" gives a parameter by name; an argument without a key fills the
 * next that is not given yet, in the order of the method's row.
 */
#ifndef CLIENT_CTL_ARGS_H
#define CLIENT_CTL_ARGS_H

#include <stdbool.h>

#include "base/err.h"
#include "client/banditd.h"
#include "daemon/method.h"

#define ARGS_SETTINGS 64
struct args {
	const char *given[METHOD_PARAMS]; /* the text of each parameter */
	/* "key=value" of keys that are no parameters, where the method takes
	 * settings. */
	int settings;
	const char *setting[ARGS_SETTINGS];
};

/* Whether the argument has a key: its length, else 0. */
int args_key(const char *arg);

/*
 * Sorts the arguments; preset (NULL: none) comes before them.  ERR_USAGE:
 * unknown or repeated parameter, too many arguments, or one is missing.
 */
enum err args_sort(struct args *, const struct method *, const char *preset,
    int argc, char **argv, struct fault *);

/*
 * Adds them to the request that was begun, as the types of the row say; raw
 * is for vectors.  ERR_USAGE, ERR_DATA: one cannot be read as its type.
 */
enum err args_put(const struct args *, const struct method *, bool raw,
    struct banditd *, struct fault *);

/*
 * The same for a method that this program does not know: only "key=value",
 * where a value that is JSON is that, and any other is text.
 */
enum err args_put_unknown(int argc, char **argv, struct banditd *,
    struct fault *);

#endif
