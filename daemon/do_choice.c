/* SPDX-License-Identifier: GPL-3.0-or-later */
/* click and prefer: what was chosen of a slate. */
#include "daemon/handlers.h"
#include "daemon/learns.h"
#include "daemon/service.h"
#include "daemon/shown.h"

/* The arm is nil where none was chosen. */
enum err
do_click(struct request *rq)
{
	struct shown_by by;
	uint32_t arm = 0;
	struct op *op;
	enum err e;

	if ((e = shown_by(rq, &by)) != ERR_NONE ||
	    (rpc_arg(rq, "arm")->given &&
		(e = shown_arm(rq, &by, "arm", &arm)) != ERR_NONE) ||
	    (by.waits && (e = learns_choice(rq, by.router)) != ERR_NONE) ||
	    (e = shown_ask(rq, &by, OP_CLICK, answer_applied, &op)))
		return e;
	op->ev.arm = arm;
	service_put(rq->owner, op);
	return ERR_NONE;
}

static enum err
check_slate(struct request *rq, const struct shown_by *by)
{
	if (!by->waits || by->pending->k >= 2)
		return ERR_NONE;
	return fault_set(&rq->fault, ERR_BAD_REQUEST,
	    "decision \"%s\" shows one arm; prefer compares two of a slate, "
	    "which decide makes with k = 2 or more",
	    by->pending->decision.id);
}

static enum err
check_pair(struct request *rq, const struct shown_by *by, uint32_t winner,
    uint32_t loser)
{
	if (winner == loser && winner != ARM_UNSURE)
		return fault_set(&rq->fault, ERR_BAD_REQUEST,
		    "winner and loser are the same arm");
	return by->waits ? learns_choice(rq, by->router) : ERR_NONE;
}

enum err
do_prefer(struct request *rq)
{
	uint32_t winner, loser;
	struct shown_by by;
	struct op *op;
	enum err e;

	if ((e = shown_by(rq, &by)) != ERR_NONE ||
	    (e = check_slate(rq, &by)) != ERR_NONE ||
	    (e = shown_arm(rq, &by, "winner", &winner)) != ERR_NONE ||
	    (e = shown_arm(rq, &by, "loser", &loser)) != ERR_NONE ||
	    (e = check_pair(rq, &by, winner, loser)) != ERR_NONE ||
	    (e = shown_ask(rq, &by, OP_PREFER, answer_applied, &op)))
		return e;
	op->ev.arm = winner;
	op->ev.loser = loser;
	service_put(rq->owner, op);
	return ERR_NONE;
}
