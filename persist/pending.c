/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "persist/pending.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/mem.h"

#define NONE (-1)

struct ends {
	int32_t oldest, newest;
};

struct pending_table {
	uint64_t seed, count;
	int32_t cap; /* entries, and buckets: a power of two */
	struct pending *entry;
	int32_t *bucket;
	int32_t spare; /* entries not in use, linked by hash_next */
	uint32_t routers;
	struct ends *ends; /* [routers], by router id */
};

struct pending_table *
pending_new(uint64_t seed)
{
	struct pending_table *t = mem_zalloc(1, sizeof *t);

	t->seed = seed;
	t->spare = NONE;
	return t;
}

void
pending_free(struct pending_table *t)
{
	free(t->entry);
	free(t->bucket);
	free(t->ends);
	free(t);
}

static int32_t *
bucket_of(const struct pending_table *t, const char *id)
{
	uint64_t hash = XXH3_64bits_withSeed(id, strlen(id), t->seed);

	return &t->bucket[hash & (uint64_t)(t->cap - 1)];
}

static void
chain(struct pending_table *t, int32_t i)
{
	int32_t *bucket = bucket_of(t, t->entry[i].decision.id);

	t->entry[i].hash_next = *bucket;
	*bucket = i;
}

/* Called when all entries are in use. */
static void
grow(struct pending_table *t)
{
	int32_t old = t->cap, cap = old > 0 ? 2 * old : 1024;

	assert(cap > old);
	t->entry = mem_realloc(t->entry, (size_t)cap, sizeof *t->entry);
	t->bucket = mem_realloc(t->bucket, (size_t)cap, sizeof *t->bucket);
	t->cap = cap;
	memset(t->bucket, 0xff, (size_t)cap * sizeof *t->bucket);
	for (int32_t i = 0; i < old; i++)
		chain(t, i);
	for (int32_t i = cap - 1; i >= old; i--) {
		t->entry[i].hash_next = t->spare;
		t->spare = i;
	}
}

static struct ends *
ends_of(struct pending_table *t, uint32_t router)
{
	if (router >= t->routers) {
		uint32_t routers = router + 1;

		t->ends = mem_realloc(t->ends, routers, sizeof *t->ends);
		memset(t->ends + t->routers, 0xff,
		    (routers - t->routers) * sizeof *t->ends);
		t->routers = routers;
	}
	return &t->ends[router];
}

struct pending *
pending_add(struct pending_table *t, const struct decision *d, bool own_id)
{
	struct ends *ends = ends_of(t, d->router);
	struct pending *p;
	int32_t i;

	if (t->spare == NONE)
		grow(t);
	i = t->spare;
	p = &t->entry[i];
	t->spare = p->hash_next;
	*p = (struct pending){ .decision = *d,
		.own_id = own_id,
		.older = ends->newest,
		.newer = NONE };
	p->decision.x = NULL;
	chain(t, i);
	if (ends->newest != NONE)
		t->entry[ends->newest].newer = i;
	else
		ends->oldest = i;
	ends->newest = i;
	t->count++;
	return p;
}

struct pending *
pending_find(const struct pending_table *t, const char *id)
{
	if (t->cap == 0)
		return NULL;
	for (int32_t i = *bucket_of(t, id); i != NONE;
	     i = t->entry[i].hash_next)
		if (strcmp(t->entry[i].decision.id, id) == 0)
			return &t->entry[i];
	return NULL;
}

static void
unlink_by_time(struct pending_table *t, struct pending *p)
{
	struct ends *ends = ends_of(t, p->decision.router);

	if (p->older != NONE)
		t->entry[p->older].newer = p->newer;
	else
		ends->oldest = p->newer;
	if (p->newer != NONE)
		t->entry[p->newer].older = p->older;
	else
		ends->newest = p->older;
}

void
pending_remove(struct pending_table *t, struct pending *p)
{
	int32_t i = (int32_t)(p - t->entry);
	int32_t *at = bucket_of(t, p->decision.id);

	while (*at != i)
		at = &t->entry[*at].hash_next;
	*at = p->hash_next;
	unlink_by_time(t, p);
	p->hash_next = t->spare;
	t->spare = i;
	t->count--;
}

struct pending *
pending_oldest(const struct pending_table *t, uint32_t router)
{
	if (router >= t->routers || t->ends[router].oldest == NONE)
		return NULL;
	return &t->entry[t->ends[router].oldest];
}

struct pending *
pending_newer(const struct pending_table *t, const struct pending *p)
{
	return p->newer == NONE ? NULL : &t->entry[p->newer];
}

uint64_t
pending_count(const struct pending_table *t)
{
	return t->count;
}

void
id_make(char *id, uint64_t start, uint32_t router, uint64_t number)
{
	snprintf(id, NAME_SIZE, "d%" PRIu64 ".%" PRIu32 ".%" PRIu64, start,
	    router, number);
}

static bool
digits(const char **s, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;
	int n = 0;

	for (; **s >= '0' && **s <= '9'; ++*s, n++) {
		v = 10 * v + (uint64_t)(**s - '0');
		if (v > max || n >= 19)
			return false;
	}
	*out = v;
	return n > 0;
}

bool
id_parse(const char *id, uint32_t *router, uint64_t *number)
{
	uint64_t start, r, n;

	if (*id++ != 'd' || !digits(&id, INT64_MAX, &start) || *id++ != '.' ||
	    !digits(&id, UINT32_MAX, &r) || *id++ != '.' ||
	    !digits(&id, INT64_MAX, &n) || *id != '\0')
		return false;
	if (router != NULL)
		*router = (uint32_t)r;
	if (number != NULL)
		*number = n;
	return true;
}
