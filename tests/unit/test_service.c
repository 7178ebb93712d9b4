/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The whole daemon inside this process, on a private socket, under a clock
 * that the test sets.
 */
#include "tests/test.h"

#include <gsl/gsl_errno.h>
#include <malloc.h>
#include <math.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "bandit/forward.h"
#include "base/cursor.h"
#include "base/pack.h"
#include "daemon/service.h"

#define D 16

/* Allocations of the loop's thread; the sanitizers bring their own malloc. */
static _Thread_local uint64_t allocations;

#ifndef SANITIZED
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);

void *
malloc(size_t n)
{
	allocations++;
	return __libc_malloc(n);
}

void *
calloc(size_t n, size_t size)
{
	allocations++;
	return __libc_calloc(n, size);
}

void *
realloc(void *p, size_t n)
{
	allocations++;
	return __libc_realloc(p, n);
}
#endif

#define OVERRIDES 3

struct state {
	char dir[64], socket[100], state_dir[100];
	const char *override[OVERRIDES];
	struct service service;
	struct event_base *base;
	int fd;
	uint32_t msgid;
	struct buf out, in;
	size_t answered; /* bytes of `in` that the last answer took */
	uint64_t random;
};

static void
start(struct state *s)
{
	struct launch launch = { .listen_fd = -1 };
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct config config;
	struct fault f = { 0 };

	snprintf(s->socket, sizeof s->socket, "socket=%s/s", s->dir);
	snprintf(s->state_dir, sizeof s->state_dir, "state_dir=%s/state",
	    s->dir);
	s->override[0] = s->socket;
	s->override[1] = s->state_dir;
	s->override[2] = "log_level=error";
	if (config_read(&config, NULL, s->override, OVERRIDES, &f))
		fail_msg("%s", f.text);
	if (service_start(&s->service, &config, &launch, s->base, &f))
		fail_msg("%s", f.text);
	snprintf(at.sun_path, sizeof at.sun_path, "%s/s", s->dir);
	s->fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(connect(s->fd, (struct sockaddr *)&at, sizeof at), 0);
}

static void
stop(struct state *s)
{
	struct clock clock = s->service.clock;

	close(s->fd);
	service_stop(&s->service);
	s->service = (struct service){ .clock = clock };
}

static int
setup(void **arg)
{
	struct state *s = calloc(1, sizeof *s);

	strcpy(s->dir, "/tmp/banditd-test-XXXXXX");
	if (mkdtemp(s->dir) == NULL)
		return -1;
	s->base = event_base_new();
	s->service.clock = (struct clock){ true, 1e9, 1e3 };
	s->random = test_seed();
	start(s);
	*arg = s;
	return 0;
}

static int
teardown(void **arg)
{
	struct state *s = *arg;
	char command[128];

	stop(s);
	event_base_free(s->base);
	buf_free(&s->out);
	buf_free(&s->in);
	snprintf(command, sizeof command, "rm -rf %s", s->dir);
	free(s);
	return system(command);
}

static void
request(struct state *s, const char *method, size_t params)
{
	s->out.len = 0;
	pack_array(&s->out, 4);
	pack_int(&s->out, 0);
	pack_uint(&s->out, ++s->msgid);
	pack_str(&s->out, method);
	pack_array(&s->out, 1);
	pack_map(&s->out, params);
}

static void
param_str(struct state *s, const char *key, const char *value)
{
	pack_str(&s->out, key);
	pack_str(&s->out, value);
}

static void
param_num(struct state *s, const char *key, double value)
{
	pack_str(&s->out, key);
	pack_num(&s->out, value);
}

static void
param_x(struct state *s)
{
	float x[D];

	for (int j = 0; j < D; j++)
		x[j] = (float)test_random(&s->random) * 0x1p-63f - 1;
	pack_str(&s->out, "x");
	pack_bin(&s->out, x, sizeof x);
}

/* Sends the request and runs the loop until it is answered. */
static struct cursor
call(struct state *s)
{
	size_t len = 0;

	buf_consume(&s->in, s->answered);
	assert_int_equal(send(s->fd, s->out.data, s->out.len, 0),
	    (ssize_t)s->out.len);
	while (
	    frame_scan(s->in.data, s->in.len, 1 << 20, &len) != FRAME_WHOLE) {
		ssize_t n;

		event_base_loop(s->base, EVLOOP_ONCE);
		n = recv(s->fd, buf_reserve(&s->in, 65536), 65536,
		    MSG_DONTWAIT);
		s->in.len += n > 0 ? (size_t)n : 0;
	}
	s->answered = len;
	return (struct cursor){ s->in.data, s->in.data + len };
}

/* The error of the answer, "" for none; the cursor is then at the result. */
static void
answer_error(struct state *s, char *error, size_t size, struct cursor *c)
{
	struct value v;

	*c = call(s);
	assert_true(cursor_next(c, &v) && v.type == VALUE_ARRAY);
	assert_true(cursor_next(c, &v) && v.u.integer == 1);
	assert_true(cursor_next(c, &v) && v.u.integer == s->msgid);
	assert_true(cursor_next(c, &v));
	error[0] = '\0';
	if (v.type == VALUE_STR)
		snprintf(error, size, "%.*s", (int)v.u.bytes.len,
		    (const char *)v.u.bytes.data);
}

static struct cursor
result(struct state *s)
{
	struct cursor c;
	char error[512];

	answer_error(s, error, sizeof error, &c);
	assert_string_equal(error, "");
	return c;
}

static void
assert_error(struct state *s, const char *code)
{
	struct cursor c;
	char error[512];

	answer_error(s, error, sizeof error, &c);
	if (strncmp(error, code, strlen(code)) != 0)
		fail_msg("\"%s\" is not %s", error, code);
}

/* The value of a key of the result's map. */
static struct value
field(struct cursor c, const char *name)
{
	struct value map, key, v = { 0 };

	assert_true(cursor_next(&c, &map) && map.type == VALUE_MAP);
	for (uint32_t i = 0; i < map.u.count; i++) {
		assert_true(cursor_next(&c, &key));
		if (value_is(&key, name)) {
			assert_true(cursor_next(&c, &v));
			return v;
		}
		assert_true(cursor_skip(&c));
	}
	fail_msg("no %s in the answer", name);
	return v;
}

static double
number(struct cursor c, const char *name)
{
	struct value v = field(c, name);
	double num = NAN;

	assert_true(value_num(&v, &num));
	return num;
}

static void
add_arms(struct state *s, int n)
{
	char name[] = "a";

	for (int i = 0; i < n; i++, name[0]++) {
		request(s, "arm.add", 1);
		param_str(s, "arm", name);
		result(s);
	}
}

static void
decide(struct state *s, char *id)
{
	struct value v;

	request(s, "decide", 1);
	param_x(s);
	v = field(result(s), "decision");
	memcpy(id, v.u.bytes.data, v.u.bytes.len);
	id[v.u.bytes.len] = '\0';
}

static void
feedback(struct state *s, const char *id)
{
	request(s, "feedback", 2);
	param_str(s, "decision", id);
	param_num(s, "reward", 0.5);
}

static struct arm *
arm(struct state *s, int i)
{
	return s->service.bandit.router[0]->arm[i];
}

static void
ten_thousand_decisions_with_feedback_stay_flat(void **arg)
{
	struct state *s = *arg;
	uint64_t before = 0;
	size_t bytes = 0;
	char id[NAME_SIZE];

	if (test_left_out()) /* it takes minutes, and counts otherwise */
		return;
	add_arms(s, 5);
	s->service.snapshot.running = true; /* none falls into the count */
	for (int i = 0; i < 11000; i++) {
		if (i == 1000) { /* warm */
			before = allocations;
			bytes = mallinfo2().uordblks;
		}
		decide(s, id);
		feedback(s, id);
		result(s);
	}
	s->service.snapshot.running = false;
	assert_int_equal(s->service.bandit.router[0]->rewards, 11000);
	printf("# %llu allocations, %zd bytes more\n",
	    (unsigned long long)(allocations - before),
	    (ssize_t)mallinfo2().uordblks - (ssize_t)bytes);
#ifndef SANITIZED
	assert_int_equal(allocations, before);
	assert_true((ssize_t)mallinfo2().uordblks - (ssize_t)bytes < 65536);
#endif
}

static void
tick(struct state *s, double seconds)
{
	s->service.clock.wall += seconds;
	s->service.clock.mono += seconds;
	service_tick(&s->service);
	while (s->service.queued > 0)
		event_base_loop(s->base, EVLOOP_ONCE);
}

static void
a_decision_expires_after_its_time(void **arg)
{
	struct state *s = *arg;
	char id[NAME_SIZE];

	add_arms(s, 1);
	decide(s, id);
	assert_int_equal(arm(s, 0)->pending, 1);
	tick(s, 86399);
	assert_int_equal(arm(s, 0)->pending, 1);
	tick(s, 2);
	assert_int_equal(arm(s, 0)->pending, 0);
	assert_int_equal(arm(s, 0)->expired, 1);
	feedback(s, id);
	assert_error(s, "expired: ");
	stop(s);
	start(s);
	feedback(s, id);
	assert_error(s, "expired: ");
	tick(s, 86400); /* twice its time: now it is forgotten */
	feedback(s, id);
	assert_error(s, "unknown_decision: ");
	assert_int_equal(s->service.bandit.router[0]->rewards, 0);
}

static void
decide_as(struct state *s, const char *id)
{
	request(s, "decide", 2);
	param_x(s);
	param_str(s, "decision", id);
	result(s);
}

/* As a reload does it. */
static void
set_default_reward(struct state *s, double reward)
{
	const struct router *r = s->service.bandit.router[0];
	struct op *op = service_op(&s->service, OP_EVENT, 0);

	op->ev.kind = EVENT_SETTINGS;
	op->ev.router = r->id;
	op->ev.settings = r->settings;
	op->ev.settings.default_reward = reward;
	service_put(&s->service, op);
	tick(s, 0);
}

static void
what_expires_teaches_the_default_reward(void **arg)
{
	struct state *s = *arg;

	add_arms(s, 1);
	set_default_reward(s, 0.25);
	decide_as(s, "mine");
	tick(s, 86401);
	assert_int_equal(arm(s, 0)->expired, 1);
	assert_int_equal(arm(s, 0)->rewards, 1);
	assert_true(arm(s, 0)->mean == 0.25);
	stop(s);
	start(s);
	assert_true(arm(s, 0)->mean == 0.25);
	decide_as(s, "mine"); /* sent again: it is known to be over */
	assert_int_equal(s->service.bandit.router[0]->decisions, 1);
}

/* It may still be rewarded for all that is known. */
static void
what_leaves_to_make_room_teaches_nothing(void **arg)
{
	struct state *s = *arg;
	char id[NAME_SIZE];

	s->service.config.top.max_pending = 1;
	add_arms(s, 1);
	set_default_reward(s, 0.25);
	decide(s, id);
	decide(s, id);
	tick(s, 1);
	assert_int_equal(arm(s, 0)->expired, 1);
	assert_int_equal(arm(s, 0)->rewards, 0);
	assert_int_equal(arm(s, 0)->pending, 1);
}

static void
a_reward_that_comes_too_late_is_refused_before_the_tick(void **arg)
{
	struct state *s = *arg;
	char id[NAME_SIZE];

	add_arms(s, 1);
	decide(s, id);
	s->service.clock.wall += 86401;
	s->service.clock.mono += 86401;
	feedback(s, id);
	assert_error(s, "expired: ");
}

static void
a_reward_sent_again_counts_once_also_after_a_restart(void **arg)
{
	struct state *s = *arg;
	char id[NAME_SIZE];
	double seq;

	add_arms(s, 1);
	decide(s, id);
	feedback(s, id);
	seq = number(result(s), "seq");
	for (int i = 0; i < 3; i++) {
		feedback(s, id);
		assert_true(number(result(s), "seq") == seq);
		assert_false(
		    field(result((feedback(s, id), s)), "applied").u.boolean);
		stop(s);
		start(s);
	}
	assert_int_equal(s->service.bandit.router[0]->rewards, 1);
}

static void
the_clock_set_back_expires_nothing(void **arg)
{
	struct state *s = *arg;
	char id[NAME_SIZE];

	add_arms(s, 1);
	decide(s, id);
	s->service.clock.wall -= 86400;
	tick(s, 60);
	feedback(s, id);
	assert_true(field(result(s), "applied").u.boolean);
}

/* Ten years, and back: what the real time brings comes, and nothing else. */
static void
the_clock_set_forward_forgets_nothing(void **arg)
{
	struct state *s = *arg;
	double aged, years = 10 * 365.25 * 86400;
	char id[3][NAME_SIZE];

	s->service.bandit.router[0]->settings.half_life = -86400;
	add_arms(s, 1);
	decide(s, id[0]);
	tick(s, 4000);
	feedback(s, id[0]);
	result(s);
	decide(s, id[0]);
	aged = arm(s, 0)->aged;
	assert_true(aged > 0);
	s->service.clock.wall += years;
	tick(s, 60);
	decide(s, id[1]);
	assert_int_equal(arm(s, 0)->pending, 2); /* none has expired */
	assert_true(arm(s, 0)->aged <= aged + 400);
	feedback(s, id[0]);
	result(s);
	assert_true(arm(s, 0)->aged <= aged + 400);
	s->service.clock.wall -= years;
	tick(s, 600);
	decide(s, id[2]);
	assert_string_not_equal(id[0], id[1]);
	assert_string_not_equal(id[1], id[2]);
	assert_int_equal(arm(s, 0)->pending, 2);
	tick(s, 86401);
	assert_int_equal(arm(s, 0)->pending, 0);
	assert_int_equal(arm(s, 0)->expired, 2);
	assert_true(arm(s, 0)->aged > aged + 80000);
}

static void
the_bandwidth_comes_from_the_first_contexts(void **arg)
{
	struct state *s = *arg;
	struct router *r;
	char id[NAME_SIZE];

	add_arms(s, 2);
	for (int i = 0; i < 63; i++)
		decide(s, id);
	r = s->service.bandit.router[0];
	tick(s, 1);
	assert_false(router_ready(r));
	decide(s, id);
	tick(s, 1);
	assert_true(router_ready(r));
	assert_true(r->bandwidth > 1.2 * r->settings.bandwidth_scale &&
	    r->bandwidth < 1.6 * r->settings.bandwidth_scale);
}

static void
the_bandwidth_does_not_wait_for_ever(void **arg)
{
	struct state *s = *arg;
	char id[NAME_SIZE];

	add_arms(s, 2);
	decide(s, id);
	tick(s, 5000); /* one context has no distance */
	assert_false(router_ready(s->service.bandit.router[0]));
	decide(s, id);
	feedback(s, id);
	result(s);
	tick(s, 1);
	assert_true(router_ready(s->service.bandit.router[0]));
	assert_int_equal(arm(s, 0)->rewards + arm(s, 1)->rewards, 1);
}

static void
first_contexts_survive_a_restart(void **arg)
{
	struct state *s = *arg;
	char id[NAME_SIZE];

	add_arms(s, 2);
	for (int i = 0; i < 40; i++) {
		decide(s, id);
		if (i % 2 == 0) {
			feedback(s, id);
			result(s);
		}
	}
	stop(s);
	start(s);
	assert_int_equal(s->service.bandit.router[0]->hold.contexts, 40);
	for (int i = 0; i < 24; i++)
		decide(s, id);
	tick(s, 1);
	assert_true(router_ready(s->service.bandit.router[0]));
}

static void
a_restart_does_not_hurry_the_bandwidth(void **arg)
{
	struct state *s = *arg;
	char id[NAME_SIZE];

	add_arms(s, 2);
	for (int i = 0; i < 3; i++) {
		decide(s, id);
		feedback(s, id);
		result(s);
	}
	stop(s);
	start(s);
	tick(s, 1);
	assert_false(router_ready(s->service.bandit.router[0]));
	tick(s, 1000);
	assert_true(router_ready(s->service.bandit.router[0]));
}

static void
an_own_id_used_again_is_not_forgotten_with_the_first(void **arg)
{
	struct state *s = *arg;

	add_arms(s, 1);
	decide_as(s, "mine");
	feedback(s, "mine");
	result(s);
	tick(s, 86401); /* its time is over, but the id is known */
	decide_as(s, "mine");
	assert_int_equal(s->service.bandit.router[0]->decisions, 1);
	assert_int_equal(arm(s, 0)->pending, 0);
	tick(s, 86400); /* now it may be used again, and the first is purged */
	decide_as(s, "mine");
	tick(s, 90);
	feedback(s, "mine");
	assert_true(field(result(s), "applied").u.boolean);
	assert_int_equal(s->service.bandit.router[0]->rewards, 2);
}

/* What the service manager was told, or "". */
static const char *
told(int manager)
{
	static char said[64];
	ssize_t n = recv(manager, said, sizeof said - 1, 0);

	said[n > 0 ? n : 0] = '\0';
	return said;
}

static void
the_service_manager_hears_that_the_loop_turns(void **arg)
{
	struct state *s = *arg;
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	snprintf(at.sun_path, sizeof at.sun_path, "%s/notify", s->dir);
	assert_int_equal(bind(manager, (struct sockaddr *)&at, sizeof at), 0);
	stop(s);
	setenv("NOTIFY_SOCKET", at.sun_path, 1);
	setenv("WATCHDOG_USEC", "60000000", 1);
	start(s);
	tick(s, 1);
	assert_string_equal(told(manager), "WATCHDOG=1");
	tick(s, 29);
	assert_string_equal(told(manager), "");
	tick(s, 1);
	assert_string_equal(told(manager), "WATCHDOG=1");
	unsetenv("WATCHDOG_USEC");
	stop(s);
	start(s);
	tick(s, 100);
	assert_string_equal(told(manager), "");
	unsetenv("NOTIFY_SOCKET");
	close(manager);
}

/* With the machine's clock, which goes on between two looks at it. */
static void
a_clock_that_goes_on_is_no_jump(void **arg)
{
	struct state *s = *arg;

	stop(s);
	s->service.clock = (struct clock){ 0 };
	start(s);
	for (int i = 0; i < 100; i++) {
		service_tick(&s->service);
		assert_false(s->service.was_ahead);
	}
}

static void
a_decision_from_a_clock_ahead_holds_up_no_other(void **arg)
{
	struct state *s = *arg;
	char id[NAME_SIZE];

	add_arms(s, 1);
	stop(s);
	s->service.clock.wall += 1e7;
	start(s);
	decide(s, id);
	stop(s);
	s->service.clock.wall -= 1e7;
	start(s);
	decide(s, id);
	tick(s, 86401);
	assert_int_equal(arm(s, 0)->pending, 1);
	assert_int_equal(arm(s, 0)->expired, 1);
}

static void
decisions_of_a_removed_arm_expire_after_a_restart(void **arg)
{
	struct state *s = *arg;
	char id[NAME_SIZE];

	add_arms(s, 1);
	decide(s, id);
	request(s, "arm.remove", 1);
	param_str(s, "arm", "a");
	result(s);
	stop(s);
	start(s);
	assert_int_equal(pending_count(s->service.pending), 1);
	tick(s, 86401);
	assert_int_equal(pending_count(s->service.pending), 0);
	feedback(s, id);
	assert_error(s, "expired: ");
}

static void
checkpoints_asked_for_together_are_all_answered(void **arg)
{
	struct state *s = *arg;
	struct buf all = { 0 };

	add_arms(s, 3);
	for (int i = 0; i < 20; i++) {
		request(s, "checkpoint", 0);
		buf_put(&all, s->out.data, s->out.len);
	}
	request(s, "ping", 0);
	buf_put(&all, s->out.data, s->out.len);
	s->out.len = 0;
	buf_put(&s->out, all.data, all.len);
	call(s);
	s->out.len = 0;
	for (int i = 1; i < 21; i++)
		call(s);
	assert_int_equal(s->service.snapshot.done, s->service.bandit.seq);
	buf_free(&all);
}

static void
remembers_no_more_decisions_than_it_may(void **arg)
{
	struct state *s = *arg;
	char first[NAME_SIZE], id[NAME_SIZE];

	s->service.config.top.max_pending = 100;
	add_arms(s, 1);
	decide(s, first);
	for (int i = 0; i < 300; i++)
		decide(s, id);
	tick(s, 1);
	assert_in_range(pending_count(s->service.pending), 90, 110);
	feedback(s, first);
	assert_error(s, "expired: ");
	feedback(s, id);
	assert_true(field(result(s), "applied").u.boolean);
}

static void
a_busy_disk_is_said_and_decisions_go_on(void **arg)
{
	struct state *s = *arg;
	char id[NAME_SIZE];

	add_arms(s, 1);
	decide(s, id);
	s->service.config.top.max_in_flight = 0;
	feedback(s, id);
	assert_error(s, "overloaded: ");
	decide(s, id); /* answered, but not recorded */
	s->service.config.top.max_in_flight = 10000;
	feedback(s, id);
	assert_error(s, "unknown_decision: ");
	assert_int_equal(s->service.unrecorded, 1);
}

static void
the_same_requests_get_the_same_answers_across_a_restart(void **arg)
{
	struct state *s = *arg;
	uint64_t random = s->random;
	char arms[2][200], id[NAME_SIZE];

	add_arms(s, 3);
	for (int i = 0; i < 200; i++) {
		request(s, "decide", 1);
		param_x(s);
		arms[0][i] =
		    *(const char *)field(result(s), "arm").u.bytes.data;
	}
	/* a second daemon, from nothing, restarted on the way */
	stop(s);
	memcpy(id, s->dir, sizeof s->dir);
	snprintf(s->dir, sizeof s->dir, "%.40s/second", id);
	assert_int_equal(mkdir(s->dir, 0700), 0);
	start(s);
	s->random = random;
	add_arms(s, 3);
	for (int i = 0; i < 200; i++) {
		if (i % 70 == 69) {
			stop(s);
			start(s);
		}
		request(s, "decide", 1);
		param_x(s);
		arms[1][i] =
		    *(const char *)field(result(s), "arm").u.bytes.data;
	}
	assert_memory_equal(arms[0], arms[1], 200);
	memcpy(s->dir, id, sizeof s->dir);
}

static void
a_reload_under_way_when_the_daemon_stops_is_finished(void **arg)
{
	struct state *s = *arg;
	struct fault f = { 0 };

	s->service.launch.override = s->override;
	s->service.launch.overrides = OVERRIDES;
	if (service_reload(&s->service, service_op(&s->service, OP_SYNC, 0),
		&f) != ERR_NONE)
		fail_msg("%s", f.text);
	assert_true(s->service.reloading);
	close(s->fd);
	service_stop(&s->service);
	assert_false(s->service.reloading);
	s->service = (struct service){ .clock = s->service.clock };
	start(s);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ten_thousand_decisions_with_feedback_stay_flat),
		TEST(a_decision_expires_after_its_time),
		TEST(what_expires_teaches_the_default_reward),
		TEST(what_leaves_to_make_room_teaches_nothing),
		TEST(a_reward_that_comes_too_late_is_refused_before_the_tick),
		TEST(a_reward_sent_again_counts_once_also_after_a_restart),
		TEST(the_clock_set_back_expires_nothing),
		TEST(the_clock_set_forward_forgets_nothing),
		TEST(the_bandwidth_comes_from_the_first_contexts),
		TEST(the_bandwidth_does_not_wait_for_ever),
		TEST(first_contexts_survive_a_restart),
		TEST(a_restart_does_not_hurry_the_bandwidth),
		TEST(an_own_id_used_again_is_not_forgotten_with_the_first),
		TEST(a_clock_that_goes_on_is_no_jump),
		TEST(the_service_manager_hears_that_the_loop_turns),
		TEST(a_decision_from_a_clock_ahead_holds_up_no_other),
		TEST(decisions_of_a_removed_arm_expire_after_a_restart),
		TEST(checkpoints_asked_for_together_are_all_answered),
		TEST(remembers_no_more_decisions_than_it_may),
		TEST(a_busy_disk_is_said_and_decisions_go_on),
		TEST(the_same_requests_get_the_same_answers_across_a_restart),
		TEST(a_reload_under_way_when_the_daemon_stops_is_finished),
	};

	gsl_set_error_handler_off();
	if (test_under_valgrind()) /* which gives up on the longest kernels */
		forward_force("plain");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
