/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An event's body: [version 1, kind, time, router, fields], fields a map of
 *   router      name, settings {name: text}
 *   settings    settings {name: text}
 *   dimension   dimension
 *   bandwidth   bandwidth, points
 *   arm.add     name, group?, cost?, enabled?
 *   arm.set     arm, group?, cost?, enabled?
 *   arm.remove  arm
 *   reward      arm, reward, x (bin of float32), cost?, key?, decision?
 *   expire      arm, decision
 * decision is [id, number, time, propensity, state_seq, policy's name].
 *
 * A decision's body: [version 1, state, router, arm, decision, seq, x], then
 * the CRC-32C of it, u32.
 */
#include "persist/record.h"

#include <math.h>
#include <string.h>

#include "base/crc32c.h"
#include "base/cursor.h"
#include "base/pack.h"
#include "persist/field.h"

#define RECORD_VERSION 1

static const char *const kind_words[EVENT_KINDS] = { "?", "router", "settings",
	"dimension", "bandwidth", "arm.add", "arm.set", "arm.remove", "reward",
	"expire" };

const char *
event_word(enum event_kind k)
{
	return (unsigned)k < EVENT_KINDS ? kind_words[k] : "?";
}

static bool
field_used(const struct field *f, const struct event *ev)
{
	return (f->kinds & 1u << ev->kind) != 0 &&
	    (f->said == NULL || f->said(ev));
}

void
event_encode(const struct event *ev, struct buf *b)
{
	size_t n = 0;

	for (const struct field *f = event_fields; f->name != NULL; f++)
		n += field_used(f, ev);
	pack_array(b, 5);
	pack_uint(b, RECORD_VERSION);
	pack_uint(b, ev->kind);
	pack_num(b, ev->time);
	pack_uint(b, ev->router);
	pack_map(b, n);
	for (const struct field *f = event_fields; f->name != NULL; f++)
		if (field_used(f, ev)) {
			pack_str(b, f->name);
			f->put(ev, b);
		}
}

static bool
take_field(struct cursor *c, struct event *ev, float *x, unsigned *seen)
{
	struct value key;

	if (!cursor_next(c, &key))
		return false;
	for (const struct field *f = event_fields; f->name != NULL; f++)
		if (value_is(&key, f->name)) {
			*seen |= 1u << (f - event_fields);
			return (f->kinds & 1u << ev->kind) != 0 &&
			    f->take(c, ev, x);
		}
	return false;
}

static bool
take_fields(struct cursor *c, struct event *ev, float *x)
{
	unsigned seen = 0;
	struct value v;

	if (!cursor_next(c, &v) || v.type != VALUE_MAP)
		return false;
	for (uint32_t i = 0; i < v.u.count; i++)
		if (!take_field(c, ev, x, &seen))
			return false;
	for (const struct field *f = event_fields; f->name != NULL; f++)
		if ((f->kinds & 1u << ev->kind) != 0 && f->said == NULL &&
		    (seen & 1u << (f - event_fields)) == 0)
			return false;
	return c->p == c->end;
}

static bool
whole_frame(const void *data, size_t len)
{
	size_t used;

	return frame_scan(data, len, len, &used) == FRAME_WHOLE && used == len;
}

enum err
event_decode(const void *data, size_t len, float *x, struct event *ev,
    struct fault *f)
{
	struct cursor c = { data, (const uint8_t *)data + len };
	int64_t version, kind, router;

	*ev = (struct event){ .cost = NAN };
	if (!whole_frame(data, len) || !take_list(&c, 5) ||
	    !take_whole(&c, 1, INT64_MAX, &version))
		return fault_set(f, ERR_DATA, "it is not a record");
	if (version > RECORD_VERSION ||
	    !take_whole(&c, 1, EVENT_KINDS - 1, &kind))
		return fault_set(f, ERR_DATA,
		    "it was written by a newer version of banditd");
	ev->kind = (enum event_kind)kind;
	if (!take_num(&c, &ev->time) || !take_whole(&c, 1, UINT32_MAX, &router))
		return fault_set(f, ERR_DATA, "its head is broken");
	ev->router = ev->decision.router = (uint32_t)router;
	if (!take_fields(&c, ev, x))
		return fault_set(f, ERR_DATA, "its fields are broken");
	ev->decision.arm = ev->arm;
	return ERR_NONE;
}

static bool
checksum_fits(const void *data, size_t body)
{
	uint32_t crc;

	if (body == 0)
		return false;
	memcpy(&crc, (const uint8_t *)data + body, sizeof crc);
	return crc == crc32c(0, data, body);
}

void
decision_encode(const struct decision *d, enum decision_state state,
    uint64_t seq, struct buf *b)
{
	size_t start = b->len;
	uint32_t crc;

	pack_array(b, 7);
	pack_uint(b, RECORD_VERSION);
	pack_uint(b, state);
	pack_uint(b, d->router);
	pack_uint(b, d->arm);
	decision_put(d, b);
	pack_uint(b, seq);
	pack_bin(b, d->x,
	    state == DECISION_PENDING ? (size_t)d->d * sizeof *d->x : 0);
	crc = crc32c(0, b->data + start, b->len - start);
	buf_put(b, &crc, sizeof crc);
}

enum err
decision_decode(const void *data, size_t len, float *x, struct decision *d,
    enum decision_state *state, uint64_t *seq)
{
	size_t body = len < sizeof(uint32_t) ? 0 : len - sizeof(uint32_t);
	struct cursor c = { data, (const uint8_t *)data + body };
	int64_t version, st, router, arm, n;

	*d = (struct decision){ 0 };
	if (!checksum_fits(data, body) || !whole_frame(data, body) ||
	    !take_list(&c, 7) || !take_whole(&c, 1, RECORD_VERSION, &version) ||
	    !take_whole(&c, 0, DECISION_EXPIRED, &st) ||
	    !take_whole(&c, 1, UINT32_MAX, &router) ||
	    !take_whole(&c, 1, UINT32_MAX, &arm) || !decision_take(&c, d) ||
	    !take_whole(&c, 0, INT64_MAX, &n) || !context_take(&c, d, x))
		return ERR_DATA;
	*state = (enum decision_state)st;
	*seq = (uint64_t)n;
	d->router = (uint32_t)router;
	d->arm = (uint32_t)arm;
	return ERR_NONE;
}
