/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A record of the log as a map: its writer. */
#include <string.h>

#include "bandit/policy.h"
#include "base/pack.h"
#include "persist/event_map.h"
#include "persist/field.h"
#include "persist/record.h"

/* A map whose pairs are counted while they are written. */
struct pairs {
	struct buf *out;
	size_t at; /* of its head, a map 16 */
	unsigned count;
};

static struct pairs
pairs_begin(struct buf *out)
{
	struct pairs m = { out, out->len, 0 };

	buf_put(out, "\xde\0\0", 3);
	return m;
}

static void
pairs_end(const struct pairs *m)
{
	m->out->data[m->at + 1] = (uint8_t)(m->count >> 8);
	m->out->data[m->at + 2] = (uint8_t)m->count;
}

static struct buf *
key(struct pairs *m, const char *name)
{
	m->count++;
	pack_str(m->out, name);
	return m->out;
}

static void
put_name(struct pairs *m, const char *name, const char *value)
{
	struct buf *out = key(m, name);

	if (value != NULL)
		pack_str(out, value);
	else
		pack_nil(out);
}

/* Who the arm is, beside its uid. */
static void
put_arm(struct pairs *m, const struct callings *c, uint32_t router,
    uint32_t uid)
{
	put_name(m, "arm_name", calling_arm(c, router, uid));
	if (calling_removed(c, router, uid))
		pack_bool(key(m, "removed"), true);
}

static void
put_shown(struct buf *out, const struct shown *s, uint32_t router,
    const struct callings *c)
{
	struct pairs m = pairs_begin(out);

	pack_uint(key(&m, "arm"), s->arm);
	put_arm(&m, c, router, s->arm);
	pack_num(key(&m, "propensity"), s->propensity);
	pack_num(key(&m, "mean"), s->mean);
	pack_num(key(&m, "sigma"), s->sigma);
	pack_uint(key(&m, "ended"), s->ended);
	pack_num(key(&m, "faded"), s->faded);
	pairs_end(&m);
}

static void
put_decision(struct buf *out, const struct event *ev, const struct callings *c)
{
	const struct decision *d = &ev->decision;
	struct pairs m = pairs_begin(out);

	pack_str(key(&m, "id"), d->id);
	pack_uint(key(&m, "number"), d->number);
	pack_num(key(&m, "time"), d->time);
	pack_uint(key(&m, "state_seq"), d->state_seq);
	pack_str(key(&m, "policy"), policies[d->policy].name);
	pack_bool(key(&m, "asked"), d->asked);
	pack_array(key(&m, "slate"), (size_t)d->k);
	for (int i = 0; i < d->k; i++)
		put_shown(out, &d->shown[i], ev->router, c);
	pack_array(key(&m, "eligible"), (size_t)d->eligible);
	for (int i = 0; i < d->eligible; i++)
		pack_uint(out, d->eligible_arm[i]);
	pack_uint(key(&m, "prefer"), d->prefer);
	pack_num(key(&m, "switch_cost"), d->switch_cost);
	pack_num(key(&m, "no_click"), d->no_click);
	pack_num(key(&m, "no_click_sigma"), d->no_click_sigma);
	pairs_end(&m);
}

static void
put_x(struct buf *out, const struct event *ev, const struct callings *c)
{
	(void)c;
	pack_array(out, (size_t)ev->decision.d);
	for (int i = 0; i < ev->decision.d; i++)
		pack_float(out, ev->decision.x[i]);
}

static void
put_prior(struct buf *out, const struct event *ev, const struct callings *c)
{
	(void)c;
	pack_array(out, 2 * (size_t)ev->prior_len);
	for (int i = 0; i < 2 * ev->prior_len; i++)
		pack_num(out, ev->prior[i]);
}

/* The fields that are not written as on disk. */
static const struct {
	const char *name;
	void (
	    *put)(struct buf *, const struct event *, const struct callings *);
} others[] = { { "decision", put_decision }, { "prior", put_prior },
	{ "x", put_x } };

static void
put_value(struct buf *out, const struct field *f, const struct event *ev,
    const struct callings *c)
{
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (strcmp(others[i].name, f->name) == 0) {
			others[i].put(out, ev, c);
			return;
		}
	f->put(ev, out);
}

static void
put_field(struct pairs *m, const struct field *f, const struct event *ev,
    const struct callings *c)
{
	put_value(key(m, f->name), f, ev, c);
	if (strcmp(f->name, "arm") == 0)
		put_arm(m, c, ev->router, ev->arm);
	else if (strcmp(f->name, "loser") == 0)
		put_name(m, "loser_name",
		    calling_arm(c, ev->router, ev->loser));
}

static void
put_added(struct pairs *m, const struct event *ev, const struct callings *c)
{
	uint32_t uid = calling_added(c, ev->router, ev->seq);

	if (uid != 0)
		pack_uint(key(m, "arm"), uid);
	if (calling_removed(c, ev->router, uid))
		pack_bool(key(m, "removed"), true);
}

void
event_map_put(struct buf *out, const struct event *ev, const struct callings *c)
{
	struct pairs m = pairs_begin(out);

	pack_uint(key(&m, "seq"), ev->seq);
	pack_str(key(&m, "kind"), event_word(ev->kind));
	pack_num(key(&m, "time"), ev->time);
	pack_uint(key(&m, "router"), ev->router);
	put_name(&m, "router_name", calling_router(c, ev->router));
	if (ev->kind == EVENT_ARM_ADD)
		put_added(&m, ev, c);
	for (const struct field *f = event_fields; f->name != NULL; f++)
		if (field_used(f, ev) && !field_private(f))
			put_field(&m, f, ev, c);
	pairs_end(&m);
}
