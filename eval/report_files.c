/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/compare.h"
#include "eval/report.h"

/* The names are the problem's and the policy's, as they were given; a tab or
 * a new line in one would be two columns. */
static void
put_name(const char *name, FILE *to)
{
	for (; *name != '\0'; name++)
		fputc((unsigned char)*name < ' ' ? ' ' : *name, to);
	fputc('\t', to);
}

static void
put_key(const struct tally *t, int problem, int policy, FILE *to)
{
	put_name(t->problem[problem].name, to);
	put_name(t->replay->policy[policy], to);
}

static void
put_estimate(struct estimate e, FILE *to)
{
	fprintf(to, "\t%.9g\t%.9g", e.mean, e.error);
}

static void
curve(const struct tally *t, int problem, int policy, FILE *to)
{
	for (int mark = 0; mark < t->replay->marks; mark++) {
		put_key(t, problem, policy, to);
		fprintf(to, "%ld\t%d", t->replay->mark[mark], t->replay->runs);
		for (int m = 0; m < MEASURES; m++)
			put_estimate(summary_at(t, problem, policy, mark,
					 (enum measure)m),
			    to);
		fputc('\n', to);
	}
}

static void
share(const struct tally *t, int problem, int policy, FILE *to)
{
	for (int mark = 0; mark < t->replay->marks; mark++)
		for (int a = 0; a < t->problem[problem].arms; a++) {
			put_key(t, problem, policy, to);
			fprintf(to, "%ld\t%s", t->replay->mark[mark],
			    t->problem[problem].arm[a]);
			put_estimate(summary_share(t, problem, policy, mark, a),
			    to);
			fputc('\n', to);
		}
}

static void
calibration(const struct tally *t, int problem, int policy, FILE *to)
{
	static const char *const of[] = { "mean", "sigma" };
	struct bin bins[CALIBRATION_BINS];

	for (int kind = 0; kind < 2; kind++) {
		summary_bins(t, problem, policy, (enum calibration)kind, bins);
		for (int b = 0; b < CALIBRATION_BINS; b++) {
			double seen = bins[b].observed / bins[b].n;

			if (bins[b].n == 0)
				continue;
			put_key(t, problem, policy, to);
			fprintf(to, "%s\t%.9g\t%.9g\t%.0f\n", of[kind],
			    bins[b].predicted / bins[b].n,
			    kind == CALIBRATION_SIGMA ? sqrt(seen) : seen,
			    bins[b].n);
		}
	}
}

/* Of the first there is nothing to say. */
static void
differences(const struct tally *t, int problem, int policy, FILE *to)
{
	const struct replay *r = t->replay;
	struct comparison *all;

	if (policy == 0)
		return;
	all = mem_alloc((size_t)r->marks, sizeof *all);
	compare(t, problem, policy, 0, all);
	for (int mark = 0; mark < r->marks; mark++) {
		put_key(t, problem, policy, to);
		put_name(r->policy[0], to);
		fprintf(to, "%ld\t%.9g\t%.9g\t%.9g\n", r->mark[mark],
		    all[mark].difference, all[mark].low, all[mark].high);
	}
	free(all);
}

/* clang-format off */
static const struct {
	const char *name, *head;
	void (*put)(const struct tally *, int problem, int policy, FILE *);
} files[] = {
	{ "curve", "problem\tpolicy\tstep\tn\treward\treward_se\tregret\tregret_se\totb\totb_se\topr\topr_se\tcost\tcost_se", curve },
	{ "share", "problem\tpolicy\tstep\tarm\tshare\tshare_se", share },
	{ "calibration", "problem\tpolicy\tof\tpredicted\tobserved\tn", calibration },
	{ "compare", "problem\tpolicy\tother\tstep\tdifference\tlow\thigh", differences },
};
/* clang-format on */

static bool
put_file(const struct tally *t, int i, const char *path)
{
	FILE *to = fopen(path, "w");
	bool good;

	if (to == NULL)
		return false;
	fprintf(to, "%s\n", files[i].head);
	for (int problem = 0; problem < t->replay->problems; problem++)
		for (int policy = 0; policy < t->replay->policies; policy++)
			files[i].put(t, problem, policy, to);
	good = !ferror(to);
	return fclose(to) == 0 && good;
}

enum err
report_files(const struct tally *t, const char *prefix, struct fault *f)
{
	char path[4096];

	for (int i = 0; i < (int)(sizeof files / sizeof *files); i++) {
		int n = snprintf(path, sizeof path, "%s.%s.tsv", prefix,
		    files[i].name);

		if (n < 0 || (size_t)n >= sizeof path)
			return fault_set(f, ERR_BAD_REQUEST,
			    "a name that is too long: %s", prefix);
		if (!put_file(t, i, path))
			return fault_set(f, ERR_STORAGE, "%s: %s", path,
			    strerror(errno));
	}
	return ERR_NONE;
}
