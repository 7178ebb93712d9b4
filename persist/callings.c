/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names of routers and arms, from the events that gave them. */
#include "persist/callings.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct called_arm {
	uint32_t uid;
	char name[NAME_SIZE];
	uint64_t added; /* seq of its EVENT_ARM_ADD */
	bool removed;
};

struct called_router {
	uint32_t id, next_uid;
	char name[NAME_SIZE];
	bool whole; /* all its events were seen, so next_uid is known */
	struct called_arm *arm;
	size_t arms;
};

struct callings {
	struct called_router *router;
	size_t routers;
	uint64_t seq; /* of the last event seen */
	bool now;     /* as the routers are: others have been removed */
};

struct callings *
callings_new(void)
{
	return mem_zalloc(1, sizeof(struct callings));
}

void
callings_free(struct callings *c)
{
	for (size_t i = 0; i < c->routers; i++)
		free(c->router[i].arm);
	free(c->router);
	free(c);
}

static struct called_router *
router_of(const struct callings *c, uint32_t id)
{
	for (size_t i = 0; i < c->routers; i++)
		if (c->router[i].id == id)
			return &c->router[i];
	return NULL;
}

static void
see_router(struct callings *c, const struct event *ev)
{
	struct called_router *r;

	if (router_of(c, ev->router) != NULL)
		return;
	c->router = mem_realloc(c->router, c->routers + 1, sizeof *c->router);
	r = &c->router[c->routers++];
	*r = (struct called_router){ .id = ev->router,
		.next_uid = 1,
		.whole = true };
	strcpy(r->name, ev->name);
}

static struct called_arm *
arm_of(const struct callings *c, uint32_t router, uint32_t uid)
{
	const struct called_router *r = router_of(c, router);

	for (size_t i = 0; r != NULL && i < r->arms; i++)
		if (r->arm[i].uid == uid)
			return &r->arm[i];
	return NULL;
}

static void
add_arm(struct called_router *r, uint32_t uid, const char *name, uint64_t added)
{
	struct called_arm *a;

	r->arm = mem_realloc(r->arm, r->arms + 1, sizeof *r->arm);
	a = &r->arm[r->arms++];
	*a = (struct called_arm){ .uid = uid, .added = added };
	strcpy(a->name, name);
}

/* As the fold does: one that is there already is not added again. */
static void
see_arm(struct called_router *r, const struct event *ev)
{
	for (size_t i = 0; i < r->arms; i++)
		if (!r->arm[i].removed && strcmp(r->arm[i].name, ev->name) == 0)
			return;
	add_arm(r, r->next_uid++, ev->name, ev->seq);
}

static void
see_removal(const struct callings *c, const struct event *ev)
{
	struct called_arm *a = arm_of(c, ev->router, ev->arm);

	if (a != NULL)
		a->removed = true;
}

void
callings_see(struct callings *c, const struct event *ev)
{
	struct called_router *r;

	if (ev->seq != c->seq + event_records(ev))
		for (size_t i = 0; i < c->routers; i++)
			c->router[i].whole = false;
	c->seq = ev->seq;
	if (ev->kind == EVENT_ROUTER)
		see_router(c, ev);
	r = router_of(c, ev->router);
	if (r == NULL)
		return;
	if (ev->kind == EVENT_ARM_ADD && r->whole)
		see_arm(r, ev);
	if (ev->kind == EVENT_ARM_REMOVE)
		see_removal(c, ev);
}

static void
copy_router(struct called_router *to, const struct router *r)
{
	*to = (struct called_router){ .id = r->id };
	strcpy(to->name, r->name);
	for (int i = 0; i < r->arms; i++)
		add_arm(to, r->arm[i]->uid, r->arm[i]->name, r->arm[i]->added);
}

struct callings *
callings_of(const struct bandit *b)
{
	struct callings *c = callings_new();

	c->now = true;
	c->routers = (size_t)b->routers;
	c->router = mem_alloc(c->routers + 1, sizeof *c->router);
	for (int i = 0; i < b->routers; i++)
		copy_router(&c->router[i], b->router[i]);
	return c;
}

const char *
calling_router(const struct callings *c, uint32_t id)
{
	const struct called_router *r = router_of(c, id);

	return r != NULL ? r->name : NULL;
}

const char *
calling_arm(const struct callings *c, uint32_t router, uint32_t uid)
{
	const struct called_arm *a = arm_of(c, router, uid);

	return a != NULL ? a->name : NULL;
}

uint32_t
calling_added(const struct callings *c, uint32_t router, uint64_t seq)
{
	const struct called_router *r = router_of(c, router);

	for (size_t i = 0; r != NULL && i < r->arms; i++)
		if (r->arm[i].added == seq)
			return r->arm[i].uid;
	return 0;
}

bool
calling_removed(const struct callings *c, uint32_t router, uint32_t uid)
{
	const struct called_arm *a = arm_of(c, router, uid);

	return a != NULL ? a->removed : c->now;
}
