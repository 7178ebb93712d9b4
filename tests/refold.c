/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * refold DIR: folds the whole log of a state directory from its first record,
 * leaving its snapshots aside, and prints "hash seq rewards".  The directory
 * must not be in use.
 */
#include <gsl/gsl_errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sysexits.h>

#include "base/log.h"
#include "persist/recover.h"

int
main(int argc, char **argv)
{
	struct recovery info = { 0 };
	char hash[STATE_HASH_SIZE];
	struct bandit b = { 0 };
	uint64_t rewards = 0;
	struct store store;
	struct fault f;

	gsl_set_error_handler_off();
	if (argc != 2)
		return EX_USAGE;
	if (store_open(&store, argv[1], STORE_READ, &f) != ERR_NONE ||
	    recover_state(&store, &b, true, &info, &f) != ERR_NONE) {
		log_error("%s", f.text);
		return err_exit(f.code);
	}
	for (int i = 0; i < b.routers; i++)
		rewards += b.router[i]->rewards;
	bandit_hash(&b, NULL, hash);
	printf("%s %" PRIu64 " %" PRIu64 "\n", hash, b.seq, rewards);
	bandit_fini(&b);
	store_close(&store);
	return EX_OK;
}
