/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bandit-eval replay: policies side by side on the same prompts. */
#include <err.h>
#include <stdio.h>
#include <sysexits.h>

#include "eval/commands.h"
#include "eval/replay_options.h"
#include "eval/report.h"

static void
trace_open(struct replay_options *o)
{
	struct replay *r = &o->replay;

	if (o->trace == NULL)
		return;
	if (r->problems * r->policies * r->runs != 1)
		errx(EX_USAGE,
		    "--trace is for one problem, one policy and "
		    "--runs 1");
	r->jobs = 1;
	if ((r->trace = fopen(o->trace, "w")) == NULL)
		err(EX_CANTCREAT, "%s", o->trace);
	fputs("step\trow\tarm\tpropensity\treward\n", r->trace);
}

static void
trace_close(const struct replay_options *o)
{
	FILE *trace = o->replay.trace;

	if (trace != NULL && (ferror(trace) || fclose(trace) != 0))
		err(EX_IOERR, "%s", o->trace);
}

static int
run(const struct replay_options *o)
{
	struct fault f = { 0 };
	struct tally t;
	enum err e = replay_run(&o->replay, &t, &f);

	if (e != ERR_NONE) {
		warnx("%s", f.text);
		return e == ERR_BAD_REQUEST || e == ERR_CONFIG ? EX_USAGE
							       : err_exit(e);
	}
	if (o->json)
		report_json(&t, o->shown, o->ats, stdout);
	else
		report_table(&t, o->shown, o->ats, stdout);
	trace_close(o);
	if (o->prefix != NULL)
		e = report_files(&t, o->prefix, &f);
	tally_fini(&t);
	if (e != ERR_NONE) {
		warnx("%s", f.text);
		return EX_CANTCREAT;
	}
	if (fflush(stdout) != 0)
		err(EX_IOERR, "standard output");
	return EX_OK;
}

int
cmd_replay(int argc, char **argv)
{
	static struct replay_options o;

	if (!replay_options_read(&o, argc, argv)) {
		fputs(replay_usage, stderr);
		return EX_USAGE;
	}
	if (o.help) {
		fputs(replay_usage, stdout);
		return EX_OK;
	}
	trace_open(&o);
	return run(&o);
}
