/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The context of a request: a vector, or text that becomes one. */
#include "features/context.h"

#include <string.h>

#include "daemon/service.h"

/* The first vector says the dimension of a router that has none. */
static enum err
take_dimension(struct service *s, struct router *r, const float *x, int d,
    struct fault *f)
{
	enum err e = context_check(x, d, r->settings.normalize, NULL, f);
	struct op *op;

	if (e != ERR_NONE)
		return e;
	router_take_dimension(r, d);
	op = service_op(s, OP_EVENT, 0);
	op->ev.kind = EVENT_DIMENSION;
	op->ev.router = r->id;
	op->ev.dimension = d;
	service_put(s, op);
	return ERR_NONE;
}

static enum err
check_length(struct request *rq, const struct router *r, long length)
{
	if (length >= 1 && length <= CONTEXT_MAX_DIMENSION &&
	    (r->dimension == 0 || length == r->dimension))
		return ERR_NONE;
	return fault_set(&rq->fault, ERR_DIMENSION_MISMATCH,
	    length == 0 ? "x is empty"
		: r->dimension != 0
		? "x has %ld numbers, router \"%s\" takes %d"
		: "x has %ld numbers, router \"%s\" takes up to 65536",
	    length, r->name, r->dimension);
}

static enum err
check_input(struct request *rq, const struct router *r, bool text)
{
	bool takes_text = r->settings.input == INPUT_TEXT;

	if (text == takes_text)
		return ERR_NONE;
	return fault_set(&rq->fault, ERR_BAD_REQUEST,
	    takes_text
		? "router \"%s\" has input = \"text\": it takes text, and "
		  "makes the vector itself"
		: "router \"%s\" takes a vector, x; for text a router needs "
		  "input = \"text\"",
	    r->name);
}

enum err
service_length(struct request *rq, const struct router *r, int *d)
{
	bool text = rpc_arg(rq, "text")->given;
	long length;

	if (check_input(rq, r, text) != ERR_NONE)
		return ERR_BAD_REQUEST;
	if (text) {
		*d = r->dimension > 0 ? r->dimension : TEXT_DIMENSION;
		return ERR_NONE;
	}
	length = vector_length(&rpc_arg(rq, "x")->at);
	if (check_length(rq, r, length) != ERR_NONE)
		return ERR_DIMENSION_MISMATCH;
	*d = (int)length;
	return ERR_NONE;
}

static enum err
read_vector(struct request *rq, float *x)
{
	long bad;

	if (vector_read(&rpc_arg(rq, "x")->at, x, &bad))
		return ERR_NONE;
	return fault_set(&rq->fault, ERR_BAD_REQUEST, "x[%ld] is not a number",
	    bad);
}

enum err
service_vector(struct request *rq, struct router *r, float *x, int d)
{
	struct service *s = rq->owner;
	const struct arg *text = rpc_arg(rq, "text");
	enum err e = text->given
	    ? text_vector(&s->text, text->str, text->len, x, d, &rq->fault)
	    : read_vector(rq, x);

	if (e != ERR_NONE || r->dimension > 0)
		return e;
	return take_dimension(s, r, x, d, &rq->fault);
}

enum err
service_context(struct request *rq, struct router *r, int *d)
{
	struct service *s = rq->owner;
	enum err e = service_length(rq, r, d);

	if (e == ERR_NONE)
		e = service_vector(rq, r, s->x, *d);
	return e != ERR_NONE ? e : router_context(r, s->x, *d, &rq->fault);
}

enum err
service_context_given(struct request *rq, struct router *r, const float *x,
    int d)
{
	struct service *s = rq->owner;
	enum err e = check_length(rq, r, d);

	if (e == ERR_NONE)
		memcpy(s->x, x, (size_t)d * sizeof *x);
	if (e == ERR_NONE && r->dimension == 0)
		e = take_dimension(s, r, s->x, d, &rq->fault);
	return e != ERR_NONE ? e : router_context(r, s->x, d, &rq->fault);
}
