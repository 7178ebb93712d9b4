/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The problems of a replay, read and checked before anything is played. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "eval/replay.h"

bool
replay_synthetic(const char *problem)
{
	return strncmp(problem, "synth:", 6) == 0;
}

static void
read_facts(const struct set *s, const char *problem, struct problem_facts *p)
{
	size_t n = (size_t)s->arms;

	snprintf(p->name, sizeof p->name, "%s", s->name);
	p->rows = s->rows;
	p->arms = s->arms;
	p->dimension = s->dimension;
	p->unscored = s->unscored;
	p->arm = mem_alloc(n, sizeof *p->arm);
	memcpy(p->arm, s->arm, n * sizeof *p->arm);
	p->best = set_best_arm(s);
	p->best_mean = set_mean_reward(s, p->best);
	p->low = INFINITY;
	p->high = -INFINITY;
	if (replay_synthetic(problem)) { /* in worlds of other runs too */
		p->low = 0;
		p->high = 1;
	}
	for (size_t i = 0; i < (size_t)s->rows * n; i++) {
		p->low = fmin(p->low, s->reward[i]);
		p->high = fmax(p->high, s->reward[i]);
	}
}

static enum err
check_changes(const struct replay *r, const struct problem_facts *p,
    struct fault *f)
{
	for (int i = 0; i < r->changes; i++) {
		bool known = false;

		for (int a = 0; a < p->arms; a++)
			known |= strcmp(p->arm[a], r->change[i].arm) == 0;
		if (!known)
			return fault_set(f, ERR_BAD_REQUEST,
			    "%s has no arm \"%s\"", p->name, r->change[i].arm);
	}
	return ERR_NONE;
}

/* Each policy is made once for each problem, so that what is wrong is said
 * before anything is played. */
static enum err
check_policies(const struct replay *r, const struct set *s, struct fault *f)
{
	for (int i = 0; i < r->policies; i++) {
		struct player *p = player_new(r->policy[i], s, r->seed, f);

		if (p == NULL)
			return f->code;
		player_free(p);
	}
	return ERR_NONE;
}

enum err
replay_sets(const struct replay *r, struct set *set,
    struct problem_facts *facts, struct fault *f)
{
	for (int i = 0; i < r->problems; i++) {
		struct problem_facts *p = &facts[i];
		enum err e = set_problem(&set[i], r->problem[i], r->seed, f);

		if (e != ERR_NONE)
			return e;
		read_facts(&set[i], r->problem[i], p);
		if ((e = check_changes(r, p, f)) != ERR_NONE ||
		    (e = check_policies(r, &set[i], f)) != ERR_NONE)
			return e;
		if (r->warm >= p->rows)
			return fault_set(f, ERR_BAD_REQUEST,
			    "%s has %d prompts, of which %d are to be observed "
			    "before it is played",
			    p->name, p->rows, r->warm);
	}
	return ERR_NONE;
}
