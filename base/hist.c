/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/hist.h"

#include <math.h>

#define OCTAVE 8 /* bins */

static int
bin_of(double seconds)
{
	double bin = OCTAVE * log2(seconds / HIST_LEAST);

	return bin > 0 ? (int)fmin(bin, HIST_BINS - 1) : 0;
}

static void
halve(struct hist *h)
{
	h->count = 0;
	for (int i = 0; i < HIST_BINS; i++) {
		h->bin[i] /= 2;
		h->count += h->bin[i];
	}
}

void
hist_add(struct hist *h, double seconds)
{
	if (h->count >= HIST_RECENT)
		halve(h);
	h->bin[bin_of(seconds)]++;
	h->count++;
}

double
hist_quantile(const struct hist *h, double q)
{
	double want = fmax(1, ceil(q * h->count)), seen = 0;

	for (int i = 0; i < HIST_BINS; i++) {
		seen += h->bin[i];
		if (seen >= want) /* the middle of the bin */
			return HIST_LEAST * exp2((i + 0.5) / OCTAVE);
	}
	return NAN;
}
