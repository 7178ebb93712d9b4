/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a decision through each C library costs, against the bare socket: rows
 * of "name TAB microseconds", the median of each of ROUNDS rounds, in which the
 * ways take turns.  tests/gateways/libraries.py runs it.
 */
#include <banditd_event.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <event2/event.h>

#define ROUNDS 7
#define CALLS 500
#define DIMENSION 384

static float x[DIMENSION];
static struct banditd *b;
static struct event_base *base;
static struct banditd_event *e;

static double
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e6 + ts.tv_nsec / 1e3;
}

static void
must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "%s failed: %s\n", what, banditd_message(b));
	exit(1);
}

static void
begin(struct banditd *to)
{
	banditd_begin(to, "decide");
	banditd_put_vector(to, "x", x, DIMENSION);
}

/* The same bytes each time, and whatever comes for an answer. */
static void
ask_bare(void)
{
	static struct banditd *raw;
	static const void *request;
	static size_t len;
	char answer[65536];
	uint32_t msgid;

	if (raw == NULL) {
		raw = banditd_new(NULL);
		must(banditd_connect(raw) == 0, "connect");
		begin(raw);
		request = banditd_request(raw, &len, &msgid);
		must(recv(banditd_fd(raw), answer, sizeof answer, 0) > 0,
		    "hello");
	}
	must(send(banditd_fd(raw), request, len, MSG_NOSIGNAL) == (ssize_t)len,
	    "send");
	must(recv(banditd_fd(raw), answer, sizeof answer, 0) > 0, "recv");
}

static void
ask_decide(void)
{
	struct banditd_decision d;

	must(banditd_decide(b, NULL, x, DIMENSION, &d) == 0, "decide");
}

static void
ask_route(void)
{
	struct banditd_decision d;

	begin(b);
	must(banditd_route(b, "small", &d) == 0, "route");
}

static void
routed(const struct banditd_decision *d, struct banditd *answer, void *arg)
{
	(void)answer;
	(void)arg;
	must(d->decision[0] != '\0', "event route");
	event_base_loopbreak(base);
}

static void
ask_event(void)
{
	begin(banditd_event_begin(e, "decide"));
	banditd_event_route(e, "small", routed, NULL);
	event_base_dispatch(base);
}

static const struct {
	const char *name;
	void (*ask)(void);
} ways[] = {
	{ "C: bare socket", ask_bare },
	{ "C: banditd_decide()", ask_decide },
	{ "C: banditd_route()", ask_route },
	{ "C: banditd_event_route()", ask_event },
};

static int
by_size(const void *p, const void *q)
{
	double d = *(const double *)p - *(const double *)q;

	return (d > 0) - (d < 0);
}

static double
median_us(void (*ask)(void))
{
	static double us[CALLS];

	for (int i = 0; i < CALLS; i++) {
		double start = now_us();

		ask();
		us[i] = now_us() - start;
	}
	qsort(us, CALLS, sizeof us[0], by_size);
	return us[CALLS / 2];
}

int
main(void)
{
	for (int i = 0; i < DIMENSION; i++)
		x[i] = (float)(random() % 1000) / 1000;
	b = banditd_new(NULL);
	base = event_base_new();
	e = banditd_event_new(base, NULL);
	for (int round = 0; round < ROUNDS; round++)
		for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
			printf("%s\t%.2f\n", ways[i].name,
			    median_us(ways[i].ask));
	return 0;
}
