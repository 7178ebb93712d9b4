/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/living.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test.h"

#define PATIENCE 20000 /* ms */

void
living_open(struct living *l)
{
	struct fault f;

	if (store_open(&l->store, l->dir, STORE_WRITE, &f) != ERR_NONE)
		fail_msg("%s", f.text);
	l->writer = writer_new(&l->store);
}

void
living_close(struct living *l)
{
	if (l->writer != NULL)
		writer_free(l->writer);
	l->writer = NULL;
	if (l->store.env != NULL)
		store_close(&l->store);
}

int
living_make(struct living *l)
{
	strcpy(l->dir, "/tmp/banditd-test-XXXXXX");
	if (mkdtemp(l->dir) == NULL)
		return -1;
	living_open(l);
	return 0;
}

int
living_remove(struct living *l)
{
	char command[200];

	living_close(l);
	bandit_fini(&l->learnt);
	snprintf(command, sizeof command, "rm -rf %s %s.copy", l->dir, l->dir);
	return system(command) == 0 ? 0 : -1;
}

/* What of a rebuild does not fit is for the test to learn anew. */
static void
fold(struct living *l, struct op *op)
{
	enum err e = ERR_NONE;

	assert_int_equal(op->err, ERR_NONE);
	if (op->applied)
		e = bandit_fold(&l->learnt, &op->ev, NULL);
	assert_true(e != ERR_DATA || op->ev.kind == EVENT_REBUILD);
}

struct op
living_done(struct living *l, struct op *op)
{
	struct pollfd ready = { writer_fd(l->writer), POLLIN, 0 };
	struct op *early, *at, *next, result = { 0 };
	bool found = false;

	op->urgent = true;
	writer_put(l->writer, op);
	while (!found) {
		assert_int_equal(poll(&ready, 1, PATIENCE), 1);
		writer_drain_fd(l->writer);
		for (at = writer_take(l->writer, &early); at != NULL;
		     at = next) {
			next = at->next;
			found = found || at == op;
			result = *at;
			fold(l, at);
			writer_recycle(l->writer, at);
		}
	}
	return result;
}
