/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What of libbanditd goes on when the daemon does not, against a fake one; the
 * parts of a call for event loops; and the check of the protocol.
 */
#include "tests/test.h"

#include <grp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/pack.h"
#include "client/absence.h"
#include "client/banditd.h"
#include "tests/unit/fake.h"

#define SHORT_MS 50
#define LONG_MS 20000

static struct banditd *b;
static struct banditd_decision d;

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
route(void)
{
	memset(&d, 'x', sizeof d);
	banditd_begin(b, "decide");
	return banditd_route(b, "usual", &d);
}

static void
assert_fallback(int ret, const char *code)
{
	assert_int_equal(ret, -1);
	assert_string_equal(banditd_code(b), code);
	assert_string_equal(d.arm, "usual");
	assert_string_equal(d.decision, "");
	assert_true(d.propensity == 0.0);
}

static int seen; /* requests that the fake daemon got */
static char text[32];

static bool
decide(int fd, const struct fake_request *r)
{
	struct banditd_value params = { r->params.p,
		(size_t)(r->params.end - r->params.p) };
	struct buf out = { 0 };

	seen = r->nth + 1;
	banditd_str(banditd_field(banditd_item(params, 0), "text"), text,
	    sizeof text);
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
route_has_the_decision(void **state)
{
	(void)state;
	start(decide);
	assert_int_equal(route(), 0);
	assert_string_equal(d.decision, "d1");
	assert_string_equal(d.arm, "small");
	assert_int_equal(banditd_report(b, d.decision, 0.5), 0);
	assert_int_equal(seen, 2);
	assert_int_equal(banditd_decide_text(b, NULL, "a prompt", &d), 0);
	assert_string_equal(text, "a prompt");
	stop();
}

static bool
silent(int fd, const struct fake_request *r)
{
	(void)fd;
	seen = r->nth + 1;
	return true;
}

static void
silence_costs_one_time_out_and_not_one_each(void **state)
{
	(void)state;
	start(silent);
	banditd_set_timeout(b, -1); /* has a bound all the same */
	assert_fallback(route(), "timeout");
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(route(), -1); /* some ask again */
		assert_string_equal(d.arm, "usual");
	}
	assert_int_equal(banditd_report(b, "d1", 0.5), -1);
	assert_true(seen < 20); /* 100 ms each would have been 100 s */
	stop();
}

static bool
silent_at_first(int fd, const struct fake_request *r)
{
	return r->nth == 0 ? silent(fd, r) : decide(fd, r);
}

static void
daemon_that_answers_again_is_used_again(void **state)
{
	(void)state;
	start(silent_at_first);
	banditd_set_timeout(b, SHORT_MS);
	assert_fallback(route(), "timeout");
	banditd_set_timeout(b, LONG_MS);
	while (route() != 0) /* for 100 ms */
		assert_string_equal(d.arm, "usual");
	assert_int_equal(route(), 0);
	stop();
}

static bool
refuse(int fd, const struct fake_request *r)
{
	static const char no[] = "\xb1unknown_router: x";

	seen = r->nth + 1;
	fake_answer(fd, r->msgid, no, sizeof no - 1, "\xc0", 1);
	return true;
}

static void
errors_of_the_daemon_have_the_fallback_and_no_pause(void **state)
{
	(void)state;
	start(refuse);
	for (int i = 0; i < 20; i++)
		assert_fallback(route(), "unknown_router");
	assert_int_equal(seen, 20);
	stop();
}

static bool
no_decision(int fd, const struct fake_request *r)
{
	fake_result(fd, r->msgid, "\x07", 1);
	return true;
}

static void
answer_that_is_no_decision_has_the_fallback(void **state)
{
	(void)state;
	start(no_decision);
	assert_fallback(route(), "bad_answer");
	stop();
}

static void
fallback_is_cut_to_a_name_and_not_reported(void **state)
{
	char name[100];

	(void)state;
	memset(name, 'n', sizeof name);
	name[99] = '\0';
	b = banditd_new("/nowhere/banditd.sock");
	banditd_begin(b, "decide");
	assert_int_equal(banditd_route(b, name, &d), -1);
	assert_int_equal(strlen(d.arm), sizeof d.arm - 1);
	assert_int_equal(banditd_report(b, d.decision, 0.5), -1);
	assert_string_equal(banditd_code(b), "unknown_decision");
	banditd_free(b);
}

static void
another_protocol_says_who_is_newer(void **state)
{
	(void)state;
	for (fake_protocol = 0; fake_protocol <= 2; fake_protocol += 2) {
		start(decide);
		assert_fallback(route(), "protocol");
		assert_non_null(strstr(banditd_message(b),
		    fake_protocol == 2 ? "newer than 1 of this library: update "
					 "libbanditd"
				       : "older than 1 of this library: update "
					 "banditd"));
		banditd_begin(b, "ping");
		assert_int_equal(banditd_call(b), -1);
		assert_string_equal(banditd_code(b), "protocol");
		stop();
	}
	fake_protocol = 1;
}

/* As a user in no group. */
static int
denied(void)
{
	gid_t group[64], own = getegid();
	int ret, n = getgroups(64, group);

	assert_true(n >= 0);
	assert_int_equal(setgroups(0, NULL), 0);
	assert_int_equal(setegid(65534), 0);
	assert_int_equal(seteuid(65534), 0);
	banditd_begin(b, "ping");
	ret = banditd_call(b);
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(setegid(own), 0);
	assert_int_equal(setgroups((size_t)n, group), 0);
	assert_string_equal(banditd_code(b), "denied");
	return ret;
}

static void
no_permission_names_the_group_to_join(void **state)
{
	const struct group *gr = getgrnam("daemon");
	char join[64], dir[256];

	(void)state;
	if (geteuid() != 0 || gr == NULL)
		return; /* only root can be somebody else */
	start(decide);
	snprintf(join, sizeof join, "join group %s of ", gr->gr_name);
	assert_int_equal(chown(banditd_path(b), (uid_t)-1, gr->gr_gid), 0);
	assert_int_equal(chmod(banditd_path(b), 0660), 0);
	snprintf(dir, sizeof dir, "%s", banditd_path(b));
	*strrchr(dir, '/') = '\0';
	assert_int_equal(chmod(dir, 0755), 0);
	assert_int_equal(denied(), -1);
	assert_non_null(strstr(banditd_message(b), join));
	assert_int_equal(chown(dir, (uid_t)-1, gr->gr_gid), 0);
	assert_int_equal(chmod(dir, 0750), 0);
	assert_int_equal(denied(), -1);
	assert_non_null(strstr(banditd_message(b), join));
	assert_null(strstr(banditd_message(b) +
		strlen("no permission to "
		       "connect to ") +
		strlen(banditd_path(b)),
	    "sock"));
	assert_int_equal(chmod(dir, 0755), 0);
	assert_int_equal(chown(banditd_path(b), (uid_t)-1, 0), 0);
	assert_int_equal(denied(), -1);
	assert_null(strstr(banditd_message(b), "join"));
	assert_non_null(strstr(banditd_message(b), "be its owner"));
	assert_int_equal(chmod(banditd_path(b), 0600), 0);
	assert_int_equal(denied(), -1);
	assert_non_null(strstr(banditd_message(b), "socket_mode"));
	stop();
}

/* Sends what was begun over the handle's own connection, as a loop does. */
static uint32_t
send_begun(void)
{
	uint32_t msgid;
	size_t len;
	const void *request = banditd_request(b, &len, &msgid);

	assert_non_null(request);
	assert_int_equal(send(banditd_fd(b), request, len, MSG_NOSIGNAL), len);
	return msgid;
}

static void
parts_of_a_call_can_be_done_by_a_loop(void **state)
{
	uint32_t first, second, msgid;
	int answers = 0, next;
	char byte;

	(void)state;
	start(decide);
	assert_int_equal(banditd_fd(b), -1);
	assert_int_equal(banditd_connect(b), 0);
	banditd_begin(b, "decide");
	first = send_begun();
	banditd_begin(b, "decide");
	second = send_begun();
	assert_int_not_equal(first, second);
	while (answers < 2) {
		assert_int_equal(recv(banditd_fd(b), &byte, 1, 0), 1);
		assert_int_equal(banditd_feed(b, &byte, 1), 0);
		next = banditd_next(b, &msgid);
		assert_true(next >= 0);
		if (next == 0)
			continue;
		assert_int_equal(msgid, answers++ == 0 ? first : second);
		assert_int_equal(banditd_read_decision(b, &d), 0);
		assert_string_equal(d.arm, "small");
	}
	assert_int_equal(banditd_feed(b, "\xc1", 1), 0);
	assert_int_equal(banditd_next(b, &msgid), -1);
	assert_string_equal(banditd_code(b), "bad_answer");
	assert_int_equal(banditd_fd(b), -1);
	assert_null(banditd_request(b, &(size_t){ 0 }, &msgid));
	assert_string_equal(banditd_code(b), "bad_request");
	banditd_fail(b, "timeout", "it took long");
	assert_string_equal(banditd_message(b), "it took long");
	stop();
}

/* Answers with a few bytes changed, in pieces of any length. */
static void
changed_answers_do_no_more_than_fail(void **state)
{
	static const char good[] = "\x94\x01\x07\xc0\x83\xa8"
				   "decision\xa2"
				   "d1\xa3"
				   "arm\xa5small\xaa"
				   "propensity\xcb\x3f\xe0\0\0\0\0\0\0";
	int told[3] = { 0 };

	(void)state;
	srandom((unsigned)test_seed());
	b = banditd_new("/nowhere/banditd.sock");
	for (int i = 0; i < 50000; i++) {
		char bytes[sizeof good - 1];
		size_t cut = (size_t)random() % sizeof bytes;
		uint32_t msgid;
		int next;

		memcpy(bytes, good, sizeof bytes);
		for (long n = random() % 4; n > 0; n--)
			bytes[(size_t)random() % sizeof bytes] = (char)random();
		assert_int_equal(banditd_feed(b, bytes, cut), 0);
		assert_int_equal(
		    banditd_feed(b, bytes + cut, sizeof bytes - cut), 0);
		while ((next = banditd_next(b, &msgid)) == 1) {
			told[1]++;
			banditd_read_decision(b, &d);
		}
		told[next < 0 ? 2 : 0]++;
		banditd_disconnect(b); /* what is left is of that connection */
	}
	assert_true(told[0] > 0 && told[1] > 0 && told[2] > 0);
	banditd_free(b);
}

static void
absence_doubles_up_to_its_last(void **state)
{
	struct absence a = { 0 };
	int64_t now = 1000;
	unsigned asked;

	(void)state;
	for (int wait = ABSENCE_FIRST_MS; wait < 1 << 20; wait *= 2) {
		int most = wait < ABSENCE_LAST_MS ? wait : ABSENCE_LAST_MS;

		assert_true(absence_over(&a, now, 10, &asked));
		absence_note(&a, now, asked, false);
		assert_false(absence_over(&a, now + most - 1, 10, &asked));
		now += most;
	}
	assert_true(absence_over(&a, now, 10, &asked));
	assert_false(absence_over(&a, now + 1, 10, &asked)); /* one at a time */
	absence_note(&a, now, asked, true);
	assert_true(absence_over(&a, now + 1, 10, &asked));
}

static void
those_who_fail_together_count_once(void **state)
{
	struct absence a = { 0 };
	unsigned asked[50];

	(void)state;
	for (int i = 0; i < 50; i++)
		assert_true(absence_over(&a, 0, 10, &asked[i]));
	for (int i = 0; i < 50; i++)
		absence_note(&a, 10, asked[i], false);
	assert_int_equal(a.wait_ms, ABSENCE_FIRST_MS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(route_has_the_decision),
		cmocka_unit_test(silence_costs_one_time_out_and_not_one_each),
		cmocka_unit_test(daemon_that_answers_again_is_used_again),
		cmocka_unit_test(
		    errors_of_the_daemon_have_the_fallback_and_no_pause),
		cmocka_unit_test(answer_that_is_no_decision_has_the_fallback),
		cmocka_unit_test(fallback_is_cut_to_a_name_and_not_reported),
		cmocka_unit_test(another_protocol_says_who_is_newer),
		cmocka_unit_test(no_permission_names_the_group_to_join),
		cmocka_unit_test(parts_of_a_call_can_be_done_by_a_loop),
		cmocka_unit_test(changed_answers_do_no_more_than_fail),
		cmocka_unit_test(absence_doubles_up_to_its_last),
		cmocka_unit_test(those_who_fail_together_count_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
