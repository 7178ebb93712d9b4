/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bandit-eval ope: what policies would have earned on a log. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/mem.h"
#include "eval/commands.h"
#include "eval/judge.h"
#include "eval/ope_options.h"
#include "eval/ope_show.h"

#define BLIND_WORTH_SAYING 0.01

static unsigned
needs(const struct ope_options *o)
{
	unsigned all = 0;

	for (long i = 0; i < o->estimators; i++)
		all |= o->estimator[i]->needs;
	return all;
}

static double
most_blind(const struct verdict *v, long n)
{
	double most = 0;

	for (long i = 0; i < n; i++)
		most = v[i].blind > most ? v[i].blind : most;
	return most;
}

static void
remark_left_out(const struct rounds *r)
{
	const char *before = "left out: ";

	for (int i = 0; i < LEFT_KINDS; i++) {
		const struct left_word *w = &left_words[i];

		if (r->left[i] == 0)
			continue;
		fprintf(stderr, "%s%ld %s", before, r->left[i],
		    r->left[i] == 1 ? w->one : w->many);
		before = ", ";
	}
	if (before[0] == ',')
		fprintf(stderr, "\n");
}

static void
remark(const struct judge *j, const struct verdict *v, long n)
{
	remark_left_out(j->rounds);
	if (j->rounds->slates > 0)
		fprintf(stderr, "of %ld longer slates the first arm counts\n",
		    j->rounds->slates);
	if (most_blind(v, n) > BLIND_WORTH_SAYING)
		fprintf(stderr,
		    "blind: the share of a policy's choices that fell on arms "
		    "without a chance in the log; no weight speaks of them, "
		    "so log with explore_floor, or with policy thompson\n");
	if (j->guard != NULL)
		fprintf(stderr, "%s: %ld of %ld spent\n", j->guard->path,
		    j->guard->state.spent, j->guard->state.budget);
}

/* How many verdicts there are in the end is added up in *n. */
static enum err
judge_all(struct judge *j, const struct ope_options *o, struct verdict *v,
    long *n, struct fault *f)
{
	enum err e = ERR_NONE;

	for (long i = 0; e == ERR_NONE && i < o->specs; i++) {
		e = judge_player(j, o->spec[i], (uint64_t)o->seed, f);
		for (long k = 0; e == ERR_NONE && k < o->estimators; k++) {
			e = judge_verdict(j, o->estimator[k], o->spec[i],
			    &v[*n], f);
			*n += e == ERR_NONE;
		}
	}
	return e;
}

static enum err
show(const struct ope_options *o, const struct judge *j,
    const struct verdict *v, long n, struct fault *f)
{
	struct buf out = { 0 };
	bool written;

	if (o->json)
		ope_show_json(j, v, n, &out);
	else
		ope_show_table(j, v, n, &out);
	written = fwrite(out.data, 1, out.len, stdout) == out.len &&
	    fflush(stdout) == 0;
	buf_free(&out);
	if (!written)
		return fault_set(f, ERR_STORAGE, "standard output: %s",
		    strerror(errno));
	if (!o->json)
		remark(j, v, n);
	return ERR_NONE;
}

/* What was answered before the budget was spent is shown all the same: it has
 * been paid for. */
static enum err
judge_and_show(struct judge *j, const struct ope_options *o, struct verdict *v,
    struct fault *f)
{
	long n = 0;
	enum err e = judge_all(j, o, v, &n, f), shown;

	if (e != ERR_NONE && (e != ERR_DENIED || n == 0))
		return e;
	shown = show(o, j, v, n, f);
	return shown != ERR_NONE ? shown : e;
}

static enum err
run(const struct ope_options *o, const struct rounds *r, struct holdout *g,
    struct fault *f)
{
	struct verdict *v =
	    mem_zalloc((size_t)(o->specs * o->estimators), sizeof *v);
	struct judge j;
	long from, to;
	enum err e = ope_options_window(o, r, &from, &to, f);

	if (e == ERR_NONE)
		e = judge_init(&j, r, from, to, needs(o), o->clip, g, f);
	if (e == ERR_NONE) {
		e = judge_and_show(&j, o, v, f);
		judge_fini(&j);
	}
	free(v);
	return e;
}

static enum err
run_guarded(const struct ope_options *o, const struct rounds *r,
    struct fault *f)
{
	struct holdout g;
	enum err e;

	if (o->guard == NULL)
		return run(o, r, NULL, f);
	e = holdout_open(&g, o->guard, r, o->budget, 0, f);
	if (e == ERR_NONE) {
		e = run(o, r, &g, f);
		holdout_close(&g);
	}
	return e;
}

static void
say(const struct fault *f)
{
	if (strcmp(f->text, ope_usage) == 0)
		fputs(ope_usage, stderr);
	else
		fprintf(stderr, "bandit-eval ope: %s\n", f->text);
}

static int
run_line(int argc, char **argv)
{
	struct ope_options o;
	struct rounds r;
	struct fault f;
	enum err e = ope_options_read(&o, argc, argv, &f);

	if (e == ERR_NONE) {
		e = rounds_read(&r, o.log, o.router, &f);
		if (e == ERR_NONE) {
			e = run_guarded(&o, &r, &f);
			rounds_fini(&r);
		}
	}
	if (e != ERR_NONE)
		say(&f);
	ope_options_fini(&o);
	if (e == ERR_BAD_REQUEST)
		return EX_USAGE;
	return e == ERR_NONE ? EX_OK : err_exit(e);
}

int
cmd_ope(int argc, char **argv)
{
	if (argc != 2 || strcmp(argv[1], "--help") != 0)
		return run_line(argc, argv);
	fputs(ope_usage, stdout);
	return EX_OK;
}
