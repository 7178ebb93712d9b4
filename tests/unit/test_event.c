/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libbanditd-event against a fake daemon: whatever it does, each function is
 * called once, and in time.
 */
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/buf.h"
#include "base/pack.h"
#include "client/banditd_event.h"
#include "tests/unit/fake.h"

#define SHORT_MS 50   /* for a call that must time out */
#define LONG_MS 20000 /* for one that must not */
#define MANY 1000

static struct event_base *base;
static struct banditd_event *e;

/* What a function of a request was told. */
struct told {
	int times;
	char code[32];
	int64_t number;
	struct banditd_decision d;
};
static int left; /* requests whose function was not called yet */

static void
start_at(const char *path)
{
	base = event_base_new();
	e = banditd_event_new(base, path);
	assert_non_null(e);
	left = 0;
}

static void
start(fake_fn *fn)
{
	start_at(fake_start(fn));
}

static void
stop(void)
{
	banditd_event_free(e);
	event_base_free(base);
	fake_stop();
}

static void
note(struct banditd *answer, void *arg)
{
	struct told *t = arg;

	t->times++;
	snprintf(t->code, sizeof t->code, "%s", banditd_code(answer));
	banditd_int(banditd_result(answer), &t->number);
	assert_int_equal(t->code[0] == '\0',
	    banditd_result(answer).data != NULL);
	assert_int_equal(t->code[0] == '\0',
	    banditd_message(answer)[0] == '\0');
	left--;
}

static void
routed(const struct banditd_decision *d, struct banditd *answer, void *arg)
{
	struct told *t = arg;

	t->times++;
	snprintf(t->code, sizeof t->code, "%s", banditd_code(answer));
	t->d = *d;
	left--;
}

static void
ask(int timeout_ms, struct told *t)
{
	left++;
	banditd_event_begin(e, "ask");
	assert_int_equal(banditd_event_call(e, timeout_ms, note, t), 0);
}

static void
route(struct told *t)
{
	left++;
	banditd_event_begin(e, "decide");
	assert_int_equal(banditd_event_route(e, "usual", routed, t), 0);
	assert_int_equal(t->times, 0); /* not before it returns */
}

static void
wait_all(void)
{
	while (left > 0)
		assert_int_equal(event_base_loop(base, EVLOOP_ONCE), 0);
}

static void
assert_told(const struct told *t, size_t n, const char *code)
{
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(t[i].times, 1);
		assert_string_equal(t[i].code, code);
	}
}

/* Asks n at once, and waits; all are told the code. */
static void
check_all(size_t n, int timeout_ms, const char *code)
{
	struct told *t = calloc(n, sizeof *t);

	for (size_t i = 0; i < n; i++)
		ask(timeout_ms, &t[i]);
	wait_all();
	assert_told(t, n, code);
	free(t);
}

static void
answer_number(int fd, uint32_t msgid, int n)
{
	uint8_t small = (uint8_t)n;

	fake_result(fd, msgid, &small, 1);
}

/* Holds all back, then answers from the last to the first. */
static bool
backwards(int fd, const struct fake_request *r)
{
	static uint32_t held[MANY];

	held[r->nth] = r->msgid;
	for (int i = r->nth == MANY - 1 ? MANY : 0; i-- > 0;)
		answer_number(fd, held[i], i % 100);
	return true;
}

static void
answers_in_any_order_find_their_request(void **state)
{
	static struct told t[MANY];

	(void)state;
	start(backwards);
	for (int i = 0; i < MANY; i++)
		ask(LONG_MS, &t[i]);
	assert_int_equal(t[0].times, 0);
	wait_all();
	assert_told(t, MANY, "");
	for (int i = 0; i < MANY; i++)
		assert_int_equal(t[i].number, i % 100);
	stop();
}

static bool
silent(int fd, const struct fake_request *r)
{
	(void)fd;
	(void)r;
	return true;
}

static void
silence_ends_each_request_with_its_own_time_out(void **state)
{
	static struct told quick[10], slow;

	(void)state;
	start(silent);
	ask(LONG_MS, &slow);
	for (int i = 0; i < 10; i++)
		ask(SHORT_MS, &quick[i]);
	while (left > 1)
		event_base_loop(base, EVLOOP_ONCE);
	assert_told(quick, 10, "timeout");
	assert_int_equal(slow.times, 0);
	banditd_event_free(e);
	assert_told(&slow, 1, "unavailable");
	e = NULL;
	stop();
}

/* The first request is answered late: together with the second. */
static bool
late(int fd, const struct fake_request *r)
{
	static uint32_t first;

	if (r->nth == 0) {
		first = r->msgid;
		return true;
	}
	answer_number(fd, first, 1);
	answer_number(fd, r->msgid, 2);
	return true;
}

static void
an_answer_that_comes_late_is_nobodys(void **state)
{
	struct told t[2] = { 0 };

	(void)state;
	start(late);
	ask(SHORT_MS, &t[0]);
	wait_all();
	ask(LONG_MS, &t[1]);
	wait_all();
	assert_told(&t[0], 1, "timeout");
	assert_told(&t[1], 1, "");
	assert_int_equal(t[1].number, 2);
	stop();
}

static bool
decide(int fd, const struct fake_request *r)
{
	struct buf out = { 0 };

	pack_map(&out, 3);
	pack_str(&out, "decision");
	pack_str(&out, "d1");
	pack_str(&out, "arm");
	pack_str(&out, "small");
	pack_str(&out, "propensity");
	pack_num(&out, 0.5);
	fake_result(fd, r->msgid, out.data, out.len);
	buf_free(&out);
	return true;
}

static void
a_route_that_is_answered_has_the_decision(void **state)
{
	struct told t = { 0 };

	(void)state;
	start(decide);
	route(&t);
	wait_all();
	assert_told(&t, 1, "");
	assert_string_equal(t.d.decision, "d1");
	assert_string_equal(t.d.arm, "small");
	stop();
}

static int seen; /* requests that the fake daemon got */

static bool
count_in_silence(int fd, const struct fake_request *r)
{
	(void)fd;
	seen = r->nth + 1;
	return true;
}

static void
a_route_that_is_not_answered_has_the_fallback(void **state)
{
	static struct told t[100], again[100];

	(void)state;
	start(count_in_silence);
	for (int i = 0; i < 100; i++)
		route(&t[i]);
	wait_all();
	assert_told(t, 100, "timeout");
	assert_string_equal(t[0].d.arm, "usual");
	assert_string_equal(t[0].d.decision, "");
	for (int i = 0; i < 100; i++) {
		route(&again[i]);
		wait_all();
	}
	/* Hardly any waited: 100 ms each would have been ten seconds. */
	assert_true(seen < 100 + 20);
	assert_string_equal(again[99].d.arm, "usual");
	stop();
}

static bool
refuse(int fd, const struct fake_request *r)
{
	static const char no[] = "\xacunknown_arm:";

	seen = r->nth + 1;
	fake_answer(fd, r->msgid, no, sizeof no - 1, "\xc0", 1);
	return true;
}

static void
errors_of_the_daemon_have_the_fallback_and_no_pause(void **state)
{
	static struct told t[50];

	(void)state;
	start(refuse);
	for (int i = 0; i < 50; i++) {
		route(&t[i]);
		wait_all();
		assert_string_equal(t[i].d.arm, "usual");
	}
	assert_int_equal(seen, 50);
	stop();
}

static void
nobody_there_is_told_from_the_loop(void **state)
{
	struct told t[3] = { 0 };

	(void)state;
	start_at("/nowhere/banditd.sock");
	ask(LONG_MS, &t[0]);
	route(&t[1]);
	route(&t[2]);
	assert_int_equal(t[0].times, 0);
	wait_all();
	assert_told(t, 3, "unavailable");
	assert_string_equal(t[2].d.arm, "usual");
	banditd_event_free(e);
	event_base_free(base);
}

static void
what_is_not_sent_is_told_too(void **state)
{
	struct told t[2] = { 0 };

	(void)state;
	start(silent);
	left = 2;
	assert_int_equal(banditd_event_call(e, LONG_MS, note, &t[0]), 0);
	assert_int_equal(banditd_event_report(e, "", 0.5, note, &t[1]), 0);
	assert_int_equal(banditd_event_report(e, "", 0.5, NULL, NULL), 0);
	wait_all();
	assert_told(&t[0], 1, "bad_request");
	assert_told(&t[1], 1, "unknown_decision");
	stop();
}

static bool
hang_up(int fd, const struct fake_request *r)
{
	(void)fd;
	return r->nth < 9;
}

static void
the_end_of_the_connection_fails_all_on_it(void **state)
{
	(void)state;
	start(hang_up);
	check_all(10, LONG_MS, "unavailable");
	check_all(1, LONG_MS, "unavailable"); /* on a connection of its own */
	stop();
}

/* Asks once more from within, when it has failed. */
static void
retry(struct banditd *answer, void *arg)
{
	struct told *t = arg;

	note(answer, t);
	if (t->times < 3) {
		left++;
		banditd_event_begin(e, "ask");
		banditd_event_call(e, LONG_MS, retry, t);
	}
}

static bool
third_time(int fd, const struct fake_request *r)
{
	if (r->nth == 2)
		answer_number(fd, r->msgid, 3);
	return r->nth == 2;
}

static void
a_function_may_ask_again_when_the_connection_ends(void **state)
{
	struct told t = { 0 };

	(void)state;
	start(third_time);
	left = 1;
	banditd_event_begin(e, "ask");
	banditd_event_call(e, LONG_MS, retry, &t);
	wait_all();
	assert_int_equal(t.times, 3);
	assert_int_equal(t.number, 3);
	stop();
}

static void
free_within(struct banditd *answer, void *arg)
{
	note(answer, arg);
	banditd_event_free(e);
	e = NULL;
}

/* Frees the handle in the first of ten functions, which is called with code;
 * the other nine are called before that returns. */
static void
check_free_within(const char *path, int timeout_ms, const char *code)
{
	struct told t[10] = { 0 };

	start_at(path);
	left = 10;
	for (int i = 0; i < 10; i++) {
		banditd_event_begin(e, "ask");
		assert_int_equal(banditd_event_call(e, timeout_ms,
				     i == 0 ? free_within : note, &t[i]),
		    0);
	}
	wait_all();
	assert_told(&t[0], 1, code);
	assert_told(&t[1], 9, "unavailable");
	event_base_loop(base, EVLOOP_NONBLOCK);
	assert_told(&t[1], 9, "unavailable");
	event_base_free(base);
}

static bool
count_up(int fd, const struct fake_request *r)
{
	answer_number(fd, r->msgid, r->nth % 100);
	return true;
}

static void
the_handle_may_be_freed_in_any_function(void **state)
{
	(void)state;
	check_free_within("/nowhere/banditd.sock", LONG_MS, "unavailable");
	check_free_within(fake_start(count_up), LONG_MS, "");
	fake_stop();
	check_free_within(fake_start(silent), SHORT_MS, "timeout");
	fake_stop();
	check_free_within(fake_start(hang_up), LONG_MS, "unavailable");
	fake_stop();
}

static void
freed_handle_takes_no_more(struct banditd *answer, void *arg)
{
	int *ret = arg;

	(void)answer;
	banditd_event_begin(e, "ask");
	*ret = banditd_event_call(e, LONG_MS, note, NULL);
}

static void
a_request_while_the_handle_is_freed_is_refused(void **state)
{
	int ret = 0;

	(void)state;
	start(silent);
	banditd_event_begin(e, "ask");
	banditd_event_call(e, LONG_MS, freed_handle_takes_no_more, &ret);
	banditd_event_free(e);
	assert_int_equal(ret, -1);
	e = NULL;
	stop();
}

static const struct {
	const char *bytes;
	size_t n;
	const char *code;
} answers[] = {
	{ "\xc1", 1, "bad_answer" }, { "HTTP/1.1 200 OK", 15, "bad_answer" },
	{ "\x93\x01\x00\xc0", 4, "bad_answer" },
	{ "\x94\x01\xa1x\xc0\x01", 6, "bad_answer" },
	{ "\x94\x01\xd3\xff\0\0\0\0\0\0\0\xc0\x01", 13, "bad_answer" },
	{ "\x94\x00\x00\xc0\x01", 5, "bad_answer" },
	{ "\x94\x01\x00\xc0\xc6\xff\xff\xff\xff", 9, "bad_answer" },
	{ "\x94\x01\x00\xc0\xdd\xff\xff\xff\xff", 9, "bad_answer" },
	{ "\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91"
	  "\x91\x91",
	    18, "bad_answer" },
	{ "\x94\x01\x63\xc0\x01", 5, "timeout" }, /* of another request */
	{ "\x94\x01\x00\xc0\xd9\xc8half", 10, "timeout" },
	{ "\x93\x02\xa1n\x90", 5, "timeout" }, /* a notification */
};
static size_t nth_answer;

static bool
say(int fd, const struct fake_request *r)
{
	(void)r;
	fake_write(fd, answers[nth_answer].bytes, answers[nth_answer].n);
	return true;
}

static void
nonsense_fails_all_on_the_connection(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		nth_answer = i;
		start(say);
		check_all(3,
		    strcmp(answers[i].code, "timeout") == 0 ? SHORT_MS
							    : LONG_MS,
		    answers[i].code);
		check_all(1,
		    strcmp(answers[i].code, "timeout") == 0 ? SHORT_MS
							    : LONG_MS,
		    answers[i].code);
		stop();
	}
}

static void
another_protocol_is_an_error(void **state)
{
	(void)state;
	fake_protocol = 2;
	start(count_up);
	check_all(3, LONG_MS, "protocol");
	stop();
	fake_protocol = 1;
}

static void
what_may_be_under_way_is_bounded(void **state)
{
	static struct told t[10001];
	char dir[] = "/tmp/banditd_event.XXXXXX";
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(at.sun_path, sizeof at.sun_path, "%s/sock", dir);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(fd, 1), 0); /* and nobody accepts */
	start_at(at.sun_path);
	for (int i = 0; i < 10001; i++)
		ask(LONG_MS, &t[i]);
	while (left > 10000)
		event_base_loop(base, EVLOOP_ONCE);
	assert_told(&t[10000], 1, "overloaded");
	banditd_event_free(e);
	assert_told(t, 10000, "unavailable");
	event_base_free(base);
	unlink(at.sun_path);
	rmdir(dir);
	close(fd);
}

static void
bytes_that_may_wait_are_bounded(void **state)
{
	static float x[1 << 20];
	struct told t[5] = { 0 };

	(void)state;
	start(silent);
	for (int i = 0; i < 5; i++) {
		left++;
		banditd_put_vector(banditd_event_begin(e, "decide"), "x", x,
		    1 << 20);
		assert_int_equal(banditd_event_call(e, LONG_MS, note, &t[i]),
		    0);
	}
	while (t[4].times == 0)
		event_base_loop(base, EVLOOP_ONCE);
	assert_told(&t[4], 1, "overloaded");
	stop();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_in_any_order_find_their_request),
		cmocka_unit_test(
		    silence_ends_each_request_with_its_own_time_out),
		cmocka_unit_test(an_answer_that_comes_late_is_nobodys),
		cmocka_unit_test(a_route_that_is_answered_has_the_decision),
		cmocka_unit_test(a_route_that_is_not_answered_has_the_fallback),
		cmocka_unit_test(
		    errors_of_the_daemon_have_the_fallback_and_no_pause),
		cmocka_unit_test(nobody_there_is_told_from_the_loop),
		cmocka_unit_test(what_is_not_sent_is_told_too),
		cmocka_unit_test(the_end_of_the_connection_fails_all_on_it),
		cmocka_unit_test(
		    a_function_may_ask_again_when_the_connection_ends),
		cmocka_unit_test(the_handle_may_be_freed_in_any_function),
		cmocka_unit_test(
		    a_request_while_the_handle_is_freed_is_refused),
		cmocka_unit_test(nonsense_fails_all_on_the_connection),
		cmocka_unit_test(another_protocol_is_an_error),
		cmocka_unit_test(what_may_be_under_way_is_bounded),
		cmocka_unit_test(bytes_that_may_wait_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
