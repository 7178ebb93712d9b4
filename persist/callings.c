/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names of routers and arms, from the events that gave them. */
#include "persist/callings.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

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

/* As the fold does: one that is there already is not added again. */
static uint32_t
see_arm(struct called_router *r, const struct event *ev)
{
	for (size_t i = 0; i < r->arms; i++)
		if (!r->arm[i].removed && strcmp(r->arm[i].name, ev->name) == 0)
			return 0;
	r->arm = mem_realloc(r->arm, r->arms + 1, sizeof *r->arm);
	r->arm[r->arms] = (struct called_arm){ .uid = r->next_uid++ };
	strcpy(r->arm[r->arms].name, ev->name);
	return r->arm[r->arms++].uid;
}

static void
see_removal(struct called_router *r, uint32_t uid)
{
	for (size_t i = 0; i < r->arms; i++)
		if (r->arm[i].uid == uid)
			r->arm[i].removed = true;
}

void
callings_see(struct callings *c, const struct event *ev)
{
	struct called_router *r;

	if (ev->seq != c->seq + event_records(ev))
		for (size_t i = 0; i < c->routers; i++)
			c->router[i].whole = false;
	c->seq = ev->seq;
	c->added = 0;
	if (ev->kind == EVENT_ROUTER)
		see_router(c, ev);
	r = router_of(c, ev->router);
	if (r == NULL)
		return;
	if (ev->kind == EVENT_ARM_ADD && r->whole)
		c->added = see_arm(r, ev);
	if (ev->kind == EVENT_ARM_REMOVE)
		see_removal(r, ev->arm);
}

const char *
calling_router(const struct callings *c, uint32_t id)
{
	const struct called_router *r = router_of(c, id);

	return r != NULL ? r->name : NULL;
}

const char *
calling_arm(const struct callings *c, uint32_t id, uint32_t uid)
{
	const struct called_router *r = router_of(c, id);

	for (size_t i = 0; r != NULL && i < r->arms; i++)
		if (r->arm[i].uid == uid)
			return r->arm[i].name;
	return NULL;
}
