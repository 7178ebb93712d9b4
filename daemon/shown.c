/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/shown.h"

#include <string.h>

static void
id_of(struct request *rq, char *id)
{
	const struct arg *arg = rpc_arg(rq, "decision");

	memcpy(id, arg->str, arg->len);
	id[arg->len] = '\0';
}

/* Whether its time is over, though the tick that says so is still to come. */
static bool
is_late(const struct service *s, const struct shown_by *by)
{
	return by->pending->hidden ||
	    service_time(s) >=
	    by->pending->decision.time + by->router->settings.decision_ttl;
}

enum err
shown_by(struct request *rq, struct shown_by *by)
{
	struct service *s = rq->owner;
	uint32_t router = 0;
	char id[NAME_SIZE];

	id_of(rq, id);
	batch_yield(s);
	if (pending_find(s->pending, id) == NULL)
		batch_settle(s); /* it may be one of these */
	*by = (struct shown_by){ .pending = pending_find(s->pending, id) };
	by->waits = by->pending != NULL && !by->pending->over;
	if (by->pending != NULL)
		router = by->pending->decision.router;
	else
		id_parse(id, &router, NULL);
	by->router = bandit_of(&s->bandit, router);
	if (by->waits && (by->router == NULL || !by->router->served))
		return fault_set(&rq->fault, ERR_UNKNOWN_ROUTER,
		    "the router of decision \"%s\" is not served", id);
	if (by->waits && is_late(s, by))
		return fault_set(&rq->fault, ERR_EXPIRED,
		    "decision \"%s\" was not rewarded in its time", id);
	return ERR_NONE;
}

static int
position(struct pending *p, uint32_t uid)
{
	const struct waiting *w = pending_waiting(p);

	for (int i = 0; i < p->k; i++)
		if (w[i].arm == uid)
			return i;
	return -1;
}

static enum err
say_not_shown(struct request *rq, const struct shown_by *by,
    const struct arg *named)
{
	const struct waiting *w = pending_waiting(by->pending);

	fault_set(&rq->fault, ERR_BAD_REQUEST,
	    "decision \"%s\" does not show arm \"%.*s\"; it shows",
	    by->pending->decision.id, (int)named->len, named->str);
	for (int i = 0; i < by->pending->k; i++) {
		const struct arm *a = router_arm_of(by->router, w[i].arm);

		fault_add(&rq->fault, "%s \"%s\"", i > 0 ? "," : "",
		    a != NULL ? a->name : "one that was removed");
	}
	return ERR_BAD_REQUEST;
}

/* The first arm, where none is named, may have gone since. */
static enum err
first_arm(struct request *rq, const struct shown_by *by, uint32_t *uid)
{
	*uid = by->waits ? pending_waiting(by->pending)->arm : 0;
	if (!by->waits || router_arm_of(by->router, *uid) != NULL)
		return ERR_NONE;
	return fault_set(&rq->fault, ERR_UNKNOWN_ARM,
	    "the arm of decision \"%s\" has been removed",
	    by->pending->decision.id);
}

enum err
shown_arm(struct request *rq, const struct shown_by *by, const char *param,
    uint32_t *uid)
{
	const struct arg *named = rpc_arg(rq, param);
	const struct arm *a;

	if (!named->given)
		return first_arm(rq, by, uid);
	*uid = ARM_UNSURE;
	if (by->router == NULL)
		return ERR_NONE;
	a = router_arm_find(by->router, named->str, named->len);
	if (a == NULL)
		return fault_set(&rq->fault, ERR_UNKNOWN_ARM,
		    "router \"%s\" has no arm \"%.*s\"", by->router->name,
		    (int)named->len, named->str);
	*uid = a->uid;
	if (by->waits && position(by->pending, a->uid) < 0)
		return say_not_shown(rq, by, named);
	return ERR_NONE;
}

enum err
shown_ask(struct request *rq, const struct shown_by *by, enum op_kind kind,
    void (*answer)(void *, struct op *), struct op **op)
{
	enum err e = service_ask(rq->owner, rq, kind, 0, answer, op);

	if (e != ERR_NONE)
		return e;
	service_name_decision(rq, *op);
	(*op)->probe = !by->waits;
	(*op)->urgent = (*op)->urgent && by->waits;
	return ERR_NONE;
}
