/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "eval/plot_read.h"
#include "plot/shapes.h"

#define FEW 10 /* that say nothing of a mean yet, and are left out */

static enum err
calibration_row(void *arg, const struct tsv_field *field, struct fault *f)
{
	enum { OF = FIRST, PREDICTED, OBSERVED, N };
	static const struct {
		const char *of, *predicted, *observed;
	} kinds[] = { { "mean", "predicted mean", "mean reward observed" },
		{ "sigma", "predicted sigma", "deviation observed" } };
	struct reading *r = arg;

	if (field[N].num < FEW || !row_wanted(r, field))
		return ERR_NONE;
	for (size_t i = 0; i < COLUMNS(kinds); i++)
		if (strcmp(kinds[i].of, field[OF].text) == 0) {
			struct panel *p = panel_of(r->figure,
			    field[PROBLEM].text, kinds[i].of,
			    kinds[i].predicted, kinds[i].observed);

			series_add(figure_series(r->figure, p, SERIES_LINE,
				       field[POLICY].text),
			    field[PREDICTED].num, field[OBSERVED].num, 0);
			return ERR_NONE;
		}
	return fault_set(f, ERR_DATA, "of is \"%s\", not mean or sigma",
	    field[OF].text);
}

enum err
read_calibration(struct figure *figure, const struct plot *plot,
    struct fault *f)
{
	static const struct tsv_column columns[] = { { "problem", TSV_TEXT },
		{ "policy", TSV_TEXT }, { "of", TSV_TEXT },
		{ "predicted", TSV_MAYBE }, { "observed", TSV_MAYBE },
		{ "n", TSV_COUNT } };
	struct reading r = { .figure = figure, .plot = plot };
	enum err e = read_file(&r, ".calibration.tsv", columns,
	    COLUMNS(columns), calibration_row, f);

	figure->columns = 2;
	for (size_t i = 0; e == ERR_NONE && i < figure->n; i++)
		add_diagonal(&figure->panel[i]);
	return e;
}
