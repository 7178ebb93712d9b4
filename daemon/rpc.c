/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/rpc.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/pack.h"
#include "daemon/params.h"
#include "daemon/suggest.h"

enum kind { KIND_REQUEST = 0, KIND_ANSWER = 1, KIND_NOTIFICATION = 2 };

/* What a frame says around its parameters. */
struct envelope {
	int64_t kind;
	bool msgid_known;
	uint32_t msgid;
	const char *name; /* of the method */
	uint32_t len;
	struct cursor params; /* over an array */
};

void
rpc_init(struct rpc *rpc, void *owner, const struct clock *clock)
{
	*rpc = (struct rpc){ .owner = owner, .clock = clock };
	rpc->stats = mem_zalloc((size_t)method_count(), sizeof *rpc->stats);
}

void
rpc_fini(struct rpc *rpc)
{
	free(rpc->stats);
	buf_free(&rpc->result);
}

/* The linker gives equal words one place, as a rule. */
static int
param_index(const struct method *m, const char *name)
{
	const struct param *p = m->params;

	for (int i = 0; i < METHOD_PARAMS && p[i].name != NULL; i++)
		if (p[i].name == name)
			return i;
	for (int i = 0; i < METHOD_PARAMS && p[i].name != NULL; i++)
		if (strcmp(p[i].name, name) == 0)
			return i;
	assert(!"a parameter that is not in the method's row");
	abort();
}

const struct arg *
rpc_arg(const struct request *r, const char *name)
{
	return &r->arg[param_index(r->method, name)];
}

static bool
read_msgid(struct envelope *e, struct cursor *c)
{
	struct value v;

	e->msgid_known = cursor_next(c, &v) && v.type == VALUE_INT &&
	    v.u.integer >= 0 && v.u.integer <= UINT32_MAX;
	if (e->msgid_known)
		e->msgid = (uint32_t)v.u.integer;
	return e->msgid_known;
}

/* False: it is no request and no notification, or ends too early; the msgid
 * may be known all the same. */
static bool
envelope_read(struct envelope *e, const uint8_t *data, size_t n)
{
	struct cursor c = { data, data + n }, at;
	struct value frame, v;

	*e = (struct envelope){ .kind = -1 };
	if (!cursor_next(&c, &frame) || frame.type != VALUE_ARRAY ||
	    !cursor_next(&c, &v) || v.type != VALUE_INT)
		return false;
	e->kind = v.u.integer;
	if (e->kind == KIND_REQUEST && !read_msgid(e, &c))
		return false;
	if ((e->kind != KIND_REQUEST || frame.u.count != 4) &&
	    (e->kind != KIND_NOTIFICATION || frame.u.count != 3))
		return false;
	if (!cursor_str(&c, &e->name, &e->len))
		return false;
	at = e->params = c;
	return cursor_next(&at, &v) && v.type == VALUE_ARRAY;
}

static void
put_error(struct rpc *rpc, struct buf *out, uint32_t msgid,
    const struct fault *f)
{
	char text[sizeof f->text + 64];

	rpc->rejects[f->code]++;
	snprintf(text, sizeof text, "%s: %s", err_word(f->code), f->text);
	pack_array(out, 4);
	pack_uint(out, KIND_ANSWER);
	pack_uint(out, msgid);
	pack_str(out, text);
	pack_nil(out);
}

/* The result follows. */
static void
put_success(struct buf *out, uint32_t msgid)
{
	pack_array(out, 4);
	pack_uint(out, KIND_ANSWER);
	pack_uint(out, msgid);
	pack_nil(out);
}

void
rpc_settle(void *owner)
{
	struct rpc *rpc = owner;

	if (rpc->settle != NULL)
		rpc->settle(rpc->owner);
}

void
rpc_spent(struct rpc *rpc, const char *method, double seconds)
{
	const struct method *m = method_find(method, strlen(method));

	rpc->stats[m - methods].seconds += seconds;
	rpc->spent += seconds;
}

static enum err
check_roles(const struct method *m, unsigned roles, struct fault *f)
{
	if (m->roles == ROLE_ANY || (roles & (m->roles | ROLE_ADMIN)) != 0)
		return ERR_NONE;
	return fault_set(f, ERR_DENIED,
	    "method \"%s\" needs the role %s; this user has %s", m->name,
	    role_word(m->roles), roles != 0 ? role_word(roles) : "none");
}

static enum err
call(struct request *r, unsigned roles, const struct cursor *params)
{
	enum err e = check_roles(r->method, roles, &r->fault);

	if (e == ERR_NONE)
		e = params_read(r->method, params, r->arg, &r->fault);
	if (e == ERR_NONE)
		e = r->method->fn(r);
	if (e != ERR_NONE && r->fault.code != e)
		fault_set(&r->fault, e, "%s failed", r->method->name);
	return e;
}

static enum err
call_counted(struct rpc *rpc, struct request *r, unsigned roles,
    const struct cursor *params)
{
	struct method_stats *stats = &rpc->stats[r->method - methods];
	double start = clock_mono(rpc->clock), spent = rpc->spent;
	enum err e = call(r, roles, params);

	stats->calls++;
	stats->errors += e != ERR_NONE;
	stats->seconds += clock_mono(rpc->clock) - start;
	stats->seconds -= rpc->spent - spent;
	return e;
}

/*
 * The result is packed apart from the client's output, because while the
 * function runs other answers may go there.
 */
static void
request_init(struct request *r, struct rpc *rpc, const struct envelope *e,
    const struct method *m, uint64_t client)
{
	r->owner = rpc->owner;
	r->method = m;
	r->msgid = e->msgid;
	r->notification = e->kind == KIND_NOTIFICATION;
	r->client = r->notification ? 0 : client;
	r->out = &rpc->result;
	r->out->len = 0;
	r->later = false;
	r->fault.code = ERR_NONE;
}

static void
answer(struct rpc *rpc, struct client *client, const struct request *r,
    enum err e)
{
	if (e != ERR_NONE) {
		put_error(rpc, &client->out, r->msgid, &r->fault);
		return;
	}
	assert(r->out->len > 0);
	put_success(&client->out, r->msgid);
	buf_put(&client->out, r->out->data, r->out->len);
}

/* The client waits already while the function runs, which may answer later
 * at once. */
static void
dispatch(struct rpc *rpc, struct client *client, const struct method *m,
    const struct envelope *e)
{
	struct request r;
	enum err err;

	if (!m->beside)
		rpc_settle(rpc);
	request_init(&r, rpc, e, m, client->id);
	if (r.notification) {
		call_counted(rpc, &r, client->roles, &e->params);
		return;
	}
	client->waiting++;
	err = call_counted(rpc, &r, client->roles, &e->params);
	if (err == ERR_NONE && r.later)
		return;
	client->waiting--;
	answer(rpc, client, &r, err);
}

static void
unknown_method(struct rpc *rpc, struct client *client, const struct envelope *e)
{
	const struct method *near = method_suggest(e->name, e->len);
	struct fault f;

	if (e->kind == KIND_NOTIFICATION) {
		rpc->unknown_notifications++;
		return;
	}
	fault_set(&f, ERR_UNKNOWN_METHOD, "there is no method \"%.*s\"",
	    e->len < 64 ? (int)e->len : 64, e->name);
	if (near != NULL)
		fault_add(&f, "; did you mean \"%s\"?", near->name);
	else
		fault_add(&f, "; the method \"methods\" lists them");
	put_error(rpc, &client->out, e->msgid, &f);
}

bool
rpc_frame(void *owner, struct client *client, const uint8_t *data, size_t n)
{
	struct rpc *rpc = owner;
	const struct method *m;
	struct envelope e;
	struct fault f;

	if (!envelope_read(&e, data, n)) {
		fault_set(&f, ERR_BAD_REQUEST,
		    "a request is [0, msgid, method, [params]]; this is not "
		    "one, and the connection is closed");
		if (e.msgid_known)
			put_error(rpc, &client->out, e.msgid, &f);
		return false;
	}
	m = method_find(e.name, e.len);
	if (m == NULL)
		unknown_method(rpc, client, &e);
	else
		dispatch(rpc, client, m, &e);
	return true;
}

void
rpc_broken(void *owner, struct client *client, const uint8_t *data, size_t n,
    enum frame_state state)
{
	struct envelope e;
	struct fault f;

	envelope_read(&e, data, n);
	if (!e.msgid_known)
		return;
	fault_set(&f, ERR_BAD_REQUEST,
	    "the request is %s; the connection is "
	    "closed",
	    state == FRAME_TOO_LONG       ? "longer than max_request_bytes"
		: state == FRAME_TOO_DEEP ? "nested too deeply"
					  : "not MessagePack");
	put_error(owner, &client->out, e.msgid, &f);
}

static struct client *
client_find(const struct rpc *rpc, uint64_t id)
{
	const struct door *d = &rpc->door[DOOR_OF(id)];

	return d->owner != NULL ? d->find(d->owner, id) : NULL;
}

struct buf *
rpc_answer_later(struct rpc *rpc, uint64_t client, uint32_t msgid)
{
	struct client *c = client_find(rpc, client);

	if (c == NULL)
		return NULL;
	put_success(&c->out, msgid);
	return &c->out;
}

void
rpc_answer_done(struct rpc *rpc, uint64_t client)
{
	const struct door *d = &rpc->door[DOOR_OF(client)];
	struct client *c = client_find(rpc, client);

	if (c == NULL)
		return;
	c->waiting--;
	d->flush(d->owner, c);
}

void
rpc_error_later(struct rpc *rpc, uint64_t client, uint32_t msgid,
    const struct fault *f)
{
	struct client *c = client_find(rpc, client);

	if (c == NULL)
		return;
	put_error(rpc, &c->out, msgid, f);
	rpc_answer_done(rpc, client);
}
