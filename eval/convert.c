/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dsjson, of Vowpal Wabbit (--dsjson --cb_explore_adf): costs are rewards with
 * the other sign; only arms that were eligible are actions.  What the log does
 * not say, how likely each of the others was, is an equal share of the rest.
 *
 * obp, a flat table for the Open Bandit Pipeline: action, reward, pscore and
 * position as its OpenBanditDataset has them, and a column for each number of
 * the context.
 */
#include "eval/convert.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <time.h>

static int
eligible_count(const struct rounds *r, const struct round *round)
{
	int n = 0;

	for (int a = 0; a < r->arms; a++)
		n += round->eligible[a];
	return n;
}

/* The position of the arm among those eligible. */
static int
action(const struct round *round, int arm)
{
	int n = 0;

	for (int a = 0; a < arm; a++)
		n += round->eligible[a];
	return n;
}

static void
put_time(double time, FILE *to)
{
	time_t seconds = (time_t)floor(time);
	struct tm tm;
	char text[32];

	if (isnan(time) || gmtime_r(&seconds, &tm) == NULL)
		return;
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
	fprintf(to, "\"Timestamp\":\"%s.%03dZ\",", text,
	    (int)(1000 * (time - floor(time))));
}

/* That of the arm shown first, then the others in their order. */
static void
put_actions(const struct round *round, int n, FILE *to)
{
	int shown = action(round, round->arm);

	fprintf(to, "\"a\":[%d", shown + 1);
	for (int i = 0; i < n; i++)
		if (i != shown)
			fprintf(to, ",%d", i + 1);
	fprintf(to, "],\"p\":[%.9g", round->propensity);
	for (int i = 1; i < n; i++)
		fprintf(to, ",%.9g", (1 - round->propensity) / (n - 1));
	fputs("],", to);
}

static void
put_context(const struct rounds *r, long i, FILE *to)
{
	const float *x = r->x + (size_t)i * (size_t)r->dimension;
	const char *sep = "";

	fputs("\"c\":{\"x\":{", to);
	for (int j = 0; j < r->dimension; j++)
		fprintf(to, "%s\"%d\":%.9g", j > 0 ? "," : "", j + 1,
		    (double)x[j]);
	fputs("},\"_multi\":[", to);
	for (int a = 0; a < r->arms; a++) {
		if (!r->round[i].eligible[a])
			continue;
		fprintf(to, "%s{\"arm\":{\"%s\":1}}", sep, r->arm[a]);
		sep = ",";
	}
	fputs("]},", to);
}

static void
dsjson_round(const struct rounds *r, long i, FILE *to)
{
	const struct round *round = &r->round[i];
	int n = eligible_count(r, round), at = action(round, round->arm);

	fprintf(to,
	    "{\"_label_cost\":%.9g,\"_label_probability\":%.9g,"
	    "\"_label_Action\":%d,\"_labelIndex\":%d,",
	    0 - round->reward, round->propensity, at + 1, at);
	put_time(round->time, to);
	fprintf(to, "\"Version\":\"1\",\"EventId\":\"%ld\",", round->line);
	put_actions(round, n, to);
	put_context(r, i, to);
	fputs("\"VWState\":{\"m\":\"banditd\"}}\n", to);
}

static void
obp_head(const struct rounds *r, FILE *to)
{
	fputs("timestamp,action,arm,position,reward,pscore,cost", to);
	for (int j = 0; j < r->dimension; j++)
		fprintf(to, ",context_%d", j);
	fputc('\n', to);
}

/* Nothing where it is not known. */
static void
put_number(double value, FILE *to)
{
	if (!isnan(value))
		fprintf(to, "%.17g", value);
	fputc(',', to);
}

static void
obp_round(const struct rounds *r, long i, FILE *to)
{
	const struct round *round = &r->round[i];
	const float *x = r->x + (size_t)i * (size_t)r->dimension;

	put_number(round->time, to);
	fprintf(to, "%d,%s,0,", round->arm, r->arm[round->arm]);
	put_number(round->reward, to);
	put_number(round->propensity, to);
	if (!isnan(round->cost))
		fprintf(to, "%.17g", round->cost);
	for (int j = 0; j < r->dimension; j++)
		fprintf(to, ",%.9g", (double)x[j]);
	fputc('\n', to);
}

const struct conversion conversions[] = {
	{ "dsjson", "lines of JSON, for Vowpal Wabbit", NULL, dsjson_round,
	    true },
	{ "obp", "a flat table, for the Open Bandit Pipeline", obp_head,
	    obp_round, true },
	{ 0 },
};

enum err
convert(const struct conversion *c, const struct rounds *r, FILE *to,
    struct fault *f)
{
	if (c->head != NULL)
		c->head(r, to);
	for (long i = 0; i < r->n; i++) {
		if (c->propensities && isnan(r->round[i].propensity))
			return fault_set(f, ERR_DATA,
			    "%.200s:%ld: %s needs a propensity", r->name,
			    r->round[i].line, c->name);
		c->round(r, i, to);
		if (ferror(to))
			break;
	}
	return fflush(to) == 0 && !ferror(to)
	    ? ERR_NONE
	    : fault_set(f, ERR_STORAGE, "it cannot be written: %s",
		  strerror(errno));
}
