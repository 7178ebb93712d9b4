/* SPDX-License-Identifier: GPL-3.0-or-later */
/* server: frames of all shapes in pieces of all sizes, and their answers. */
#include "tests/test.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/pack.h"
#include "daemon/conn.h"
#include "daemon/method.h"
#include "tests/unit/allocations.h"
#include "tests/unit/serving.h"

static void
frame_is_answered(void **state)
{
	int fd = client();

	(void)state;
	say(fd, "\x07", 1);
	hears(fd, "\x07", 1, false);
	assert_int_equal(sv.last_roles & ROLE_ADMIN, ROLE_ADMIN);
	assert_int_equal(sv.stats.clients, 1);
	assert_int_equal(sv.stats.frames, 1);
	assert_int_equal(sv.stats.bytes_in, 1);
	assert_int_equal(sv.stats.bytes_out, 1);
	close(fd);
	turn();
	assert_int_equal(sv.stats.clients, 0);
	assert_int_equal(sv.stats.accepted, 1);
}

static void
pipelined_frames_are_answered_in_order(void **state)
{
	uint8_t frames[3 * 5000];
	struct buf in = { 0 };
	int fd = client();

	(void)state;
	for (int i = 0; i < 5000; i++) {
		frames[3 * i] = 0xcd;
		frames[3 * i + 1] = (uint8_t)(i >> 8);
		frames[3 * i + 2] = (uint8_t)i;
	}
	sv.sends = 0;
	say(fd, frames, sizeof frames);
	assert_int_equal(sv.sends, 2); /* that one, and the server's */
	assert_false(hear(fd, &in));
	assert_int_equal(in.len, sizeof frames);
	assert_memory_equal(in.data, frames, sizeof frames);
	assert_int_equal(sv.stats.frames, 5000);
	buf_free(&in);
	close(fd);
}

static void
frame_may_come_byte_by_byte(void **state)
{
	static const char frame[] = "\xd3\x00\x00\x00\x00\x00\x00\x00\x05";
	int fd = client();

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < 9; i++) {
			hears(fd, "", 0, false);
			say(fd, frame + i, 1);
		}
		hears(fd, frame, 9, false);
	}
	close(fd);
}

/* Echoed frames of all sizes, in pieces of all sizes, of several clients in
 * turn: each gets its own answers back, in order. */
static void
random_pieces_of_many_clients_are_answered(void **state)
{
	enum { CLIENTS = 8, ROUNDS = 3000 };
	uint64_t r = test_seed();
	int fd[CLIENTS];
	struct buf said[CLIENTS] = { 0 }, heard[CLIENTS] = { 0 };
	size_t at[CLIENTS] = { 0 };

	(void)state;
	for (int i = 0; i < CLIENTS; i++)
		fd[i] = client();
	for (int round = 0; round < ROUNDS; round++) {
		int i = (int)test_below(&r, CLIENTS);
		size_t n;

		for (uint64_t k = test_below(&r, 20); k > 0; k--)
			pack_uint(&said[i],
			    test_random(&r) >> test_below(&r, 60) >> 1);
		n = test_below(&r, said[i].len - at[i] + 1);
		say(fd[i], said[i].data + at[i], n);
		at[i] += n;
		assert_false(hear(fd[i], &heard[i]));
	}
	for (int i = 0; i < CLIENTS; i++) {
		say(fd[i], said[i].data + at[i], said[i].len - at[i]);
		assert_false(hear(fd[i], &heard[i]));
		assert_int_equal(heard[i].len, said[i].len);
		assert_memory_equal(heard[i].data, said[i].data, said[i].len);
		buf_free(&said[i]);
		buf_free(&heard[i]);
		close(fd[i]);
	}
	turn();
	assert_int_equal(sv.stats.clients, 0);
}

static void
frame_of_the_greatest_length_is_taken_and_its_memory_given_back(void **state)
{
	size_t n = (size_t)sv.config.top.max_request_bytes, sent = 0;
	struct buf frame = { 0 };
	int fd = client();

	(void)state;
	buf_put(&frame, "\xc6\x00\x0f\xff\xfb", 5);
	memset(buf_reserve(&frame, n - 5), 7, n - 5);
	frame.len = n;
	while (sent < n) {
		ssize_t more = send(fd, frame.data + sent, n - sent, 0);

		assert_true(more > 0);
		sent += (size_t)more;
		turn();
	}
	assert_int_equal(sv.stats.frames, 1);
	assert_int_equal(sv.stats.broken, 0);
	assert_null(serving_conn(sv.last_client)->in.data);
	assert_true(sv.server->spares <= 1); /* it was too large for one */
	buf_free(&frame);
	close(fd);
}

/* One million values, a few bytes at a time: each is looked at once, or this
 * would take minutes. */
static void
frame_in_many_pieces_is_not_walked_again_and_again(void **state)
{
	enum { N = 1000000, PIECE = 25 };
	static uint8_t piece[PIECE];
	int fd = client();

	(void)state;
	say(fd, "\xdd\x00\x0f\x42\x40", 5);
	for (int i = 0; i < N; i += PIECE) {
		assert_int_equal(sv.stats.frames, 0);
		assert_int_equal(send(fd, piece, PIECE, 0), PIECE);
		event_base_loop(sv.base, EVLOOP_NONBLOCK);
	}
	turn();
	assert_int_equal(sv.stats.frames, 1);
	close(fd);
}

static void
talking_allocates_nothing_after_warm_up(void **state)
{
	static const uint8_t frames[3000]; /* integers, 0 */
	int fd = client(), other = client();
	struct buf in = { 0 };
	long before = 0;

	(void)state;
	buf_reserve(&in, 1 << 20);
	for (int round = 0; round < 100; round++) {
		say(fd, frames, sizeof frames);
		say(other, "\xcd\x01", 2); /* a part of one */
		assert_false(hear(fd, &in));
		say(fd, frames, 5);
		say(other, "\x02", 1);
		assert_false(hear(other, &in));
		assert_false(hear(fd, &in));
		in.len = 0;
		if (round == 1)
			before = allocations;
	}
	assert_true(before > 0); /* they are counted */
	assert_int_equal(allocations, before);
	buf_free(&in);
	close(fd);
	close(other);
}

static void
half_closed_client_gets_its_answers(void **state)
{
	int fd = client();

	(void)state;
	assert_int_equal(send(fd, "\x01\x02\x03", 3, 0), 3);
	shutdown(fd, SHUT_WR);
	turn();
	hears(fd, "\x01\x02\x03", 3, true);
	assert_int_equal(sv.stats.clients, 0);
	close(fd);
}

static void
half_closed_client_is_kept_for_an_answer_that_comes_later(void **state)
{
	int fd = client();
	struct client *c;

	(void)state;
	assert_int_equal(send(fd, "\x01\xc3\x02", 3, 0), 3);
	shutdown(fd, SHUT_WR);
	turn();
	hears(fd, "\x01\x02", 2, false);
	assert_int_equal(sv.stats.clients, 1);
	c = server_client(sv.server, sv.last_client);
	buf_puts(&c->out, "late");
	c->waiting--;
	server_flush_later(sv.server, c);
	server_flush_later(sv.server, c);
	turn();
	hears(fd, "late", 4, true);
	assert_int_equal(sv.stats.clients, 0);
	assert_null(server_client(sv.server, sv.last_client));
	close(fd);
}

static void
truncated_request_is_forgotten(void **state)
{
	int fd = client();

	(void)state;
	assert_int_equal(send(fd, "\x01\x92\x02", 3, 0), 3);
	shutdown(fd, SHUT_WR);
	turn();
	hears(fd, "\x01", 1, true);
	assert_int_equal(sv.stats.frames, 1);
	close(fd);
	fd = client(); /* and is not begun for the next client */
	say(fd, "\x05", 1);
	hears(fd, "\x05", 1, false);
	close(fd);
}

static void
request_that_is_too_long_is_answered_and_closed(void **state)
{
	int fd = client(), other = client();

	(void)state;
	say(fd, "\x01\xc6\x00\x0f\xff\xfc", 6);
	hears(fd, "\x01!", 2, true);
	assert_int_equal(sv.last_broken, FRAME_TOO_LONG);
	assert_int_equal(sv.stats.broken, 1);
	say(other, "\x02", 1); /* nobody else is disturbed */
	hears(other, "\x02", 1, false);
	close(fd);
	close(other);
}

static void
broken_request_is_answered_and_closed(void **state)
{
	int fd = client();

	(void)state;
	say(fd, "\x01\x91\xc1\x02", 4);
	hears(fd, "\x01!", 2, true);
	assert_int_equal(sv.last_broken, FRAME_BROKEN);
	assert_int_equal(sv.stats.frames, 2);
	close(fd);
}

static void
after_what_is_no_request_nothing_more_is_taken(void **state)
{
	int fd = client();

	(void)state;
	say(fd, "\x01\xc0\x02\x03", 4);
	hears(fd, "\x01", 1, true);
	assert_int_equal(sv.stats.frames, 2);
	assert_int_equal(sv.stats.broken, 1);
	close(fd);
}

static void
client_that_leaves_with_answers_on_their_way_does_no_harm(void **state)
{
	int fd = client(), other = client();
	uint64_t id;

	(void)state;
	say(fd, "\xca\x49\x7f\xff\xf0\xc3", 6); /* 1 MiB, and later */
	id = sv.last_client;
	assert_true(serving_conn(id)->blocked);
	close(fd);
	turn();
	assert_null(server_client(sv.server, id));
	assert_int_equal(send(other, "\xca\x49\x7f\xff\xf0", 5, 0), 5);
	close(other); /* before it was read */
	turn();
	assert_int_equal(sv.stats.clients, 0);
}

static void
id_is_not_used_again(void **state)
{
	uint64_t seen[20];

	(void)state;
	for (int i = 0; i < 20; i++) {
		int fd = client();

		say(fd, "\x01", 1);
		seen[i] = sv.last_client;
		assert_true(seen[i] != 0);
		for (int j = 0; j < i; j++)
			assert_null(server_client(sv.server, seen[j]));
		assert_non_null(server_client(sv.server, seen[i]));
		close(fd);
		turn();
		assert_null(server_client(sv.server, seen[i]));
	}
	assert_int_equal(sv.server->slots, 1);
	assert_null(server_client(sv.server, 0));
	assert_null(server_client(sv.server, UINT64_MAX));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, serving_start, serving_stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(frame_is_answered),
		TEST(pipelined_frames_are_answered_in_order),
		TEST(frame_may_come_byte_by_byte),
		TEST(random_pieces_of_many_clients_are_answered),
		TEST(
		    frame_of_the_greatest_length_is_taken_and_its_memory_given_back),
		TEST(frame_in_many_pieces_is_not_walked_again_and_again),
		TEST(talking_allocates_nothing_after_warm_up),
		TEST(half_closed_client_gets_its_answers),
		TEST(half_closed_client_is_kept_for_an_answer_that_comes_later),
		TEST(truncated_request_is_forgotten),
		TEST(request_that_is_too_long_is_answered_and_closed),
		TEST(broken_request_is_answered_and_closed),
		TEST(after_what_is_no_request_nothing_more_is_taken),
		TEST(client_that_leaves_with_answers_on_their_way_does_no_harm),
		TEST(id_is_not_used_again),
	};

	log_open("test", LOG_LEVEL_ERROR, false);
	return cmocka_run_group_tests_name("server", tests, NULL, NULL);
}
