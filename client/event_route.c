/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/event.h"

#include <stdio.h>

#define ROUTE_MS 100
#define REPORT_MS 1000

int
banditd_event_call(struct banditd_event *e, int timeout_ms,
    banditd_event_fn *fn, void *arg)
{
	struct asked *a = event_asked(e, timeout_ms, fn, arg);

	if (a == NULL)
		return -1;
	event_ask(a);
	return 0;
}

/* Asks, unless the daemon is away. */
static void
ask_if_there(struct asked *a)
{
	struct banditd_event *e = a->e;

	if (absence_over(&e->absence, event_now(), a->timeout_ms,
		&a->absence)) {
		a->guarded = true;
		event_ask(a);
	} else {
		event_fail(a, "unavailable",
		    "banditd failed before, and is not asked yet again");
	}
}

int
banditd_event_route(struct banditd_event *e, const char *fallback,
    banditd_event_route_fn *fn, void *arg)
{
	struct asked *a = event_asked(e, ROUTE_MS, NULL, arg);

	if (a == NULL)
		return -1;
	a->route = fn;
	snprintf(a->fallback, sizeof a->fallback, "%s", fallback);
	ask_if_there(a);
	return 0;
}

int
banditd_event_report(struct banditd_event *e, const char *decision,
    double reward, banditd_event_fn *fn, void *arg)
{
	struct asked *a = event_asked(e, REPORT_MS, fn, arg);
	struct banditd *b;

	if (a == NULL)
		return -1;
	if (decision[0] == '\0') {
		event_fail(a, "unknown_decision",
		    "the fallback was taken, which is no decision");
		return 0;
	}
	b = banditd_event_begin(e, "feedback");
	banditd_put_str(b, "decision", decision);
	banditd_put_num(b, "reward", reward);
	ask_if_there(a);
	return 0;
}
