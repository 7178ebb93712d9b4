/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/absence.h"

bool
absence_over(struct absence *a, int64_t now, int patience_ms, unsigned *asked)
{
	*asked = a->failures;
	if (a->wait_ms == 0)
		return true;
	if (now < a->until)
		return false;
	a->until = now + (patience_ms > a->wait_ms ? patience_ms : a->wait_ms);
	return true;
}

void
absence_note(struct absence *a, int64_t now, unsigned asked, bool there)
{
	if (there) {
		a->wait_ms = 0;
		return;
	}
	if (asked != a->failures)
		return;
	a->failures++;
	a->wait_ms = a->wait_ms > 0 ? a->wait_ms * 2 : ABSENCE_FIRST_MS;
	if (a->wait_ms > ABSENCE_LAST_MS)
		a->wait_ms = ABSENCE_LAST_MS;
	a->until = now + a->wait_ms;
}
