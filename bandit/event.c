/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bandit/event.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

bool
event_teaches(enum event_kind kind)
{
	return kind == EVENT_REWARD || kind == EVENT_EXPIRE ||
	    kind == EVENT_CLICK || kind == EVENT_PREFER || kind == EVENT_AGE;
}

uint64_t
event_records(const struct event *ev)
{
	uint64_t n = 0;

	if (ev->kind != EVENT_DROPPED)
		return 1;
	for (int i = 0; i < ev->drops; i++)
		n += ev->dropped[i].count;
	return n;
}

/* Of an expired slate those that had ended before learn nothing. */
uint32_t
event_arm(const struct event *ev, int i)
{
	const struct decision *d = &ev->decision;

	if (ev->kind == EVENT_REWARD || ev->kind == EVENT_AGE)
		return i == 0 ? ev->arm : 0;
	for (int at = 0; at < d->k; at++)
		if ((ev->kind != EVENT_EXPIRE || d->shown[at].ended == 0) &&
		    i-- == 0)
			return d->shown[at].arm;
	return 0;
}

float *
room_x(struct room *m, int n)
{
	if (n > m->x_cap) {
		m->x = mem_realloc(m->x, (size_t)n, sizeof *m->x);
		m->x_cap = n;
	}
	return m->x;
}

struct shown *
room_shown(struct room *m, int n)
{
	if (n > m->shown_cap) {
		m->shown = mem_realloc(m->shown, (size_t)n, sizeof *m->shown);
		m->shown_cap = n;
	}
	return m->shown;
}

uint32_t *
room_eligible(struct room *m, int n)
{
	if (n > m->eligible_cap) {
		m->eligible =
		    mem_realloc(m->eligible, (size_t)n, sizeof *m->eligible);
		m->eligible_cap = n;
	}
	return m->eligible;
}

double *
room_prior(struct room *m, int n)
{
	if (n > m->prior_cap) {
		m->prior = mem_realloc(m->prior, (size_t)n, sizeof *m->prior);
		m->prior_cap = n;
	}
	return m->prior;
}

struct dropped *
room_dropped(struct room *m, int n)
{
	if (n > m->dropped_cap) {
		m->dropped =
		    mem_realloc(m->dropped, (size_t)n, sizeof *m->dropped);
		m->dropped_cap = n;
	}
	return m->dropped;
}

void
room_fini(struct room *m)
{
	free(m->x);
	free(m->shown);
	free(m->eligible);
	free(m->prior);
	free(m->dropped);
	*m = (struct room){ 0 };
}

void
room_take(struct room *m, struct decision *d)
{
	if (d->d > 0 && d->x != NULL)
		d->x =
		    memcpy(room_x(m, d->d), d->x, (size_t)d->d * sizeof *d->x);
	if (d->k > 0)
		d->shown = memcpy(room_shown(m, d->k), d->shown,
		    (size_t)d->k * sizeof *d->shown);
	if (d->eligible > 0)
		d->eligible_arm =
		    memcpy(room_eligible(m, d->eligible), d->eligible_arm,
			(size_t)d->eligible * sizeof *d->eligible_arm);
}
