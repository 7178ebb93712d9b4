/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * callings.h: the names of routers and arms; for event_json.c.
 */
#ifndef PERSIST_CALLINGS_H
#define PERSIST_CALLINGS_H

#include <stddef.h>

#include "persist/event_json.h"

struct called_arm {
	uint32_t uid;
	char name[NAME_SIZE];
	bool removed;
};

struct called_router {
	uint32_t id, next_uid;
	char name[NAME_SIZE];
	bool whole; /* all its events were seen, so next_uid is known */
	struct called_arm *arm;
	size_t arms;
};

struct callings {
	struct called_router *router;
	size_t routers;
	uint64_t seq;   /* of the last event seen */
	uint32_t added; /* uid of the arm that it added; 0: none, or unknown */
};

/* NULL: not known. */
const char *calling_router(const struct callings *, uint32_t id);
const char *calling_arm(const struct callings *, uint32_t router, uint32_t uid);

#endif
