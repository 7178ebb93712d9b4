/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bandit-eval recipe: the paper's set-ups, each with one command. */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/path.h"
#include "eval/commands.h"
#include "eval/recipe.h"

#define SETS "data"

static const char usage[] =
    "usage: bandit-eval recipe [--quick] [-n] [-d sets] [-o dir] [name]\n"
    "  -d       where the sets are (data)\n"
    "  -o       where results and pictures go (.)\n"
    "  -n       only show the commands\n"
    "  --quick  so few steps that it only shows that all works\n"
    "Without a name it lists the recipes.\n";

struct options {
	bool quick, show;
	const char *sets, *dir;
};

/* A command line of ours. */
struct line {
	char *word[4 * RECIPE_WORDS];
	int n;
};

static void __attribute__((format(printf, 2, 3)))
line_add(struct line *l, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&l->word[l->n++], fmt, ap) < 0)
		mem_got(NULL);
	va_end(ap);
}

static void
line_fini(struct line *l)
{
	while (l->n > 0)
		free(l->word[--l->n]);
}

/* As a shell would take it. */
static void
line_show(const struct line *l)
{
	fputs("bandit-eval", stderr);
	for (int i = 0; i < l->n; i++) {
		bool plain =
		    l->word[i][strspn(l->word[i],
			"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRST"
			"UVWXYZ0123456789-_./=:,@+")] == '\0';

		fprintf(stderr, plain ? " %s" : " '%s'", l->word[i]);
	}
	fputs("\n", stderr);
}

static int
line_run(struct line *l, const struct options *o,
    int (*command)(int argc, char **argv))
{
	int status = EX_OK;

	line_show(l);
	l->word[l->n] = NULL;
	if (!o->show)
		status = command(l->n, l->word);
	line_fini(l);
	return status;
}

/* The set of the problem's name is a file. */
static void
add_problem(struct line *l, const struct options *o, const char *problem)
{
	size_t name = strcspn(problem, "~");

	if (strncmp(problem, "synth:", 6) == 0)
		line_add(l, "%s", problem);
	else
		line_add(l, "%s/%.*s.brp%s", o->sets, (int)name, problem,
		    problem + name);
}

static int
replay(const struct recipe *r, const struct options *o)
{
	const char *const *option = o->quick ? r->quick : r->option;
	struct line l = { 0 };

	line_add(&l, "replay");
	for (int i = 0; option[i] != NULL; i++)
		line_add(&l, "%s", option[i]);
	for (int i = 0; r->policy[i] != NULL; i++) {
		line_add(&l, "-p");
		line_add(&l, "%s", r->policy[i]);
	}
	line_add(&l, "-o");
	line_add(&l, "%s/%s", o->dir, r->name);
	for (int i = 0; r->problem[i] != NULL; i++)
		add_problem(&l, o, r->problem[i]);
	return line_run(&l, o, cmd_replay);
}

/* ending: of the file; NULL: as text. */
static int
plot(const struct recipe *r, const struct options *o, const char *ending)
{
	struct line l = { 0 };

	line_add(&l, "plot");
	line_add(&l, "-y");
	line_add(&l, "%s", r->metric);
	if (ending != NULL) {
		line_add(&l, "-o");
		line_add(&l, "%s/%s.%s", o->dir, r->name, ending);
	}
	line_add(&l, "%s/%s", o->dir, r->name);
	return line_run(&l, o, cmd_plot);
}

static int
run(const struct recipe *r, const struct options *o)
{
	int status;

	if (!o->show && mkdir(o->dir, 0777) != 0 && errno != EEXIST)
		err(EX_CANTCREAT, "%s", o->dir);
	status = replay(r, o);
	if (status == EX_OK)
		status = plot(r, o, "svg");
	if (status == EX_OK)
		status = plot(r, o, "png");
	if (status == EX_OK && isatty(STDOUT_FILENO))
		status = plot(r, o, NULL);
	return status;
}

static int
list(void)
{
	for (const struct recipe *r = recipes; r->name != NULL; r++)
		printf("%-12s %3s min  %s\n", r->name, r->minutes, r->help);
	return EX_OK;
}

static bool
parse(struct options *o, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "quick", no_argument, NULL, 'q' }, { 0 }
	};
	int c;

	*o = (struct options){ .sets = SETS, .dir = "." };
	optind = 0; /* main may have used it */
	while ((c = getopt_long(argc, argv, "nd:o:", longs, NULL)) != -1)
		switch (c) {
		case 'q':
			o->quick = true;
			break;
		case 'n':
			o->show = true;
			break;
		case 'd':
			o->sets = optarg;
			break;
		case 'o':
			o->dir = optarg;
			break;
		default:
			return false;
		}
	return argc - optind <= 1;
}

int
cmd_recipe(int argc, char **argv)
{
	struct options o;
	const char *name;

	if (!parse(&o, argc, argv)) {
		fputs(usage, stderr);
		return EX_USAGE;
	}
	name = argv[optind];
	if (name == NULL)
		return list();
	for (const struct recipe *r = recipes; r->name != NULL; r++)
		if (strcmp(r->name, name) == 0)
			return run(r, &o);
	warnx("there is no recipe \"%s\"; there is:", name);
	list();
	return EX_USAGE;
}
