/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/buf.h"
#include "base/json.h"
#include "base/pack.h"
#include "eval/compare.h"
#include "eval/report.h"

static void
put_estimate(struct buf *out, const char *name, struct estimate e)
{
	pack_str(out, name);
	pack_map(out, 2);
	pack_str(out, "mean");
	pack_num(out, e.mean);
	pack_str(out, "error");
	pack_num(out, e.error);
}

static void
put_mark(const struct tally *t, int problem, int policy, int mark,
    struct buf *out)
{
	const struct problem_facts *p = &t->problem[problem];

	pack_map(out, MEASURES + 2);
	pack_str(out, "step");
	pack_uint(out, (uint64_t)t->replay->mark[mark]);
	for (int m = 0; m < MEASURES; m++)
		put_estimate(out, measure_names[m],
		    summary_at(t, problem, policy, mark, (enum measure)m));
	pack_str(out, "share");
	pack_map(out, (size_t)p->arms);
	for (int a = 0; a < p->arms; a++)
		put_estimate(out, p->arm[a],
		    summary_share(t, problem, policy, mark, a));
}

/* Against the first. */
static void
put_comparison(const struct tally *t, int problem, int policy, struct buf *out)
{
	struct comparison c = compare(t, problem, policy, 0, NULL);

	pack_str(out, "beyond_first");
	pack_map(out, 4);
	pack_str(out, "difference");
	pack_num(out, c.difference);
	pack_str(out, "low");
	pack_num(out, c.low);
	pack_str(out, "high");
	pack_num(out, c.high);
	pack_str(out, "since");
	pack_uint(out, (uint64_t)c.since);
}

static void
put_policy(const struct tally *t, int problem, int policy, const int *shown,
    int n, struct buf *out)
{
	pack_map(out, policy > 0 ? 3 : 2);
	pack_str(out, "policy");
	pack_str(out, t->replay->policy[policy]);
	pack_str(out, "steps");
	pack_array(out, (size_t)n);
	for (int i = 0; i < n; i++)
		put_mark(t, problem, policy, shown[i], out);
	if (policy > 0)
		put_comparison(t, problem, policy, out);
}

static void
put_problem(const struct tally *t, int problem, const int *shown, int n,
    struct buf *out)
{
	const struct problem_facts *p = &t->problem[problem];

	pack_map(out, 8);
	pack_str(out, "problem");
	pack_str(out, p->name);
	pack_str(out, "prompts");
	pack_uint(out, (uint64_t)p->rows);
	pack_str(out, "dimension");
	pack_uint(out, (uint64_t)p->dimension);
	pack_str(out, "missing");
	pack_uint(out, (uint64_t)p->unscored);
	pack_str(out, "best");
	pack_str(out, p->arm[p->best]);
	pack_str(out, "best_reward");
	pack_num(out, p->best_mean);
	pack_str(out, "runs");
	pack_uint(out, (uint64_t)t->replay->runs);
	pack_str(out, "policies");
	pack_array(out, (size_t)t->replay->policies);
	for (int i = 0; i < t->replay->policies; i++)
		put_policy(t, problem, i, shown, n, out);
}

void
report_json(const struct tally *t, const int *shown, int n, FILE *to)
{
	struct buf packed = { 0 }, text = { 0 };
	struct cursor at;

	pack_map(&packed, 1);
	pack_str(&packed, "problems");
	pack_array(&packed, (size_t)t->replay->problems);
	for (int i = 0; i < t->replay->problems; i++)
		put_problem(t, i, shown, n, &packed);
	at = (struct cursor){ packed.data, packed.data + packed.len };
	json_put(&text, &at);
	fwrite(text.data, 1, text.len, to);
	fputc('\n', to);
	buf_free(&packed);
	buf_free(&text);
}
