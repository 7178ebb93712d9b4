/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * method.h: a method of the wire protocol is one row.
 *
 * The row drives dispatch, the check of the parameters (required, typed, no
 * unknown keys), access, counters, `banditctl help` and the test of the
 * manual.  To add a method: its function, and its row in methods.c.
 */
#ifndef DAEMON_METHOD_H
#define DAEMON_METHOD_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

/* Who may call, as bits; admin may call everything. */
enum role { ROLE_DECIDE = 1, ROLE_READ = 2, ROLE_ADMIN = 4 };
#define ROLE_ANY (ROLE_DECIDE | ROLE_READ | ROLE_ADMIN | 8) /* no role too */

enum param_type {
	PARAM_STR,  /* text */
	PARAM_NAME, /* a name or id: 1-64 of A-Z a-z 0-9 . _ : / - */
	PARAM_NUM,  /* a finite number */
	PARAM_BOOL,
	PARAM_VECTOR,   /* array of numbers, or bin of little-endian float32 */
	PARAM_NAMES,    /* array of names */
	PARAM_SETTINGS, /* map of names to text, numbers or booleans */
	PARAM_EVENT     /* map as export answers them */
};

struct param {
	const char *name;
	enum param_type type;
	bool required;
	bool either; /* exactly one of the row's that say so is given */
	const char *help; /* one sentence */
};

#define METHOD_PARAMS 12

struct request;
typedef enum err method_fn(struct request *);

struct method {
	const char *name;
	unsigned roles;
	method_fn *fn;    /* writes the result, or returns an error */
	bool beside;      /* may run while decisions wait (batch.h) */
	const char *help; /* one sentence */
	struct param params[METHOD_PARAMS]; /* the rest are without a name */
};

/* Sorted by name; ends in a row without a name. */
extern const struct method methods[];

const struct method *method_find(const char *name, unsigned long len);
int method_count(void);
int method_params(const struct method *);

extern const char *const param_type_words[]; /* by param_type */
const char *role_word(unsigned roles); /* "decide", "decide, read", "any" */

/* The table as the method `methods` answers it. */
void methods_pack(struct buf *);

#endif
