/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * table.h: a method table and a server of one client, for tests of rpc.c
 * without the daemon behind it.
 */
#ifndef TESTS_TABLE_H
#define TESTS_TABLE_H

#include "daemon/rpc.h"

struct world {
	struct clock clock;
	struct rpc rpc;
	struct client client;
	int flushed;           /* how often answers could go */
	int called;            /* calls of the methods' functions */
	uint64_t later_client; /* who asked "later" last */
};

/* The methods' functions find the world that was made last. */
void world_init(struct world *);
void world_fini(struct world *);

#endif
