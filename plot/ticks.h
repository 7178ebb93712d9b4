/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ticks.h: round numbers along an axis.
 */
#ifndef PLOT_TICKS_H
#define PLOT_TICKS_H

#define TICKS_MAX 32
#define TICKS_LABEL 12

struct ticks {
	int n;
	double at[TICKS_MAX];
	char label[TICKS_MAX][TICKS_LABEL + 1];
	int width; /* of the longest label */
};

/* The round number by which at most so many ticks are apart; low < high. */
double tick_step(double low, double high, int most);

/* Adds one, with as many decimals as the step needs; step 0: three digits. */
void ticks_add(struct ticks *, double at, double step);

/* Adds round numbers from low to high, about most of them, < TICKS_MAX. */
void ticks_fill(struct ticks *, double low, double high, int most);

#endif
