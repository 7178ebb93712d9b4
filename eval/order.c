/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eval/order.h"

#include <gsl/gsl_randist.h>
#include <stdlib.h>

#include "base/mem.h"
#include "features/rng.h"

struct order {
	int rows;
	uint64_t seed;
	long pass; /* that row[] is of; -1: none yet */
	gsl_rng *rng;
	int *row; /* [rows] */
};

struct order *
order_new(int rows, uint64_t seed)
{
	struct order *o = mem_zalloc(1, sizeof *o);

	o->rows = rows;
	o->seed = seed;
	o->pass = -1;
	o->rng = mem_got(gsl_rng_alloc(rng_splitmix64));
	o->row = mem_alloc((size_t)rows, sizeof *o->row);
	return o;
}

void
order_free(struct order *o)
{
	gsl_rng_free(o->rng);
	free(o->row);
	free(o);
}

int
order_row(struct order *o, long step)
{
	long pass = step / o->rows;

	if (pass != o->pass) {
		for (int i = 0; i < o->rows; i++)
			o->row[i] = i;
		gsl_rng_set(o->rng, o->seed ^ (uint64_t)pass << 32);
		gsl_ran_shuffle(o->rng, o->row, (size_t)o->rows,
		    sizeof *o->row);
		o->pass = pass;
	}
	return o->row[step % o->rows];
}
