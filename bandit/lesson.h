/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lesson.h: what one event teaches one arm.
 *
 * A reward, or that the arm was chosen or not among those shown with it.  A
 * lesson holds all that its arm must know of the other arms, as they were when
 * the slate was shown; so the arms of a router learn independently of each
 * other, and cells of different age recover together (doc/state.md).
 */
#ifndef BANDIT_LESSON_H
#define BANDIT_LESSON_H

#include <stdbool.h>

struct lesson {
	bool choice;                /* of a choice model */
	bool observed;              /* of no decision: history */
	double reward;              /* what is counted; 1 or 0 for a choice */
	double rest, rest_variance; /* what it was chosen against: choice.h */
	double time;                /* wall, seconds */
};

#endif
