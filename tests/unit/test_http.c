/* SPDX-License-Identifier: GPL-3.0-or-later */
/* http: who waits, who is slow and who is gone, with a clock of the test's. */
#include "tests/test.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/pack.h"
#include "daemon/http.h"
#include "tests/unit/table.h"

static struct {
	char dir[32], path[64];
	struct config config;
	struct event_base *base;
	struct http *http;
	struct world w;
	struct http_stats stats; /* after the last turn */
	int drained;
} t;

static int
start(void **state)
{
	struct fault f;

	(void)state;
	memset(&t, 0, sizeof t);
	strcpy(t.dir, "/tmp/test_http.XXXXXX");
	assert_non_null(mkdtemp(t.dir));
	snprintf(t.path, sizeof t.path, "%s/s", t.dir);
	settings_default(daemon_settings, &t.config.top);
	snprintf(t.config.top.http, sizeof t.config.top.http, "unix:%s",
	    t.path);
	t.config.top.max_clients = 3;
	t.base = event_base_new();
	world_init(&t.w);
	assert_int_equal(http_new(&t.http,
			     &(struct http_params){ .base = t.base,
				 .clock = &t.w.clock,
				 .config = &t.config,
				 .rpc = &t.w.rpc,
				 .owner = &t },
			     &f),
	    ERR_NONE);
	t.w.rpc.door[DOOR_HTTP] = http_door(t.http);
	http_accept(t.http);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	if (t.http != NULL)
		http_free(t.http);
	event_base_free(t.base);
	world_fini(&t.w);
	return rmdir(t.dir);
}

static void
turn(void)
{
	for (int i = 0; i < 8; i++)
		event_base_loop(t.base, EVLOOP_NONBLOCK);
	http_stats(t.http, &t.stats);
}

static void
pass(double seconds)
{
	t.w.clock.mono += seconds;
	http_tick(t.http);
	turn();
	http_tick(t.http); /* lets go of what that has closed */
	turn();
}

static int
knock(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	strcpy(a.sun_path, t.path);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
	return fd;
}

static int
dial(void)
{
	int fd = knock();

	turn();
	return fd;
}

static void
say(int fd, const char *text)
{
	size_t n = strlen(text);

	assert_int_equal(send(fd, text, n, MSG_NOSIGNAL), n);
	turn();
}

#define POST(method, body, len)                                        \
	"POST /v1/" method " HTTP/1.1\r\nHost: here\r\nContent-Type: " \
	"application/json\r\nContent-Length: " len "\r\n\r\n" body

/* All that has come; *end: and no more will. */
static struct buf
hear(int fd, bool *end)
{
	struct buf in = { 0 };
	ssize_t n;

	turn();
	while ((n = recv(fd, buf_reserve(&in, 65536), 65536, 0)) > 0) {
		in.len += (size_t)n;
		turn();
	}
	*end = n == 0 || errno == ECONNRESET;
	buf_put(&in, "", 1);
	return in;
}

static void
hears(int fd, const char *text, bool end)
{
	bool ended;
	struct buf in = hear(fd, &ended);

	if (text == NULL)
		assert_int_equal(in.len, 1);
	else
		assert_non_null(strstr((char *)in.data, text));
	assert_int_equal(ended, end);
	buf_free(&in);
}

static void
answer_later(void)
{
	struct buf *out = rpc_answer_later(&t.w.rpc, t.w.later_client, 0);

	if (out == NULL)
		return;
	pack_str(out, "at last");
	rpc_answer_done(&t.w.rpc, t.w.later_client);
	turn();
}

static void
an_answer_may_come_later(void **state)
{
	int fd = dial();

	(void)state;
	for (int i = 0; i < 3; i++) {
		say(fd, POST("later", "{}", "2"));
		hears(fd, NULL, false);
		pass(1000); /* it waits as long as it takes */
		hears(fd, NULL, false);
		answer_later();
		hears(fd, "\r\n\r\n\"at last\"\n", false);
	}
	assert_int_equal(t.stats.requests, 3);
	assert_int_equal(t.stats.errors, 0);
	close(fd);
}

static void
an_error_may_come_later(void **state)
{
	struct fault f;
	int fd = dial();

	(void)state;
	say(fd, POST("later", "{}", "2"));
	fault_set(&f, ERR_STORAGE, "the disk is \"full\"");
	rpc_error_later(&t.w.rpc, t.w.later_client, 0, &f);
	hears(fd,
	    "\r\n\r\n{\"error\": {\"code\": \"storage\", \"message\": "
	    "\"the disk is \\\"full\\\"\"}}\n",
	    false);
	close(fd);
}

static void
a_client_may_leave_while_it_waits(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		int fd = dial();

		say(fd, POST("later", "{}", "2"));
		close(fd);
		turn();
		answer_later();
		answer_later(); /* it is not waited for twice */
		pass(31);
		assert_int_equal(t.stats.clients, 0);
	}
	answer_later();
}

static void
an_answer_does_not_go_to_the_next_request(void **state)
{
	int fd = dial();
	uint64_t first;

	(void)state;
	say(fd, POST("later", "{}", "2"));
	first = t.w.later_client;
	answer_later();
	hears(fd, "at last", false);
	say(fd, POST("later", "{}", "2"));
	assert_int_not_equal(t.w.later_client, first);
	assert_null(rpc_answer_later(&t.w.rpc, first, 0));
	hears(fd, NULL, false);
	close(fd);
}

static void
slow_requests_are_closed(void **state)
{
	static const char *const begun[] = { "", "P", "POST /v1/open HT",
		"POST /v1/open HTTP/1.1\r\nHost: a\r\n",
		POST("open", "{", "2") };

	(void)state;
	for (size_t i = 0; i < sizeof begun / sizeof *begun; i++) {
		int fd = dial();

		if (begun[i][0] != '\0')
			say(fd, begun[i]);
		pass(29.9);
		hears(fd, NULL, false);
		assert_int_equal(t.stats.clients, 1);
		pass(0.2);
		hears(fd, NULL, true);
		assert_int_equal(t.stats.clients, 0);
		close(fd);
	}
}

/* A byte now and then does not help. */
static void
dribbling_is_no_request(void **state)
{
	int fd = dial();

	(void)state;
	say(fd, "POST /v1/open HTTP/1.1\r\n");
	for (int i = 0; i < 14; i++) {
		say(fd, "A: b\r\n");
		pass(2);
		hears(fd, NULL, false);
	}
	pass(2.1);
	hears(fd, NULL, true);
	close(fd);
}

static void
idle_clients_are_closed(void **state)
{
	int fd = dial();

	(void)state;
	for (int i = 0; i < 3; i++) {
		say(fd, POST("open", "{}", "2"));
		hears(fd, "\r\n\r\ntrue\n", false);
		pass(29);
	}
	pass(1.1);
	hears(fd, NULL, true);
	close(fd);
}

/* Its answer is longer than what the system holds for it. */
static void
a_client_that_does_not_read_is_closed(void **state)
{
	struct buf request = { 0 }, in;
	size_t n = 900000;
	int fd = dial();
	bool end;

	(void)state;
	buf_printf(&request,
	    "POST /v1/echo HTTP/1.1\r\nContent-Type: application/json\r\n"
	    "Content-Length: %zu\r\n\r\n{\"text\": \"",
	    n + 12);
	memset(buf_reserve(&request, n), 'a', n);
	request.len += n;
	buf_puts(&request, "\"}");
	for (size_t at = 0; at < request.len;) {
		ssize_t sent =
		    send(fd, request.data + at, request.len - at, MSG_NOSIGNAL);

		at += sent > 0 ? (size_t)sent : 0;
		turn();
	}
	assert_int_equal(t.stats.requests, 1);
	pass(29);
	assert_int_equal(t.stats.clients, 1);
	pass(1.1);
	assert_int_equal(t.stats.clients, 0);
	in = hear(fd, &end);
	assert_true(end);
	assert_true(in.len < n);
	buf_free(&in);
	buf_free(&request);
	close(fd);
}

static void
too_many_clients_are_closed(void **state)
{
	int fd[3], more;

	(void)state;
	for (int i = 0; i < 3; i++)
		fd[i] = dial();
	more = dial();
	hears(more, NULL, true);
	close(more);
	assert_int_equal(t.stats.accepted, 3);
	assert_int_equal(t.stats.refused, 1);
	assert_int_equal(t.stats.clients, 3); /* its descriptor is free */
	for (int i = 0; i < 3; i++) {
		say(fd[i], POST("open", "{}", "2"));
		hears(fd[i], "true", false);
	}
	close(fd[0]);
	turn();
	fd[0] = dial();
	say(fd[0], POST("open", "{}", "2"));
	hears(fd[0], "true", false);
	for (int i = 0; i < 3; i++)
		close(fd[i]);
}

static void
without_descriptors_a_client_waits_until_there_are_some(void **state)
{
	struct rlimit limit, none;
	int fd = knock(), next = dup(fd);

	(void)state;
	close(next);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = limit;
	none.rlim_cur = (rlim_t)next;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	turn();
	pass(1);
	assert_int_equal(t.stats.accepted, 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	pass(1);
	say(fd, POST("open", "{}", "2"));
	hears(fd, "true", false);
	close(fd);
}

/* The tick is the event loop's own here, by the clock of the system. */
static void
slow_clients_are_closed_while_others_come(void **state)
{
	int slow = dial();
	time_t began = time(NULL);
	bool end = false;

	(void)state;
	t.w.clock.mono += 31;
	while (!end && time(NULL) - began < 20) {
		struct buf in = hear(slow, &end);

		buf_free(&in);
		close(dial());
	}
	assert_true(end);
	close(slow);
}

static void
on_drained(void *owner)
{
	assert_ptr_equal(owner, &t);
	t.drained++;
}

static void
a_drain_waits_for_answers_alone(void **state)
{
	int idle = dial(), waits = dial();

	(void)state;
	say(idle, POST("open", "{}", "2"));
	hears(idle, "true", false);
	say(waits, POST("later", "{}", "2"));
	http_drain(t.http, 10, on_drained);
	turn();
	assert_int_equal(t.drained, 0);
	assert_int_equal(access(t.path, F_OK), -1);
	say(idle, POST("open", "{}", "2"));
	hears(idle, "\"shutting_down\"", true);
	answer_later();
	hears(waits, "at last", true);
	turn();
	assert_int_equal(t.drained, 1);
	close(idle);
	close(waits);
}

static void
a_drain_does_not_wait_for_ever(void **state)
{
	int fd = dial();

	(void)state;
	say(fd, POST("later", "{}", "2"));
	http_drain(t.http, 10, on_drained);
	pass(9.9);
	assert_int_equal(t.drained, 0);
	pass(0.2);
	assert_int_equal(t.drained, 1);
	http_free(t.http);
	t.http = NULL;
	t.w.rpc.door[DOOR_HTTP] = (struct door){ 0 };
	answer_later();
	close(fd);
}

static void
a_drain_of_nobody_ends(void **state)
{
	(void)state;
	http_drain(t.http, 10, on_drained);
	turn();
	assert_int_equal(t.drained, 1);
	pass(11);
	assert_int_equal(t.drained, 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_answer_may_come_later),
		TEST(an_error_may_come_later),
		TEST(a_client_may_leave_while_it_waits),
		TEST(an_answer_does_not_go_to_the_next_request),
		TEST(slow_requests_are_closed),
		TEST(dribbling_is_no_request),
		TEST(idle_clients_are_closed),
		TEST(a_client_that_does_not_read_is_closed),
		TEST(too_many_clients_are_closed),
		TEST(without_descriptors_a_client_waits_until_there_are_some),
		TEST(slow_clients_are_closed_while_others_come),
		TEST(a_drain_waits_for_answers_alone),
		TEST(a_drain_does_not_wait_for_ever),
		TEST(a_drain_of_nobody_ends),
	};

	signal(SIGPIPE, SIG_IGN); /* as the daemon does */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
