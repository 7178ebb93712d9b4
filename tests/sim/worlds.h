/* SPDX-License-Identifier: GPL-3.0-or-later */
/* worlds.h: the worlds there are; each file says what its are like. */
#ifndef TESTS_SIM_WORLDS_H
#define TESTS_SIM_WORLDS_H

#include "tests/sim/sim.h"

/* experts.c; the change comes at this step, where there is one. */
#define WORLD_CHANGE 2000
extern const struct world world_experts, world_swap, world_failing;

/* What the best single arm loses of world_experts, for each step. */
#define EXPERTS_SINGLE 0.3

/* alike.c; the dud is the arm that comes later. */
#define WORLD_DUD 4
extern const struct world world_alike, world_dud;

/* relatives.c; the heir is the arm that comes later, of group "a". */
#define WORLD_HEIR 4
extern const struct world world_relatives;

/* tastes.c */
extern const struct world world_tastes;

#endif
