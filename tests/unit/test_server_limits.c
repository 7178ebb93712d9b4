/* SPDX-License-Identifier: GPL-3.0-or-later */
/* server: clients that take too much, and what time and the operator end. */
#include "tests/test.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "daemon/conn.h"
#include "daemon/method.h"
#include "tests/unit/serving.h"

static int drained;

static void
on_drained(void *owner)
{
	assert_ptr_equal(owner, &sv);
	drained++;
}

static void
client_that_does_not_read_is_not_read_from(void **state)
{
	enum { ASKED = 2000, EACH = 4000 };
	static const uint8_t ask[] = { 0xca, 0x45, 0x7a, 0x00, 0x00 };
	struct buf in = { 0 };
	int fd = client(), sent = 0;
	size_t most = 0;

	(void)state;
	while (sent < ASKED && send(fd, ask, 5, MSG_NOSIGNAL) == 5) {
		sent++;
		turn();
		if (serving_conn(sv.last_client)->client.out.len > most)
			most = serving_conn(sv.last_client)->client.out.len;
	}
	assert_true(most > OUT_MOST && most <= OUT_MOST + EACH);
	assert_true(sv.stats.frames < (uint64_t)sent);
	while (in.len < (size_t)sent * EACH) {
		size_t before = in.len;

		assert_false(hear(fd, &in));
		turn();
		assert_true(in.len > before);
	}
	assert_int_equal(sv.stats.frames, sent);
	say(fd, "\x07", 1);
	assert_false(hear(fd, &in));
	assert_int_equal(in.len, (size_t)sent * EACH + 1);
	assert_int_equal(in.data[in.len - 1], 7);
	assert_true(serving_conn(sv.last_client)->client.out.cap <= CHUNK);
	buf_free(&in);
	close(fd);
}

/* The requests that one read brought together ask for far too much: they too
 * wait until their turn. */
static void
pipelined_requests_wait_while_the_output_is_long(void **state)
{
	enum { ASKED = 100, EACH = 1 << 20 };
	static const uint8_t ask[] = { 0xca, 0x49, 0x80, 0x00, 0x00 };
	uint8_t all[5 * ASKED + 1];
	struct buf in = { 0 };
	size_t heard = 0;
	int fd = client();

	(void)state;
	for (int i = 0; i < ASKED; i++)
		memcpy(all + 5 * i, ask, 5);
	all[5 * ASKED] = 7;
	say(fd, all, sizeof all);
	shutdown(fd, SHUT_WR);
	while (!hear(fd, &in)) {
		heard += in.len;
		in.len = 0;
		turn();
		if (sv.stats.clients > 0)
			assert_true(
			    serving_conn(sv.last_client)->client.out.len <=
			    OUT_MOST + EACH);
	}
	assert_int_equal(heard + in.len, (size_t)ASKED * EACH + 1);
	assert_int_equal(sv.stats.clients, 0);
	buf_free(&in);
	close(fd);
}

/* The last frames are taken while the client is being flushed, and one of
 * them asks for just that. */
static void
client_may_be_flushed_while_it_is_flushed(void **state)
{
	static const char last[] = "\xca\x49\x80\x00\x00\x80\x07\x80\xc0";
	struct buf in = { 0 };
	int fd = client(), other = client();
	size_t heard = 0;

	(void)state;
	assert_int_equal(send(fd, "\xca\x49\x80\x00\x00", 5, 0), 5);
	say(fd, last, sizeof last - 1);
	while (!hear(fd, &in)) {
		heard += in.len;
		in.len = 0;
		turn();
	}
	assert_int_equal(heard + in.len, 2 * (1 << 20) + 1);
	assert_int_equal(sv.stats.clients, 1);
	close(fd);
	fd = client(); /* the slot is whole */
	say(fd, "\x01", 1);
	hears(fd, "\x01", 1, false);
	say(other, "\x02", 1);
	hears(other, "\x02", 1, false);
	buf_free(&in);
	close(fd);
	close(other);
}

static void
client_over_the_limit_is_refused(void **state)
{
	int a, b, c;

	(void)state;
	sv.config.top.max_clients = 2;
	a = client();
	b = client();
	c = client();
	hears(c, "", 0, true);
	assert_int_equal(sv.stats.refused, 1);
	assert_int_equal(sv.stats.clients, 2);
	close(c);
	close(a);
	turn();
	c = client();
	say(c, "\x01", 1);
	hears(c, "\x01", 1, false);
	close(b);
	close(c);
}

/* Opens all that the limit allows; returns how many. */
static int
use_up(int *fds, int most)
{
	int n = 0;

	while (n < most && (fds[n] = dup(0)) >= 0)
		n++;
	return n;
}

/* The server cannot accept, does not spin, and goes on after the tick. */
static void
running_out_of_file_descriptors_is_survived(void **state)
{
	struct rlimit before, few;
	int fd, fds[256], n, events;

	(void)state;
	if (test_left_out())
		return;
	fd = connect_to(sv.path);
	events = event_base_get_num_events(sv.base, EVENT_BASE_COUNT_ADDED);
	getrlimit(RLIMIT_NOFILE, &before);
	few = before;
	few.rlim_cur = (rlim_t)fd + 8;
	setrlimit(RLIMIT_NOFILE, &few);
	n = use_up(fds, 256);
	turn();
	assert_int_equal(sv.stats.accepted, 0);
	assert_int_equal(
	    event_base_get_num_events(sv.base, EVENT_BASE_COUNT_ADDED),
	    events); /* the tick in place of accepting */
	setrlimit(RLIMIT_NOFILE, &before);
	while (n > 0)
		close(fds[--n]);
	turn();
	assert_int_equal(sv.stats.accepted, 0);
	server_tick(sv.server);
	turn();
	assert_int_equal(sv.stats.accepted, 1);
	say(fd, "\x01", 1);
	hears(fd, "\x01", 1, false);
	close(fd);
}

static void
idle_client_is_closed(void **state)
{
	int idle = client(), busy, waits = client();

	(void)state;
	sv.config.top.idle_timeout = 60;
	server_configure(sv.server, &sv.config);
	say(waits, "\xc3", 1);
	sv.now.mono += 59.5;
	busy = client();
	server_tick(sv.server);
	turn();
	assert_int_equal(sv.stats.clients, 3);
	sv.now.mono += 0.5;
	server_tick(sv.server);
	turn();
	assert_int_equal(sv.stats.clients, 2);
	hears(idle, "", 0, true);
	hears(waits, "", 0, false);
	hears(busy, "", 0, false);
	say(busy, "\x01", 1);
	sv.now.mono += 60;
	server_tick(sv.server);
	turn();
	hears(busy, "\x01", 1, true);
	hears(waits, "", 0, false);
	close(idle);
	close(busy);
	close(waits);
}

static void
client_that_does_not_read_for_long_is_idle_too(void **state)
{
	int fd = client();

	(void)state;
	sv.config.top.idle_timeout = 60;
	say(fd, "\xca\x49\x7f\xff\xf0", 5);
	assert_true(serving_conn(sv.last_client)->blocked);
	sv.now.mono += 60;
	server_tick(sv.server);
	turn();
	assert_int_equal(sv.stats.clients, 0);
	close(fd);
}

static void
reload_changes_limits_and_roles(void **state)
{
	static struct role_rule rule = { .group = false, .roles = ROLE_DECIDE };
	struct config next = sv.config;
	int fd = client();

	(void)state;
	say(fd, "\x01", 1);
	assert_int_equal(sv.last_roles & ROLE_DECIDE, 0);
	rule.id = geteuid();
	next.rules = 1;
	next.rule = &rule;
	next.top.max_request_bytes = 1024;
	server_configure(sv.server, &next);
	say(fd, "\x01", 1);
	assert_int_equal(sv.last_roles, ROLE_ADMIN | ROLE_DECIDE);
	say(fd, "\xc5\x04\x00", 3);
	hears(fd, "\x01\x01!", 3, true);
	close(fd);
}

static void
drain_without_clients_is_done_at_once(void **state)
{
	(void)state;
	drained = 0;
	server_drain(sv.server, 10, on_drained);
	assert_int_equal(drained, 0); /* not from within */
	turn();
	assert_int_equal(drained, 1);
	assert_int_equal(connect_to(sv.path), -1);
	assert_int_equal(errno, ENOENT);
	sv.now.mono += 100;
	server_tick(sv.server);
	turn();
	assert_int_equal(drained, 1);
}

static void
drain_answers_what_was_taken_and_takes_no_more(void **state)
{
	int waits = client(), idle = client();
	struct client *c;

	(void)state;
	say(waits, "\x01\xc3", 2);
	drained = 0;
	server_drain(sv.server, 10, on_drained);
	assert_int_equal(send(waits, "\x02", 1, 0), 1);
	turn();
	hears(idle, "", 0, true);
	hears(waits, "\x01", 1, false);
	assert_int_equal(drained, 0);
	c = server_client(sv.server, sv.last_client);
	buf_puts(&c->out, "late");
	c->waiting--;
	server_flush_later(sv.server, c);
	turn();
	hears(waits, "late", 4, true);
	assert_int_equal(drained, 1);
	assert_int_equal(sv.stats.frames, 2);
	close(waits);
	close(idle);
}

static void
drain_does_not_wait_for_ever(void **state)
{
	int fd = client();

	(void)state;
	say(fd, "\xca\x49\x7f\xff\xf0", 5);
	drained = 0;
	server_drain(sv.server, 10, on_drained);
	sv.now.mono += 9.9;
	server_tick(sv.server);
	turn();
	assert_int_equal(drained, 0);
	sv.now.mono += 0.2;
	server_tick(sv.server);
	assert_int_equal(drained, 1);
	turn();
	assert_int_equal(drained, 1);
	close(fd);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, serving_start, serving_stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(client_that_does_not_read_is_not_read_from),
		TEST(pipelined_requests_wait_while_the_output_is_long),
		TEST(client_may_be_flushed_while_it_is_flushed),
		TEST(client_over_the_limit_is_refused),
		TEST(running_out_of_file_descriptors_is_survived),
		TEST(idle_client_is_closed),
		TEST(client_that_does_not_read_for_long_is_idle_too),
		TEST(reload_changes_limits_and_roles),
		TEST(drain_without_clients_is_done_at_once),
		TEST(drain_answers_what_was_taken_and_takes_no_more),
		TEST(drain_does_not_wait_for_ever),
	};

	log_open("test", LOG_LEVEL_ERROR, false);
	return cmocka_run_group_tests_name("server_limits", tests, NULL, NULL);
}
