/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bandit/hold.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "features/bandwidth.h"

void
hold_init(struct hold *h, int d)
{
	*h = (struct hold){ .d = d };
}

void
hold_fini(struct hold *h)
{
	free(h->lesson);
	free(h->lesson_x);
	free(h->context);
	*h = (struct hold){ 0 };
}

static void
copy_row(double *rows, int row, const double *x, int d)
{
	memcpy(rows + (size_t)row * (size_t)d, x, (size_t)d * sizeof *x);
}

void
hold_lesson(struct hold *h, const struct held *held, const double *x)
{
	if (h->lessons == h->lessons_cap) {
		h->lessons_cap = h->lessons_cap > 0 ? 2 * h->lessons_cap : 64;
		h->lesson = mem_realloc(h->lesson, (size_t)h->lessons_cap,
		    sizeof *h->lesson);
		h->lesson_x = mem_realloc(h->lesson_x, (size_t)h->lessons_cap,
		    (size_t)h->d * sizeof *h->lesson_x);
	}
	h->lesson[h->lessons] = *held;
	copy_row(h->lesson_x, h->lessons++, x, h->d);
}

void
hold_context(struct hold *h, const double *x, double now)
{
	if (h->contexts == HOLD_CONTEXTS)
		return;
	if (h->contexts == 0) {
		h->context =
		    mem_alloc(HOLD_CONTEXTS, (size_t)h->d * sizeof *h->context);
		h->first = now;
	}
	if (now < h->first) /* after a restart they come in another order */
		h->first = now;
	copy_row(h->context, h->contexts++, x, h->d);
}

/* Where all contexts are alike their own length is the only scale there is;
 * for unit vectors that is 1, near the usual median distance. */
static double
length_of_first(const struct hold *h)
{
	double sum = 0;

	for (int j = 0; j < h->d; j++)
		sum += h->context[j] * h->context[j];
	return sum > 0 ? sqrt(sum) : 1;
}

double
hold_bandwidth(const struct hold *h, double now)
{
	double median;

	if (h->contexts < HOLD_CONTEXTS &&
	    (h->contexts < 2 || now < h->first + HOLD_SECONDS))
		return 0;
	median = bandwidth_median(h->context, h->contexts, h->d);
	if (median > 0 || h->contexts < HOLD_CONTEXTS)
		return median;
	return length_of_first(h);
}
