/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/serving.h"

#include "tests/test.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/conn.h"

struct serving sv;

/* In place of the system's. */
ssize_t
send(int fd, const void *p, size_t n, int flags)
{
	sv.sends++;
	return sendto(fd, p, n, flags, NULL, 0);
}

static bool
on_frame(void *owner, struct client *c, const uint8_t *data, size_t n)
{
	static const uint8_t zeros[1 << 20];
	struct cursor at = { data, data + n };
	struct value v;

	assert_ptr_equal(owner, &sv);
	assert_true(cursor_next(&at, &v));
	sv.last_client = c->id;
	sv.last_roles = c->roles;
	if (v.type == VALUE_INT)
		buf_put(&c->out, data, n);
	else if (v.type == VALUE_NUM)
		buf_put(&c->out, zeros, (size_t)v.u.num);
	else if (v.type == VALUE_BOOL)
		c->waiting++;
	else if (v.type == VALUE_MAP)
		server_flush_later(sv.server, c);
	return v.type != VALUE_NIL;
}

static void
on_broken(void *owner, struct client *c, const uint8_t *data, size_t n,
    enum frame_state state)
{
	(void)owner, (void)data, (void)n;
	sv.last_client = c->id;
	sv.last_broken = state;
	buf_puts(&c->out, "!");
}

struct server_params
serving_params(int fd)
{
	return (struct server_params){ .base = sv.base,
		.clock = &sv.now,
		.config = &sv.config,
		.listen_fd = fd,
		.frame = on_frame,
		.broken = on_broken,
		.owner = &sv };
}

enum err
serving_open(int fd)
{
	struct server_params p = serving_params(fd);

	sv.fault = (struct fault){ 0 };
	enum err e = server_new(&sv.server, &p, &sv.fault);

	if (e == ERR_NONE)
		server_accept(sv.server);
	return e;
}

int
serving_start(void **state)
{
	(void)state;
	sv = (struct serving){ .dir = "/tmp/test_server.XXXXXX",
		.now = { .fake = true, .mono = 1000 } };
	assert_non_null(mkdtemp(sv.dir));
	snprintf(sv.path, sizeof sv.path, "%s/s", sv.dir);
	settings_default(daemon_settings, &sv.config.top);
	strcpy(sv.config.top.socket, sv.path);
	sv.base = event_base_new();
	return serving_open(-1) == ERR_NONE ? 0 : -1;
}

int
serving_stop(void **state)
{
	(void)state;
	if (sv.server != NULL)
		server_free(sv.server);
	event_base_free(sv.base);
	unlink(sv.path);
	return rmdir(sv.dir);
}

void
turn(void)
{
	for (int i = 0; i < 4; i++)
		event_base_loop(sv.base, EVLOOP_NONBLOCK);
	server_stats(sv.server, &sv.stats);
}

int
connect_to(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	strcpy(a.sun_path, path);
	if (connect(fd, (struct sockaddr *)&a, sizeof a) == 0)
		return fd;
	close(fd);
	return -1;
}

int
client(void)
{
	int fd = connect_to(sv.path);

	assert_true(fd >= 0);
	turn();
	return fd;
}

void
say(int fd, const void *bytes, size_t n)
{
	assert_int_equal(send(fd, bytes, n, MSG_NOSIGNAL), n);
	turn();
}

bool
hear(int fd, struct buf *in)
{
	ssize_t n;

	while ((n = recv(fd, buf_reserve(in, 65536), 65536, 0)) > 0)
		in->len += (size_t)n;
	return n == 0 || errno == ECONNRESET;
}

void
hears(int fd, const char *expected, size_t len, bool end)
{
	struct buf in = { 0 };

	assert_int_equal(hear(fd, &in), end);
	assert_int_equal(in.len, len);
	assert_memory_equal(in.data, expected, len);
	buf_free(&in);
}

const struct conn *
serving_conn(uint64_t id)
{
	return (const struct conn *)server_client(sv.server, id);
}
