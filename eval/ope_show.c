/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eval/ope_show.h"

#include <math.h>

#include "base/json.h"
#include "base/pack.h"
#include "client/ctl_table.h"

enum column {
	POLICY,
	ESTIMATOR,
	REWARD,
	GAIN,
	WITHIN,
	EFFECTIVE,
	BLIND,
	COLUMNS
};

const struct left_word left_words[LEFT_KINDS] = {
	[LEFT_OBSERVED] = { "observed", "reward without a decision",
	    "rewards without a decision" },
	[LEFT_FURTHER] = { "further", "reward further down a slate",
	    "rewards further down a slate" },
	[LEFT_CLICK] = { "clicks", "click", "clicks" },
	[LEFT_PREFER] = { "comparisons", "comparison", "comparisons" },
	[LEFT_EXPIRED] = { "expired", "expired decision", "expired decisions" },
};

static const char *const heads[COLUMNS] = { "policy", "estimator", "reward",
	"gain", "within", "effective", "blind %" };

static void
put_text(const struct table *t, size_t row, enum column c, const char *text)
{
	buf_puts(&table_cell(t, row, c)->text, text);
}

/* With that many decimals, and its sign where it is a difference. */
static void
put_num(const struct table *t, size_t row, enum column c, int decimals,
    double num)
{
	struct table_cell *cell = table_cell(t, row, c);

	cell->number = true;
	if (!isfinite(num))
		buf_puts(&cell->text, "-");
	else
		buf_printf(&cell->text, c == GAIN ? "%+.*f" : "%.*f", decimals,
		    num);
}

static void
put_logged(const struct table *t, const struct judge *j)
{
	put_text(t, 1, POLICY, "(logged)");
	put_text(t, 1, ESTIMATOR, "mean");
	put_num(t, 1, REWARD, 4, j->logged.value);
	put_num(t, 1, GAIN, 4, NAN);
	put_num(t, 1, WITHIN, 4, NAN);
	put_num(t, 1, EFFECTIVE, 0, (double)(j->to - j->from));
	put_num(t, 1, BLIND, 1, NAN);
}

static void
put_verdict(const struct table *t, size_t row, const struct verdict *v)
{
	put_text(t, row, POLICY, v->spec);
	put_text(t, row, ESTIMATOR, v->estimator->name);
	put_num(t, row, REWARD, 4, v->reward);
	put_num(t, row, GAIN, 4, v->gain);
	put_num(t, row, WITHIN, 4, v->within);
	put_num(t, row, EFFECTIVE, 0, v->effective);
	put_num(t, row, BLIND, 1, 100 * v->blind);
}

void
ope_show_table(const struct judge *j, const struct verdict *v, long n,
    struct buf *out)
{
	struct table t;

	table_init(&t, (size_t)n + 2, COLUMNS);
	t.headed = true;
	for (enum column c = 0; c < COLUMNS; c++) {
		put_text(&t, 0, c, heads[c]);
		table_cell(&t, 0, c)->number = c >= REWARD;
	}
	put_logged(&t, j);
	for (long i = 0; i < n; i++)
		put_verdict(&t, (size_t)i + 2, &v[i]);
	table_put(&t, false, out);
	table_fini(&t);
}

static void
pack_key_num(struct buf *out, const char *key, double num)
{
	pack_str(out, key);
	if (isfinite(num))
		pack_num(out, num);
	else
		pack_nil(out);
}

static void
pack_verdict(const struct judge *j, const struct verdict *v, struct buf *out)
{
	bool guarded = j->guard != NULL;

	pack_map(out, guarded ? 10 : 9);
	pack_str(out, "policy");
	pack_str(out, v->spec);
	pack_str(out, "estimator");
	pack_str(out, v->estimator->name);
	pack_key_num(out, "reward", v->reward);
	pack_key_num(out, "se", v->reward_se);
	pack_key_num(out, "gain", v->gain);
	pack_key_num(out, "gain_se", v->gain_se);
	pack_key_num(out, "within", v->within);
	pack_key_num(out, "effective", v->effective);
	pack_key_num(out, "blind", v->blind);
	if (guarded) {
		pack_str(out, "held");
		pack_bool(out, v->held);
	}
}

static void
pack_guard(const struct holdout *g, struct buf *out)
{
	pack_str(out, "guard");
	pack_map(out, 2);
	pack_str(out, "budget");
	pack_int(out, g->state.budget);
	pack_str(out, "spent");
	pack_int(out, g->state.spent);
}

static void
pack_log(const struct judge *j, struct buf *out)
{
	pack_str(out, "log");
	pack_str(out, j->rounds->name);
	pack_str(out, "rounds");
	pack_int(out, j->to - j->from);
	pack_key_num(out, "from", j->rounds->round[j->from].time);
	pack_key_num(out, "until", j->rounds->round[j->to - 1].time);
	pack_str(out, "left_out");
	pack_map(out, LEFT_KINDS);
	for (int i = 0; i < LEFT_KINDS; i++) {
		pack_str(out, left_words[i].key);
		pack_int(out, j->rounds->left[i]);
	}
	pack_str(out, "logged");
	pack_map(out, 2);
	pack_key_num(out, "reward", j->logged.value);
	pack_key_num(out, "se", j->logged.se);
}

void
ope_show_json(const struct judge *j, const struct verdict *v, long n,
    struct buf *out)
{
	struct buf packed = { 0 };
	struct cursor c;

	pack_map(&packed, j->guard != NULL ? 8 : 7);
	pack_log(j, &packed);
	if (j->guard != NULL)
		pack_guard(j->guard, &packed);
	pack_str(&packed, "policies");
	pack_array(&packed, (size_t)n);
	for (long i = 0; i < n; i++)
		pack_verdict(j, &v[i], &packed);
	c = (struct cursor){ packed.data, packed.data + packed.len };
	json_put(out, &c);
	buf_puts(out, "\n");
	buf_free(&packed);
}
