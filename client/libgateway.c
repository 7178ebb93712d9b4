/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/lib.h"

int
banditd_read_decision(struct banditd *b, struct banditd_decision *d)
{
	struct banditd_value r = banditd_result(b);

	if (!banditd_str(banditd_field(r, "decision"), d->decision,
		sizeof d->decision) ||
	    !banditd_str(banditd_field(r, "arm"), d->arm, sizeof d->arm) ||
	    !banditd_num(banditd_field(r, "propensity"), &d->propensity))
		return lib_fail(b, "bad_answer",
		    "the answer of banditd at %s is not a decision", b->path);
	return 0;
}

int
banditd_decide(struct banditd *b, const char *router, const float *x, size_t n,
    struct banditd_decision *d)
{
	banditd_begin(b, "decide");
	banditd_put_str(b, "router", router);
	banditd_put_vector(b, "x", x, n);
	if (banditd_call(b) != 0)
		return -1;
	return banditd_read_decision(b, d);
}

int
banditd_decide_text(struct banditd *b, const char *router, const char *text,
    struct banditd_decision *d)
{
	banditd_begin(b, "decide");
	banditd_put_str(b, "router", router);
	banditd_put_str(b, "text", text);
	if (banditd_call(b) != 0)
		return -1;
	return banditd_read_decision(b, d);
}

int
banditd_feedback(struct banditd *b, const char *decision, double reward)
{
	banditd_begin(b, "feedback");
	banditd_put_str(b, "decision", decision);
	banditd_put_num(b, "reward", reward);
	return banditd_call(b);
}

int
banditd_observe(struct banditd *b, const char *router, const char *arm,
    const float *x, size_t n, double reward)
{
	banditd_begin(b, "observe");
	banditd_put_str(b, "router", router);
	banditd_put_str(b, "arm", arm);
	banditd_put_vector(b, "x", x, n);
	banditd_put_num(b, "reward", reward);
	return banditd_call(b);
}
