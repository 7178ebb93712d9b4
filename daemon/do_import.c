/* SPDX-License-Identifier: GPL-3.0-or-later */
/* import: records of another log. */
#include <math.h>
#include <string.h>

#include "daemon/handlers.h"
#include "daemon/learns.h"
#include "daemon/service.h"
#include "persist/event_map.h"
#include "persist/imported.h"
#include "persist/record.h"

/* Of what a slate was known by, so that what follows is finite. */
#define LARGEST 1e15

/* What is imported: the event, its uids at first those of its own log. */
struct import {
	struct request *rq;
	struct event ev;
	struct event_names names;
	struct router *router;
};

static enum err
find_router(struct import *im)
{
	const struct arg *arg = rpc_arg(im->rq, "router");
	const char *name = arg->given ? arg->str : im->names.router;
	size_t len = arg->given ? arg->len : strlen(name);

	if (len > 0)
		return service_router_named(im->rq, name, len, &im->router);
	return fault_set(&im->rq->fault, ERR_BAD_REQUEST,
	    "event: \"router_name\" is missing; name the router with router");
}

/* Numbers. */

static enum err
within(struct request *rq, const char *key, double num, double least,
    double most)
{
	if (num >= least && num <= most)
		return ERR_NONE;
	return fault_set(&rq->fault, ERR_OUT_OF_RANGE,
	    "event: \"%s\" = %g: it takes a number from %g to %g", key, num,
	    least, most);
}

/* One ahead of the clock would make all be forgotten that has a half-life. */
static enum err
check_time(struct request *rq, double time)
{
	return within(rq, "time", time, 0,
	    service_time(rq->owner) + CLOCK_LEAD);
}

static enum err
check_shown(struct request *rq, const struct shown *s)
{
	enum err e = within(rq, "propensity", s->propensity, 0, 1);

	if (e == ERR_NONE)
		e = within(rq, "mean", s->mean, -LARGEST, LARGEST);
	if (e == ERR_NONE)
		e = within(rq, "sigma", s->sigma, 0, LARGEST);
	return e != ERR_NONE ? e : within(rq, "faded", s->faded, 0, LARGEST);
}

static enum err
check_decision(struct request *rq, const struct decision *d)
{
	enum err e;

	if ((e = check_time(rq, d->time)) != ERR_NONE ||
	    (e = within(rq, "switch_cost", d->switch_cost, 0, 1e9)) ||
	    (e = within(rq, "no_click", d->no_click, -LARGEST, LARGEST)) ||
	    (e = within(rq, "no_click_sigma", d->no_click_sigma, 0, LARGEST)))
		return e;
	for (int i = 0; e == ERR_NONE && i < d->k; i++)
		e = check_shown(rq, &d->shown[i]);
	return e;
}

static enum err
check_numbers(const struct import *im)
{
	const struct event *ev = &im->ev;
	enum err e = check_time(im->rq, ev->time);

	if (e == ERR_NONE && !isnan(ev->cost))
		e = learns_cost(im->rq, ev->cost);
	if (e == ERR_NONE && ev->decision.k > 0)
		e = check_decision(im->rq, &ev->decision);
	return e;
}

/* Arms. */

static enum err
unknown_arm(const struct import *im, const char *name, bool removed)
{
	return fault_set(&im->rq->fault, ERR_UNKNOWN_ARM,
	    removed ? "the arm has been removed where the record is from"
		: name[0] == '\0' ? "event: \"arm_name\" is missing"
				  : "router \"%s\" has no arm \"%s\"",
	    im->router->name, name);
}

/* The position of the arm that the record is about. */
static enum err
find_position(const struct import *im, uint32_t uid, int *position)
{
	*position = decision_position(&im->ev.decision, uid);
	if (*position >= 0)
		return ERR_NONE;
	return fault_set(&im->rq->fault, ERR_BAD_REQUEST,
	    "event: the slate does not show arm %lu", (unsigned long)uid);
}

/* The arms of our own by those names.  Of one that is not there nothing is
 * learnt, but the others were chosen against it all the same. */
static enum err
own_slate(struct import *im, struct room *room)
{
	const struct decision *d = &im->ev.decision;

	for (int i = 0; i < d->k; i++) {
		const char *name = im->names.shown[i].name;
		const struct arm *a = im->names.shown[i].removed
		    ? NULL
		    : router_arm_find(im->router, name, strlen(name));

		room->shown[i].arm = a != NULL ? a->uid : ARM_NOBODY(i);
		for (int j = 0; j < i; j++)
			if (d->shown[j].arm == d->shown[i].arm)
				return fault_set(&im->rq->fault,
				    ERR_BAD_REQUEST,
				    "event: the slate shows \"%s\" twice",
				    name);
	}
	return ERR_NONE;
}

/* By its name where nothing was decided. */
static enum err
own_observed(struct import *im)
{
	const char *name = im->names.arm;
	const struct arm *a = im->names.removed
	    ? NULL
	    : router_arm_find(im->router, name, strlen(name));

	if (a == NULL)
		return unknown_arm(im, name, im->names.removed);
	im->ev.arm = a->uid;
	return ERR_NONE;
}

/* The arms of the record, by position: what it is about, and the loser. */
static enum err
own_arms(struct import *im, struct room *room)
{
	struct event *ev = &im->ev;
	int arm = -1, loser = -1;
	enum err e = ERR_NONE;

	if (ev->decision.k == 0)
		return own_observed(im);
	if (ev->arm != 0)
		e = find_position(im, ev->arm, &arm);
	if (e == ERR_NONE && ev->kind == EVENT_PREFER)
		e = find_position(im, ev->loser, &loser);
	if (e == ERR_NONE && arm >= 0 && arm == loser)
		e = fault_set(&im->rq->fault, ERR_BAD_REQUEST,
		    "event: winner and loser are the same arm");
	if (e == ERR_NONE)
		e = own_slate(im, room);
	if (e != ERR_NONE)
		return e;
	ev->arm = arm >= 0 ? ev->decision.shown[arm].arm : 0;
	ev->loser = loser >= 0 ? ev->decision.shown[loser].arm : 0;
	if (ev->kind == EVENT_REWARD && ev->arm == ARM_NOBODY(arm))
		return unknown_arm(im, im->names.shown[arm].name,
		    im->names.shown[arm].removed);
	return ERR_NONE;
}

/* Kinds. */

static enum err
check_reward(const struct import *im)
{
	return learns_reward(im->rq, im->router, im->ev.reward);
}

static enum err
check_choice(const struct import *im)
{
	return learns_choice(im->rq, im->router);
}

static enum err
check_expiry(const struct import *im)
{
	(void)im; /* what it teaches is the router's own setting */
	return ERR_NONE;
}

/* The others are settings, which are the configuration's, or arms, which have
 * methods. */
static enum err (*const checks[EVENT_KINDS])(const struct import *) = {
	[EVENT_REWARD] = check_reward,
	[EVENT_CLICK] = check_choice,
	[EVENT_PREFER] = check_choice,
	[EVENT_EXPIRE] = check_expiry,
};

static enum err
check_kind(const struct import *im)
{
	if (checks[im->ev.kind] != NULL)
		return checks[im->ev.kind](im);
	return fault_set(&im->rq->fault, ERR_BAD_REQUEST,
	    "event: a record of kind \"%s\" is not imported",
	    event_word(im->ev.kind));
}

/* The event becomes one of our own: what else its decision knew of arms has no
 * names. */
static void
adopt(struct import *im, const char *key)
{
	struct event *ev = &im->ev;

	memcpy(ev->key, key, sizeof ev->key);
	ev->router = ev->decision.router = im->router->id;
	ev->decision.eligible = 0;
	ev->decision.prefer = 0;
}

static enum err
ask(struct import *im)
{
	struct service *s = im->rq->owner;
	struct router *r = im->router;
	double now = service_time(s);
	struct op *op;
	enum err e = service_ask(s, im->rq, OP_IMPORT, 0, answer_applied, &op);

	if (e != ERR_NONE)
		return e;
	op->as_of = im->ev.seq;
	op->ev = im->ev;
	op->ev.seq = 0;
	room_take(&op->room, &op->ev.decision);
	r->imported = clock_mono(&s->clock);
	if (op->ev.decision.d > 0)
		router_sample(r, now);
	service_put(s, op);
	service_bandwidth(s, r);
	return ERR_NONE;
}

enum err
do_import(struct request *rq)
{
	struct service *s = rq->owner;
	struct import im = { .rq = rq };
	struct decision *d = &im.ev.decision;
	char key[NAME_SIZE] = "";
	enum err e;

	if ((e = event_map_take(&rpc_arg(rq, "event")->at, &s->room, &im.ev,
		 &im.names, &rq->fault)) != ERR_NONE ||
	    (e = find_router(&im)) != ERR_NONE ||
	    (e = check_kind(&im)) != ERR_NONE ||
	    (e = check_numbers(&im)) != ERR_NONE)
		return e;
	if (im.ev.key[0] != '\0')
		memcpy(key, im.ev.key, sizeof key);
	else
		imported_key(&im.ev, key);
	if ((e = own_arms(&im, &s->room)) != ERR_NONE ||
	    (d->d > 0 &&
		(e = service_context_given(rq, im.router, d->x, d->d))))
		return e;
	adopt(&im, key);
	return ask(&im);
}
