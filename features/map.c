/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "features/map.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct map *
map_new(const struct map_type *type, const struct map_params *params)
{
	assert(params->in >= 1);
	return type->new (params);
}

void
map_free(struct map *m)
{
	if (m != NULL)
		m->type->free(m);
}

void
map_fill(const struct map *m, const double *x, double *phi)
{
	m->type->fill(m, x, 1, phi);
}

void
map_fill_many(const struct map *m, const double *x, int n, double *phi)
{
	m->type->fill(m, x, n, phi);
}

static struct map *
exact_new(const struct map_params *params)
{
	struct map *m = mem_alloc(1, sizeof *m);

	*m = (struct map){ &map_exact, params->in, params->in };
	return m;
}

static void
exact_fill(const struct map *m, const double *x, int n, double *phi)
{
	memcpy(phi, x, (size_t)n * (size_t)m->in * sizeof *x);
}

static void
exact_free(struct map *m)
{
	free(m);
}

const struct map_type map_exact = { "exact", exact_new, exact_fill,
	exact_free };
