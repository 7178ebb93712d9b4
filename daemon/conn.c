/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/conn.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

/* An empty input buffer is for whoever reads next, so that a client that says
 * nothing holds none. */
static void
in_take(struct conn *c)
{
	struct server *s = c->server;

	if (c->in.data == NULL && s->spares > 0)
		c->in = s->spare[--s->spares];
}

static void
in_give(struct conn *c)
{
	struct server *s = c->server;

	if (c->in.len > 0)
		return;
	if (s->spares < SPARES && c->in.cap > 0 && c->in.cap <= 2 * CHUNK)
		s->spare[s->spares++] = c->in;
	else
		buf_free(&c->in);
	c->in = (struct buf){ 0 };
}

/* One frame from the n bytes at data; false: it is not all there. */
static bool
take_frame(struct conn *c, const uint8_t *data, size_t n, size_t *len)
{
	struct server *s = c->server;
	size_t most = (size_t)s->p.config->top.max_request_bytes;
	enum frame_state state = frame_scan_more(&c->scan, data, n, most, len);
	bool good = state == FRAME_WHOLE;

	if (state == FRAME_PARTIAL)
		return false;
	s->stats.frames++;
	if (good)
		good = s->p.frame(s->p.owner, &c->client, data, *len);
	else
		s->p.broken(s->p.owner, &c->client, data, *len = n, state);
	if (!good) {
		s->stats.broken++;
		c->closing = true;
	}
	return true;
}

static void
take_frames(struct conn *c)
{
	size_t at = 0, len;

	while (!c->closing && c->client.out.len <= OUT_MOST && at < c->in.len &&
	    take_frame(c, c->in.data + at, c->in.len - at, &len))
		at += len;
	buf_consume(&c->in, at);
	in_give(c);
}

static void
on_read(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;
	ssize_t n;

	(void)what;
	in_take(c);
	n = recv(fd, buf_reserve(&c->in, CHUNK), CHUNK, 0);
	if (n > 0) {
		c->in.len += (size_t)n;
		c->server->stats.bytes_in += (size_t)n;
		c->active = clock_mono(c->server->p.clock);
		take_frames(c);
	} else if (n == 0) {
		c->closing = true; /* it may still read its answers */
	} else if (errno != EAGAIN && errno != EINTR) {
		c->dead = true;
	}
	conn_queue(c);
}

static void
on_write(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;

	(void)fd, (void)what;
	c->blocked = false;
	conn_queue(c);
}

void
conn_queue(struct conn *c)
{
	struct server *s = c->server;

	if (c->queued)
		return;
	c->queued = true;
	c->next = s->queue;
	s->queue = c;
	/* It runs behind all that this turn has made active; of a lower
	 * priority it would starve while clients keep talking. */
	event_active(s->turn, 0, 0);
}

static void
write_out(struct conn *c)
{
	struct buf *out = &c->client.out;
	ssize_t n;

	if (c->blocked || c->dead || out->len == 0)
		return;
	n = send(c->fd, out->data, out->len, MSG_NOSIGNAL);
	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		c->dead = true;
		return;
	}
	if (n > 0) {
		c->server->stats.bytes_out += (size_t)n;
		c->active = clock_mono(c->server->p.clock);
		buf_consume(out, (size_t)n);
	}
	c->blocked = out->len > 0;
	if (c->blocked)
		event_add(&c->write, NULL);
	else if (out->cap > CHUNK)
		buf_free(out);
}

/* Takes what a long output had left behind; whether that gave answers that
 * can be written now. */
static bool
take_more(struct conn *c)
{
	bool begun = c->scan.missing > 0; /* all there is was scanned */

	if (begun || c->dead || c->in.len == 0)
		return false;
	take_frames(c);
	return c->client.out.len > 0 && !c->blocked;
}

/* Reads unless there is too much to say. */
static void
watch(struct conn *c)
{
	bool read = !c->closing && c->client.out.len <= OUT_MOST;

	if (read && !c->reading)
		event_add(&c->read, NULL);
	if (!read && c->reading)
		event_del(&c->read);
	c->reading = read;
}

void
conn_turn(struct conn *c)
{
	do {
		write_out(c);
	} while (take_more(c));
	if (c->queued) /* again, by what it took: there is another turn */
		return;
	if (c->dead ||
	    (c->closing && c->client.out.len == 0 && c->client.waiting == 0))
		conn_close(c);
	else
		watch(c);
}

void
conn_open(struct conn *c, int fd)
{
	struct server *s = c->server;

	c->fd = fd;
	c->active = clock_mono(s->p.clock);
	c->closing = c->dead = c->blocked = c->reading = false;
	c->client.waiting = 0;
	event_assign(&c->read, s->p.base, fd, EV_READ | EV_PERSIST, on_read, c);
	event_assign(&c->write, s->p.base, fd, EV_WRITE, on_write, c);
	watch(c);
}

void
conn_close(struct conn *c)
{
	event_del(&c->read);
	event_del(&c->write);
	close(c->fd);
	c->fd = -1;
	c->scan = (struct scan){ 0 };
	c->in.len = c->client.out.len = 0;
	in_give(c);
	if (c->client.out.cap > CHUNK)
		buf_free(&c->client.out);
}
