/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "persist/event_json.h"

#include <inttypes.h>
#include <string.h>

#include "bandit/policy.h"
#include "base/cursor.h"
#include "base/json.h"
#include "base/pack.h"
#include "persist/callings.h"
#include "persist/field.h"
#include "persist/record.h"

/* A number as JSON has it; MessagePack's way there, so that both agree. */
static void
put_num(struct buf *out, double num)
{
	struct buf packed = { 0 };
	struct cursor c;

	pack_num(&packed, num);
	c = (struct cursor){ packed.data, packed.data + packed.len };
	json_put(out, &c);
	buf_free(&packed);
}

static void
put_key(struct buf *out, const char *key)
{
	buf_printf(out, ", \"%s\": ", key);
}

static void
put_uint(struct buf *out, const char *key, uint64_t n)
{
	put_key(out, key);
	buf_printf(out, "%" PRIu64, n);
}

static void
put_double(struct buf *out, const char *key, double num)
{
	put_key(out, key);
	put_num(out, num);
}

static void
put_text(struct buf *out, const char *key, const char *text)
{
	put_key(out, key);
	if (text != NULL)
		json_put_str(out, text, strlen(text));
	else
		buf_puts(out, "null");
}

static void
put_shown(struct buf *out, const struct shown *s, uint32_t router,
    const struct callings *c)
{
	buf_printf(out, "{\"arm\": %" PRIu32, s->arm);
	put_text(out, "arm_name", calling_arm(c, router, s->arm));
	put_double(out, "propensity", s->propensity);
	put_double(out, "mean", s->mean);
	put_double(out, "sigma", s->sigma);
	put_uint(out, "ended", s->ended);
	put_double(out, "faded", s->faded);
	buf_puts(out, "}");
}

static void
put_decision(struct buf *out, const struct event *ev, const struct callings *c)
{
	const struct decision *d = &ev->decision;

	put_key(out, "decision");
	buf_puts(out, "{\"id\": ");
	json_put_str(out, d->id, strlen(d->id));
	put_uint(out, "number", d->number);
	put_double(out, "time", d->time);
	put_uint(out, "state_seq", d->state_seq);
	put_text(out, "policy", policies[d->policy].name);
	put_key(out, "asked");
	buf_puts(out, d->asked ? "true" : "false");
	put_key(out, "slate");
	for (int i = 0; i < d->k; i++) {
		buf_puts(out, i > 0 ? ", " : "[");
		put_shown(out, &d->shown[i], ev->router, c);
	}
	buf_puts(out, d->k > 0 ? "]" : "[]");
	put_key(out, "eligible");
	buf_puts(out, "[");
	for (int i = 0; i < d->eligible; i++)
		buf_printf(out, "%s%" PRIu32, i > 0 ? ", " : "",
		    d->eligible_arm[i]);
	buf_puts(out, "]");
	put_uint(out, "prefer", d->prefer);
	put_double(out, "switch_cost", d->switch_cost);
	put_double(out, "no_click", d->no_click);
	put_double(out, "no_click_sigma", d->no_click_sigma);
	buf_puts(out, "}");
}

static void
put_prior(struct buf *out, const struct event *ev)
{
	put_key(out, "prior");
	for (int i = 0; i < 2 * ev->prior_len; i++) {
		buf_puts(out, i > 0 ? ", " : "[");
		put_num(out, ev->prior[i]);
	}
	buf_puts(out, "]");
}

static void
put_field(struct buf *out, const struct field *f, const struct event *ev,
    const struct callings *c, struct buf *packed)
{
	struct cursor at;

	if (strcmp(f->name, "decision") == 0) {
		put_decision(out, ev, c);
		return;
	}
	if (strcmp(f->name, "prior") == 0) {
		put_prior(out, ev);
		return;
	}
	packed->len = 0;
	f->put(ev, packed);
	at = (struct cursor){ packed->data, packed->data + packed->len };
	put_key(out, f->name);
	json_put(out, &at);
	if (strcmp(f->name, "arm") == 0)
		put_text(out, "arm_name", calling_arm(c, ev->router, ev->arm));
	else if (strcmp(f->name, "loser") == 0)
		put_text(out, "loser_name",
		    calling_arm(c, ev->router, ev->loser));
}

void
event_json_put(struct buf *out, const struct event *ev,
    const struct callings *c)
{
	struct buf packed = { 0 };

	buf_printf(out, "{\"seq\": %" PRIu64, ev->seq);
	put_text(out, "kind", event_word(ev->kind));
	put_double(out, "time", ev->time);
	put_uint(out, "router", ev->router);
	put_text(out, "router_name", calling_router(c, ev->router));
	if (ev->kind == EVENT_ARM_ADD && c->added != 0)
		put_uint(out, "arm", c->added);
	for (const struct field *f = event_fields; f->name != NULL; f++)
		if ((f->kinds & 1u << ev->kind) != 0 &&
		    (f->said == NULL || f->said(ev)))
			put_field(out, f, ev, c, &packed);
	buf_puts(out, "}\n");
	buf_free(&packed);
}
