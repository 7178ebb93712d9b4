/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "base/pack.h"

#define REQUEST 0
#define RESPONSE 1

static void
begin(struct buf *out, uint32_t msgid, const char *method, size_t params)
{
	pack_array(out, 4);
	pack_uint(out, REQUEST);
	pack_uint(out, msgid);
	pack_str(out, method);
	pack_array(out, 1);
	pack_map(out, params);
}

static void
context(struct buf *out, const struct stream *s, int row)
{
	pack_str(out, "router");
	pack_str(out, s->router);
	pack_str(out, "x");
	pack_bin(out, prompts_x(s->prompts, row),
	    (size_t)s->prompts->d * sizeof(float));
}

static void
reward(struct buf *out, const struct stream *s, int row, int arm)
{
	pack_str(out, "reward");
	pack_num(out, prompts_reward(s->prompts, row, arm));
	if (s->durability != NULL) {
		pack_str(out, "durability");
		pack_str(out, s->durability);
	}
}

void
wire_decide(struct buf *out, uint32_t msgid, const struct stream *s, int row)
{
	begin(out, msgid, "decide", 2u + s->explain);
	context(out, s, row);
	if (s->explain) {
		pack_str(out, "explain");
		pack_bool(out, true);
	}
}

void
wire_feedback(struct buf *out, uint32_t msgid, const struct stream *s,
    const struct known *k)
{
	begin(out, msgid, "feedback", 2u + (s->durability != NULL));
	pack_str(out, "decision");
	pack_str(out, k->id);
	reward(out, s, k->row, k->arm);
}

void
wire_observe(struct buf *out, uint32_t msgid, const struct stream *s, int row,
    int arm)
{
	char name[16];

	snprintf(name, sizeof name, "a%d", arm);
	begin(out, msgid, "observe", 4u + (s->durability != NULL));
	context(out, s, row);
	pack_str(out, "arm");
	pack_str(out, name);
	reward(out, s, row, arm);
}

static void
copy(char *to, size_t size, const struct value *v)
{
	size_t n = v->u.bytes.len < size - 1 ? v->u.bytes.len : size - 1;

	memcpy(to, v->u.bytes.data, n);
	to[n] = '\0';
}

/* What is wanted of one pair of a result. */
static bool
pair(struct cursor *c, struct answer *a)
{
	char arm[NAME_SIZE];
	struct value key, v;
	struct cursor at;

	if (!cursor_next(c, &key))
		return false;
	at = *c;
	if (!cursor_next(&at, &v) || !cursor_skip(c))
		return false;
	if (v.type != VALUE_STR)
		return true;
	if (value_is(&key, "decision"))
		copy(a->known.id, sizeof a->known.id, &v);
	if (value_is(&key, "arm")) {
		copy(arm, sizeof arm, &v);
		a->known.arm = atoi(arm + 1);
	}
	return true;
}

static bool
result(struct cursor *c, struct answer *a)
{
	struct value v;

	if (!cursor_next(c, &v) || v.type != VALUE_MAP)
		return false;
	for (uint32_t i = 0; i < v.u.count; i++)
		if (!pair(c, a))
			return false;
	return true;
}

bool
wire_answer(const uint8_t *data, size_t len, struct answer *a)
{
	struct cursor c = { data, data + len };
	struct value v;

	*a = (struct answer){ 0 };
	if (!cursor_next(&c, &v) || v.type != VALUE_ARRAY || v.u.count != 4 ||
	    !cursor_next(&c, &v) || v.type != VALUE_INT ||
	    v.u.integer != RESPONSE || !cursor_next(&c, &v) ||
	    v.type != VALUE_INT || v.u.integer < 0 || v.u.integer > UINT32_MAX)
		return false;
	a->msgid = (uint32_t)v.u.integer;
	if (!cursor_next(&c, &v))
		return false;
	a->failed = v.type != VALUE_NIL;
	if (!a->failed)
		return result(&c, a);
	if (v.type == VALUE_STR)
		copy(a->error, sizeof a->error, &v);
	return true;
}
