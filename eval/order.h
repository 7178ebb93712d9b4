/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * order.h: the order in which a replay shows the rows of a set.
 *
 * Every row once per pass, and every pass in a random order of its own, which
 * the seed and the number of the pass fix: a replay may start at any step.
 */
#ifndef EVAL_ORDER_H
#define EVAL_ORDER_H

#include <stdint.h>

struct order;

/* rows >= 1; never NULL; free with order_free(). */
struct order *order_new(int rows, uint64_t seed);
void order_free(struct order *);

/* The row of a step, from 0; cheap where steps follow each other. */
int order_row(struct order *, long step);

#endif
