/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/shapes.h"

#include <math.h>
#include <stdlib.h>

#define LOG_FROM 30 /* costs that differ by more have a logarithmic scale */

void
add_rule(struct panel *p, double x0, double y0, double x1, double y1)
{
	struct series *s = figure_rule(p);

	series_add(s, x0, y0, 0);
	series_add(s, x1, y1, 0);
}

void
add_diagonal(struct panel *p)
{
	struct extent e = panel_extent(p, false);
	double low = fmax(e.x0, e.y0), high = fmin(e.x1, e.y1);

	if (low < high)
		add_rule(p, low, low, high, high);
}

static int
by_cost(const void *va, const void *vb)
{
	const struct point *a = va, *b = vb;

	if (a->x != b->x)
		return a->x < b->x ? -1 : 1;
	return (a->y < b->y) - (a->y > b->y);
}

void
add_front(struct panel *p)
{
	struct extent e = panel_extent(p, false);
	struct series all = { 0 }, *front;

	p->log = e.x0 > 0 && e.x1 > LOG_FROM * e.x0;
	for (size_t i = 0; i < p->n; i++)
		for (size_t k = 0; k < p->series[i].n; k++)
			series_add(&all, p->series[i].point[k].x,
			    p->series[i].point[k].y, 0);
	if (all.n == 0)
		return;
	qsort(all.point, all.n, sizeof *all.point, by_cost);
	front = figure_rule(p);
	for (size_t i = 0; i < all.n; i++) {
		const struct point *q = &all.point[i];

		if (front->n > 0 && q->y <= front->point[front->n - 1].y)
			continue;
		if (front->n > 0)
			series_add(front, q->x, front->point[front->n - 1].y,
			    0);
		series_add(front, q->x, q->y, 0);
	}
	series_add(front, all.point[all.n - 1].x, front->point[front->n - 1].y,
	    0);
	free(all.point);
}

/* An area has a width: what is known of one step counts from the first. */
static void
from_start(struct series *s)
{
	if (s->n != 1)
		return;
	series_add(s, s->point[0].x, s->point[0].y, 0);
	s->point[1] = s->point[0];
	s->point[0].x = 0;
}

/* Puts an area on top of the one before, or NULL; false: it has other steps. */
static bool
stack_on(struct series *s, const struct series *under)
{
	if (under != NULL && under->n != s->n)
		return false;
	for (size_t k = 0; k < s->n; k++) {
		struct point *q = &s->point[k];

		if (under != NULL && under->point[k].x != q->x)
			return false;
		q->lo = under == NULL ? 0 : under->point[k].hi;
		q->hi = q->lo + q->y;
		q->y = q->hi;
	}
	return true;
}

const struct series *
stack_areas(struct panel *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (!stack_on(&p->series[i], i > 0 ? &p->series[i - 1] : NULL))
			return &p->series[i];
	for (size_t i = 0; i < p->n; i++)
		from_start(&p->series[i]);
	return NULL;
}
