/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/ticks.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>

double
tick_step(double low, double high, int most)
{
	static const double steps[] = { 1, 2, 5 };
	double power = pow(10, floor(log10((high - low) / most)));

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if ((high - low) / (steps[i] * power) <= most)
			return steps[i] * power;
	return 10 * power;
}

void
ticks_add(struct ticks *t, double at, double step)
{
	int decimals =
	    step > 0 && step < 1 ? (int)ceil(-log10(step) - 1e-9) : 0;
	int width;

	t->at[t->n] = fabs(at) < step / 1e6 ? 0 : at;
	width = step > 0 && step >= 1e-6 && fabs(at) < 1e7
	    ? snprintf(t->label[t->n], TICKS_LABEL + 1, "%.*f", decimals,
		  t->at[t->n])
	    : snprintf(t->label[t->n], TICKS_LABEL + 1, "%.3g", t->at[t->n]);
	t->width = width > t->width ? width : t->width;
	t->n++;
}

void
ticks_fill(struct ticks *t, double low, double high, int most)
{
	double step = tick_step(low, high, most);

	for (double at = ceil(low / step - 1e-9) * step;
	     at <= high + step / 1e6 && t->n < TICKS_MAX; at += step)
		ticks_add(t, at, step);
}
