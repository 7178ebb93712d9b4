/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/inspect.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "persist/verify.h"

static void
show_progress(void *arg, uint64_t done, uint64_t total)
{
	(void)arg;
	fprintf(stderr, "\rrecord %" PRIu64 " of %" PRIu64 "%s", done, total,
	    done == total ? "\n" : "");
}

static void
put(const char *key, uint64_t value)
{
	printf("%-20s%" PRIu64 "\n", key, value);
}

static void
show(const char *dir, const struct verify_report *r)
{
	printf("%-20s%s\n", "state_dir", dir);
	put("routers", r->routers);
	put("records", r->records);
	put("first_seq", r->first);
	put("last_seq", r->last);
	put("decisions", r->decisions);
	put("own_ids", r->own_ids);
	put("keys", r->keys);
	put("snapshots_compared", r->compared);
	put("snapshots_older", r->old);
	put("bytes", r->bytes);
	printf("%-20s%.2f\n", "seconds", r->seconds);
	printf("%-20s%s\n", "state_hash", r->hash);
}

enum err
inspect_verify(const char *dir, struct fault *f)
{
	struct verify_report r;
	enum err e = verify_state(dir, &r,
	    isatty(STDERR_FILENO) ? show_progress : NULL, NULL, f);

	if (e == ERR_NONE)
		show(dir, &r);
	return e;
}
