/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bandit-eval plot: pictures in files, or as text. */
#include <err.h>
#include <getopt.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "eval/commands.h"
#include "eval/plot.h"

static const char usage[] =
    "usage: bandit-eval plot [-t kind] [-y column] [--problem name]...\n"
    "                        [--policy spec]... [-o file] prefix\n"
    "  -t  curve (default), share, calibration or pareto\n"
    "  -y  what a curve shows: otb (default), reward, regret, opr or cost\n"
    "  --problem, --policy  only these\n"
    "  -o  draw into file.svg or file.png; else as text\n"
    "prefix is what replay was given with -o.\n";

struct options {
	const struct plot_kind *kind;
	struct plot plot;
	const char *out;
};

static const struct plot_kind *
kind_find(const char *name)
{
	for (const struct plot_kind *k = plot_kinds; k->name != NULL; k++)
		if (strcmp(k->name, name) == 0)
			return k;
	errx(EX_USAGE, "-t is curve, share, calibration or pareto, not \"%s\"",
	    name);
}

static void
name_add(struct names *names, const char *name)
{
	if (names->n == PLOT_NAMES)
		errx(EX_USAGE, "more than %d names", PLOT_NAMES);
	names->name[names->n++] = name;
}

static bool
parse(struct options *o, int argc, char **argv)
{
	static const struct option longs[] = { { "problem", required_argument,
						   NULL, 'p' },
		{ "policy", required_argument, NULL, 'q' }, { 0 } };
	int c;

	*o = (struct options){ .kind = plot_kinds, .plot.metric = "otb" };
	optind = 0; /* main may have used it */
	while ((c = getopt_long(argc, argv, "t:y:o:", longs, NULL)) != -1)
		switch (c) {
		case 't':
			o->kind = kind_find(optarg);
			break;
		case 'y':
			o->plot.metric = optarg;
			break;
		case 'o':
			o->out = optarg;
			break;
		case 'p':
			name_add(&o->plot.problems, optarg);
			break;
		case 'q':
			name_add(&o->plot.policies, optarg);
			break;
		default:
			return false;
		}
	o->plot.prefix = argv[optind];
	return optind + 1 == argc;
}

/* A number of the environment, as a shell sets COLUMNS; else 0. */
static int
size_in(const char *name)
{
	const char *text = getenv(name);
	long n = text == NULL ? 0 : strtol(text, NULL, 10);

	return n >= 20 && n <= 1000 ? (int)n : 0;
}

static void
screen_ask(struct screen *s)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
	bool tty = isatty(STDOUT_FILENO);
	struct winsize size = { 0 };

	setlocale(LC_CTYPE, "");
	s->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	s->colour = tty && (no == NULL || *no == '\0') && term != NULL &&
	    strcmp(term, "dumb") != 0;
	if (tty)
		ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	s->columns = size_in("COLUMNS");
	if (s->columns == 0)
		s->columns = size.ws_col >= 20 ? size.ws_col : 80;
	s->rows = size_in("LINES");
	if (s->rows == 0)
		s->rows = size.ws_row >= 12 ? size.ws_row : 24;
}

static void
show(const struct figure *figure)
{
	struct screen screen;
	struct buf out = { 0 };

	screen_ask(&screen);
	figure_text(figure, &screen, &out);
	fwrite(out.data, 1, out.len, stdout);
	buf_free(&out);
	if (fflush(stdout) != 0)
		err(EX_IOERR, "standard output");
}

int
cmd_plot(int argc, char **argv)
{
	struct figure figure = { 0 };
	struct options o;
	struct fault f = { 0 };
	enum err e;

	if (!parse(&o, argc, argv)) {
		fputs(usage, stderr);
		return EX_USAGE;
	}
	e = o.kind->read(&figure, &o.plot, &f);
	if (e == ERR_NONE && o.out != NULL)
		e = figure_draw(&figure, o.out, &f);
	else if (e == ERR_NONE)
		show(&figure);
	figure_fini(&figure);
	if (e != ERR_NONE)
		warnx("%s", f.text);
	return err_exit(e);
}
