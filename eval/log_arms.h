/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * log_arms.h: the arms of a log, which it calls by uid and by name.
 *
 * Each returns the arm, its index in out->arm, which is added where it is new;
 * -1: there are ARMS_MAX already.
 */
#ifndef EVAL_LOG_ARMS_H
#define EVAL_LOG_ARMS_H

#include "eval/rounds.h"

/* A uid of the log, and the arm that it is. */
struct known {
	uint32_t uid;
	int arm;
};

/* A zeroed one, but for out, knows none. */
struct log_arms {
	struct rounds *out;
	struct known *known; /* [knowns], to be freed by its owner */
	int knowns;
};

int log_arms_name(struct log_arms *, const char *name);
int log_arms_uid(struct log_arms *, uint32_t uid);

/* The arm of that uid, of which the log says the name only now where it was
 * exported from a later record on; rounds before it know it by its uid. */
int log_arms_named(struct log_arms *, uint32_t uid, const char *name);

/* That uid is that arm from now on. */
void log_arms_remember(struct log_arms *, uint32_t uid, int arm);

#endif
