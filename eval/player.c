/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eval/player.h"

#include <stdlib.h>
#include <string.h>

#include "bandit/policy.h"
#include "base/mem.h"
#include "eval/players.h"

/* Every policy of banditd is played by its router. */
static const struct player_kind own = { "", "", play_bandit_new,
	play_bandit_free, play_bandit_choose, play_bandit_learn, false };

/* clang-format off */
static const struct player_kind *const players[] = {
	&play_best_arm,
	&play_epsilon,
	&play_exp3,
	&play_kernelucb,
	&play_kernelucb_shared,
	&play_linucb,
	&play_linucb_shared,
	&play_oracle,
	&play_ridge,
	NULL
};
/* clang-format on */

static const struct player_kind *
find(const char *name)
{
	for (const struct policy *p = policies; p->name != NULL; p++)
		if (strcmp(p->name, name) == 0)
			return &own;
	for (const struct player_kind *const *k = players; *k != NULL; k++)
		if (strcmp((*k)->name, name) == 0)
			return *k;
	return NULL;
}

static void
say_unknown(const char *name, struct fault *f)
{
	const char *sep = "; there is ";

	fault_set(f, ERR_BAD_REQUEST, "no policy \"%s\"", name);
	for (const struct policy *p = policies; p->name != NULL; p++) {
		fault_add(f, "%s%s", sep, p->name);
		sep = ", ";
	}
	for (const struct player_kind *const *k = players; *k != NULL; k++)
		fault_add(f, ", %s", (*k)->name);
}

static struct player *
make(const struct player_spec *spec, const struct set *s, uint64_t seed,
    struct fault *f)
{
	const struct player_kind *kind = find(spec->name);
	struct player *p;

	if (kind == NULL) {
		say_unknown(spec->name, f);
		return NULL;
	}
	if ((p = kind->make(spec, s, seed, f)) == NULL)
		return NULL;
	p->kind = kind;
	p->arms = s->arms;
	p->dimension = s->dimension;
	p->enabled = mem_alloc((size_t)s->arms, sizeof *p->enabled);
	memset(p->enabled, true, (size_t)s->arms * sizeof *p->enabled);
	return p;
}

struct player *
player_new(const char *text, const struct set *s, uint64_t seed,
    struct fault *f)
{
	struct player_spec spec;
	struct player *p = NULL;

	if (spec_parse(&spec, text, f) == ERR_NONE)
		p = make(&spec, s, seed, f);
	spec_fini(&spec);
	return p;
}

void
player_free(struct player *p)
{
	if (p == NULL)
		return;
	free(p->enabled);
	p->kind->free(p);
}

bool
player_foresees(const struct player *p)
{
	return p->kind->foresees;
}

void
player_choose(struct player *p, const float *x, int row, struct pick *pick)
{
	p->kind->choose(p, x, row, pick);
}

void
player_learn(struct player *p, const float *x, int row, int arm, double reward,
    double cost)
{
	p->kind->learn(p, x, row, arm, reward, cost);
}

void
player_enable(struct player *p, int arm, bool enabled)
{
	p->enabled[arm] = enabled;
}
