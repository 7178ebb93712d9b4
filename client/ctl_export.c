/* SPDX-License-Identifier: GPL-3.0-or-later */
/* export: the log to a file, page by page. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/json.h"
#include "client/ctl.h"
#include "client/ctl_progress.h"

struct export
{
	struct ctl *ctl;
	const char *router, *path; /* path NULL: standard output */
	bool packed;
	FILE *out;
	struct buf temporary, line;
	uint64_t from, next, last, records;
};

static int
usage(const struct ctl *ctl, const char *why)
{
	int status = ctl_fail(ctl, "usage", why);

	fprintf(stderr, "Try \"banditctl help export\".\n");
	return status;
}

static bool
number(const char *text, uint64_t *n)
{
	char *end;

	errno = 0;
	*n = strtoull(text, &end, 10);
	return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 &&
	    *n > 0;
}

static int
options(struct export *x, int argc, char **argv)
{
	static const struct option longs[] = { { "from", required_argument,
						   NULL, 'f' },
		{ "msgpack", no_argument, NULL, 'm' },
		{ "router", required_argument, NULL, 'r' }, { 0 } };
	int c;

	optind = 0; /* main() had its own */
	opterr = 0;
	while ((c = getopt_long(argc + 1, argv - 1, "mr:", longs, NULL)) != -1)
		if (c == 'm')
			x->packed = true;
		else if (c == 'r')
			x->router = optarg;
		else if (c != 'f')
			return usage(x->ctl,
			    "export takes -m, -r router and --from number");
		else if (!number(optarg, &x->from))
			return usage(x->ctl, "--from takes a record's number");
	if (optind < argc)
		return usage(x->ctl, "export writes one file");
	if (optind == argc && strcmp(argv[argc - 1], "-") != 0)
		x->path = argv[argc - 1];
	return EX_OK;
}

static int
fail_file(const struct export *x, const char *what)
{
	struct buf say = { 0 };
	int status;

	buf_printf(&say, "%s: %s", what, strerror(errno));
	buf_put(&say, "", 1);
	status = ctl_fail(x->ctl, errno == EEXIST ? "usage" : "storage",
	    (const char *)say.data);
	buf_free(&say);
	return status == EX_USAGE ? status : EX_IOERR;
}

/* What is there already stays; what is written has another name until it is
 * whole. */
static int
open_out(struct export *x)
{
	int fd;

	x->out = stdout;
	if (x->path == NULL)
		return EX_OK;
	errno = EEXIST;
	if (access(x->path, F_OK) == 0)
		return fail_file(x, x->path);
	buf_printf(&x->temporary, "%s.XXXXXX", x->path);
	buf_put(&x->temporary, "", 1);
	fd = mkstemp((char *)x->temporary.data);
	if (fd >= 0)
		x->out = fdopen(fd, "wb");
	if (fd >= 0 && x->out != NULL)
		return EX_OK;
	x->temporary.len = 0;
	return fail_file(x, x->path);
}

/* link(2) does not overwrite what came meanwhile; not every file system has
 * it. */
static int
close_out(struct export *x, int status)
{
	const char *temporary = (const char *)x->temporary.data;
	bool good;

	if (x->path == NULL || x->temporary.len == 0)
		return status;
	good = fflush(x->out) == 0 && !ferror(x->out) &&
	    fsync(fileno(x->out)) == 0;
	if (status == EX_OK && !good)
		status = fail_file(x, x->path);
	fclose(x->out);
	if (status == EX_OK && link(temporary, x->path) != 0 &&
	    (errno == EEXIST || rename(temporary, x->path) != 0))
		status = fail_file(x, x->path);
	unlink(temporary);
	return status;
}

static void
put_event(struct export *x, struct cursor event)
{
	x->records++;
	if (x->packed) {
		fwrite(event.p, 1, (size_t)(event.end - event.p), x->out);
		return;
	}
	x->line.len = 0;
	json_put(&x->line, &event);
	buf_puts(&x->line, "\n");
	fwrite(x->line.data, 1, x->line.len, x->out);
}

static bool
put_events(struct export *x, struct banditd_value events)
{
	struct cursor c = { events.data, events.data + events.len };
	struct value array;

	if (events.data == NULL || !cursor_next(&c, &array) ||
	    array.type != VALUE_ARRAY)
		return false;
	for (uint32_t i = 0; i < array.u.count; i++) {
		struct cursor event = c;

		if (!cursor_skip(&c))
			return false;
		event.end = c.p;
		put_event(x, event);
	}
	return true;
}

/* Up to the end as it was at first; it may move on for ever. */
static bool
take_page(struct export *x)
{
	struct banditd_value page = banditd_result(x->ctl->b);
	int64_t next, last;

	if (!banditd_int(banditd_field(page, "next"), &next) ||
	    !banditd_int(banditd_field(page, "last"), &last) || next < 1 ||
	    last < 0)
		return false;
	if (x->last == 0)
		x->last = (uint64_t)last;
	if ((uint64_t)next <= x->next && x->next <= x->last)
		return false; /* it would never end */
	x->next = (uint64_t)next;
	return put_events(x, banditd_field(page, "events"));
}

static int
page(struct export *x)
{
	struct banditd *b = x->ctl->b;

	banditd_begin(b, "export");
	banditd_put_int(b, "from", (int64_t)x->next);
	banditd_put_str(b, "router", x->router);
	if (banditd_call(b) != 0)
		return ctl_fail_call(x->ctl);
	if (!take_page(x))
		return ctl_fail(x->ctl, "bad_answer",
		    "what the daemon answered is no part of a log");
	if (ferror(x->out))
		return x->path == NULL ? EX_IOERR : fail_file(x, x->path);
	progress_show("export", x->next - x->from, x->last - x->from + 1);
	return EX_OK;
}

static void
summary(const struct export *x)
{
	if (x->ctl->json && x->path != NULL)
		printf("{\"records\": %" PRIu64 ", \"last\": %" PRIu64 "}\n",
		    x->records, x->last);
	else
		fprintf(stderr,
		    "%" PRIu64 " records, up to number %" PRIu64 "\n",
		    x->records, x->last);
}

int
ctl_export(struct ctl *ctl, int argc, char **argv)
{
	struct export x = { .ctl = ctl, .from = 1 };
	int status = options(&x, argc, argv);

	if (status == EX_OK && banditd_connect(ctl->b) != 0)
		status = ctl_fail_connect(ctl);
	if (status == EX_OK)
		status = open_out(&x);
	x.next = x.from;
	if (status == EX_OK)
		do
			status = page(&x);
		while (status == EX_OK && x.next <= x.last);
	progress_clear();
	status = close_out(&x, status);
	if (status == EX_OK)
		summary(&x);
	buf_free(&x.temporary);
	buf_free(&x.line);
	return status;
}
