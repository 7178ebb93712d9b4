/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * walk.h: what a player would have done, round by round, on another's log.
 *
 * It walks the log from its start.  In each round it says the probability of
 * every arm that was eligible then, given what it has learnt so far, and then
 * it learns that round: the arm that was shown, and what that earned.
 *
 * So it is judged as a policy that would have learnt from the logged rewards,
 * those of the other policy's choices, each known before the next prompt.  Had
 * it run itself it would have seen rewards of its own choices, and learnt more
 * of the arms it likes and less of the others; no log says that.  Its choice in
 * a round depends on earlier rounds alone, so importance weights are as right
 * for it as for a policy that does not learn.
 */
#ifndef EVAL_WALK_H
#define EVAL_WALK_H

#include "base/err.h"
#include "eval/rounds.h"

/*
 * target[n][arms]: 0 where not eligible.  ERR_BAD_REQUEST: the spec, as
 * player_new().
 */
enum err walk(const char *spec, const struct rounds *, uint64_t seed,
    double *target, struct fault *);

#endif
