/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shapes.h: what pictures add to the series of a panel.
 */
#ifndef PLOT_SHAPES_H
#define PLOT_SHAPES_H

#include "plot/figure.h"

/* A straight line to compare with. */
void add_rule(struct panel *, double x0, double y0, double x1, double y1);

/* That from corner to corner where both axes have the same values; none where
 * they have none in common. */
void add_diagonal(struct panel *);

/* The points that no other beats in cost (x) and reward (y), as stairs; the x
 * axis is logarithmic where costs differ by much. */
void add_front(struct panel *);

/* Puts the areas of a panel on top of each other: their y becomes that above
 * all before.  NULL, or the series that has other x than the one before it. */
const struct series *stack_areas(struct panel *);

#endif
