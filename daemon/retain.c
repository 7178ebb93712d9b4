/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/retain.h"

#include <math.h>

#include "daemon/rebuild.h"
#include "daemon/service.h"

bool
retain_wanted(const struct router *r)
{
	return !isnan(r->settings.keep_age) || !isnan(r->settings.keep_bytes);
}

static void
drop_some(struct service *s, struct router *r)
{
	const struct router_settings *set = &r->settings;
	struct op *op;

	if (!retain_wanted(r) || r->dropping || s->draining ||
	    (s->rebuild != NULL && s->rebuild->relearn.id == r->id))
		return;
	op = service_op(s, OP_DROP, 0);
	op->ev.router = r->id;
	op->ev.time =
	    isnan(set->keep_age) ? -INFINITY : op->ev.time - set->keep_age;
	op->keep_bytes = isnan(set->keep_bytes) ? INFINITY : set->keep_bytes;
	op->from = r->dropped_to;
	r->dropping = true;
	service_put(s, op);
}

void
retain_begin(struct service *s)
{
	for (int i = 0; i < s->bandit.routers; i++)
		drop_some(s, s->bandit.router[i]);
}

void
retain_done(struct service *s, const struct op *op)
{
	struct router *r = bandit_of(&s->bandit, op->ev.router);

	if (r == NULL)
		return;
	r->dropping = false;
	if (op->err != ERR_NONE)
		return; /* the disk is full: at another time */
	s->dropped += op->count;
	r->dropped_to = op->seq;
	if (op->more)
		drop_some(s, r);
}
