/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/table.h"

#include <string.h>

#include "base/pack.h"

static struct world *world;

static void
pack_arg(const struct request *r, int i)
{
	const struct arg *a = &r->arg[i];

	pack_str(r->out, r->method->params[i].name);
	if (!a->given)
		pack_nil(r->out);
	else if (a->str != NULL)
		pack_strn(r->out, a->str, a->len);
	else if (r->method->params[i].type == PARAM_NUM)
		pack_num(r->out, a->num);
	else if (r->method->params[i].type == PARAM_BOOL)
		pack_bool(r->out, a->yes);
	else
		buf_put(r->out, a->at.p, (size_t)(a->at.end - a->at.p));
}

/* What it was given, by name. */
static enum err
do_echo(struct request *r)
{
	int n = method_params(r->method);

	world->called++;
	pack_map(r->out, (size_t)n);
	for (int i = 0; i < n; i++)
		pack_arg(r, i);
	return ERR_NONE;
}

/* Fails with half a result packed. */
static enum err
do_fail(struct request *r)
{
	world->called++;
	pack_map(r->out, 2);
	return fault_set(&r->fault, ERR_CONFLICT, "it always does");
}

static enum err
do_fail_mute(struct request *r)
{
	(void)r;
	world->called++;
	return ERR_STORAGE;
}

static enum err
do_later(struct request *r)
{
	world->called++;
	world->clock.mono += 0.5;
	world->later_client = r->client;
	r->later = true;
	return ERR_NONE;
}

static enum err
do_open(struct request *r)
{
	world->called++;
	pack_bool(r->out, true);
	return ERR_NONE;
}

#define REQUIRED true, false
#define OPTIONAL false, false
#define EITHER false, true

/* clang-format off */
const struct method methods[] = {
	{ "echo", ROLE_DECIDE, do_echo, false, "Say it again.",
	  { { "text", PARAM_STR, REQUIRED, "Some text." },
	    { "name", PARAM_NAME, OPTIONAL, "Some name." },
	    { "num", PARAM_NUM, OPTIONAL, "Some number." },
	    { "yes", PARAM_BOOL, OPTIONAL, "Some truth." },
	    { "x", PARAM_VECTOR, OPTIONAL, "Some vector." },
	    { "names", PARAM_NAMES, OPTIONAL, "Some names." } } },
	{ "fail", ROLE_DECIDE | ROLE_READ, do_fail, false, "Fail.", { { 0 } } },
	{ "fail.mute", ROLE_DECIDE, do_fail_mute, false, "Fail.", { { 0 } } },
	{ "later", ROLE_DECIDE, do_later, false, "Answer later.", { { 0 } } },
	{ "open", ROLE_ANY, do_open, false, "Say true.", { { 0 } } },
	{ "secret", ROLE_ADMIN, do_open, false, "Say true.", { { 0 } } },
	{ "take", ROLE_ANY, do_echo, false, "Take one.",
	  { { "left", PARAM_NUM, EITHER, "The one." },
	    { "right", PARAM_NUM, EITHER, "The other." } } },
	{ 0 }
};
/* clang-format on */

static struct client *
find(void *owner, uint64_t id)
{
	struct world *w = owner;

	return id == w->client.id ? &w->client : NULL;
}

static void
flush(void *owner, struct client *c)
{
	(void)c;
	((struct world *)owner)->flushed++;
}

void
world_init(struct world *w)
{
	*w = (struct world){ .clock = { .fake = true, .mono = 1 },
		.client = { .id = 77, .roles = ROLE_DECIDE } };
	rpc_init(&w->rpc, w, &w->clock);
	w->rpc.door[DOOR_SOCKET] = (struct door){ w, find, flush };
	world = w;
}

void
world_fini(struct world *w)
{
	rpc_fini(&w->rpc);
	buf_free(&w->client.out);
}
