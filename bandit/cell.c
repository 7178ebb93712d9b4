/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A router's cell, after its head: u64 seq, u32 id, name, settings (u32 how
 * many, then each row's name and text), u32 dimension, f64 bandwidth, u32
 * checksum of the frequencies, u64 next_uid, numbered, rewards, shadows_from,
 * f64 reward_sum, the no-click level (f64 precision, sum, time), u32 arms, then
 * per arm u32 uid, name, group, f64 cost, u32 enabled, u64 added; then u32 held
 * lessons, per lesson u32 uid, what it is (LESSON_), f64 reward, rest,
 * rest_variance, time, context[dimension].  Of the settings those are left out
 * that say no more than a version knew that did not have them.
 */
#include "bandit/cell.h"

#include <math.h>
#include <string.h>

#include "bandit/cell_head.h"
#include "base/bytes.h"
#include "features/context.h"
#include "features/rff.h"

#define LESSON_CHOICE 1u
#define LESSON_OBSERVED 2u

static uint32_t
frequencies_checksum(const struct router *r)
{
	bool drawn = r->map != NULL && r->map->type == &map_rff;

	return drawn && !router_provisional(r) ? rff_checksum(r->map) : 0;
}

static void
put_settings(const struct router_settings *set, struct buf *out)
{
	const struct setting *s;
	struct buf text = { 0 };
	uint32_t n = 0;

	for (s = router_settings; s->name != NULL; s++)
		n += !setting_as_before(s, set);
	put_u32(out, n);
	for (s = router_settings; s->name != NULL; s++) {
		if (setting_as_before(s, set))
			continue;
		text.len = 0;
		setting_format(s, set, &text);
		put_text(out, s->name, strlen(s->name));
		put_text(out, (const char *)text.data, text.len);
	}
	buf_free(&text);
}

/* By name: a later version with another setting must be able to read the cell,
 * as the records that it stands for may have been dropped. */
static void
take_settings(struct reader *in, struct router_settings *set)
{
	char name[64], text[256];
	const struct setting *s;

	settings_before(router_settings, set);
	for (uint32_t n = take_u32(in); in->ok && n > 0; n--) {
		take_text(in, name, sizeof name);
		take_text(in, text, sizeof text);
		s = setting_find(router_settings, name, strlen(name));
		if (s == NULL || setting_parse(s, set, text, NULL) != ERR_NONE)
			in->ok = false;
	}
}

static void
put_arm_head(const struct arm *a, struct buf *out)
{
	put_u32(out, a->uid);
	put_text(out, a->name, strlen(a->name));
	put_text(out, a->group, strlen(a->group));
	put_f64(out, a->cost);
	put_u32(out, a->enabled);
	put_u64(out, a->added);
}

static void
put_lesson(const struct lesson *l, struct buf *out)
{
	put_u32(out, l->choice * LESSON_CHOICE | l->observed * LESSON_OBSERVED);
	put_f64(out, l->reward);
	put_f64(out, l->rest);
	put_f64(out, l->rest_variance);
	put_f64(out, l->time);
}

static void
put_held(const struct hold *h, struct buf *out)
{
	size_t row = (size_t)h->d * sizeof *h->lesson_x;

	put_u32(out, (uint32_t)h->lessons);
	for (int i = 0; i < h->lessons; i++) {
		put_u32(out, h->lesson[i].arm);
		put_lesson(&h->lesson[i].lesson, out);
		buf_put(out, h->lesson_x + (size_t)i * (size_t)h->d, row);
	}
}

void
cell_encode_router(const struct router *r, struct buf *out)
{
	cell_head_put(r, out);
	put_u64(out, r->seq);
	put_u32(out, r->id);
	put_text(out, r->name, strlen(r->name));
	put_settings(&r->settings, out);
	put_u32(out, r->dimension_taken ? 0 : (uint32_t)r->dimension);
	put_f64(out, r->bandwidth_taken ? 0 : r->bandwidth);
	put_u32(out, frequencies_checksum(r));
	put_u64(out, r->next_uid);
	put_u64(out, r->numbered);
	put_u64(out, r->rewards);
	put_u64(out, r->shadows_from);
	put_f64(out, r->reward_sum);
	put_f64(out, r->no_click.precision);
	put_f64(out, r->no_click.sum);
	put_f64(out, r->no_click.time);
	put_u32(out, (uint32_t)r->arms);
	for (int i = 0; i < r->arms; i++)
		put_arm_head(r->arm[i], out);
	put_held(&r->hold, out);
}

static void
take_arm_head(struct reader *in, struct router *r)
{
	uint32_t uid = take_u32(in);
	char name[NAME_SIZE];
	struct arm *a;

	take_text(in, name, sizeof name);
	if (!in->ok)
		return;
	a = router_arm_new(r, uid, name);
	take_text(in, a->group, sizeof a->group);
	a->cost = take_f64(in);
	a->enabled = take_u32(in) != 0;
	a->added = a->seq = take_u64(in);
}

static void
take_lesson(struct reader *in, struct lesson *l)
{
	uint32_t what = take_u32(in);

	in->ok = in->ok && what <= (LESSON_CHOICE | LESSON_OBSERVED);
	l->choice = what & LESSON_CHOICE;
	l->observed = what & LESSON_OBSERVED;
	l->reward = take_f64(in);
	l->rest = take_f64(in);
	l->rest_variance = take_f64(in);
	l->time = take_f64(in);
}

static void
take_held(struct reader *in, struct router *r)
{
	uint32_t n = take_u32(in);

	if (n > 0 && (r->map != NULL || r->dimension == 0))
		in->ok = false;
	for (uint32_t i = 0; in->ok && i < n; i++) {
		struct held held = { .arm = take_u32(in) };

		take_lesson(in, &held.lesson);
		take_bytes(in, r->x, (size_t)r->dimension * sizeof *r->x);
		if (in->ok)
			hold_lesson(&r->hold, &held, r->x);
	}
}

static void
take_router(struct reader *in, struct event *birth, int *dimension,
    double *bandwidth, uint32_t *checksum)
{
	birth->kind = EVENT_ROUTER;
	birth->seq = take_u64(in);
	birth->router = take_u32(in);
	take_text(in, birth->name, sizeof birth->name);
	take_settings(in, &birth->settings);
	*dimension = (int)take_u32(in);
	*bandwidth = take_f64(in);
	*checksum = take_u32(in);
}

/* What stands between the settings and the arms. */
static void
skip_counts(struct reader *in)
{
	uint8_t counts[4 * sizeof(uint64_t) + 4 * sizeof(double)];

	take_bytes(in, counts, sizeof counts);
}

int
cell_router_arms(const void *data, size_t len, uint32_t *uid, bool *ready)
{
	struct reader in = { data, (const uint8_t *)data + len, true };
	char text[NAME_SIZE];
	struct event birth = { 0 };
	uint32_t checksum, arms;
	double bandwidth;
	uint64_t era;
	int dimension;

	if (!cell_head_take(&in, &era))
		return -1;
	take_router(&in, &birth, &dimension, &bandwidth, &checksum);
	skip_counts(&in);
	arms = take_u32(&in);
	if (!in.ok || arms > ARMS_MAX)
		return -1;
	for (uint32_t i = 0; i < arms; i++) {
		uid[i] = take_u32(&in);
		take_text(&in, text, sizeof text);
		take_text(&in, text, sizeof text);
		take_f64(&in);
		take_u32(&in);
		take_u64(&in);
	}
	*ready = router_settled(&birth.settings, dimension, bandwidth);
	return in.ok ? (int)arms : -1;
}

struct router *
cell_decode_router(const void *data, size_t len)
{
	struct reader in = { data, (const uint8_t *)data + len, true };
	struct event birth = { 0 };
	struct router *r;
	uint32_t checksum, arms;
	double bandwidth;
	uint64_t era;
	int dimension;

	if (!cell_head_take(&in, &era))
		return NULL;
	take_router(&in, &birth, &dimension, &bandwidth, &checksum);
	if (!in.ok || dimension < 0 || dimension > CONTEXT_MAX_DIMENSION ||
	    router_settings_check(&birth.settings, NULL) != ERR_NONE)
		return NULL;
	r = router_new(&birth, NULL);
	r->era = r->overlay.until = era;
	r->dimension = dimension;
	r->bandwidth = bandwidth;
	router_settle(r);
	r->next_uid = (uint32_t)take_u64(&in);
	r->numbered = take_u64(&in);
	r->rewards = take_u64(&in);
	r->shadows_from = take_u64(&in);
	r->reward_sum = take_f64(&in);
	r->no_click.precision = take_f64(&in);
	r->no_click.sum = take_f64(&in);
	r->no_click.time = take_f64(&in);
	arms = take_u32(&in);
	for (uint32_t i = 0; in.ok && i < arms; i++)
		take_arm_head(&in, r);
	take_held(&in, r);
	if (!(r->no_click.precision >= NO_CLICK_PRECISION) ||
	    !isfinite(r->no_click.sum))
		in.ok = false;
	if (in.ok && in.p == in.end && checksum == frequencies_checksum(r))
		return r;
	router_free(r);
	return NULL;
}
