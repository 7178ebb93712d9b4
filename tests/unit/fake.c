/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/fake.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/pack.h"

#define HELLO 0xffffffff /* msgid, as client/lib.h has it */

int fake_protocol = 1;

static struct {
	char dir[64], path[96];
	int fd;
	fake_fn *fn;
	int nth;
	sem_t closed; /* counts connections */
	pthread_t thread;
} fake;

#define REQUEST_MAX (1 << 20)

static void
must(bool ok, const char *what)
{
	if (!ok) {
		perror(what);
		abort();
	}
}

void
fake_write(int fd, const void *data, size_t n)
{
	const char *p = data;

	while (n > 0) {
		ssize_t put = send(fd, p, n, MSG_NOSIGNAL);

		if (put <= 0)
			return;
		p += put;
		n -= (size_t)put;
	}
}

void
fake_answer(int fd, uint32_t msgid, const void *error, size_t error_len,
    const void *result, size_t result_len)
{
	struct buf b = { 0 };

	pack_array(&b, 4);
	pack_int(&b, 1);
	pack_uint(&b, msgid);
	buf_put(&b, error, error_len);
	buf_put(&b, result, result_len);
	fake_write(fd, b.data, b.len);
	buf_free(&b);
}

void
fake_result(int fd, uint32_t msgid, const void *result, size_t len)
{
	fake_answer(fd, msgid, "\xc0", 1, result, len);
}

/* The ping that goes ahead of all requests. */
static void
hello(int fd)
{
	struct buf b = { 0 };

	pack_map(&b, 1);
	pack_str(&b, "protocol");
	pack_int(&b, fake_protocol);
	fake_result(fd, HELLO, b.data, b.len);
	buf_free(&b);
}

/* One request off the start of the buffer; false: close. */
static bool
request(int fd, const uint8_t *p, size_t len)
{
	struct cursor c = { p, p + len };
	struct fake_request r = { 0 };
	struct value array, kind, msgid;

	must(cursor_next(&c, &array) && array.type == VALUE_ARRAY &&
		array.u.count == 4 && cursor_next(&c, &kind) &&
		kind.type == VALUE_INT && kind.u.integer == 0 &&
		cursor_next(&c, &msgid) && msgid.type == VALUE_INT &&
		cursor_str(&c, &r.method, &r.method_len),
	    "request");
	r.msgid = (uint32_t)msgid.u.integer;
	r.params = c;
	if (r.msgid == HELLO) {
		hello(fd);
		return true;
	}
	r.nth = fake.nth++;
	return fake.fn(fd, &r);
}

/* Serves what came whole; false: close. */
static bool
requests(int fd, struct buf *in)
{
	enum frame_state state;
	size_t len;

	while ((state = frame_scan(in->data, in->len, REQUEST_MAX, &len)) ==
	    FRAME_WHOLE) {
		if (!request(fd, in->data, len))
			return false;
		buf_consume(in, len);
	}
	return state == FRAME_PARTIAL;
}

static void
connection(int fd)
{
	struct buf in = { 0 };
	ssize_t n;

	while ((n = read(fd, buf_reserve(&in, 65536), 65536)) > 0) {
		in.len += (size_t)n;
		if (!requests(fd, &in))
			break;
	}
	buf_free(&in);
	close(fd);
	sem_post(&fake.closed);
}

static void *
serve(void *unused)
{
	int fd;

	(void)unused;
	while ((fd = accept(fake.fd, NULL, NULL)) >= 0)
		connection(fd);
	return NULL;
}

const char *
fake_start(fake_fn *fn)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	strcpy(fake.dir, "/tmp/banditd_fake.XXXXXX");
	must(mkdtemp(fake.dir) != NULL, "mkdtemp");
	snprintf(fake.path, sizeof fake.path, "%s/sock", fake.dir);
	snprintf(at.sun_path, sizeof at.sun_path, "%s", fake.path);
	fake.fn = fn;
	fake.nth = 0;
	must(sem_init(&fake.closed, 0, 0) == 0, "sem_init");
	fake.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(bind(fake.fd, (struct sockaddr *)&at, sizeof at) == 0, "bind");
	must(listen(fake.fd, 8) == 0, "listen");
	must(pthread_create(&fake.thread, NULL, serve, NULL) == 0, "thread");
	return fake.path;
}

void
fake_wait_closed(void)
{
	must(sem_wait(&fake.closed) == 0, "sem_wait");
}

/* After the clients are gone: a connection of theirs is served to its end. */
void
fake_stop(void)
{
	shutdown(fake.fd, SHUT_RDWR);
	pthread_join(fake.thread, NULL);
	close(fake.fd);
	unlink(fake.path);
	rmdir(fake.dir);
}
