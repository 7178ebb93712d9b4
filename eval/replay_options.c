/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eval/replay_options.h"

#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"

#define STEPS 5000
#define RUNS 20
#define ALPHA 0.05
#define GRID 60 /* marks of a curve */
#define MOST 1000000000L

const char replay_usage[] =
    "usage: bandit-eval [replay] [-p policy]... [-P file] [options] "
    "problem...\n"
    "  -p policy       \"name setting=value ...\"; pak-ucb where none is "
    "given\n"
    "  -P file         policies, one a line\n"
    "  -n steps        of each run (5000)\n"
    "  --at n,n,..     steps to look at (300,1000,3000 and the last)\n"
    "  --runs n        random orders of the prompts (20)\n"
    "  --seed n        of the first run (1)\n"
    "  --warm n        observe all rewards of n prompts before\n"
    "  --join arm=n    the arm is there only from step n on\n"
    "  --leave arm=n   the arm is there only until step n\n"
    "  --type n        prompts of the last kind come only from step n on\n"
    "  --jobs n        processes at once (all processors)\n"
    "  --alpha a       how often a difference may be none (0.05)\n"
    "  -j              print JSON\n"
    "  --trace file    write every step of the only run\n"
    "  -o prefix       write prefix.curve.tsv, .share.tsv, .calibration.tsv\n"
    "                  and, of policies compared, .compare.tsv\n"
    "A problem is a file of prompts, or file+file.. as one, with "
    "~cost[=weight]\n"
    "behind it or not, or synth:cluster, synth:antipodal or synth:smooth.\n";

static long
number(const char *what, const char *text, long least, long most)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	if (end == text || *end != '\0' || errno != 0 || n < least || n > most)
		errx(EX_USAGE, "%s is a number from %ld to %ld, not \"%s\"",
		    what, least, most, text);
	return n;
}

static double
share(const char *what, const char *text)
{
	char *end;
	double x = strtod(text, &end);

	if (end == text || *end != '\0' || !(x > 1e-12 && x < 1))
		errx(EX_USAGE, "%s is a number between 0 and 1, not \"%s\"",
		    what, text);
	return x;
}

static void
policy_add(struct replay_options *o, const char *policy)
{
	if (o->replay.policies == POLICIES_MOST)
		errx(EX_USAGE, "more than %d policies", POLICIES_MOST);
	o->policy[o->replay.policies++] = policy;
}

/* One a line; blank ones and what follows a # do not count. */
static void
policies_read(struct replay_options *o, const char *path)
{
	FILE *from = fopen(path, "r");
	char *line = NULL;
	size_t cap = 0;

	if (from == NULL)
		err(EX_NOINPUT, "%s", path);
	while (getline(&line, &cap, from) >= 0) {
		line[strcspn(line, "#\r\n")] = '\0';
		if (line[strspn(line, " \t")] != '\0')
			policy_add(o, mem_strdup(line));
	}
	if (ferror(from))
		err(EX_IOERR, "%s", path);
	free(line);
	fclose(from);
}

static void
at_parse(struct replay_options *o, const char *text)
{
	char *copy = mem_strdup(text), *rest;

	o->ats = 0;
	for (char *s = strtok_r(copy, ",", &rest); s != NULL;
	     s = strtok_r(NULL, ",", &rest)) {
		if (o->ats == SHOWN_MOST)
			errx(EX_USAGE, "--at takes up to %d steps", SHOWN_MOST);
		o->at[o->ats++] = number("--at", s, 1, MOST);
	}
	free(copy);
	if (o->ats == 0)
		errx(EX_USAGE, "--at takes steps, such as 300,1000");
}

static void
change_add(struct replay_options *o, const char *text, bool joins)
{
	const char *option = joins ? "--join" : "--leave";
	const char *equals = strrchr(text, '=');
	struct change *c = &o->change[o->replay.changes];

	if (equals == NULL || equals == text ||
	    (size_t)(equals - text) >= sizeof c->arm)
		errx(EX_USAGE, "%s takes arm=step, not \"%s\"", option, text);
	if (o->replay.changes == CHANGES_MOST)
		errx(EX_USAGE, "more than %d arms join or leave", CHANGES_MOST);
	memset(c, 0, sizeof *c);
	memcpy(c->arm, text, (size_t)(equals - text));
	c->step = number(option, equals + 1, 1, MOST);
	c->joins = joins;
	o->replay.changes++;
}

enum {
	OPT_AT = 256,
	OPT_RUNS,
	OPT_SEED,
	OPT_WARM,
	OPT_JOIN,
	OPT_LEAVE,
	OPT_TYPE,
	OPT_JOBS,
	OPT_TRACE,
	OPT_ALPHA,
	OPT_HELP
};

static const struct option longs[] = { { "at", 1, NULL, OPT_AT },
	{ "runs", 1, NULL, OPT_RUNS }, { "seeds", 1, NULL, OPT_RUNS },
	{ "seed", 1, NULL, OPT_SEED }, { "warm", 1, NULL, OPT_WARM },
	{ "join", 1, NULL, OPT_JOIN }, { "leave", 1, NULL, OPT_LEAVE },
	{ "type", 1, NULL, OPT_TYPE }, { "jobs", 1, NULL, OPT_JOBS },
	{ "trace", 1, NULL, OPT_TRACE }, { "alpha", 1, NULL, OPT_ALPHA },
	{ "help", 0, NULL, OPT_HELP }, { 0 } };

/* False: it is no option. */
static bool
option_take(struct replay_options *o, int c)
{
	struct replay *r = &o->replay;

	switch (c) {
	case 'p':
		policy_add(o, optarg);
		break;
	case 'P':
		policies_read(o, optarg);
		break;
	case 'n':
		r->steps = number("-n", optarg, 1, MOST);
		break;
	case 'j':
		o->json = true;
		break;
	case 'o':
		o->prefix = optarg;
		break;
	case OPT_AT:
		at_parse(o, optarg);
		break;
	case OPT_RUNS:
		r->runs = (int)number("--runs", optarg, 1, 100000);
		break;
	case OPT_SEED:
		r->seed = (uint64_t)number("--seed", optarg, 0, MOST);
		break;
	case OPT_WARM:
		r->warm = (int)number("--warm", optarg, 0, MOST);
		break;
	case OPT_JOIN:
		change_add(o, optarg, true);
		break;
	case OPT_LEAVE:
		change_add(o, optarg, false);
		break;
	case OPT_TYPE:
		r->type_step = number("--type", optarg, 1, MOST);
		break;
	case OPT_ALPHA:
		r->alpha = share("--alpha", optarg);
		break;
	case OPT_TRACE:
		o->trace = optarg;
		break;
	case OPT_JOBS:
		r->jobs = (int)number("--jobs", optarg, 1, 1024);
		break;
	default:
		return false;
	}
	return true;
}

static int
ascending(const void *a, const void *b)
{
	long x = *(const long *)a, y = *(const long *)b;

	return (x > y) - (x < y);
}

/* The steps to look at, and an even grid for the curves, once each. */
static void
marks_set(struct replay_options *o)
{
	struct replay *r = &o->replay;
	long all[SHOWN_MOST + GRID];
	int n = 0, shown = 0;

	for (int i = 0; i < o->ats; i++)
		if (o->at[i] <= r->steps)
			all[n++] = o->at[i];
	for (int i = 1; i <= GRID; i++)
		all[n++] = (r->steps * i + GRID - 1) / GRID;
	qsort(all, (size_t)n, sizeof *all, ascending);
	for (int i = 0; i < n; i++)
		if (r->marks == 0 || all[i] != r->mark[r->marks - 1])
			r->mark[r->marks++] = all[i];
	for (int i = 0; i < r->marks; i++)
		for (int k = 0; k < o->ats; k++)
			if (o->at[k] == r->mark[i]) {
				o->shown[shown++] = i;
				break;
			}
	o->ats = shown;
}

static void
defaults(struct replay_options *o)
{
	static const long at[] = { 300, 1000, 3000 };
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	*o = (struct replay_options){
		.replay = { .runs = RUNS,
		    .alpha = ALPHA,
		    .seed = 1,
		    .steps = STEPS,
		    .jobs = processors > 0 ? (int)processors : 1,
		    .progress = isatty(STDERR_FILENO) != 0 }
	};
	memcpy(o->at, at, sizeof at);
	o->ats = 0;
}

static void
complete(struct replay_options *o)
{
	if (o->replay.policies == 0)
		policy_add(o, "pak-ucb");
	if (o->ats == 0) {
		while (o->ats < 3 && o->at[o->ats] < o->replay.steps)
			o->ats++;
		o->at[o->ats++] = o->replay.steps;
	}
	marks_set(o);
	if (o->ats == 0)
		errx(EX_USAGE, "--at: a run has %ld steps", o->replay.steps);
	o->replay.policy = o->policy;
	o->replay.change = o->change;
}

bool
replay_options_read(struct replay_options *o, int argc, char **argv)
{
	int c;

	defaults(o);
	optind = 0;
	while ((c = getopt_long(argc, argv, "p:P:n:o:jh", longs, NULL)) != -1) {
		o->help |= c == OPT_HELP || c == 'h';
		if (!o->help && !option_take(o, c))
			return false;
		if (o->help)
			return true;
	}
	if (optind == argc)
		return false;
	o->replay.problem = (const char *const *)argv + optind;
	o->replay.problems = argc - optind;
	complete(o);
	return true;
}
