/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libbanditd against a fake daemon: what is sent, what is read, and that no
 * behaviour of a daemon does more than fail a call in time.
 */
#include "tests/test.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/pack.h"
#include "client/banditd.h"
#include "tests/unit/fake.h"

#define SHORT_MS 50   /* for a call that must time out */
#define LONG_MS 20000 /* for one that must not */

static struct banditd *b;

static void
start(fake_fn *fn)
{
	b = banditd_new(fake_start(fn));
	assert_non_null(b);
	banditd_set_timeout(b, LONG_MS);
}

static void
stop(void)
{
	banditd_free(b);
	fake_stop();
}

static int
call(const char *method)
{
	banditd_begin(b, method);
	return banditd_call(b);
}

static void
assert_failed(int ret, const char *code)
{
	assert_int_equal(ret, -1);
	assert_string_equal(banditd_code(b), code);
	assert_true(strlen(banditd_message(b)) > 0);
	assert_null(banditd_result(b).data);
}

/* Answers the request itself: method and params. */
static bool
echo(int fd, const struct fake_request *r)
{
	struct buf out = { 0 };

	pack_map(&out, 2);
	pack_str(&out, "method");
	pack_strn(&out, r->method, r->method_len);
	pack_str(&out, "params");
	buf_put(&out, r->params.p, (size_t)(r->params.end - r->params.p));
	fake_result(fd, r->msgid, out.data, out.len);
	buf_free(&out);
	return true;
}

static struct banditd_value
param(const char *key)
{
	struct banditd_value params =
	    banditd_field(banditd_result(b), "params");

	return banditd_field(banditd_item(params, 0), key);
}

static void
request_carries_every_kind_of_parameter(void **state)
{
	static const char *const names[] = { "a", "bc" };
	static const float x[] = { 1.0f, -2.5f };
	char text[16];
	double num;
	int64_t integer;
	bool yes = false;

	(void)state;
	start(echo);
	banditd_begin(b, "some.method");
	banditd_put_str(b, "text", "hello");
	banditd_put_str(b, "absent", NULL);
	banditd_put_num(b, "num", 0.25);
	banditd_put_int(b, "int", -7);
	banditd_put_bool(b, "bool", true);
	banditd_put_names(b, "names", names, 2);
	banditd_put_vector(b, "x", x, 2);
	banditd_put_raw(b, "raw", "\x92\x01\x02", 3);
	assert_int_equal(banditd_call(b), 0);
	assert_string_equal(banditd_code(b), "");
	assert_true(banditd_str(banditd_field(banditd_result(b), "method"),
	    text, sizeof text));
	assert_string_equal(text, "some.method");
	assert_true(banditd_str(param("text"), text, sizeof text));
	assert_string_equal(text, "hello");
	assert_null(param("absent").data);
	assert_true(banditd_num(param("num"), &num) && num == 0.25);
	assert_true(banditd_int(param("int"), &integer) && integer == -7);
	assert_true(banditd_bool(param("bool"), &yes) && yes);
	assert_int_equal(banditd_length(param("names")), 2);
	assert_true(banditd_str(banditd_item(param("names"), 1), text, 16));
	assert_string_equal(text, "bc");
	assert_int_equal(param("x").len, 10);
	assert_memory_equal(param("x").data,
	    "\xc4\x08\x00\x00\x80\x3f\x00\x00\x20\xc0", 10);
	assert_int_equal(banditd_length(param("raw")), 2);
	stop();
}

static void
params_are_left_out_where_there_are_none(void **state)
{
	struct banditd_value params;

	(void)state;
	start(echo);
	assert_int_equal(call("ping"), 0);
	params = banditd_field(banditd_result(b), "params");
	assert_int_equal(params.len, 1);
	assert_int_equal(params.data[0], 0x90);
	stop();
}

static bool
decision(int fd, const struct fake_request *r)
{
	struct buf out = { 0 };

	pack_map(&out, 3);
	pack_str(&out, "arm");
	pack_str(&out, "haiku");
	pack_str(&out, "propensity");
	pack_num(&out, 0.75);
	pack_str(&out, "decision");
	pack_str(&out, "d-17");
	fake_result(fd, r->msgid, out.data, out.len);
	buf_free(&out);
	return true;
}

static void
decide_reads_the_decision(void **state)
{
	static const float x[] = { 1, 2, 3 };
	struct banditd_decision d;

	(void)state;
	start(decision);
	assert_int_equal(banditd_decide(b, "chat", x, 3, &d), 0);
	assert_string_equal(d.decision, "d-17");
	assert_string_equal(d.arm, "haiku");
	assert_true(d.propensity == 0.75);
	stop();
}

static void
decide_refuses_an_answer_that_is_no_decision(void **state)
{
	static const float x[] = { 1 };
	struct banditd_decision d;

	(void)state;
	start(echo);
	assert_failed(banditd_decide(b, NULL, x, 1, &d), "bad_answer");
	stop();
}

static void
feedback_and_observe_send_their_parameters(void **state)
{
	static const float x[] = { 1, 2, 3 };
	char text[16];
	double reward;

	(void)state;
	start(echo);
	assert_int_equal(banditd_feedback(b, "d-17", 0.5), 0);
	assert_true(banditd_str(param("decision"), text, sizeof text));
	assert_string_equal(text, "d-17");
	assert_true(banditd_num(param("reward"), &reward) && reward == 0.5);
	assert_int_equal(banditd_observe(b, NULL, "haiku", x, 3, 1), 0);
	assert_null(param("router").data);
	assert_true(banditd_str(param("arm"), text, sizeof text));
	assert_string_equal(text, "haiku");
	assert_int_equal(param("x").len, 2 + 12);
	assert_true(banditd_num(param("reward"), &reward) && reward == 1);
	stop();
}

static void
answer_error(int fd, const struct fake_request *r, const char *text)
{
	struct buf error = { 0 };

	pack_str(&error, text);
	fake_answer(fd, r->msgid, error.data, error.len, "\xc0", 1);
	buf_free(&error);
}

static bool
errors(int fd, const struct fake_request *r)
{
	static const char *const said[] = { "unknown_arm: no arm \"x\"",
		"it broke", "Not A Word: x", "denied: a\033[2Jb",
		"much_too_long_for_a_word_of_an_error: x" };

	if (r->nth < 5)
		answer_error(fd, r, said[r->nth]);
	else
		fake_answer(fd, r->msgid, "\x2a", 1, "\xc0", 1);
	return true;
}

static void
error_is_a_word_and_a_sentence(void **state)
{
	static const struct {
		const char *code, *message;
	} all[] = {
		{ "unknown_arm", "no arm \"x\"" },
		{ "internal", "it broke" },
		{ "internal", "Not A Word: x" },
		{ "denied", "a?[2Jb" },
		{ "internal", "much_too_long_for_a_word_of_an_error: x" },
		{ "internal", "no reason was given" },
	};

	(void)state;
	start(errors);
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		assert_failed(call("m"), all[i].code);
		assert_string_equal(banditd_message(b), all[i].message);
	}
	stop();
}

static void
nobody_there_is_unavailable(void **state)
{
	(void)state;
	b = banditd_new("/nowhere/at/all.sock");
	assert_string_equal(banditd_path(b), "/nowhere/at/all.sock");
	assert_failed(call("ping"), "unavailable");
	assert_failed(banditd_connect(b), "unavailable");
	assert_non_null(strstr(banditd_message(b), "/nowhere/at/all.sock"));
	banditd_free(b);
	banditd_free(NULL);
}

/* A socket that nobody accepts from. */
static int
deaf(char *path, int backlog)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	char dir[] = "/tmp/banditd_deaf.XXXXXX";

	assert_non_null(mkdtemp(dir));
	sprintf(path, "%s/sock", dir);
	strcpy(at.sun_path, path);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(fd, backlog), 0);
	return fd;
}

static void
undeaf(int fd, char *path)
{
	close(fd);
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
}

static void
socket_that_nobody_listens_on_is_unavailable(void **state)
{
	char path[96];

	(void)state;
	close(deaf(path, 8));
	b = banditd_new(path);
	assert_failed(call("ping"), "unavailable");
	banditd_free(b);
	undeaf(-1, path);
}

static void
socket_that_is_not_ours_is_denied(void **state)
{
	uid_t me = geteuid();
	int ret;

	(void)state;
	start(echo);
	assert_int_equal(chmod(banditd_path(b), 0), 0);
	if (me == 0) /* who may open anything */
		assert_int_equal(seteuid(65534), 0);
	ret = call("ping");
	assert_int_equal(seteuid(me), 0);
	assert_failed(ret, "denied");
	stop();
}

static void
path_too_long_for_a_socket_is_unavailable(void **state)
{
	char path[300];

	(void)state;
	memset(path, 'x', sizeof path);
	path[0] = '/';
	path[299] = '\0';
	b = banditd_new(path);
	assert_failed(call("ping"), "unavailable");
	banditd_free(b);
}

/* Says nothing to the first request and answers it after the second; the
 * value of an answer is its msgid. */
static bool
late(int fd, const struct fake_request *r)
{
	static uint32_t first;
	uint8_t n = (uint8_t)r->msgid;

	if (r->nth == 0) {
		first = r->msgid;
		return true;
	}
	fake_result(fd, r->msgid, &n, 1);
	n = (uint8_t)first;
	if (r->nth == 1)
		fake_result(fd, first, &n, 1);
	return true;
}

static double
seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + 1e-9 * (double)ts.tv_nsec;
}

static void
silence_ends_with_the_timeout(void **state)
{
	double began;

	(void)state;
	start(late);
	banditd_set_timeout(b, SHORT_MS);
	began = seconds();
	assert_failed(call("ping"), "timeout");
	assert_true(seconds() - began > (SHORT_MS - 1) / 1000.0);
	assert_true(seconds() - began < 10);
	stop();
}

static void
late_answers_are_dropped(void **state)
{
	int64_t got, last = -1;

	(void)state;
	start(late);
	banditd_set_timeout(b, SHORT_MS);
	assert_failed(call("ping"), "timeout");
	banditd_set_timeout(b, LONG_MS);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(call("ping"), 0);
		assert_true(banditd_int(banditd_result(b), &got));
		assert_true(last < 0 ? got > 0 : got == last + 1);
		last = got;
	}
	stop();
}

/* One byte at a time, behind notifications and answers to nobody. */
static bool
crumbs(int fd, const struct fake_request *r)
{
	static const uint8_t before[] = { 0x93, 0x02, 0xa1, 'n', 0x90, /**/
		0x94, 0x01, 0xcd, 0x7f, 0xff, 0xc0, 0x01 };
	uint8_t answer[] = { 0x94, 0x01, (uint8_t)r->msgid, 0xc0, 0xa2, 'o',
		'k' };

	for (size_t i = 0; i < sizeof before; i++)
		fake_write(fd, before + i, 1);
	for (size_t i = 0; i < sizeof answer; i++)
		fake_write(fd, answer + i, 1);
	return true;
}

static void
answer_in_crumbs_among_others_is_found(void **state)
{
	char text[8];

	(void)state;
	start(crumbs);
	for (int i = 0; i < 50; i++) {
		assert_int_equal(call("ping"), 0);
		assert_true(banditd_str(banditd_result(b), text, sizeof text));
		assert_string_equal(text, "ok");
	}
	stop();
}

/* Notifications, as fast as they are read and for as long. */
static bool
flood(int fd, const struct fake_request *r)
{
	static const uint8_t one[] = { 0x93, 0x02, 0xa1, 'n', 0x90 };
	static uint8_t many[sizeof one * 8192];

	(void)r;
	for (size_t i = 0; i < sizeof many; i++)
		many[i] = one[i % sizeof one];
	while (
	    send(fd, many, sizeof many, MSG_NOSIGNAL) == (ssize_t)sizeof many)
		;
	return false;
}

static void
flood_of_notifications_ends_with_the_timeout(void **state)
{
	double began;

	(void)state;
	start(flood);
	banditd_set_timeout(b, SHORT_MS);
	began = seconds();
	for (int i = 0; i < 3; i++)
		assert_failed(call("ping"), "timeout");
	assert_true(seconds() - began < 20);
	stop();
}

static bool
half(int fd, const struct fake_request *r)
{
	(void)r;
	fake_write(fd, "\x94\x01", 2);
	return false;
}

static void
half_an_answer_is_unavailable(void **state)
{
	(void)state;
	start(half);
	assert_failed(call("ping"), "unavailable");
	assert_failed(call("ping"), "unavailable");
	stop();
}

static bool
half_and_silence(int fd, const struct fake_request *r)
{
	if (r->nth == 0)
		fake_write(fd, "\x94\x01", 2);
	else
		fake_write(fd, "\x00\xc0\x07\x94\x01\x01\xc0\x08", 8);
	return true;
}

static void
half_an_answer_is_completed_and_dropped_after_a_timeout(void **state)
{
	int64_t got;

	(void)state;
	start(half_and_silence);
	banditd_set_timeout(b, SHORT_MS);
	assert_failed(call("ping"), "timeout");
	banditd_set_timeout(b, LONG_MS);
	assert_int_equal(call("ping"), 0);
	assert_true(banditd_int(banditd_result(b), &got) && got == 8);
	stop();
}

static bool
nonsense(int fd, const struct fake_request *r)
{
	static const struct {
		const char *bytes;
		size_t n;
	} all[] = {
		{ "\xc1", 1 },                          /* not MessagePack */
		{ "HTTP/1.1 400 Bad Request\r\n", 26 }, /* integers */
		{ "\xdb\xff\xff\xff\xff", 5 },          /* 4 GB to come */
		{ "\x94\x00\x00\xa1x\x90", 6 },         /* a request */
		{ "\x93\x01\x00\xc0", 4 },              /* too short */
		{ "\x94\x01\xa1x\xc0\xc0", 6 },         /* a msgid of text */
		{ "\x90", 1 },
		{ "\x81\x01\x02", 3 },
	};

	if (r->nth >= (int)(sizeof all / sizeof all[0]))
		return echo(fd, r);
	fake_write(fd, all[r->nth].bytes, all[r->nth].n);
	return true;
}

static void
nonsense_is_a_bad_answer_and_the_next_call_connects_anew(void **state)
{
	(void)state;
	start(nonsense);
	for (int i = 0; i < 8; i++)
		assert_failed(call("ping"), "bad_answer");
	assert_int_equal(call("ping"), 0);
	stop();
}

#define HUGE (5u << 20)

static bool
huge(int fd, const struct fake_request *r)
{
	static const uint8_t body[HUGE];
	struct buf out = { 0 };

	pack_array(&out, 2);
	pack_array(&out, HUGE / 10);
	for (unsigned i = 0; i < HUGE / 10; i++)
		pack_uint(&out, i & 0x7f);
	pack_bin(&out, body, HUGE);
	fake_result(fd, r->msgid, out.data, out.len);
	buf_free(&out);
	return true;
}

static void
huge_answer_is_read_whole(void **state)
{
	struct banditd_value r;
	int64_t last;

	(void)state;
	start(huge);
	assert_int_equal(call("all"), 0);
	r = banditd_result(b);
	assert_int_equal(banditd_length(r), 2);
	assert_int_equal(banditd_length(banditd_item(r, 0)), HUGE / 10);
	assert_true(banditd_int(banditd_item(banditd_item(r, 0), HUGE / 10 - 1),
	    &last));
	assert_int_equal(last, (HUGE / 10 - 1) & 0x7f);
	assert_int_equal(banditd_item(r, 1).len, HUGE + 5);
	assert_int_equal(call("all"), 0);
	stop();
}

static bool
once(int fd, const struct fake_request *r)
{
	echo(fd, r);
	return false;
}

/* Each call finds that the daemon closed the connection after the last. */
static void
restarted_daemon_is_connected_to_again(void **state)
{
	(void)state;
	start(once);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(call("ping"), 0);
		fake_wait_closed();
	}
	stop();
}

/* The fake closes while the request is still being sent. */
static void
daemon_that_hangs_up_is_unavailable_and_no_signal(void **state)
{
	static float x[1 << 21];
	struct banditd_decision d;

	(void)state;
	start(echo);
	for (int i = 0; i < 20; i++)
		assert_failed(banditd_decide(b, NULL, x, 1 << 21, &d),
		    "unavailable");
	assert_int_equal(call("ping"), 0);
	stop();
}

static void
request_that_is_never_read_times_out(void **state)
{
	static float x[1 << 20];
	struct banditd_decision d;
	char path[96];
	int fd = deaf(path, 8);

	(void)state;
	b = banditd_new(path);
	banditd_set_timeout(b, SHORT_MS);
	assert_failed(banditd_decide(b, NULL, x, 1 << 20, &d), "timeout");
	assert_failed(call("ping"), "timeout");
	banditd_free(b);
	undeaf(fd, path);
}

static void
full_queue_of_connections_times_out(void **state)
{
	struct banditd *others[8];
	char path[96];
	int fd = deaf(path, 0), n = 0;

	(void)state;
	do {
		assert_true(n < 8);
		b = others[n++] = banditd_new(path);
		banditd_set_timeout(b, SHORT_MS);
	} while (banditd_connect(b) == 0);
	assert_failed(-1, "timeout");
	while (n > 0)
		banditd_free(others[--n]);
	undeaf(fd, path);
}

static void
no_memory_for_a_request_is_an_error(void **state)
{
	(void)state;
	start(echo);
	banditd_begin(b, "m");
	banditd_put_raw(b, "x", "", SIZE_MAX / 2 + 2);
	banditd_put_num(b, "y", 1);
	assert_failed(banditd_call(b), "no_memory");
	assert_int_equal(call("ping"), 0);
	stop();
}

static void
call_without_a_request_is_an_error(void **state)
{
	(void)state;
	start(echo);
	banditd_put_num(b, "x", 1);
	assert_failed(banditd_call(b), "bad_request");
	assert_int_equal(call("ping"), 0);
	assert_failed(banditd_call(b), "bad_request");
	stop();
}

static void
values_of_another_kind_are_refused(void **state)
{
	struct banditd_value none = { 0 },
			     v = { (const uint8_t *)"\xa3"
						    "abc",
				     4 };
	struct banditd_value nil = { (const uint8_t *)"\xc0", 1 };
	char text[4];
	double num = 7;
	int64_t integer = 7;
	bool yes = true;

	(void)state;
	assert_false(banditd_num(v, &num) || banditd_int(v, &integer) ||
	    banditd_bool(v, &yes) || banditd_is_nil(v));
	assert_false(banditd_num(none, &num) || banditd_int(none, &integer) ||
	    banditd_bool(none, &yes) || banditd_is_nil(none) ||
	    banditd_str(none, text, sizeof text));
	assert_true(num == 7 && integer == 7 && yes);
	assert_true(banditd_is_nil(nil));
	assert_false(banditd_str(v, text, 3));
	assert_true(banditd_str(v, text, 4));
	assert_null(banditd_field(v, "k").data);
	assert_null(banditd_item(v, 0).data);
	assert_int_equal(banditd_length(v), 0);
	assert_null(banditd_field(banditd_item(none, 3), "k").data);
}

static void
fields_are_found_by_name_and_items_by_index(void **state)
{
	static const uint8_t map[] = { 0x83, 0x01, 0xa1, 'x', /* 1: "x" */
		0xa1, 'k', 0x92, 0x0a, 0x0b, /* "k": [10, 11] */
		0xa2, 'k', '2', 0xcb, 0x3f, 0xe0, 0, 0, 0, 0, 0, 0 };
	struct banditd_value m = { map, sizeof map };
	int64_t i;
	double num;

	(void)state;
	assert_true(banditd_int(banditd_item(banditd_field(m, "k"), 1), &i));
	assert_int_equal(i, 11);
	assert_null(banditd_item(banditd_field(m, "k"), 2).data);
	assert_true(banditd_num(banditd_field(m, "k2"), &num) && num == 0.5);
	assert_null(banditd_field(m, "x").data);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request_carries_every_kind_of_parameter),
		cmocka_unit_test(params_are_left_out_where_there_are_none),
		cmocka_unit_test(decide_reads_the_decision),
		cmocka_unit_test(decide_refuses_an_answer_that_is_no_decision),
		cmocka_unit_test(feedback_and_observe_send_their_parameters),
		cmocka_unit_test(error_is_a_word_and_a_sentence),
		cmocka_unit_test(nobody_there_is_unavailable),
		cmocka_unit_test(socket_that_nobody_listens_on_is_unavailable),
		cmocka_unit_test(socket_that_is_not_ours_is_denied),
		cmocka_unit_test(path_too_long_for_a_socket_is_unavailable),
		cmocka_unit_test(silence_ends_with_the_timeout),
		cmocka_unit_test(late_answers_are_dropped),
		cmocka_unit_test(answer_in_crumbs_among_others_is_found),
		cmocka_unit_test(flood_of_notifications_ends_with_the_timeout),
		cmocka_unit_test(half_an_answer_is_unavailable),
		cmocka_unit_test(
		    half_an_answer_is_completed_and_dropped_after_a_timeout),
		cmocka_unit_test(
		    nonsense_is_a_bad_answer_and_the_next_call_connects_anew),
		cmocka_unit_test(huge_answer_is_read_whole),
		cmocka_unit_test(restarted_daemon_is_connected_to_again),
		cmocka_unit_test(
		    daemon_that_hangs_up_is_unavailable_and_no_signal),
		cmocka_unit_test(request_that_is_never_read_times_out),
		cmocka_unit_test(full_queue_of_connections_times_out),
		cmocka_unit_test(no_memory_for_a_request_is_an_error),
		cmocka_unit_test(call_without_a_request_is_an_error),
		cmocka_unit_test(values_of_another_kind_are_refused),
		cmocka_unit_test(fields_are_found_by_name_and_items_by_index),
	};

	return cmocka_run_group_tests_name("client", tests, NULL, NULL);
}
