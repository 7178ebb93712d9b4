/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bandit-eval convert: a log for other programs. */
#include <err.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "eval/commands.h"
#include "eval/convert.h"

struct options {
	const struct conversion *to;
	const char *router, *out, *log;
};

static void
usage(FILE *to)
{
	fputs(
	    "usage: bandit-eval convert --to format [--router name] [-o file] "
	    "log\n",
	    to);
	for (const struct conversion *c = conversions; c->name != NULL; c++)
		fprintf(to, "  --to %-7s %s\n", c->name, c->help);
	fputs("log is what banditctl export writes, or lines of JSON with x, "
	      "arm,\npropensity and reward.\n",
	    to);
}

static const struct conversion *
find(const char *name)
{
	for (const struct conversion *c = conversions; c->name != NULL; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	warnx("no format \"%s\"", name);
	return NULL;
}

/* False: the command line is wrong. */
static bool
parse(struct options *o, int argc, char **argv)
{
	static const struct option longs[] = { { "to", 1, NULL, 't' },
		{ "router", 1, NULL, 'r' }, { 0 } };
	int c;

	*o = (struct options){ 0 };
	optind = 0;
	while ((c = getopt_long(argc, argv, "o:", longs, NULL)) != -1) {
		if (c == 't' && (o->to = find(optarg)) == NULL)
			return false;
		if (c == 'r')
			o->router = optarg;
		if (c == 'o')
			o->out = optarg;
		if (c == '?')
			return false;
	}
	o->log = argv[optind];
	return o->to != NULL && optind == argc - 1;
}

/* What is read comes first, so that a file that is wrong, or is the log itself,
 * keeps what is in it. */
static enum err
run(const struct options *o, struct fault *f)
{
	FILE *to = stdout;
	struct rounds r;
	enum err e = rounds_read(&r, o->log, o->router, f);

	if (e != ERR_NONE)
		return e;
	if (o->out != NULL && (to = fopen(o->out, "w")) == NULL)
		err(EX_CANTCREAT, "%s", o->out);
	e = convert(o->to, &r, to, f);
	rounds_fini(&r);
	if (to != stdout && fclose(to) != 0 && e == ERR_NONE)
		err(EX_IOERR, "%s", o->out);
	return e;
}

int
cmd_convert(int argc, char **argv)
{
	struct options o;
	struct fault f = { 0 };
	enum err e;

	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		usage(stdout);
		return EX_OK;
	}
	if (!parse(&o, argc, argv)) {
		usage(stderr);
		return EX_USAGE;
	}
	e = run(&o, &f);
	if (e != ERR_NONE)
		warnx("%s", f.text);
	return err_exit(e);
}
