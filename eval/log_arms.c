/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eval/log_arms.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bandit/event.h"
#include "base/mem.h"

int
log_arms_name(struct log_arms *a, const char *name)
{
	struct rounds *out = a->out;

	for (int i = 0; i < out->arms; i++)
		if (strcmp(out->arm[i], name) == 0)
			return i;
	if (out->arms == ARMS_MAX)
		return -1;
	out->arm =
	    mem_realloc(out->arm, (size_t)out->arms + 1, sizeof *out->arm);
	snprintf(out->arm[out->arms], NAME_SIZE, "%s", name);
	return out->arms++;
}

void
log_arms_remember(struct log_arms *a, uint32_t uid, int arm)
{
	a->known =
	    mem_realloc(a->known, (size_t)a->knowns + 1, sizeof *a->known);
	a->known[a->knowns++] = (struct known){ uid, arm };
}

/* The name of an arm until the log says it. */
static void
bare_name(char name[NAME_SIZE], uint32_t uid)
{
	snprintf(name, NAME_SIZE, "arm:%" PRIu32, uid);
}

static int
find_uid(const struct log_arms *a, uint32_t uid)
{
	for (int i = a->knowns; i-- > 0;)
		if (a->known[i].uid == uid)
			return a->known[i].arm;
	return -1;
}

int
log_arms_uid(struct log_arms *a, uint32_t uid)
{
	int arm = find_uid(a, uid);
	char name[NAME_SIZE];

	if (arm >= 0)
		return arm;
	bare_name(name, uid);
	if ((arm = log_arms_name(a, name)) >= 0)
		log_arms_remember(a, uid, arm);
	return arm;
}

static bool
is_there(const struct rounds *out, const char *name)
{
	for (int i = 0; i < out->arms; i++)
		if (strcmp(out->arm[i], name) == 0)
			return true;
	return false;
}

int
log_arms_named(struct log_arms *a, uint32_t uid, const char *name)
{
	int arm = find_uid(a, uid);
	char bare[NAME_SIZE];

	bare_name(bare, uid);
	if (arm >= 0 && strcmp(a->out->arm[arm], name) == 0)
		return arm;
	if (arm >= 0 && strcmp(a->out->arm[arm], bare) == 0 &&
	    !is_there(a->out, name)) {
		memcpy(a->out->arm[arm], name, strlen(name) + 1);
		return arm;
	}
	if ((arm = log_arms_name(a, name)) >= 0)
		log_arms_remember(a, uid, arm);
	return arm;
}
