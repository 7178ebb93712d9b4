/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An event's body: [version 1, kind, time, router, fields], fields a map of
 *   router      name, settings {name: text}
 *   settings    settings {name: text}
 *   dimension   dimension
 *   bandwidth   bandwidth, points
 *   arm.add     name, group?, cost?, enabled?, prior? (bin of float64: what
 *               fits the rewards, then what fits 1), prior_from?
 *   arm.set     arm, group?, cost?, enabled?, prior?, prior_from?
 *   arm.remove  arm
 *   reward      arm, reward, x (bin of float32), cost?, key?, decision?
 *   expire      decision, x?, early?, key?
 *   click       decision, x, arm?, key?
 *   prefer      decision, x, arm, loser, key?
 *   age         arm
 *   rebuild     settings {name: text}, named (bits of their rows), after?
 *   dropped     dropped (array of [router, how many, seq of the last]), sum
 * A key is that of an observation, or of a record imported from another log, to
 * which a decision beside it belongs.
 * decision is [id, number, time, state_seq, policy's name, whether a slate was
 * asked for, slate, eligible arms' uids, prefer, switch_cost, no_click,
 * no_click_sigma], its slate an array of [arm, propensity, mean, sigma, seq of
 * what ended it, half-lives seen]; as version 0.1.0 wrote it
 * [id, number, time, propensity, state_seq, policy's name].
 *
 * A decision's body: [version 2, state, how, router, decision, seen, x], then
 * the CRC-32C of it, u32; of version 0.1.0
 * [version 1, state, router, arm, decision, seq, x].
 */
#include "persist/record.h"

#include <math.h>
#include <string.h>

#include "base/crc32c.h"
#include "base/cursor.h"
#include "base/pack.h"
#include "persist/decision.h"
#include "persist/field.h"
#include "persist/take.h"

#define RECORD_VERSION 1
#define DECISION_VERSION 2

static const char *const kind_words[EVENT_KINDS] = { "?", "router", "settings",
	"dimension", "bandwidth", "arm.add", "arm.set", "arm.remove", "reward",
	"expire", "click", "prefer", "age", "rebuild", "dropped" };

const char *
event_word(enum event_kind k)
{
	return (unsigned)k < EVENT_KINDS ? kind_words[k] : "?";
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
take_field(struct cursor *c, struct event *ev, struct room *room,
    unsigned *seen)
{
	struct value key;

	if (!cursor_next(c, &key))
		return false;
	for (const struct field *f = event_fields; f->name != NULL; f++)
		if (value_is(&key, f->name) &&
		    (f->kinds & 1u << ev->kind) != 0) {
			*seen |= 1u << (f - event_fields);
			return f->take(c, ev, room);
		}
	return false;
}

static bool
take_fields(struct cursor *c, struct event *ev, struct room *room)
{
	unsigned seen = 0;
	struct value v;

	if (!cursor_next(c, &v) || v.type != VALUE_MAP)
		return false;
	for (uint32_t i = 0; i < v.u.count; i++)
		if (!take_field(c, ev, room, &seen))
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
event_decode(const void *data, size_t len, struct room *room, struct event *ev,
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
	if (!take_fields(&c, ev, room))
		return fault_set(f, ERR_DATA, "its fields are broken");
	if (ev->decision.k == 1 && room->shown[0].arm == 0)
		room->shown[0].arm = ev->arm; /* of the first version */
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
decision_encode(const struct decision_record *r, struct buf *b)
{
	const struct decision *d = &r->decision;
	size_t start = b->len;
	uint32_t crc;

	pack_array(b, 7);
	pack_uint(b, DECISION_VERSION);
	pack_uint(b, r->state);
	pack_uint(b, r->how);
	pack_uint(b, d->router);
	decision_put(d, b);
	if (r->seen != NULL)
		buf_put(b, r->seen, r->seen_len);
	else
		pack_nil(b);
	pack_bin(b, d->x,
	    r->state == DECISION_PENDING ? (size_t)d->d * sizeof *d->x : 0);
	crc = crc32c(0, b->data + start, b->len - start);
	buf_put(b, &crc, sizeof crc);
}

static bool
take_state(struct cursor *c, struct decision_record *r)
{
	int64_t state;

	if (!take_whole(c, 0, DECISION_EXPIRED, &state))
		return false;
	r->state = (enum decision_state)state;
	return true;
}

static bool
take_how(struct cursor *c, struct decision_record *r)
{
	int64_t how;

	if (!take_whole(c, 0, BY_PREFER, &how))
		return false;
	r->how = (enum decision_how)how;
	return true;
}

static bool
take_router(struct cursor *c, struct decision_record *r)
{
	int64_t router;

	if (!take_whole(c, 1, UINT32_MAX, &router))
		return false;
	r->decision.router = (uint32_t)router;
	return true;
}

static bool
take_seen(struct cursor *c, struct decision_record *r)
{
	struct cursor head = *c;
	const uint8_t *start = c->p;
	struct value v;

	if (!cursor_next(&head, &v) || !cursor_skip(c))
		return false;
	if (v.type == VALUE_NIL)
		return true;
	r->seen = start;
	r->seen_len = (size_t)(c->p - start);
	return v.type == VALUE_ARRAY;
}

/* As version 0.1.0 wrote it. */
static bool
take_first(struct cursor *c, struct decision_record *r, struct room *room)
{
	int64_t arm, seq;

	if (!take_state(c, r) || !take_router(c, r) ||
	    !take_whole(c, 1, UINT32_MAX, &arm) ||
	    !decision_take(c, &r->decision, room) ||
	    !take_whole(c, 0, INT64_MAX, &seq) || r->decision.k != 1)
		return false;
	room->shown[0].arm = (uint32_t)arm;
	if (r->state == DECISION_REWARDED) {
		room->shown[0].ended = (uint64_t)seq;
		r->how = BY_FEEDBACK;
	}
	return true;
}

enum err
decision_decode(const void *data, size_t len, struct room *room,
    struct decision_record *r)
{
	size_t body = len < sizeof(uint32_t) ? 0 : len - sizeof(uint32_t);
	struct cursor c = { data, (const uint8_t *)data + body };
	int64_t version;

	*r = (struct decision_record){ 0 };
	if (!checksum_fits(data, body) || !whole_frame(data, body) ||
	    !take_list(&c, 7) || !take_whole(&c, 1, DECISION_VERSION, &version))
		return ERR_DATA;
	if (version == 1 ? !take_first(&c, r, room)
			 : !take_state(&c, r) || !take_how(&c, r) ||
		    !take_router(&c, r) ||
		    !decision_take(&c, &r->decision, room) || !take_seen(&c, r))
		return ERR_DATA;
	return context_take(&c, &r->decision, room) ? ERR_NONE : ERR_DATA;
}
