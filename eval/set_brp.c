/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replay sets of the format BRP1 as sets. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/brp.h"
#include "eval/set_make.h"

static void
fill_row(struct set *s, const struct brp *b, int row, const int *task)
{
	size_t at = (size_t)row * (size_t)s->arms;

	brp_context(b, row, s->x + (size_t)row * (size_t)s->dimension);
	s->task[row] = task[brp_task(b, row)];
	s->group[row] = brp_group(b, row);
	for (int a = 0; a < s->arms; a++) {
		s->reward[at + (size_t)a] = brp_reward(b, row, a);
		s->cost[at + (size_t)a] = brp_cost(b, row, a);
		s->unscored += isnan(s->reward[at + (size_t)a]);
	}
}

enum err
set_read_brp(struct set *s, const char *path, struct fault *f)
{
	struct brp b;
	char name[256];
	int *task;
	enum err e = brp_read(&b, path, f);

	*s = (struct set){ 0 };
	if (e != ERR_NONE)
		return e;
	task = mem_alloc((size_t)b.tasks, sizeof *task);
	set_stem(path, name, sizeof name);
	set_make(s, name, b.rows, b.dimension, b.arms);
	set_add_file(s, path, 0);
	for (int i = 0; i < b.tasks; i++)
		task[i] = set_task(s, b.task[i], strlen(b.task[i]));
	for (int a = 0; a < s->arms; a++)
		memcpy(s->arm[a], b.arm[a].name, sizeof s->arm[a]);
	for (int row = 0; row < s->rows; row++)
		fill_row(s, &b, row, task);
	free(task);
	brp_fini(&b);
	return ERR_NONE;
}
