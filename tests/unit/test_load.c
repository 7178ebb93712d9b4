/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The load generator of the benchmarks, against a fake daemon and under a
 * clock that the test sets: what it counts does not depend on how fast
 * anything is.
 */
#include "tests/test.h"

#include <string.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "base/pack.h"
#include "tests/bench/bench.h"
#include "tests/bench/load.h"
#include "tests/unit/fake.h"

#define STALL 1.0 /* seconds, before the first answer */
#define RATE 100.0

/* What the daemon is to do, and what it has seen. */
static struct {
	const char *path;
	double now;   /* by the clock of all */
	double stall; /* before the next answer */
	bool refuse;  /* every reward, with an error */
	int decisions, rewards, unknown;
} server;

static struct stream stream; /* large */

double
bench_wall(void)
{
	double now;

	__atomic_load(&server.now, &now, __ATOMIC_SEQ_CST);
	return now;
}

static void
stall(void)
{
	double later = bench_wall() + server.stall;

	__atomic_store(&server.now, &later, __ATOMIC_SEQ_CST);
	server.stall = 0;
}

static void
decided(int fd, const struct fake_request *r)
{
	struct buf out = { 0 };
	char id[NAME_SIZE];

	snprintf(id, sizeof id, "d%d", server.decisions++);
	pack_map(&out, 3);
	pack_str(&out, "decision");
	pack_str(&out, id);
	pack_str(&out, "arm");
	pack_str(&out, "a0");
	pack_str(&out, "propensity");
	pack_num(&out, 1);
	fake_result(fd, r->msgid, out.data, out.len);
	buf_free(&out);
}

/* The decision must be one that was made, and each comes once. */
static void
rewarded(int fd, const struct fake_request *r)
{
	struct cursor c = r->params;
	char id[NAME_SIZE];
	struct value v;

	snprintf(id, sizeof id, "d%d", server.rewards++);
	for (int i = 0; i < 4; i++) /* [{"decision": the id */
		assert_true(cursor_next(&c, &v));
	server.unknown +=
	    !value_is(&v, id) || server.rewards > server.decisions;
	if (server.refuse)
		fake_answer(fd, r->msgid,
		    "\xa4"
		    "over",
		    5, "\xc0", 1);
	else
		fake_result(fd, r->msgid, "\x80", 1);
}

static bool
answer(int fd, const struct fake_request *r)
{
	stall();
	if (r->method_len == 6 && memcmp(r->method, "decide", 6) == 0)
		decided(fd, r);
	else
		rewarded(fd, r);
	return true;
}

static int
start(void **unused)
{
	(void)unused;
	memset(&server, 0, sizeof server);
	server.path = fake_start(answer);
	return 0;
}

static int
finish(void **unused)
{
	(void)unused;
	fake_stop();
	return 0;
}

static void
run(struct load_span span)
{
	struct prompts prompts;
	struct memory memory;
	struct load *load;

	prompts_random(&prompts, 8, 1);
	memory_init(&memory);
	stream.router = "default";
	stream.arms = 1;
	stream.prompts = &prompts;
	stream.connections = 1;
	stream.memory = &memory;
	load = load_new(server.path, &stream, 1);
	load_run(load, span);
	load_free(load);
	memory_fini(&memory);
	prompts_fini(&prompts);
}

/* All that should have been sent while the server stood still waited, and
 * counts from its own time. */
static void
open_loop_counts_what_could_not_be_sent(void **unused)
{
	const struct latency *h = &stream.latency[ASK_DECIDE];

	(void)unused;
	stream = (struct stream){ .depth = 1, .rate = RATE };
	server.stall = STALL;
	run((struct load_span){ .seconds = STALL });
	assert_int_equal(stream.answered, (int)(RATE * STALL));
	assert_int_equal(h->n, stream.answered);
	assert_true(latency_within(h, 1) >= STALL);
	assert_true(latency_within(h, 0.5) >= 0.49 * STALL);
	assert_true(latency_within(h, 0.5) <= 0.52 * STALL);
	assert_true(latency_within(h, 0.1) <= 0.11 * STALL);
}

/* A closed loop asks again only after the answer. */
static void
closed_loop_waits_for_the_answer(void **unused)
{
	const struct latency *h = &stream.latency[ASK_DECIDE];

	(void)unused;
	stream = (struct stream){ .depth = 1 };
	server.stall = STALL;
	run((struct load_span){ .requests = 10 });
	assert_int_equal(h->n, 10);
	assert_true(latency_within(h, 1) >= STALL);
	assert_true(latency_within(h, 0.9) == latency_within(h, 0.1));
	assert_int_equal(stream.errors, 0);
}

static void
rewards_every_decision_once(void **unused)
{
	(void)unused;
	stream = (struct stream){ .depth = 5, .feedback = 0.5 };
	run((struct load_span){ .requests = 200 });
	assert_int_equal(stream.answered, 200);
	assert_int_equal(server.decisions + server.rewards, 200);
	assert_int_equal(server.unknown, 0);
	assert_true(server.rewards >= 90 && server.rewards <= 100);
	assert_int_equal(stream.latency[ASK_FEEDBACK].n, server.rewards);
}

static void
errors_are_counted(void **unused)
{
	(void)unused;
	stream = (struct stream){ .depth = 2, .feedback = 0.5 };
	server.refuse = true;
	run((struct load_span){ .requests = 40 });
	assert_int_equal(stream.errors, server.rewards);
	assert_true(server.rewards > 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, finish)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(open_loop_counts_what_could_not_be_sent),
		TEST(closed_loop_waits_for_the_answer),
		TEST(rewards_every_decision_once),
		TEST(errors_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
