/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/figure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define NEAR 1e-9

/* Room for one more of that size. */
static void *
grow(void *array, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return array;
	*cap = *cap == 0 ? 8 : 2 * *cap;
	return mem_realloc(array, *cap, size);
}

static void
panel_fini(struct panel *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->series[i].point);
	free(p->series);
	free(p->title);
	free(p->subtitle);
}

void
figure_fini(struct figure *f)
{
	for (size_t i = 0; i < f->n; i++)
		panel_fini(&f->panel[i]);
	for (size_t i = 0; i < f->keys; i++)
		free(f->key[i]);
	free(f->panel);
	free(f->key);
	*f = (struct figure){ 0 };
}

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* The last first: the rows of a file come together. */
struct panel *
figure_panel(struct figure *f, const char *title, const char *subtitle)
{
	struct panel *p;

	for (size_t i = f->n; i-- > 0;)
		if (same(f->panel[i].title, title) &&
		    same(f->panel[i].subtitle, subtitle))
			return &f->panel[i];
	f->panel = grow(f->panel, f->n, &f->cap, sizeof *f->panel);
	p = &f->panel[f->n++];
	*p = (struct panel){ .title = mem_strdup(title) };
	p->subtitle = subtitle == NULL ? NULL : mem_strdup(subtitle);
	return p;
}

static size_t
key_of(struct figure *f, const char *name)
{
	for (size_t i = 0; i < f->keys; i++)
		if (strcmp(f->key[i], name) == 0)
			return i;
	f->key = grow(f->key, f->keys, &f->key_cap, sizeof *f->key);
	f->key[f->keys] = mem_strdup(name);
	return f->keys++;
}

static struct series *
add_series(struct panel *p, enum series_kind kind, size_t key)
{
	p->series = grow(p->series, p->n, &p->cap, sizeof *p->series);
	p->series[p->n] = (struct series){ .kind = kind, .key = key };
	return &p->series[p->n++];
}

struct series *
figure_series(struct figure *f, struct panel *p, enum series_kind kind,
    const char *name)
{
	size_t key = key_of(f, name);

	for (size_t i = p->n; i-- > 0;)
		if (p->series[i].kind == kind && p->series[i].key == key)
			return &p->series[i];
	return add_series(p, kind, key);
}

struct series *
figure_rule(struct panel *p)
{
	return add_series(p, SERIES_RULE, 0);
}

void
series_add(struct series *s, double x, double y, double error)
{
	if (!isfinite(x) || !isfinite(y))
		return;
	error = isfinite(error) ? fabs(error) : 0;
	s->point = grow(s->point, s->n, &s->cap, sizeof *s->point);
	s->point[s->n++] = (struct point){ x, y, y - error, y + error };
}

static void
widen(double *low, double *high, double from, double to)
{
	*low = fmin(*low, from);
	*high = fmax(*high, to);
}

/* Something to draw in where all is one value, or so near that it looks so. */
static void
open_up(double *low, double *high)
{
	double size = fmax(fabs(*low), fabs(*high));

	if (*low > *high) {
		*low = 0;
		*high = 1;
	} else if (*high - *low <= NEAR * size) {
		*low -= size == 0 ? 1 : size / 10;
		*high += size == 0 ? 1 : size / 10;
	}
}

struct extent
panel_extent(const struct panel *p, bool bands)
{
	struct extent e = { INFINITY, -INFINITY, INFINITY, -INFINITY };

	for (size_t i = 0; i < p->n; i++) {
		bool whole = bands || p->series[i].kind == SERIES_AREA;

		for (size_t k = 0; k < p->series[i].n; k++) {
			const struct point *q = &p->series[i].point[k];

			widen(&e.x0, &e.x1, q->x, q->x);
			widen(&e.y0, &e.y1, whole ? q->lo : q->y,
			    whole ? q->hi : q->y);
		}
	}
	open_up(&e.x0, &e.x1);
	open_up(&e.y0, &e.y1);
	return e;
}
