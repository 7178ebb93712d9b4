/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every cell begins with u32 CELL_FORMAT and u64 era; one of another format or
 * era is not used.
 *
 * A router's cell: u64 seq, u32 id, name, settings (each row's text, in the
 * order of router_settings), u32 dimension, f64 bandwidth, u32 checksum of
 * the frequencies, u64 next_uid, numbered, rewards, shadows_from, f64
 * reward_sum, the no-click level (f64 precision, sum, time), u32 arms, then per
 * arm u32 uid, name, group, f64 cost, u32 enabled, u64 added; then u32 held
 * lessons, per lesson u32 uid, choice, f64 reward, rest, rest_variance, time,
 * context[dimension].
 *
 * An arm's cell: u32 uid, u64 seq, rewards, decided, expired, costs,
 * numeric_errors, u32 inherits, f64 mean, m2, cost_mean, decided_time,
 * reward_time, aged, faded, firmness, the habits (f64 regularization,
 * half_life, default_reward, group_spread, prior_mean, u64 max_points), then
 * either nothing or the model's bytes.
 *
 * A text is its u32 length and its bytes.
 */
#include "bandit/cell.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bandit/model.h"
#include "base/mem.h"
#include "features/context.h"
#include "features/rff.h"

#define CELL_FORMAT 0xba9d0002u

static void
put_u32(struct buf *b, uint32_t v)
{
	buf_put(b, &v, sizeof v);
}

static void
put_u64(struct buf *b, uint64_t v)
{
	buf_put(b, &v, sizeof v);
}

static void
put_f64(struct buf *b, double v)
{
	buf_put(b, &v, sizeof v);
}

static void
put_text(struct buf *b, const char *s, size_t len)
{
	put_u32(b, (uint32_t)len);
	buf_put(b, s, len);
}

/* Reads past its end leave zeroes and clear ok. */
struct reader {
	const uint8_t *p, *end;
	bool ok;
};

static void
take(struct reader *in, void *out, size_t n)
{
	memset(out, 0, n);
	if (!in->ok || (size_t)(in->end - in->p) < n) {
		in->ok = false;
		return;
	}
	memcpy(out, in->p, n);
	in->p += n;
}

static uint32_t
take_u32(struct reader *in)
{
	uint32_t v;

	take(in, &v, sizeof v);
	return v;
}

static uint64_t
take_u64(struct reader *in)
{
	uint64_t v;

	take(in, &v, sizeof v);
	return v;
}

static double
take_f64(struct reader *in)
{
	double v;

	take(in, &v, sizeof v);
	return v;
}

static void
take_text(struct reader *in, char *out, size_t size)
{
	uint32_t len = take_u32(in);

	memset(out, 0, size);
	if (len >= size)
		in->ok = false;
	else
		take(in, out, len);
}

static void
put_head(const struct router *r, struct buf *out)
{
	put_u32(out, CELL_FORMAT);
	put_u64(out, r->era);
}

static bool
take_head(struct reader *in, uint64_t *era)
{
	uint32_t format = take_u32(in);

	*era = take_u64(in);
	return in->ok && format == CELL_FORMAT;
}

bool
cell_head_read(const void *data, size_t len, bool of_arm, struct cell_head *h)
{
	struct reader in = { data, (const uint8_t *)data + len, true };

	if (!take_head(&in, &h->era))
		return false;
	if (of_arm)
		h->id = take_u32(&in);
	h->seq = take_u64(&in);
	if (!of_arm)
		h->id = take_u32(&in);
	return in.ok;
}

static uint32_t
frequencies_checksum(const struct router *r)
{
	bool drawn = r->map != NULL && r->map->type == &map_rff;

	return drawn && !router_provisional(r) ? rff_checksum(r->map) : 0;
}

static void
put_settings(const struct router_settings *set, struct buf *out)
{
	struct buf text = { 0 };

	for (const struct setting *s = router_settings; s->name != NULL; s++) {
		text.len = 0;
		setting_format(s, set, &text);
		put_text(out, (const char *)text.data, text.len);
	}
	buf_free(&text);
}

static void
take_settings(struct reader *in, struct router_settings *set)
{
	char text[256];

	settings_default(router_settings, set);
	for (const struct setting *s = router_settings; s->name != NULL; s++) {
		take_text(in, text, sizeof text);
		if (in->ok && setting_parse(s, set, text, NULL) != ERR_NONE)
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
	put_u32(out, l->choice);
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
	put_head(r, out);
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
	l->choice = take_u32(in) != 0;
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
		take(in, r->x, (size_t)r->dimension * sizeof *r->x);
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

	if (!take_head(&in, &era))
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

static void
put_habits(const struct habits *h, struct buf *out)
{
	put_f64(out, h->regularization);
	put_f64(out, h->half_life);
	put_f64(out, h->default_reward);
	put_f64(out, h->group_spread);
	put_f64(out, h->prior_mean);
	put_u64(out, (uint64_t)h->max_points);
}

void
cell_encode_arm(const struct router *r, const struct arm *a, struct buf *out)
{
	put_head(r, out);
	put_u32(out, a->uid);
	put_u64(out, a->seq);
	put_u64(out, a->rewards);
	put_u64(out, a->decided);
	put_u64(out, a->expired);
	put_u64(out, a->costs);
	put_u64(out, a->numeric_errors);
	put_u32(out, a->inherits);
	put_f64(out, a->mean);
	put_f64(out, a->m2);
	put_f64(out, a->cost_mean);
	put_f64(out, a->decided_time);
	put_f64(out, a->reward_time);
	put_f64(out, router_provisional(r) ? 0 : a->aged);
	put_f64(out, router_provisional(r) ? 0 : a->faded);
	put_f64(out, a->firmness);
	put_habits(&a->habits, out);
	if (a->model != NULL && !router_provisional(r))
		model_encode(a->model, out);
}

/* False: out of the range of its setting. */
static bool
take_habits(struct reader *in, struct habits *h)
{
	uint64_t max_points;

	h->regularization = take_f64(in);
	h->half_life = take_f64(in);
	h->default_reward = take_f64(in);
	h->group_spread = take_f64(in);
	h->prior_mean = take_f64(in);
	max_points = take_u64(in);
	h->max_points = (long)max_points;
	return in->ok && h->regularization > 0 &&
	    (isnan(h->half_life) || fabs(h->half_life) >= 1) &&
	    h->group_spread > 0 && h->group_spread <= 1e3 && max_points >= 1 &&
	    max_points <= INT32_MAX;
}

static bool
take_arm(struct reader *in, struct arm *a)
{
	a->seq = take_u64(in);
	a->rewards = take_u64(in);
	a->decided = take_u64(in);
	a->expired = take_u64(in);
	a->costs = take_u64(in);
	a->numeric_errors = take_u64(in);
	a->inherits = take_u32(in) != 0;
	a->mean = take_f64(in);
	a->m2 = take_f64(in);
	a->cost_mean = take_f64(in);
	a->decided_time = take_f64(in);
	a->reward_time = take_f64(in);
	a->aged = take_f64(in);
	a->faded = take_f64(in);
	a->firmness = take_f64(in);
	return take_habits(in, &a->habits) && a->firmness > 0 &&
	    a->firmness < 1e6;
}

/* A model where the router is ready, none where it is not. */
static bool
take_model(struct reader *in, const struct router *r, struct arm *a)
{
	a->model = NULL;
	if (r->map == NULL)
		return in->p == in->end;
	a->model = arm_model_new(r, a, NULL);
	if (model_decode(a->model, in->p, (size_t)(in->end - in->p)))
		return true;
	model_free(a->model);
	return false;
}

bool
cell_decode_arm(const struct router *r, struct arm *a, const void *data,
    size_t len)
{
	struct reader in = { data, (const uint8_t *)data + len, true };
	struct arm read = *a;
	uint64_t era;

	if (!take_head(&in, &era) || era != r->era || take_u32(&in) != a->uid ||
	    !take_arm(&in, &read) || !take_model(&in, r, &read))
		return false;
	model_free(a->model);
	*a = read;
	a->pull_time = a->decided_time;
	a->saved = a->seq;
	return true;
}
