/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bandit/overlay.h"

bool
overlay_holds(const struct overlay *o, uint64_t seq)
{
	return o->until > seq;
}

void
overlay_settings(const struct overlay *o, uint64_t seq,
    struct router_settings *set)
{
	if (!overlay_holds(o, seq))
		return;
	for (int i = 0; router_settings[i].name != NULL; i++)
		if ((router_settings[i].flags & SETTING_FIXED) != 0 ||
		    (o->named & (uint64_t)1 << i) != 0)
			setting_copy(&router_settings[i], set, &o->settings);
}
