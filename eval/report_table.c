/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "eval/compare.h"
#include "eval/report.h"

#define NAME_MOST 40 /* columns of a policy's */

static int
name_width(const struct replay *r)
{
	size_t width = 6;

	for (int i = 0; i < r->policies; i++)
		if (strlen(r->policy[i]) > width)
			width = strlen(r->policy[i]);
	return width < NAME_MOST ? (int)width : NAME_MOST;
}

/* "12.3 +-0.4", or without the error where there is none. */
static void
put(struct estimate e, double times, int digits, FILE *to)
{
	char text[64] = "-";

	if (!isnan(e.mean) && isnan(e.error))
		snprintf(text, sizeof text, "%.*f", digits, times * e.mean);
	else if (!isnan(e.mean))
		snprintf(text, sizeof text, "%.*f +-%.*f", digits,
		    times * e.mean, digits, times * e.error);
	fprintf(to, "  %15s", text);
}

static const struct {
	const char *title;
	enum measure measure;
	double times;
	int digits;
} columns[] = {
	{ "reward", MEASURE_REWARD, 1, 4 },
	{ "100 OtB", MEASURE_OTB, 100, 2 },
	{ "100 OPR", MEASURE_OPTIMAL, 100, 1 },
	{ "regret", MEASURE_REGRET, 1, 1 },
	{ "cost", MEASURE_COST, 1, 6 },
};
#define COLUMNS (sizeof columns / sizeof *columns)

static void
line(const struct tally *t, int problem, int policy, int mark, int width,
    FILE *to)
{
	fprintf(to, "%6ld  %-*.*s", t->replay->mark[mark], width, width,
	    t->replay->policy[policy]);
	for (size_t c = 0; c < COLUMNS; c++)
		put(summary_at(t, problem, policy, mark, columns[c].measure),
		    columns[c].times, columns[c].digits, to);
	fputc('\n', to);
}

static void
head(const struct tally *t, int problem, int width, FILE *to)
{
	const struct problem_facts *p = &t->problem[problem];

	fprintf(to,
	    "%s: %d prompts of %d numbers, %d arms, %d %s; best arm %s "
	    "%.4f\n",
	    p->name, p->rows, p->dimension, p->arms, t->replay->runs,
	    t->replay->runs == 1 ? "run" : "runs", p->arm[p->best],
	    p->best_mean);
	if (p->unscored > 0)
		fprintf(to,
		    "%ld rewards are missing; those arms were not "
		    "to be chosen then\n",
		    p->unscored);
	fprintf(to, "%6s  %-*s", "step", width, "policy");
	for (size_t c = 0; c < COLUMNS; c++)
		fprintf(to, "  %15s", columns[c].title);
	fputc('\n', to);
}

/* Of all others against the first. */
static void
comparisons(const struct tally *t, int problem, int width, FILE *to)
{
	if (t->replay->policies < 2)
		return;
	fprintf(to,
	    "100 x reward beyond that of %s, with ranges that hold "
	    "at all steps at once (%g %%):\n",
	    t->replay->policy[0], 100 * (1 - t->replay->alpha));
	for (int p = 1; p < t->replay->policies; p++) {
		struct comparison c = compare(t, problem, p, 0, NULL);

		fprintf(to, "%6s  %-*.*s  %7.2f, %.2f to %.2f", "", width,
		    width, t->replay->policy[p], 100 * c.difference,
		    100 * c.low, 100 * c.high);
		if (c.since > 0)
			fprintf(to, "; certain since step %ld", c.since);
		fputc('\n', to);
	}
}

void
report_table(const struct tally *t, const int *shown, int n, FILE *to)
{
	int width = name_width(t->replay);

	for (int problem = 0; problem < t->replay->problems; problem++) {
		if (problem > 0)
			fputc('\n', to);
		head(t, problem, width, to);
		for (int i = 0; i < n; i++)
			for (int p = 0; p < t->replay->policies; p++)
				line(t, problem, p, shown[i], width, to);
		comparisons(t, problem, width, to);
	}
}
