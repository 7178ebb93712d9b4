/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bandit/ranking.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

#define NARROW 3.0 /* positions from which on panels become narrower */

void
ranking_room(struct race *r, int n)
{
	if (n <= r->room)
		return;
	free(r->inside);
	free(r->before);
	free(r->mean);
	free(r->who);
	r->room = n;
	r->inside = mem_alloc((size_t)n, sizeof *r->inside);
	r->before = mem_aligned((size_t)n * MARCH_NODES, sizeof *r->before);
	r->mean = mem_alloc((size_t)n, 2 * sizeof *r->mean);
	r->sd = r->mean + n;
	r->who = mem_alloc((size_t)n, sizeof *r->who);
}

void
ranking_clear(struct race *r)
{
	r->count = 0;
}

static void
grow(struct race *r)
{
	size_t rows;

	r->cap = r->cap > 0 ? 2 * r->cap : 16;
	rows = (size_t)r->cap * MARCH_NODES;
	free(r->above);
	free(r->rest);
	r->ranks = mem_realloc(r->ranks, (size_t)r->cap, sizeof *r->ranks);
	r->above = mem_aligned(rows, sizeof *r->above);
	r->rest = mem_aligned(rows, sizeof *r->rest);
}

int
ranking_add(struct race *r, int parent, int arm, double factor)
{
	if (r->count == r->cap)
		grow(r);
	r->ranks[r->count] = (struct rank){ .arm = arm,
		.parent = parent,
		.child = RANKING_ROOT,
		.factor = factor };
	if (parent != RANKING_ROOT)
		r->ranks[parent].child = r->count;
	return r->count++;
}

static void
mark_path(struct race *r, const struct rank *v, bool inside)
{
	for (r->inside[v->arm] = inside; v->parent != RANKING_ROOT;
	     r->inside[v->arm] = inside)
		v = &r->ranks[v->parent];
}

/* All arms outside the tree are below: rest[MARCH_NODES]. */
EXACT_CLONES static void
fill_outside(const struct race *r, double *rest)
{
	march_set(rest, 1);
	for (int i = 0; i < r->march.n; i++)
		if (!r->inside[i])
			march_multiply(rest, r->march.cdf[i]);
}

/* Those of the tree that are not on the path are below. */
EXACT_CLONES static void
fill_leaf(struct race *r, const struct rank *v, const int *order, int k,
    double *rest)
{
	mark_path(r, v, false);
	for (int i = 0; i < k; i++)
		if (r->inside[order[i]])
			march_multiply(rest, r->march.cdf[order[i]]);
	mark_path(r, v, true);
}

/* From the children, which have one more arm on their path, to the parents. */
EXACT_CLONES static void
fill_rest(struct race *r, const int *order, int k, const double *outside)
{
	for (int i = r->count - 1; i >= 0; i--) {
		const struct rank *v = &r->ranks[i];
		double *rest = r->rest + (size_t)i * MARCH_NODES;
		size_t child = (size_t)v->child * MARCH_NODES;

		if (v->child == RANKING_ROOT) {
			memcpy(rest, outside, MARCH_NODES * sizeof *rest);
			fill_leaf(r, v, order, k, rest);
		} else {
			memcpy(rest, r->rest + child,
			    MARCH_NODES * sizeof *rest);
			march_multiply(rest,
			    r->march.cdf[r->ranks[v->child].arm]);
		}
	}
}

/* above = the integral of value from x up, value[] including half the panel's
 * width; value becomes its integrand with the weights. */
EXACT_INLINE void
integrate(const struct march *m, struct rank *v, const double *value,
    double *above)
{
	march_set(above, v->above_end);
	for (int j = 0; j < MARCH_NODES; j += 4) {
		const double *rows[] = { m->upper[j], m->upper[j + 1],
			m->upper[j + 2], m->upper[j + 3] };

		exact_axpy4(above, rows, value + j, MARCH_NODES);
	}
	v->above_end += exact_dot(m->weight, value, MARCH_NODES);
}

EXACT_CLONES static void
ranking_add_panel(struct race *r)
{
	const struct march *m = &r->march;
	double value[MARCH_NODES];

	for (int i = 0; i < r->count; i++) {
		struct rank *v = &r->ranks[i];
		double *above = r->above + (size_t)i * MARCH_NODES;
		size_t parent = (size_t)v->parent * MARCH_NODES;

		if (m->pdf[v->arm] == NULL) {
			march_set(above, v->above_end);
			continue;
		}
		march_set(value, v->factor * m->half[v->arm]);
		march_multiply(value, m->pdf[v->arm]);
		if (v->parent != RANKING_ROOT)
			march_multiply(value, r->above + parent);
		if (v->child != RANKING_ROOT)
			integrate(m, v, value, above);
		march_multiply(value, m->weight);
		v->p += exact_dot(value, r->rest + (size_t)i * MARCH_NODES,
		    MARCH_NODES);
	}
}

void
ranking_run(struct race *r, int n, const double *mean, const double *sd,
    const int *order, int k, double most)
{
	double outside[MARCH_NODES] = { 1 };

	ranking_room(r, n);
	march_begin(&r->march, n, mean, sd, MARCH_STEP / fmax(1, k / NARROW));
	for (int i = 0; i < n; i++)
		r->inside[i] = false;
	for (int i = 0; i < k; i++) {
		assert(!r->inside[order[i]]);
		r->inside[order[i]] = true;
	}
	while (most * outside[0] > MARCH_NOTHING && march_next(&r->march)) {
		fill_outside(r, outside);
		fill_rest(r, order, k, outside);
		ranking_add_panel(r);
	}
}

double
ranking_p(const struct race *r, int which)
{
	return fmax(r->ranks[which].p, 0);
}
