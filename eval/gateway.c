/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * demo-gateway: a gateway whose prompts and models are a replay set.
 *
 * Every step asks banditd for an arm, looks up what that arm earned on the
 * prompt, and reports it, one request after the other, as a gateway would; the
 * rewards of the other arms stay hidden.  A step is one line of the log.
 */
#include <err.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "client/banditd.h"
#include "eval/brp.h"
#include "eval/order.h"

#define TIMEOUT_MS 30000 /* a disk that is busy may take its time */
#define BAR 40           /* columns */

static const char usage[] =
    "usage: demo-gateway [-n steps] [-o log.tsv] [-s socket] [--seed n]\n"
    "                    [--from step] [--until step] set.brp\n"
    "  -n      steps of the whole replay, 5000\n"
    "  -o      write a line per step; with --from it is appended to\n"
    "  -s      the daemon's socket\n"
    "  --seed  of the order of the prompts, 1\n"
    "  --from, --until  play these steps only: from <= step < until\n";

struct options {
	const char *set, *log, *socket;
	long steps, from, until, seed;
};

struct gateway {
	struct banditd *daemon;
	struct brp set;
	struct order *order;
	struct clock clock;
	float *x;   /* [set.dimension] */
	int best;   /* the single arm that is best over the whole set */
	FILE *log;  /* NULL: none */
	double sum; /* of the rewards */
};

/* What one prompt would have earned otherwise. */
struct otherwise {
	double best, uniform, oracle;
};

static void __attribute__((noreturn))
daemon_failed(const struct gateway *g, const char *what)
{
	const char *code = banditd_code(g->daemon);

	errx(strcmp(code, "unavailable") == 0 ? EX_UNAVAILABLE : 1,
	    "%s: %s: %s", what, code, banditd_message(g->daemon));
}

static void
check_complete(const struct brp *set, const char *path)
{
	for (int row = 0; row < set->rows; row++)
		for (int arm = 0; arm < set->arms; arm++)
			if (isnan(brp_reward(set, row, arm)))
				errx(EX_DATAERR,
				    "%s: row %d does not say what %s earned",
				    path, row, set->arm[arm].name);
}

static int
best_arm(const struct brp *set)
{
	int best = 0;

	for (int arm = 1; arm < set->arms; arm++)
		if (brp_mean_reward(set, arm) > brp_mean_reward(set, best))
			best = arm;
	return best;
}

static void
set_load(struct gateway *g, const char *path)
{
	struct fault f;

	if (brp_read(&g->set, path, &f) != ERR_NONE)
		errx(EX_DATAERR, "%s", f.text);
	check_complete(&g->set, path);
	g->best = best_arm(&g->set);
	g->x = mem_alloc((size_t)g->set.dimension, sizeof *g->x);
}

/* Arms that are there already, from an earlier part of the replay, stay. */
static void
arms_add(struct gateway *g)
{
	for (int arm = 0; arm < g->set.arms; arm++) {
		double cost = brp_mean_cost(&g->set, arm);

		banditd_begin(g->daemon, "arm.add");
		banditd_put_str(g->daemon, "arm", g->set.arm[arm].name);
		if (!isnan(cost))
			banditd_put_num(g->daemon, "cost", cost);
		if (banditd_call(g->daemon) != 0 &&
		    strcmp(banditd_code(g->daemon), "conflict") != 0)
			daemon_failed(g, "arm.add");
	}
}

static int
arm_find(const struct brp *set, const char *name)
{
	for (int arm = 0; arm < set->arms; arm++)
		if (strcmp(set->arm[arm].name, name) == 0)
			return arm;
	errx(EX_DATAERR,
	    "banditd chose \"%s\", which is not in the set: "
	    "start it with an empty state directory",
	    name);
}

static struct otherwise
otherwise(const struct gateway *g, int row)
{
	struct otherwise o = { brp_reward(&g->set, row, g->best), 0,
		-INFINITY };

	for (int arm = 0; arm < g->set.arms; arm++) {
		o.uniform += brp_reward(&g->set, row, arm) / g->set.arms;
		o.oracle = fmax(o.oracle, brp_reward(&g->set, row, arm));
	}
	return o;
}

/* A reward counts only once the daemon has said that it is kept. */
static void
reward(struct gateway *g, const char *decision, double value)
{
	bool applied = false;

	if (banditd_feedback(g->daemon, decision, value) != 0)
		daemon_failed(g, "feedback");
	banditd_bool(banditd_field(banditd_result(g->daemon), "applied"),
	    &applied);
	if (!applied)
		errx(1, "the reward of %s was there already", decision);
	g->sum += value;
}

static void
play(struct gateway *g, long step)
{
	int row = order_row(g->order, step), arm;
	struct otherwise o = otherwise(g, row);
	struct banditd_decision d;
	double start, decided, value;

	brp_context(&g->set, row, g->x);
	start = clock_mono(&g->clock);
	if (banditd_decide(g->daemon, NULL, g->x, (size_t)g->set.dimension,
		&d) != 0)
		daemon_failed(g, "decide");
	decided = clock_mono(&g->clock);
	arm = arm_find(&g->set, d.arm);
	value = brp_reward(&g->set, row, arm);
	reward(g, d.decision, value);
	if (g->log != NULL)
		fprintf(g->log,
		    "%ld\t%d\t%s\t%.6g\t%.6g\t%.6g\t%.6g\t%.1f\t%.1f\n",
		    step + 1, row, d.arm, value, o.best, o.uniform, o.oracle,
		    1e6 * (decided - start),
		    1e6 * (clock_mono(&g->clock) - decided));
}

/* Of the whole replay: a bar on a terminal, else a line every tenth. */
static void
progress(const struct gateway *g, const struct options *o, long done)
{
	const char *part = o->from > 0 ? " of this part" : "";
	double mean = g->sum / (double)(done - o->from);
	long percent = 100 * done / o->steps;

	if (percent == 100 * (done - 1) / o->steps && done != o->until)
		return;
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r[%-*.*s] ", BAR,
		    (int)(BAR * done / o->steps),
		    "########################################");
	else if (percent % 10 != 0)
		return;
	fprintf(stderr, "%3ld %%  mean reward%s %.4f%s", percent, part, mean,
	    isatty(STDERR_FILENO) && done < o->until ? "" : "\n");
}

static FILE *
log_start(const struct options *o, const struct brp *set)
{
	FILE *out;

	if (o->log == NULL)
		return NULL;
	out = fopen(o->log, o->from > 0 ? "a" : "w");
	if (out == NULL)
		err(EX_CANTCREAT, "%s", o->log);
	if (o->from == 0)
		fprintf(out,
		    "# %s, %d prompts, %d arms\nstep\trow\tarm\t"
		    "reward\tbest_arm\tuniform\tper_prompt_best\t"
		    "decide_us\tfeedback_us\n",
		    set->name, set->rows, set->arms);
	return out;
}

static long
number(const char *text, const char *option)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (end == text || *end != '\0' || n < 0)
		errx(EX_USAGE, "%s %s: a number is wanted", option, text);
	return n;
}

static void
options_read(int argc, char **argv, struct options *o)
{
	/* clang-format off */
	static const struct option longs[] = {
		{ "seed", required_argument, NULL, 'S' },
		{ "from", required_argument, NULL, 'F' },
		{ "until", required_argument, NULL, 'U' },
		{ 0 }
	};
	/* clang-format on */
	int c;

	*o = (struct options){ .steps = 5000, .until = -1, .seed = 1 };
	while ((c = getopt_long(argc, argv, "n:o:s:", longs, NULL)) != -1)
		switch (c) {
		case 'n':
			o->steps = number(optarg, "-n");
			break;
		case 'o':
			o->log = optarg;
			break;
		case 's':
			o->socket = optarg;
			break;
		case 'S':
			o->seed = number(optarg, "--seed");
			break;
		case 'F':
			o->from = number(optarg, "--from");
			break;
		case 'U':
			o->until = number(optarg, "--until");
			break;
		default:
			fputs(usage, stderr);
			exit(EX_USAGE);
		}
	if (o->until < 0 || o->until > o->steps)
		o->until = o->steps;
	if (optind != argc - 1 || o->from >= o->until) {
		fputs(usage, stderr);
		exit(EX_USAGE);
	}
	o->set = argv[optind];
}

int
main(int argc, char **argv)
{
	struct gateway g = { 0 };
	struct options o;

	options_read(argc, argv, &o);
	set_load(&g, o.set);
	g.order = order_new(g.set.rows, (uint64_t)o.seed);
	g.log = log_start(&o, &g.set);
	g.daemon = banditd_new(o.socket);
	if (g.daemon == NULL)
		err(EX_OSERR, "banditd_new");
	banditd_set_timeout(g.daemon, TIMEOUT_MS);
	arms_add(&g);
	for (long step = o.from; step < o.until; step++) {
		play(&g, step);
		progress(&g, &o, step + 1);
	}
	if (g.log != NULL && (ferror(g.log) || fclose(g.log) != 0))
		err(EX_IOERR, "%s", o.log);
	banditd_free(g.daemon);
	order_free(g.order);
	brp_fini(&g.set);
	free(g.x);
	return 0;
}
