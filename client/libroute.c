/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What goes on when the daemon does not: a decision that is the fallback where
 * there was no answer, and a reward that may be lost.
 */
#include "client/lib.h"

#include <stdio.h>

#define ROUTE_MS 100
#define REPORT_MS 1000

/* The time-out, but not more than most_ms. */
static int
at_most(const struct banditd *b, int most_ms)
{
	return b->timeout_ms < 0 || b->timeout_ms > most_ms ? most_ms
							    : b->timeout_ms;
}

/* A call that is not made while the daemon is away. */
static int
call_if_there(struct banditd *b, int patience_ms)
{
	int timeout_ms = b->timeout_ms, ret;
	unsigned asked;

	if (!absence_over(&b->absence, lib_now(), patience_ms, &asked)) {
		b->out.len = 0;
		return lib_fail(b, "unavailable",
		    "banditd at %s failed before, and is not asked yet again",
		    b->path);
	}
	b->timeout_ms = patience_ms;
	ret = banditd_call(b);
	b->timeout_ms = timeout_ms;
	absence_note(&b->absence, lib_now(), asked, ret == 0 || b->said);
	return ret;
}

int
banditd_route(struct banditd *b, const char *fallback,
    struct banditd_decision *d)
{
	if (call_if_there(b, at_most(b, ROUTE_MS)) == 0 &&
	    banditd_read_decision(b, d) == 0)
		return 0;
	*d = (struct banditd_decision){ 0 };
	snprintf(d->arm, sizeof d->arm, "%s", fallback);
	return -1;
}

int
banditd_report(struct banditd *b, const char *decision, double reward)
{
	banditd_begin(b, "feedback");
	if (decision[0] == '\0')
		return lib_fail(b, "unknown_decision",
		    "the fallback was taken, which is no decision");
	banditd_put_str(b, "decision", decision);
	banditd_put_num(b, "reward", reward);
	return call_if_there(b, at_most(b, REPORT_MS));
}
