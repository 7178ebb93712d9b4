/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The OpenMetrics text format, version 1.0.0:
 * https://github.com/prometheus/OpenMetrics
 * or the one of Prometheus before it, where a counter is described under its
 * whole name:
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/name.h"
#include "base/pack.h"
#include "daemon/handlers.h"
#include "daemon/stats.h"

struct shape {
	struct buf *b;
	bool open; /* OpenMetrics */
};

static void
head(const struct shape *p, const char *name, const char *suffix,
    enum stat_kind kind, const char *unit, const char *help)
{
	bool counter = kind == STAT_COUNTER;
	const char *total = counter && !p->open ? "_total" : "";

	buf_printf(p->b, "# TYPE banditd_%s%s%s %s\n", name, suffix, total,
	    counter ? "counter" : "gauge");
	if (p->open && unit[0] != '\0')
		buf_printf(p->b, "# UNIT banditd_%s%s %s\n", name, suffix,
		    unit);
	buf_printf(p->b, "# HELP banditd_%s%s%s %s\n", name, suffix, total,
	    help);
}

/* The name of a metric ends in its unit. */
static const char *
unit_suffix(const struct stat *row)
{
	if (row->unit[0] == 's')
		return "_seconds";
	return "";
}

static void
print_stat(const struct stat *row, const struct stat_sources *t,
    const struct shape *p)
{
	double v = row->get(t);

	if (row->kind == STAT_INFO || isnan(v))
		return;
	head(p, row->name, unit_suffix(row), row->kind, row->unit, row->help);
	buf_printf(p->b, "banditd_%s%s%s %.17g\n", row->name, unit_suffix(row),
	    row->kind == STAT_COUNTER ? "_total" : "", v);
}

/* Numbers of one arm. */
struct arm_stat {
	const char *name;
	enum stat_kind kind;
	const char *help;
	double (*get)(const struct arm *);
};

#define ARM_NUMBER(fn, expression)            \
	static double fn(const struct arm *a) \
	{                                     \
		return (double)(expression);  \
	}

/* clang-format off */
ARM_NUMBER(arm_enabled, a->enabled)
ARM_NUMBER(arm_expired, a->expired)
ARM_NUMBER(arm_pending, a->pending)
ARM_NUMBER(arm_pulls, a->decided + a->expired + a->pending)
ARM_NUMBER(arm_rewards, a->rewards)
ARM_NUMBER(arm_reward_mean, a->rewards > 0 ? a->mean : NAN)

static const struct arm_stat arm_stats[] = {
	{ "arm_enabled", STAT_GAUGE, "Whether decisions may choose the arm.", arm_enabled },
	{ "arm_expired", STAT_COUNTER, "Decisions of the arm that were never rewarded.", arm_expired },
	{ "arm_pending", STAT_GAUGE, "Decisions of the arm that wait for their reward.", arm_pending },
	{ "arm_pulls", STAT_COUNTER, "Decisions for the arm.", arm_pulls },
	{ "arm_reward_mean", STAT_GAUGE, "Mean reward of the arm.", arm_reward_mean },
	{ "arm_rewards", STAT_COUNTER, "Rewards learnt of the arm.", arm_rewards },
	{ 0 }
};
/* clang-format on */

/* Names are of A-Z a-z 0-9 . _ : / - and need no escaping. */
static void
print_arm_stat(const struct arm_stat *row, const struct bandit *bandit,
    const struct shape *p)
{
	head(p, row->name, "", row->kind, "", row->help);
	for (int i = 0; i < bandit->routers; i++) {
		const struct router *r = bandit->router[i];

		for (int j = 0; r->served && j < r->arms; j++) {
			double v = row->get(r->arm[j]);

			if (!isnan(v))
				buf_printf(p->b,
				    "banditd_%s%s{router=\"%s\",arm=\"%s\"} "
				    "%.17g\n",
				    row->name,
				    row->kind == STAT_COUNTER ? "_total" : "",
				    r->name, r->arm[j]->name, v);
		}
	}
}

static void
print_methods(const struct rpc *rpc, const struct shape *p)
{
	head(p, "calls", "", STAT_COUNTER, "", "Calls of a method.");
	for (int i = 0; methods[i].name != NULL; i++)
		buf_printf(p->b,
		    "banditd_calls_total{method=\"%s\"} %" PRIu64 "\n",
		    methods[i].name, rpc->stats[i].calls);
	head(p, "call_errors", "", STAT_COUNTER, "",
	    "Calls of a method that were answered with an error.");
	for (int i = 0; methods[i].name != NULL; i++)
		buf_printf(p->b,
		    "banditd_call_errors_total{method=\"%s\"} %" PRIu64 "\n",
		    methods[i].name, rpc->stats[i].errors);
	head(p, "call_seconds", "", STAT_COUNTER, "seconds",
	    "Time spent on a method.");
	for (int i = 0; methods[i].name != NULL; i++)
		buf_printf(p->b,
		    "banditd_call_seconds_total{method=\"%s\"} "
		    "%.9g\n",
		    methods[i].name, rpc->stats[i].seconds);
}

static void
print_rejects(const struct rpc *rpc, const struct shape *p)
{
	head(p, "rejects", "", STAT_COUNTER, "",
	    "Requests answered with an error, by its code.");
	for (int e = ERR_NONE + 1; e <= ERR_INTERNAL; e++)
		buf_printf(p->b,
		    "banditd_rejects_total{code=\"%s\"} %" PRIu64 "\n",
		    err_word((enum err)e), rpc->rejects[e]);
}

void
metrics_print(const struct stat_sources *t, bool open, struct buf *b)
{
	struct shape p = { b, open };

	for (const struct stat *row = stats; row->name != NULL; row++)
		print_stat(row, t, &p);
	for (const struct arm_stat *row = arm_stats; row->name != NULL; row++)
		print_arm_stat(row, &t->service->bandit, &p);
	print_methods(&t->service->rpc, &p);
	print_rejects(&t->service->rpc, &p);
	if (open)
		buf_puts(b, "# EOF\n");
}

static enum err
read_format(struct request *rq, bool *open)
{
	const struct arg *arg = rpc_arg(rq, "format");

	*open = !arg->given || word_is("openmetrics", arg->str, arg->len);
	if (*open || word_is("prometheus", arg->str, arg->len))
		return ERR_NONE;
	return fault_set(&rq->fault, ERR_BAD_REQUEST,
	    "format is \"openmetrics\" or \"prometheus\"");
}

enum err
do_metrics(struct request *rq)
{
	struct stat_sources t;
	struct buf text = { 0 };
	bool open;

	if (read_format(rq, &open) != ERR_NONE)
		return ERR_BAD_REQUEST;
	stats_take(&t, rq->owner);
	metrics_print(&t, open, &text);
	pack_map(rq->out, 1);
	pack_str(rq->out, "text");
	pack_strn(rq->out, (const char *)text.data, text.len);
	buf_free(&text);
	return ERR_NONE;
}
