/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "eval/plot_read.h"
#include "plot/shapes.h"

/* What a curve can show. */
struct metric {
	const char *name, *se, *label;
	bool zero; /* a line at 0 says something */
};
static const struct metric metrics[] = {
	{ "otb", "otb_se", "reward over the best single arm", true },
	{ "reward", "reward_se", "mean reward", false },
	{ "regret", "regret_se", "cumulative regret", false },
	{ "opr", "opr_se", "share of optimal picks", false },
	{ "cost", "cost_se", "mean cost", false },
};

const char *
plot_metrics(void)
{
	return "otb, reward, regret, opr or cost";
}

static const struct metric *
metric_find(const char *name)
{
	for (size_t i = 0; i < COLUMNS(metrics); i++)
		if (strcmp(metrics[i].name, name) == 0)
			return &metrics[i];
	return NULL;
}

static enum err
curve_row(void *arg, const struct tsv_field *field, struct fault *f)
{
	enum { STEP = FIRST, VALUE, ERROR };
	struct reading *r = arg;
	const struct metric *m = r->more;
	struct panel *p;

	(void)f;
	if (!row_wanted(r, field))
		return ERR_NONE;
	p = panel_of(r->figure, field[PROBLEM].text, NULL, "prompts answered",
	    m->label);
	series_add(figure_series(r->figure, p, SERIES_LINE, field[POLICY].text),
	    field[STEP].num, field[VALUE].num, 2 * field[ERROR].num);
	return ERR_NONE;
}

static enum err
read_curves(struct figure *figure, const struct plot *plot,
    const struct metric *m, struct fault *f)
{
	const struct tsv_column columns[] = { { "problem", TSV_TEXT },
		{ "policy", TSV_TEXT }, { "step", TSV_COUNT },
		{ m->name, TSV_MAYBE }, { m->se, TSV_MAYBE } };
	struct reading r = { .figure = figure, .plot = plot, .more = m };

	return read_file(&r, ".curve.tsv", columns, COLUMNS(columns), curve_row,
	    f);
}

enum err
read_curve(struct figure *figure, const struct plot *plot, struct fault *f)
{
	const struct metric *m = metric_find(plot->metric);
	enum err e;

	if (m == NULL)
		return fault_set(f, ERR_USAGE, "-y is %s, not \"%s\"",
		    plot_metrics(), plot->metric);
	e = read_curves(figure, plot, m, f);
	for (size_t i = 0; e == ERR_NONE && m->zero && i < figure->n; i++) {
		struct extent x = panel_extent(&figure->panel[i], false);

		add_rule(&figure->panel[i], x.x0, 0, x.x1, 0);
	}
	return e;
}

/* Only the last step of the problem. */
static enum err
pareto_row(void *arg, const struct tsv_field *field, struct fault *f)
{
	enum { STEP = FIRST, REWARD, ERROR, COST };
	struct reading *r = arg;
	const struct figure *curves = r->more;
	struct panel *p;

	(void)f;
	for (size_t i = 0; i < curves->n; i++) {
		const struct panel *c = &curves->panel[i];

		if (strcmp(c->title, field[PROBLEM].text) == 0 &&
		    panel_extent(c, false).x1 != field[STEP].num)
			return ERR_NONE;
	}
	if (isnan(field[COST].num) || isnan(field[REWARD].num) ||
	    !row_wanted(r, field))
		return ERR_NONE;
	p = panel_of(r->figure, field[PROBLEM].text, NULL,
	    "mean cost (dotted: the Pareto front)", "mean reward");
	series_add(
	    figure_series(r->figure, p, SERIES_POINTS, field[POLICY].text),
	    field[COST].num, field[REWARD].num, 2 * field[ERROR].num);
	return ERR_NONE;
}

enum err
read_pareto(struct figure *figure, const struct plot *plot, struct fault *f)
{
	static const struct tsv_column columns[] = { { "problem", TSV_TEXT },
		{ "policy", TSV_TEXT }, { "step", TSV_COUNT },
		{ "reward", TSV_MAYBE }, { "reward_se", TSV_MAYBE },
		{ "cost", TSV_MAYBE } };
	struct figure curves = { 0 };
	struct reading r = { .figure = figure, .plot = plot, .more = &curves };
	enum err e = read_curves(&curves, plot, metric_find("reward"), f);

	if (e == ERR_NONE)
		e = read_file(&r, ".curve.tsv", columns, COLUMNS(columns),
		    pareto_row, f);
	figure_fini(&curves);
	if (e == ERR_DATA && !r.some)
		fault_add(f, ", with a cost and a reward");
	for (size_t i = 0; e == ERR_NONE && i < figure->n; i++)
		add_front(&figure->panel[i]);
	return e;
}
