/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eval/confseq.h"

#include <assert.h>
#include <gsl/gsl_sf_zeta.h>
#include <math.h>

#define STITCH_ETA 2.0
#define STITCH_S 1.4
/* The spread, in squares of the range, from which on it is tight: that of some
 * tens of numbers, or of hundreds that vary less. */
#define STITCH_FROM 10.0

void
confseq_init(struct confseq *c, double alpha, double low, double high)
{
	assert(alpha > 0 && alpha < 1 && low < high);
	*c = (struct confseq){ .low = low,
		.high = high,
		.level = log(gsl_sf_zeta(STITCH_S)) + log(2 / alpha) };
}

/* The mean of those before, and of one in the middle, foresees the next. */
void
confseq_add(struct confseq *c, double x)
{
	double foreseen =
	    (c->sum + (c->low + c->high) / 2) / (double)(c->n + 1);

	assert(c->low <= x && x <= c->high);
	c->spread += (x - foreseen) * (x - foreseen);
	c->sum += x;
	c->n++;
}

/* How far the sum may be off to one side, but with alpha / 2; equation 10. */
static double
stitched(double spread, double range, double level)
{
	const double k1 =
	    (pow(STITCH_ETA, 0.25) + pow(STITCH_ETA, -0.25)) / sqrt(2);
	const double k2 = (sqrt(STITCH_ETA) + 1) / 2;
	double from = STITCH_FROM * range * range, v = fmax(spread, from);
	double epoch = log(v / from) / log(STITCH_ETA);
	double l = STITCH_S * log1p(epoch) + level;
	double linear = k2 * range * l;

	return sqrt(k1 * k1 * v * l + linear * linear) + linear;
}

void
confseq_interval(const struct confseq *c, double *low, double *high)
{
	double mean, off;

	*low = c->low;
	*high = c->high;
	if (c->n == 0)
		return;
	mean = c->sum / (double)c->n;
	off = stitched(c->spread, c->high - c->low, c->level) / (double)c->n;
	*low = fmax(c->low, mean - off);
	*high = fmin(c->high, mean + off);
}
