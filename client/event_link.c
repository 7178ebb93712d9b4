/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The connection, which libevent reads and writes.
 */
#include "client/event.h"

#include <stdio.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>

void
link_close(struct banditd_event *e)
{
	if (e->bev == NULL)
		return;
	bufferevent_free(e->bev);
	e->bev = NULL;
	banditd_disconnect(e->in);
}

/* What went out on it fails with the error in e->in; a function that is called
 * may ask again, on a connection of its own, or free the handle. */
static void
link_fail(struct banditd_event *e)
{
	unsigned ended = e->link;
	char code[32], message[1024];
	struct asked *a;

	snprintf(code, sizeof code, "%s", banditd_code(e->in));
	snprintf(message, sizeof message, "%s", banditd_message(e->in));
	link_close(e);
	while ((a = TAILQ_FIRST(&e->asked)) != NULL && a->link == ended) {
		banditd_fail(e->in, code, message);
		event_finish(a, false);
	}
}

static void
answer(struct banditd_event *e, uint32_t msgid)
{
	struct asked *a;

	TAILQ_FOREACH(a, &e->asked, next)
	if (a->msgid == msgid) {
		event_finish(a, true);
		return;
	}
}

/* False where the connection is gone, perhaps with the handle. */
static bool
take_answers(struct banditd_event *e, const struct bufferevent *bev)
{
	uint32_t msgid;
	int next;

	while ((next = banditd_next(e->in, &msgid)) == 1) {
		answer(e, msgid);
		if (e->bev != bev)
			return false;
	}
	if (next < 0)
		link_fail(e);
	return next == 0;
}

static void
on_read(struct bufferevent *bev, void *arg)
{
	struct banditd_event *e = arg;
	char data[16384];
	size_t n;

	event_enter(e);
	while ((n = bufferevent_read(bev, data, sizeof data)) > 0) {
		if (banditd_feed(e->in, data, n) != 0) {
			link_fail(e);
			break;
		}
		if (!take_answers(e, bev))
			break;
	}
	event_leave(e);
}

static void
on_end(struct bufferevent *bev, short what, void *arg)
{
	struct banditd_event *e = arg;
	char message[5000];

	(void)bev;
	(void)what;
	snprintf(message, sizeof message, "banditd at %s closed the connection",
	    banditd_path(e->in));
	event_enter(e);
	banditd_fail(e->in, "unavailable", message);
	link_fail(e);
	event_leave(e);
}

int
link_open(struct banditd_event *e)
{
	if (e->bev != NULL)
		return 0;
	if (banditd_connect(e->in) != 0)
		return -1;
	evutil_make_socket_nonblocking(banditd_fd(e->in));
	e->bev = bufferevent_socket_new(e->base, banditd_fd(e->in), 0);
	if (e->bev == NULL) {
		banditd_disconnect(e->in);
		banditd_fail(e->in, "no_memory", "out of memory");
		return -1;
	}
	e->link++;
	bufferevent_setcb(e->bev, on_read, NULL, on_end, e);
	bufferevent_enable(e->bev, EV_READ | EV_WRITE);
	return 0;
}

size_t
link_unsent(const struct banditd_event *e)
{
	return e->bev == NULL
	    ? 0
	    : evbuffer_get_length(bufferevent_get_output(e->bev));
}

int
link_send(struct banditd_event *e, const void *data, size_t len)
{
	if (bufferevent_write(e->bev, data, len) == 0)
		return 0;
	banditd_fail(e->in, "no_memory", "out of memory");
	return -1;
}
