/* SPDX-License-Identifier: GPL-3.0-or-later */
/* import: a file of records, or of observations, with many under way. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "client/ctl.h"
#include "client/ctl_pipe.h"
#include "client/ctl_progress.h"
#include "client/ctl_reader.h"
#include "client/ctl_record.h"

/* Under way at a time; their answers are far less than a socket holds. */
#define WINDOW 64
#define SKIPS 16 /* reasons, at most */

struct import {
	struct ctl *ctl;
	const char *router; /* "": that of each record */
	bool dry;
	struct reader in;
	struct pipe pipe;
	struct buf params;
	uint64_t line[WINDOW]; /* by msgid, of what waits; 0: none does */
	uint64_t imported, there, added, skipped[SKIPS];
	struct pipe_answer error; /* the first by line */
	uint64_t error_line;      /* 0: none */
};

static int
usage(const struct ctl *ctl, const char *why)
{
	int status = ctl_fail(ctl, "usage", why);

	fprintf(stderr, "Try \"banditctl help import\".\n");
	return status;
}

static int
options(struct import *im, int argc, char **argv, const char **path)
{
	static const struct option longs[] = { { "dry-run", no_argument, NULL,
						   'n' },
		{ "router", required_argument, NULL, 'r' }, { 0 } };
	int c;

	optind = 0; /* main() had its own */
	opterr = 0;
	while ((c = getopt_long(argc + 1, argv - 1, "nr:", longs, NULL)) != -1)
		if (c == 'n')
			im->dry = true;
		else if (c == 'r')
			im->router = optarg;
		else
			return usage(im->ctl, "import takes -n and -r router");
	if (optind < argc)
		return usage(im->ctl, "import reads one file");
	*path = optind == argc ? argv[argc - 1] : "-";
	return EX_OK;
}

static void
skip(struct import *im, const char *why)
{
	for (int i = 0; i < SKIPS && record_skips[i] != NULL; i++)
		im->skipped[i] += record_skips[i] == why;
}

/* One answer. */
static bool
receive(struct import *im)
{
	struct pipe_answer a;
	struct value applied;
	struct cursor at;
	uint64_t line;

	if (!pipe_receive(&im->pipe, &a))
		return false;
	line = im->line[a.msgid % WINDOW];
	im->line[a.msgid % WINDOW] = 0;
	at = cursor_find(a.result, "applied");
	if (a.code[0] != '\0') {
		if (im->error_line == 0 || line < im->error_line) {
			im->error = a;
			im->error_line = line;
		}
	} else if (at.p != NULL && cursor_next(&at, &applied) &&
	    applied.type == VALUE_BOOL && applied.u.boolean) {
		im->imported++;
	} else {
		im->there++;
	}
	return true;
}

static bool
drain(struct import *im)
{
	while (im->pipe.waiting > 0)
		if (!receive(im))
			return false;
	return true;
}

/* Where an answer is still missing in the place of the next, that comes first.
 */
static bool
send_one(struct import *im, const char *method)
{
	while (im->line[im->pipe.next % WINDOW] != 0)
		if (!receive(im))
			return false;
	im->line[im->pipe.next % WINDOW] = im->in.line;
	return pipe_send(&im->pipe, method, &im->params);
}

static bool
add(struct import *im, const struct record *r, bool from)
{
	im->params.len = 0;
	if (from)
		record_params(r, im->router, im->in.line, &im->params);
	else
		record_params_alone(r, im->router, &im->params);
	return send_one(im, "arm.add") && drain(im);
}

static bool
was(const struct import *im, const char *code)
{
	return im->error_line != 0 && strcmp(im->error.code, code) == 0;
}

/*
 * After all that is before it, and before all that follows; it starts from what
 * its relatives have learnt by then.  One that is there stays as it is.
 */
static bool
add_arm(struct import *im, const struct record *r)
{
	uint64_t there;
	bool from = cursor_find(r->map, "prior_from").p != NULL;

	if (!drain(im))
		return false;
	if (im->error_line != 0)
		return true;
	there = im->there;
	if (!add(im, r, true))
		return false;
	if (from && (was(im, "conflict") || was(im, "unknown_arm"))) {
		im->error_line = 0; /* or that arm has nothing to give */
		if (!add(im, r, false))
			return false;
	}
	im->added += im->there - there;
	im->there = there;
	if (was(im, "conflict"))
		im->error_line = 0;
	return true;
}

/* The record that was read. */
static bool
take(struct import *im, const struct record *r)
{
	if (r->todo == TODO_SKIP) {
		skip(im, r->skip);
		return true;
	}
	if (im->dry) {
		im->added += r->todo == TODO_ADD;
		im->imported += r->todo != TODO_ADD;
		return true;
	}
	if (r->todo == TODO_ADD)
		return add_arm(im, r);
	im->params.len = 0;
	record_params(r, im->router, im->in.line, &im->params);
	return send_one(im, r->todo == TODO_IMPORT ? "import" : "observe");
}

static int
fail_line(const struct import *im, uint64_t line, const char *code,
    const char *why)
{
	struct buf say = { 0 };
	int status;

	buf_printf(&say, "%.200s:%" PRIu64 ": %s", im->in.name, line, why);
	buf_put(&say, "", 1);
	status = ctl_fail(im->ctl, code, (const char *)say.data);
	buf_free(&say);
	return status;
}

/* The daemon's sentence, of the first line that it did not take. */
static int
fail_refused(const struct import *im)
{
	struct buf say = { 0 };
	int status;

	buf_printf(&say, "%s: %s", im->error.code, im->error.message);
	buf_put(&say, "", 1);
	status = fail_line(im, im->error_line, im->error.code,
	    (const char *)say.data);
	buf_free(&say);
	return status;
}

static int
gone(const struct import *im)
{
	bool late = errno == EAGAIN || errno == EWOULDBLOCK;

	if (im->error_line != 0) /* it said why */
		return fail_refused(im);
	return ctl_fail(im->ctl, late ? "timeout" : "unavailable",
	    late ? "no answer in time; run it again to go on"
		 : "the daemon went away; run it again to go on");
}

/* Up to the end or the first that is wrong; what is under way then is waited
 * for. */
static int
import_all(struct import *im)
{
	struct fault f = { 0 };
	struct record r = { 0 };
	enum err e;

	while ((e = reader_next(&im->in, &f)) == ERR_NONE &&
	    im->in.map.len > 0 && im->error_line == 0) {
		record_look(&r,
		    (struct cursor){ im->in.map.data,
			im->in.map.data + im->in.map.len },
		    im->router[0] != '\0');
		if (r.todo == TODO_UNKNOWN)
			break;
		if (!take(im, &r))
			return gone(im);
		progress_show("import", im->in.read, im->in.size);
	}
	if (!im->dry && !drain(im))
		return gone(im);
	if (im->error_line != 0)
		return fail_refused(im);
	if (e != ERR_NONE)
		return ctl_fail(im->ctl, "bad_data", f.text);
	if (r.todo == TODO_UNKNOWN)
		return fail_line(im, im->in.line, "bad_data",
		    "there is no such kind of record");
	return EX_OK;
}

static void
summary_json(const struct import *im)
{
	const char *sep = "";

	printf("{\"imported\": %" PRIu64 ", \"already_there\": %" PRIu64
	       ", \"arms_added\": %" PRIu64 ", \"skipped\": {",
	    im->imported, im->there, im->added);
	for (int i = 0; record_skips[i] != NULL; i++) {
		if (im->skipped[i] == 0)
			continue;
		printf("%s\"%s\": %" PRIu64, sep, record_skips[i],
		    im->skipped[i]);
		sep = ", ";
	}
	printf("}}\n");
}

static void
summary(const struct import *im)
{
	const char *sep = "; skipped: ";

	fprintf(stderr,
	    "%s%" PRIu64 " imported, %" PRIu64 " already there, %" PRIu64
	    " arms added",
	    im->dry ? "at most: " : "", im->imported, im->there, im->added);
	for (int i = 0; record_skips[i] != NULL; i++) {
		if (im->skipped[i] == 0)
			continue;
		fprintf(stderr, "%s%" PRIu64 " %s", sep, im->skipped[i],
		    record_skips[i]);
		sep = ", ";
	}
	fprintf(stderr, "\n");
}

static int
connect_pipe(struct import *im)
{
	struct ctl *ctl = im->ctl;

	if (im->dry)
		return EX_OK;
	if (banditd_connect(ctl->b) != 0)
		return ctl_fail_connect(ctl);
	return pipe_open(&im->pipe, banditd_path(ctl->b), ctl->timeout_ms)
	    ? EX_OK
	    : gone(im);
}

int
ctl_import(struct ctl *ctl, int argc, char **argv)
{
	struct import im = { .ctl = ctl, .router = "", .pipe.fd = -1 };
	const char *path = "-";
	struct fault f;
	int status = options(&im, argc, argv, &path);

	if (status == EX_OK && reader_open(&im.in, path, &f) != ERR_NONE)
		status = ctl_fail(ctl, "bad_data", f.text);
	if (status == EX_OK)
		status = connect_pipe(&im);
	if (status == EX_OK) {
		status = import_all(&im);
		progress_clear();
		if (!ctl->json)
			summary(&im);
		else if (status == EX_OK)
			summary_json(&im);
	}
	pipe_close(&im.pipe);
	reader_close(&im.in);
	buf_free(&im.params);
	return status;
}
