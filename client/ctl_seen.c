/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/ctl_seen.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

/* More than any daemon has of anything: so little is allocated for it. */
#define SEEN_MOST 16384

static size_t
count(struct banditd_value list)
{
	size_t n = banditd_length(list);

	return n < SEEN_MOST ? n : SEEN_MOST;
}

double
seen_field(struct banditd_value map, const char *key)
{
	double num;

	return banditd_num(banditd_field(map, key), &num) ? num : NAN;
}

static void
take_text(struct banditd_value map, const char *key, char *out, size_t size)
{
	if (!banditd_str(banditd_field(map, key), out, size))
		out[0] = '\0';
	utf8_clean(out, strlen(out));
}

static struct banditd_value
whole(const struct buf *b)
{
	return (struct banditd_value){ b->data, b->len };
}

/* clang-format off */
#define ARM(name) { #name, offsetof(struct seen_arm, name) }
static const struct {
	const char *key;
	size_t offset;
} arm_numbers[] = {
	ARM(cost), ARM(cost_mean), ARM(pulls), ARM(rewards), ARM(pending),
	ARM(expired), ARM(reward_mean), ARM(reward_sd), ARM(share),
	ARM(last_pull), ARM(last_reward),
};
/* clang-format on */

static void
read_arm(struct seen_arm *a, struct banditd_value row)
{
	take_text(row, "arm", a->name, sizeof a->name);
	a->enabled = true;
	banditd_bool(banditd_field(row, "enabled"), &a->enabled);
	for (size_t i = 0; i < sizeof arm_numbers / sizeof *arm_numbers; i++) {
		double v = seen_field(row, arm_numbers[i].key);

		memcpy((char *)a + arm_numbers[i].offset, &v, sizeof v);
	}
}

void
seen_arms(struct seen_router *r, struct banditd_value answer)
{
	struct banditd_value list = banditd_field(answer, "arms");

	free(r->arm);
	r->arms = count(list);
	r->arm = mem_zalloc(r->arms, sizeof *r->arm);
	for (size_t i = 0; i < r->arms; i++)
		read_arm(&r->arm[i], banditd_item(list, i));
}

static void
read_router(struct seen_router *r, struct banditd_value row)
{
	struct banditd_value range = banditd_field(row, "reward_range");

	*r = (struct seen_router){ .settings = row, .range = { NAN, NAN } };
	take_text(row, "router", r->name, sizeof r->name);
	r->decisions = seen_field(row, "decisions");
	r->rewards = seen_field(row, "rewards");
	r->pending = seen_field(row, "pending");
	r->cost_weight = seen_field(row, "cost_weight");
	for (size_t i = 0; i < 2; i++)
		banditd_num(banditd_item(range, i), &r->range[i]);
}

static void
forget_routers(struct seen *s)
{
	for (size_t i = 0; i < s->routers; i++)
		free(s->router[i].arm);
	free(s->router);
	s->router = NULL;
	s->routers = 0;
}

void
seen_status(struct seen *s, struct banditd_value answer)
{
	s->status.len = 0;
	buf_put(&s->status, answer.data, answer.len);
}

void
seen_routers(struct seen *s, struct banditd_value answer)
{
	struct banditd_value list;

	forget_routers(s);
	s->routers_answer.len = 0;
	buf_put(&s->routers_answer, answer.data, answer.len);
	list = banditd_field(whole(&s->routers_answer), "routers");
	s->routers = count(list);
	s->router = mem_zalloc(s->routers, sizeof *s->router);
	for (size_t i = 0; i < s->routers; i++)
		read_router(&s->router[i], banditd_item(list, i));
}

void
seen_fini(struct seen *s)
{
	forget_routers(s);
	buf_free(&s->status);
	buf_free(&s->routers_answer);
}

static int
ask(struct banditd *b, const char *method, const char *router)
{
	banditd_begin(b, method);
	banditd_put_str(b, "router", router);
	return banditd_call(b);
}

int
seen_take(struct seen *s, struct banditd *b, const char *router)
{
	if (ask(b, "status", NULL) != 0)
		return -1;
	seen_status(s, banditd_result(b));
	if (ask(b, "routers", NULL) != 0)
		return -1;
	seen_routers(s, banditd_result(b));
	for (size_t i = 0; i < s->routers; i++) {
		struct seen_router *r = &s->router[i];

		if (router != NULL && strcmp(router, r->name) != 0)
			continue;
		if (ask(b, "arms", r->name) != 0)
			return -1;
		seen_arms(r, banditd_result(b));
	}
	return 0;
}

struct seen_router *
seen_router(const struct seen *s, const char *name)
{
	for (size_t i = 0; i < s->routers; i++)
		if (strcmp(s->router[i].name, name) == 0)
			return &s->router[i];
	return NULL;
}

double
seen_num(const struct seen *s, const char *key)
{
	return seen_field(whole(&s->status), key);
}

void
seen_text(const struct seen *s, const char *key, char *out, size_t size)
{
	take_text(whole(&s->status), key, out, size);
}
