/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"

#include <time.h>

static double
seconds(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (double)ts.tv_sec + 1e-9 * (double)ts.tv_nsec;
}

double
clock_wall(const struct clock *c)
{
	return c->fake ? c->wall : seconds(CLOCK_REALTIME);
}

double
clock_mono(const struct clock *c)
{
	return c->fake ? c->mono : seconds(CLOCK_MONOTONIC);
}

double
clock_boot(const struct clock *c)
{
	return c->fake ? c->mono : seconds(CLOCK_BOOTTIME);
}
