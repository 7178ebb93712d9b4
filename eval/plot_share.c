/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "eval/plot_read.h"
#include "plot/shapes.h"

#define MOST_COLUMNS 5 /* of panels */
#define ROUNDING 1e-6

static enum err
share_row(void *arg, const struct tsv_field *field, struct fault *f)
{
	enum { STEP = FIRST, ARM, SHARE };
	struct reading *r = arg;
	struct panel *p;

	if (!row_wanted(r, field))
		return ERR_NONE;
	if (field[SHARE].num < 0 || field[SHARE].num > 1 + ROUNDING)
		return fault_set(f, ERR_DATA, "share is \"%s\", not 0 to 1",
		    field[SHARE].text);
	p = panel_of(r->figure, field[PROBLEM].text, field[POLICY].text,
	    "prompts answered", "share of the decisions");
	series_add(figure_series(r->figure, p, SERIES_AREA, field[ARM].text),
	    field[STEP].num, field[SHARE].num, 0);
	return ERR_NONE;
}

static enum err
stack(const struct figure *figure, struct panel *p, struct fault *f)
{
	const struct series *other = stack_areas(p);

	if (other == NULL)
		return ERR_NONE;
	return fault_set(f, ERR_DATA, "%s, %s: arm %s has other steps than %s",
	    p->title, p->subtitle, figure->key[other->key],
	    figure->key[other[-1].key]);
}

/* A row of panels is a problem, where its policies fit. */
static size_t
policies_of_first(const struct figure *figure)
{
	size_t n = 0;

	for (size_t i = 0; i < figure->n; i++)
		n +=
		    strcmp(figure->panel[i].title, figure->panel[0].title) == 0;
	return n < MOST_COLUMNS ? n : 0;
}

enum err
read_share(struct figure *figure, const struct plot *plot, struct fault *f)
{
	static const struct tsv_column columns[] = { { "problem", TSV_TEXT },
		{ "policy", TSV_TEXT }, { "step", TSV_COUNT },
		{ "arm", TSV_TEXT }, { "share", TSV_NUM } };
	struct reading r = { .figure = figure, .plot = plot };
	enum err e = read_file(&r, ".share.tsv", columns, COLUMNS(columns),
	    share_row, f);

	figure->columns = policies_of_first(figure);
	for (size_t i = 0; e == ERR_NONE && i < figure->n; i++)
		e = stack(figure, &figure->panel[i], f);
	return e;
}
