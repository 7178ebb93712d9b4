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
	uint64_t seed, count, known;
	int32_t cap; /* entries, and buckets: a power of two */
	struct pending *entry;
	int32_t *bucket;
	int32_t spare; /* entries not in use, linked by hash_next */
	uint32_t routers;
	struct ends *ends; /* [2 * routers], by router id: waiting, over */
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
	for (int32_t i = 0; i < t->cap; i++)
		free(t->entry[i].many);
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
		t->entry[i] = (struct pending){ .hash_next = t->spare };
		t->spare = i;
	}
}

static struct ends *
ends_of(struct pending_table *t, uint32_t router, bool over)
{
	if (router >= t->routers) {
		uint32_t routers = router + 1;

		t->ends =
		    mem_realloc(t->ends, 2 * (size_t)routers, sizeof *t->ends);
		memset(t->ends + 2 * t->routers, 0xff,
		    2 * (routers - t->routers) * sizeof *t->ends);
		t->routers = routers;
	}
	return &t->ends[2 * router + over];
}

struct waiting *
pending_waiting(struct pending *p)
{
	return p->k > 1 ? p->many : &p->one;
}

bool
pending_all_ended(struct pending *p)
{
	const struct waiting *w = pending_waiting(p);
	int i = 0;

	while (i < p->k && w[i].ended)
		i++;
	return i == p->k;
}

/* An entry keeps the room for its slates when it is used again. */
static void
fill(struct pending *p, const struct decision *d, bool own_id)
{
	struct waiting *many = p->many, *w;
	int cap = p->many_cap;

	if (d->k > 1 && d->k > cap) {
		cap = d->k;
		many = mem_realloc(many, (size_t)cap, sizeof *many);
	}
	*p = (struct pending){ .decision = *d,
		.own_id = own_id,
		.k = d->k,
		.many = many,
		.many_cap = cap };
	p->decision.x = NULL;
	p->decision.shown = NULL;
	p->decision.eligible_arm = NULL;
	w = pending_waiting(p);
	for (int i = 0; i < d->k; i++)
		w[i] = (struct waiting){ .arm = d->shown[i].arm,
			.propensity = d->shown[i].propensity };
}

static uint64_t *
counter(struct pending_table *t, const struct pending *p)
{
	return p->over ? &t->known : &t->count;
}

/* At the newer end of its list. */
static void
link_by_time(struct pending_table *t, struct pending *p)
{
	struct ends *ends = ends_of(t, p->decision.router, p->over);
	int32_t i = (int32_t)(p - t->entry);

	p->older = ends->newest;
	p->newer = NONE;
	if (ends->newest != NONE)
		t->entry[ends->newest].newer = i;
	else
		ends->oldest = i;
	ends->newest = i;
	++*counter(t, p);
}

struct pending *
pending_add(struct pending_table *t, const struct decision *d, bool own_id)
{
	struct pending *p;
	int32_t i;

	if (t->spare == NONE)
		grow(t);
	i = t->spare;
	p = &t->entry[i];
	t->spare = p->hash_next;
	fill(p, d, own_id);
	chain(t, i);
	link_by_time(t, p);
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
	struct ends *ends = ends_of(t, p->decision.router, p->over);

	if (p->older != NONE)
		t->entry[p->older].newer = p->newer;
	else
		ends->oldest = p->newer;
	if (p->newer != NONE)
		t->entry[p->newer].older = p->older;
	else
		ends->newest = p->older;
	--*counter(t, p);
}

void
pending_remove(struct pending_table *t, struct pending *p)
{
	int32_t i = (int32_t)(p - t->entry);
	int32_t *at = bucket_of(t, p->decision.id);

	while (*at != i)
		at = &t->entry[*at].hash_next;
	*at = p->hash_next;
	if (!p->hidden)
		unlink_by_time(t, p);
	p->hash_next = t->spare;
	t->spare = i;
}

void
pending_settle(struct pending_table *t, struct pending *p)
{
	assert(!p->over);
	if (!p->hidden)
		unlink_by_time(t, p);
	p->hidden = false;
	p->over = true;
	link_by_time(t, p);
}

void
pending_hide(struct pending_table *t, struct pending *p)
{
	assert(!p->hidden && !p->over);
	unlink_by_time(t, p);
	p->hidden = true;
}

void
pending_show(struct pending_table *t, struct pending *p)
{
	struct ends *ends = ends_of(t, p->decision.router, false);
	int32_t i = (int32_t)(p - t->entry);

	assert(p->hidden);
	p->hidden = false;
	p->newer = ends->oldest;
	p->older = NONE;
	if (ends->oldest != NONE)
		t->entry[ends->oldest].older = i;
	else
		ends->newest = i;
	ends->oldest = i;
	t->count++;
}

static struct pending *
oldest(const struct pending_table *t, uint32_t router, bool over)
{
	int32_t i =
	    router < t->routers ? t->ends[2 * router + over].oldest : NONE;

	return i == NONE ? NULL : &t->entry[i];
}

struct pending *
pending_known(const struct pending_table *t, uint32_t router)
{
	return oldest(t, router, true);
}

uint64_t
pending_known_count(const struct pending_table *t)
{
	return t->known;
}

struct pending *
pending_oldest(const struct pending_table *t, uint32_t router)
{
	return oldest(t, router, false);
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

/* Returns its end. */
static char *
put_decimal(char *at, uint64_t v)
{
	char digit[20];
	int n = 0;

	do
		digit[n++] = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	while (n > 0)
		*at++ = digit[--n];
	return at;
}

/* One for every decision: printf() takes longer than all else about it. */
void
id_make(char *id, uint64_t start, uint32_t router, uint64_t number)
{
	char *at = id;

	*at++ = 'd';
	at = put_decimal(at, start);
	*at++ = '.';
	at = put_decimal(at, router);
	*at++ = '.';
	at = put_decimal(at, number);
	*at = '\0';
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

static bool
parts(const char *id, uint64_t *start, uint64_t *r, uint64_t *n)
{
	return *id++ == 'd' && digits(&id, INT64_MAX, start) && *id++ == '.' &&
	    digits(&id, UINT32_MAX, r) && *id++ == '.' &&
	    digits(&id, INT64_MAX, n) && *id == '\0';
}

uint64_t
id_start(const char *id)
{
	uint64_t start, r, n;

	return parts(id, &start, &r, &n) ? start : 0;
}

bool
id_parse(const char *id, uint32_t *router, uint64_t *number)
{
	uint64_t start, r, n;

	if (!parts(id, &start, &r, &n))
		return false;
	if (router != NULL)
		*router = (uint32_t)r;
	if (number != NULL)
		*number = n;
	return true;
}
