/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/decided.h"

#include <stdio.h>

#include "base/pack.h"
#include "daemon/scores.h"

static void
pack_slate(const struct decided *a, struct buf *out)
{
	pack_str(out, "slate");
	pack_array(out, (size_t)a->k);
	for (int i = 0; i < a->k; i++)
		arm_pack(a->r, a->shown[i].arm, out);
	pack_str(out, "propensities");
	pack_array(out, (size_t)a->k);
	for (int i = 0; i < a->k; i++)
		pack_num(out, a->shown[i].propensity);
}

static void
pack_note(const struct decided *a, struct buf *out)
{
	char note[80];

	snprintf(note, sizeof note, "k = %d, but only %d %s eligible",
	    a->wanted, a->k, a->k == 1 ? "arm is" : "arms are");
	pack_str(out, "note");
	pack_str(out, note);
}

void
decided_pack(const struct decided *a, struct buf *out)
{
	bool note = a->asked && a->wanted > a->k;

	pack_map(out, 3u + 2u * a->asked + note + a->scores);
	pack_str(out, "decision");
	pack_str(out, a->id);
	pack_str(out, "arm");
	arm_pack(a->r, a->shown[0].arm, out);
	pack_str(out, "propensity");
	pack_num(out, a->shown[0].propensity);
	if (a->asked)
		pack_slate(a, out);
	if (note)
		pack_note(a, out);
	if (a->scores)
		scores_pack(a->r, out);
}
