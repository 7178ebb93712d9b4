/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Requests under way, each of which ends once: by its answer, its time-out, the
 * end of its connection, or the end of the handle.
 */
#include "client/event.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int64_t
event_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Those that failed before this turn of the loop; who fails again in one of
 * these functions is told in the next. */
static void
tell_failed(evutil_socket_t fd, short what, void *arg)
{
	struct banditd_event *e = arg;
	struct asked *a;

	(void)fd;
	(void)what;
	event_enter(e);
	for (size_t n = e->n_failed; n > 0 && !e->freed; n--) {
		a = TAILQ_FIRST(&e->failed);
		banditd_fail(e->in, a->code,
		    a->message != NULL ? a->message : "");
		event_finish(a, false);
	}
	event_leave(e);
}

struct banditd_event *
banditd_event_new(struct event_base *base, const char *path)
{
	struct banditd_event *e = calloc(1, sizeof *e);

	if (e == NULL)
		return NULL;
	TAILQ_INIT(&e->asked);
	TAILQ_INIT(&e->failed);
	e->base = base;
	e->in = banditd_new(path);
	e->out = banditd_new(path);
	e->telling = event_new(base, -1, 0, tell_failed, e);
	if (e->in == NULL || e->out == NULL || e->telling == NULL) {
		banditd_event_free(e);
		return NULL;
	}
	banditd_set_timeout(e->in, 1);
	return e;
}

void
event_enter(struct banditd_event *e)
{
	e->busy++;
}

void
event_leave(struct banditd_event *e)
{
	if (--e->busy > 0 || !e->freed)
		return;
	banditd_free(e->in);
	banditd_free(e->out);
	if (e->telling != NULL)
		event_free(e->telling);
	free(e);
}

void
banditd_event_free(struct banditd_event *e)
{
	struct asked *a;

	if (e == NULL || e->freed)
		return;
	e->freed = true;
	event_enter(e);
	link_close(e);
	while ((a = TAILQ_FIRST(&e->asked)) != NULL ||
	    (a = TAILQ_FIRST(&e->failed)) != NULL) {
		banditd_fail(e->in, "unavailable", "the connection was closed");
		event_finish(a, false);
	}
	event_leave(e);
}

struct banditd *
banditd_event_begin(struct banditd_event *e, const char *method)
{
	banditd_begin(e->out, method);
	return e->out;
}

static void
timed_out(evutil_socket_t fd, short what, void *arg)
{
	struct asked *a = arg;
	struct banditd_event *e = a->e;
	char message[5000];

	(void)fd;
	(void)what;
	snprintf(message, sizeof message,
	    "banditd at %s did not answer within %d ms", banditd_path(e->in),
	    a->timeout_ms);
	event_enter(e);
	banditd_fail(e->in, "timeout", message);
	event_finish(a, false);
	event_leave(e);
}

struct asked *
event_asked(struct banditd_event *e, int timeout_ms, banditd_event_fn *fn,
    void *arg)
{
	struct asked *a = e->freed ? NULL : calloc(1, sizeof *a);

	if (a == NULL)
		return NULL;
	a->e = e;
	a->timeout_ms = timeout_ms;
	a->fn = fn;
	a->arg = arg;
	evtimer_assign(&a->timer, e->base, timed_out, a);
	return a;
}

void
event_fail(struct asked *a, const char *code, const char *message)
{
	struct banditd_event *e = a->e;

	if (a->guarded)
		absence_note(&e->absence, event_now(), a->absence, false);
	a->guarded = false;
	snprintf(a->code, sizeof a->code, "%s", code);
	a->message = strdup(message);
	TAILQ_INSERT_TAIL(&e->failed, a, next);
	e->n_failed++;
	event_active(e->telling, EV_TIMEOUT, 0);
}

void
event_ask(struct asked *a)
{
	struct banditd_event *e = a->e;
	struct timeval tv = { a->timeout_ms / 1000,
		a->timeout_ms % 1000 * 1000 };
	size_t len;
	const void *request = banditd_request(e->out, &len, &a->msgid);

	if (request == NULL) {
		a->guarded = false;
		event_fail(a, banditd_code(e->out), banditd_message(e->out));
	} else if (e->n >= ASKED_MAX || len > UNSENT_MAX - link_unsent(e)) {
		a->guarded = false;
		event_fail(a, "overloaded", "too much is under way");
	} else if (link_open(e) != 0 || link_send(e, request, len) != 0) {
		event_fail(a, banditd_code(e->in), banditd_message(e->in));
	} else {
		a->link = e->link;
		TAILQ_INSERT_TAIL(&e->asked, a, next);
		e->n++;
		if (a->timeout_ms >= 0)
			evtimer_add(&a->timer, &tv);
	}
}

static void
call_route(const struct asked *a, struct banditd *answer)
{
	struct banditd_decision d;

	if (banditd_code(answer)[0] != '\0' ||
	    banditd_read_decision(answer, &d) != 0) {
		memset(&d, 0, sizeof d);
		snprintf(d.arm, sizeof d.arm, "%s", a->fallback);
	}
	a->route(&d, answer, a->arg);
}

void
event_finish(struct asked *a, bool there)
{
	struct banditd_event *e = a->e;

	if (a->code[0] != '\0') {
		TAILQ_REMOVE(&e->failed, a, next);
		e->n_failed--;
	} else {
		TAILQ_REMOVE(&e->asked, a, next);
		e->n--;
		evtimer_del(&a->timer);
	}
	if (a->guarded)
		absence_note(&e->absence, event_now(), a->absence, there);
	if (a->route != NULL)
		call_route(a, e->in);
	else if (a->fn != NULL)
		a->fn(e->in, a->arg);
	free(a->message);
	free(a);
}
