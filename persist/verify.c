/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "persist/verify.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "persist/check.h"
#include "persist/compare.h"
#include "persist/lock.h"
#include "persist/store.h"

struct job {
	const char *dir;
	bool whole; /* fold the log */
	struct pages_report pages;
	struct verify_report *report;
	guard_progress_fn *progress;
	void *progress_arg;
	int lock_fd;
};

/* What came back of the child, beside the report. */
struct outcome {
	struct verify_report report;
	bool no_help; /* the sentence says what to do */
};

/* A sentence of damage goes on with what to do. */
static enum err
helped(const struct job *j, enum err e, struct fault *f)
{
	if (e == ERR_DATA && f != NULL)
		fault_add(f,
		    "; restore a backup, or save what can be read with "
		    "\"banditd --salvage FILE -d %s\"",
		    j->dir);
	return e;
}

static void
say_progress(void *guard, uint64_t done, uint64_t total)
{
	guard_progress(guard, done, total);
}

static void
report_fill(struct verify_report *r, const struct check *c,
    const struct compare *cmp)
{
	const struct store *s = c->log.store;

	r->first = s->head.seq > 0;
	r->last = s->head.seq;
	r->routers = s->routers;
	r->records = c->records;
	r->dropped = c->dropped;
	r->decisions = c->decisions;
	r->own_ids = c->own_ids;
	r->keys = c->keys;
	r->cells = c->cells;
	r->bad_cells = c->bad_cells;
	r->compared = cmp->compared;
	r->old = cmp->old;
	bandit_hash(&cmp->bandit, NULL, r->hash);
}

static enum err
read_records(const struct job *j, struct guard *g, struct store *s,
    struct outcome *out, struct fault *f)
{
	struct check c = { .log = { .store = s, .fault = f },
		.entries = j->pages.entries,
		.progress = j->whole ? say_progress : NULL,
		.progress_arg = g };
	struct compare cmp = { 0 };
	enum err e = reading_begin(&c.log), begun = ERR_NONE;

	if (e != ERR_NONE)
		return e;
	if (j->whole)
		begun = compare_begin(&cmp, &c.log);
	if (j->whole && begun == ERR_NONE) /* else to find out why */
		c.compare = &cmp;
	e = check_records(&c);
	if (e == ERR_NONE)
		e = begun;
	if (e == ERR_NONE)
		report_fill(&out->report, &c, &cmp);
	out->no_help = c.mended;
	reading_end(&c.log);
	compare_fini(&cmp);
	return e;
}

/* In the child. */
static enum err
work(struct guard *g, void *arg, void *result, struct fault *f)
{
	const struct job *j = arg;
	struct outcome *out = result;
	struct store s;
	enum err e = store_open(&s, j->dir, STORE_READ, f);

	if (e != ERR_NONE) {
		out->no_help = true; /* another schema, or program */
		return e;
	}
	e = read_records(j, g, &s, out, f);
	store_close(&s);
	return e;
}

static enum err
verify(struct job *j, struct fault *f)
{
	size_t n = strlen(j->dir) + sizeof "/db/data.mdb";
	char *path = mem_alloc(n, 1);
	struct outcome out = { 0 };
	struct guard_work w = { .fn = work,
		.what = j->dir,
		.arg = j,
		.result = &out,
		.len = sizeof out,
		.progress = j->progress,
		.progress_arg = j->progress_arg,
		.close_fd = j->lock_fd };
	enum err e;

	snprintf(path, n, "%s/db/data.mdb", j->dir);
	if (access(path, F_OK) != 0 && errno == ENOENT) {
		e = fault_set(f, ERR_DATA,
		    "%s is missing: restore a backup, or name another "
		    "directory",
		    path);
		free(path);
		return e;
	}
	e = pages_check(path, store_dbs, &j->pages, f);
	free(path);
	if (e != ERR_NONE)
		return helped(j, e, f);
	e = guard_run(&w, f);
	*j->report = out.report;
	j->report->pages = j->pages.used;
	j->report->bytes = j->pages.used * j->pages.page_size;
	return out.no_help ? e : helped(j, e, f);
}

enum err
verify_start(const char *dir, int lock_fd, struct fault *f)
{
	struct verify_report report;
	struct job j = { .dir = dir, .report = &report, .lock_fd = lock_fd };

	return verify(&j, f);
}

enum err
verify_state(const char *dir, struct verify_report *report,
    guard_progress_fn *progress, void *progress_arg, struct fault *f)
{
	struct clock clock = { 0 };
	double start = clock_mono(&clock);
	struct job j = { .dir = dir,
		.whole = true,
		.report = report,
		.progress = progress,
		.progress_arg = progress_arg };
	enum err e;

	*report = (struct verify_report){ 0 };
	e = lock_take(dir, false, &j.lock_fd, f);
	if (e != ERR_NONE)
		return e;
	e = verify(&j, f);
	report->seconds = clock_mono(&clock) - start;
	if (j.lock_fd >= 0)
		close(j.lock_fd);
	return e;
}
