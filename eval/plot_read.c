/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eval/plot_read.h"

#include <string.h>

#include "base/buf.h"

static bool
named(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->name[i], name) == 0)
			return true;
	return names->n == 0;
}

bool
row_wanted(struct reading *r, const struct tsv_field *field)
{
	bool yes = named(&r->plot->problems, field[PROBLEM].text) &&
	    named(&r->plot->policies, field[POLICY].text);

	r->some = r->some || yes;
	return yes;
}

struct panel *
panel_of(struct figure *figure, const char *problem, const char *second,
    const char *xlabel, const char *ylabel)
{
	struct panel *p = figure_panel(figure, problem, second);

	p->xlabel = xlabel;
	p->ylabel = ylabel;
	return p;
}

enum err
read_file(struct reading *r, const char *suffix, const struct tsv_column *c,
    size_t columns, tsv_row *row, struct fault *f)
{
	struct buf path = { 0 };
	enum err e;

	buf_printf(&path, "%s%s", r->plot->prefix, suffix);
	buf_put(&path, "", 1);
	e = tsv_read((const char *)path.data, c, columns, row, r, f);
	if (e == ERR_NONE && !r->some)
		e = fault_set(f, ERR_DATA,
		    "%s: no row is of the problem and policy asked for",
		    (const char *)path.data);
	buf_free(&path);
	return e;
}
