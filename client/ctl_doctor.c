/* SPDX-License-Identifier: GPL-3.0-or-later */
/* doctor: runs the checks and shows what they found. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "client/ctl.h"
#include "client/ctl_table.h"
#include "client/doctor.h"

#define EX_WARNINGS 1    /* sysexits(3) has no status for that */
#define INDENT 23        /* of what was found */
#define PATIENCE_MS 5000 /* with a daemon that hangs, where -t says nothing */

static const struct {
	const char *word, *colour;
} verdicts[] = {
	[DOCTOR_SKIPPED] = { "-", "" },
	[DOCTOR_OK] = { "ok", "\033[32m" },
	[DOCTOR_WARNING] = { "warning", "\033[33m" },
	[DOCTOR_BAD] = { "bad", "\033[1;31m" },
};

struct report {
	const struct ctl *ctl;
	bool colour;
	int columns;
	size_t count[DOCTOR_BAD + 1], shown;
	struct buf out;
};

static void
put_json(struct report *r, const char *name, const struct finding *n)
{
	static const char *const words[] = { "", "skipped", "ok", "warning",
		"bad" };

	buf_printf(&r->out,
	    "%s{\"check\": \"%s\", \"result\": \"%s\", "
	    "\"found\": ",
	    r->shown > 0 ? ", " : "", name, words[n->verdict]);
	json_put_str(&r->out, (const char *)n->say.data, n->say.len);
	buf_puts(&r->out, ", \"advice\": ");
	if (n->verdict >= DOCTOR_WARNING)
		json_put_str(&r->out, n->advice, strlen(n->advice));
	else
		buf_puts(&r->out, "null");
	buf_puts(&r->out, "}");
}

/* The text with its lines broken at blanks, all but the first indented. */
static void
put_wrapped(struct buf *out, const char *text, size_t len, int columns)
{
	int column = INDENT;

	for (size_t i = 0, n; i < len; i += n) {
		n = 0;
		while (i + n < len && text[i + n] == ' ')
			n++;
		while (i + n < len && text[i + n] != ' ')
			n++;
		if (column + (int)n > columns && column > INDENT) {
			buf_printf(out, "\n%*s", INDENT - 1, "");
			column = INDENT - 1;
		}
		buf_put(out, text + i, n);
		column += (int)n;
	}
	buf_puts(out, "\n");
}

static void
put_row(struct report *r, const char *name, const struct finding *n)
{
	buf_printf(&r->out, "%-10s  %s%-7s%s    ", name,
	    r->colour ? verdicts[n->verdict].colour : "",
	    verdicts[n->verdict].word,
	    r->colour && n->verdict > DOCTOR_SKIPPED ? "\033[0m" : "");
	put_wrapped(&r->out, (const char *)n->say.data, n->say.len, r->columns);
	if (n->verdict >= DOCTOR_WARNING) {
		buf_printf(&r->out, "%*s", INDENT, "  > ");
		put_wrapped(&r->out, n->advice, strlen(n->advice), r->columns);
	}
}

static void
put_finding(struct report *r, const char *name, const struct finding *n)
{
	(r->ctl->json ? put_json : put_row)(r, name, n);
	r->count[n->verdict]++;
	r->shown++;
}

static void
run_check(struct report *r, const struct facts *f, const struct check *c)
{
	struct finding n = { 0 };

	c->run(f, &n);
	if (n.verdict == DOCTOR_UNSAID) {
		n.verdict = DOCTOR_OK;
		buf_puts(&n.say, c->fine);
	}
	if (n.say.len == 0)
		buf_puts(&n.say, "not checked, as nothing is known of it");
	put_finding(r, c->name, &n);
	buf_free(&n.say);
}

static void
run_checks(struct report *r, const struct facts *f)
{
	static const struct check *const tables[] = { setup_checks,
		daemon_checks, learning_checks };
	bool told = f->seen.status.len > 0 && f->code[0] == '\0';

	for (size_t i = 0; i < (told ? 3 : 1); i++)
		for (const struct check *c = tables[i]; c->name != NULL; c++)
			run_check(r, f, c);
	if (!told) {
		struct finding n = { .verdict = DOCTOR_SKIPPED };

		buf_puts(&n.say,
		    "the rest is not checked, as the daemon did not tell");
		put_finding(r, "others", &n);
		buf_free(&n.say);
	}
}

static void
put_report(struct report *r, const struct facts *f)
{
	if (r->ctl->json)
		buf_puts(&r->out, "{\"checks\": [");
	run_checks(r, f);
	if (r->ctl->json)
		buf_printf(&r->out, "], \"warnings\": %zu, \"bad\": %zu}\n",
		    r->count[DOCTOR_WARNING], r->count[DOCTOR_BAD]);
	else
		buf_printf(&r->out, "%zu ok, %zu to look at, %zu bad\n",
		    r->count[DOCTOR_OK], r->count[DOCTOR_WARNING],
		    r->count[DOCTOR_BAD]);
}

/* What stops everything else has its own status, as with other commands. */
static int
exit_status(const struct report *r, const struct facts *f)
{
	if (f->version[0] == '\0')
		return strcmp(f->code, "denied") == 0 ? EX_NOPERM
						      : EX_UNAVAILABLE;
	if (r->count[DOCTOR_BAD] > 0)
		return EX_CONFIG;
	return r->count[DOCTOR_WARNING] > 0 ? EX_WARNINGS : EX_OK;
}

static int
columns(void)
{
	struct winsize size = { 0 };

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	return size.ws_col > 2 * INDENT ? size.ws_col : 80;
}

int
ctl_doctor(struct ctl *ctl, int argc, char **argv)
{
	struct report r = { .ctl = ctl, .colour = ctl_colour() };
	const char *config =
	    argc == 2 && strcmp(argv[0], "-c") == 0 ? argv[1] : NULL;
	struct facts *f;
	int status;

	if (argc > 0 && config == NULL)
		return ctl_fail(ctl, "usage",
		    "doctor takes -c and a configuration, or nothing");
	if (!ctl->timed)
		banditd_set_timeout(ctl->b, PATIENCE_MS);
	f = mem_zalloc(1, sizeof *f);
	facts_gather(f, ctl->b, config);
	r.columns = columns();
	put_report(&r, f);
	ctl_write(&r.out);
	status = exit_status(&r, f);
	facts_fini(f);
	buf_free(&r.out);
	free(f);
	return status;
}
