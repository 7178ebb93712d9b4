/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/inspect.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "persist/salvage.h"
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
	put("dropped", r->dropped);
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

static enum err
say_salvaged(const char *dir, const struct salvaged *r, struct fault *f)
{
	const char *missing = (const char *)r->missing.data;

	fprintf(stderr,
	    "banditd: %" PRIu64 " records found, %" PRIu64
	    " of them proven and written%s\n",
	    r->found, r->proven,
	    r->end_known ? "" : "; how many there were is not known any more");
	if (missing[0] != '\0')
		return fault_set(f, ERR_DATA,
		    "of the log in %s these records are missing or cannot be "
		    "proven: %.800s",
		    dir, missing);
	if (!r->end_known)
		return fault_set(f, ERR_DATA,
		    "where the log in %s ended is not known: records may be "
		    "missing after %" PRIu64,
		    dir, r->last);
	return ERR_NONE;
}

enum err
inspect_salvage(const char *dir, const char *path, struct fault *f)
{
	FILE *out = strcmp(path, "-") == 0 ? stdout : fopen(path, "wxe");
	struct salvaged r = { 0 };
	enum err e;

	if (out == NULL)
		return fault_set(f, ERR_STORAGE, "cannot create %s: %s", path,
		    strerror(errno));
	e = salvage(dir, out, &r, f);
	if (out != stdout && fclose(out) != 0 && e == ERR_NONE)
		e = fault_set(f, ERR_STORAGE, "cannot write %s: %s", path,
		    strerror(errno));
	if (e == ERR_NONE)
		e = say_salvaged(dir, &r, f);
	buf_free(&r.missing);
	return e;
}
