/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clock.h: the time, from the machine or from a test.
 *
 * Wall time stamps what is written down; monotonic time measures how long
 * something took or waits.  Both in seconds.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>

struct clock {
	bool fake; /* a test sets wall and mono itself */
	double wall, mono;
};

double clock_wall(const struct clock *); /* since the epoch */
double clock_mono(const struct clock *); /* since some fixed moment */
double clock_boot(const struct clock *); /* that, with time asleep */

#endif
