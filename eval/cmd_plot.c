/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bandit-eval plot: pictures in files, or as text. */
#include <err.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "eval/commands.h"
#include "eval/plot.h"

static const char usage[] =
    "usage: bandit-eval plot [-t kind] [-y column] [--problem name]...\n"
    "                        [--policy spec]... [-o file] [--dark] prefix\n"
    "  -t  curve (default), share, calibration or pareto\n"
    "  -y  what a curve shows: otb (default), reward, regret, opr or cost\n"
    "  --problem, --policy  only these\n"
    "  -o  draw into file.svg or file.png; else as text\n"
    "  --dark  light on dark\n"
    "prefix is what replay was given with -o.\n";

struct options {
	const struct plot_kind *kind;
	struct plot plot;
	const char *out;
	enum theme theme;
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
		{ "policy", required_argument, NULL, 'q' },
		{ "dark", no_argument, NULL, 'd' }, { 0 } };
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
		case 'd':
			o->theme = THEME_DARK;
			break;
		default:
			return false;
		}
	o->plot.prefix = argv[optind];
	return optind + 1 == argc;
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
		e = figure_draw(&figure, o.out, o.theme, &f);
	else if (e == ERR_NONE)
		show(&figure);
	figure_fini(&figure);
	if (e != ERR_NONE)
		warnx("%s", f.text);
	return err_exit(e);
}
