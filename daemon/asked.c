/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/asked.h"

#include <math.h>

#include "base/name.h"
/* Marks the named arms. */
static enum err
mark(struct request *rq, const struct router *r, const char *param,
    enum why named, enum why *why)
{
	struct cursor at = rpc_arg(rq, param)->at;
	struct value list;
	const char *name;
	uint32_t len;

	cursor_next(&at, &list);
	for (uint32_t n = 0; n < list.u.count; n++) {
		int i = 0;

		cursor_str(&at, &name, &len);
		while (i < r->arms && !word_is(r->arm[i]->name, name, len))
			i++;
		if (i == r->arms)
			return fault_set(&rq->fault, ERR_UNKNOWN_ARM,
			    "%s: router \"%s\" has no arm \"%.*s\"", param,
			    r->name, (int)len, name);
		if (why[i] != WHY_EXCLUDED)
			why[i] = named;
	}
	return ERR_NONE;
}

enum err
asked_arms(struct request *rq, const struct router *r, enum why *why,
    struct wish *w)
{
	bool some = rpc_arg(rq, "arms")->given;

	for (int i = 0; i < r->arms; i++)
		why[i] = some ? WHY_NOT_ASKED : WHY_ELIGIBLE;
	*w = (struct wish){ .why = why, .max_cost = NAN, .k = 1 };
	return some ? mark(rq, r, "arms", WHY_ELIGIBLE, why) : ERR_NONE;
}

static enum err
asked_k(struct request *rq, struct wish *w)
{
	const struct arg *k = rpc_arg(rq, "k");

	if (!k->given)
		return ERR_NONE;
	if (k->num < 1 || k->num > ARMS_MAX || k->num != floor(k->num))
		return fault_set(&rq->fault, ERR_OUT_OF_RANGE,
		    "k = %g: it takes a whole number from 1 to %d", k->num,
		    ARMS_MAX);
	w->asked = true;
	w->k = (int)k->num;
	return ERR_NONE;
}

static enum err
asked_session(struct request *rq, const struct router *r, struct wish *w)
{
	const struct arg *name = rpc_arg(rq, "prefer_arm");
	const struct arg *cost = rpc_arg(rq, "switch_cost");
	const struct arm *a;

	if (!name->given && cost->given)
		return fault_set(&rq->fault, ERR_BAD_REQUEST,
		    "switch_cost needs prefer_arm, the arm that is kept");
	if (!name->given)
		return ERR_NONE;
	if (cost->given && (cost->num < 0 || cost->num > 1e9))
		return fault_set(&rq->fault, ERR_OUT_OF_RANGE,
		    "switch_cost = %g: it takes a number from 0 to 1e+09",
		    cost->num);
	a = router_arm_find(r, name->str, name->len);
	if (a == NULL)
		return fault_set(&rq->fault, ERR_UNKNOWN_ARM,
		    "prefer_arm: router \"%s\" has no arm \"%.*s\"", r->name,
		    (int)name->len, name->str);
	w->prefer = a->uid;
	w->switch_cost = cost->given ? cost->num : 0;
	return ERR_NONE;
}

enum err
asked_all(struct request *rq, const struct router *r, enum why *why,
    struct wish *w)
{
	const struct arg *max_cost = rpc_arg(rq, "max_cost");
	enum err e = asked_arms(rq, r, why, w);

	if (e == ERR_NONE && rpc_arg(rq, "exclude")->given)
		e = mark(rq, r, "exclude", WHY_EXCLUDED, why);
	if (e == ERR_NONE)
		e = asked_k(rq, w);
	if (e == ERR_NONE)
		e = asked_session(rq, r, w);
	if (max_cost->given)
		w->max_cost = max_cost->num;
	return e;
}
