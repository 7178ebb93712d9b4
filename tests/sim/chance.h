/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chance.h: what a world and a gateway do by chance; of a run's seed, the step
 * and the arm alone.
 */
#ifndef TESTS_SIM_CHANCE_H
#define TESTS_SIM_CHANCE_H

#include "tests/sim/sim.h"

void chance_centres(struct run *);
void chance_prompt(const struct run *, int step, struct step *);
double chance_reward(const struct run *, int step, int type, int arm);
bool chance_lost(const struct run *, int step, int arm);

/* The position that is chosen of those shown, or -1; one of the two where the
 * gateway reports preferences. */
int chance_click(const struct run *, int step, const struct step *);

#endif
