/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/latency.h"

#include <math.h>

/* Buckets 0 to 63 are a nanosecond wide each, the next 64 two, and so on. */
static int
bucket_of(double seconds)
{
	double ns = seconds * 1e9;
	int i = 0;

	while (ns >= 2 * LATENCY_STEPS &&
	    i < LATENCY_BUCKETS / LATENCY_STEPS - 2) {
		ns /= 2;
		i++;
	}
	if (!(ns > 0))
		return 0;
	return i * LATENCY_STEPS +
	    (ns < 2 * LATENCY_STEPS ? (int)ns : 2 * LATENCY_STEPS - 1);
}

static double
upper_end(int bucket)
{
	int i = bucket < LATENCY_STEPS ? 0 : bucket / LATENCY_STEPS - 1;

	return ldexp(bucket - i * LATENCY_STEPS + 1, i) * 1e-9;
}

void
latency_add(struct latency *h, double seconds)
{
	h->n++;
	h->bucket[bucket_of(seconds)]++;
}

double
latency_within(const struct latency *h, double share)
{
	double want = ceil(share * (double)h->n);
	uint64_t n = 0;

	for (int i = 0; i < LATENCY_BUCKETS; i++) {
		n += h->bucket[i];
		if (n > 0 && (double)n >= want)
			return upper_end(i);
	}
	return 0;
}
