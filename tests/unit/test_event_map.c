/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A record as a map: what is written is read back; hostile maps are refused. */
#include "tests/test.h"

#include <math.h>
#include <string.h>

#include "base/pack.h"
#include "persist/event_map.h"
#include "persist/record.h"
#include "tests/unit/world.h"

static struct room room;
static struct event_names names;
static struct fault fault;

static void
assert_same_event(const struct event *a, const struct event *b)
{
	struct buf one = { 0 }, two = { 0 };

	event_encode(a, &one);
	event_encode(b, &two);
	assert_int_equal(one.len, two.len);
	assert_memory_equal(one.data, two.data, one.len);
	buf_free(&one);
	buf_free(&two);
}

static enum err
take(const struct buf *map, struct event *ev)
{
	struct cursor c = { map->data, map->data + map->len };

	return event_map_take(&c, &room, ev, &names, &fault);
}

/* Of the world: those that it does not make, in place of some others. */
static void
next(struct world *w, int i, struct event *ev)
{
	static const struct dropped dropped[] = { { 1, 1, 7 } };

	world_next(w, ev);
	if (i == 500)
		*ev = (struct event){ .kind = EVENT_DIMENSION,
			.seq = ev->seq,
			.router = ev->router,
			.dimension = 384,
			.cost = NAN };
	if (i == 503)
		*ev = (struct event){ .kind = EVENT_DROPPED,
			.seq = ev->seq,
			.router = ev->router,
			.dropped = dropped,
			.drops = 1,
			.cost = NAN };
	if (i == 501 || i == 502) {
		ev->kind = i == 501 ? EVENT_REBUILD : EVENT_ARM_SET;
		ev->decision = (struct decision){ 0 };
		ev->named = 5;
		ev->arm = 3;
		ev->group_said = ev->enabled_said = true;
		strcpy(ev->group, "family");
		settings_default(router_settings, &ev->settings);
		ev->settings.half_life = -3600;
	}
	if (ev->kind >= EVENT_REWARD && ev->kind <= EVENT_PREFER && i % 3 == 0)
		strcpy(ev->key, "import:0123456789abcdef");
}

/* A map with the pairs but for one, or with one more. */
static void
without(const struct buf *map, const char *gone, const char *more,
    struct buf *out)
{
	struct cursor c = { map->data, map->data + map->len };
	const uint8_t *start;
	struct value v, key;

	cursor_next(&c, &v);
	out->len = 0;
	pack_map(out, v.u.count - (gone != NULL) + (more != NULL));
	for (uint32_t i = 0; i < v.u.count; i++) {
		start = c.p;
		cursor_next(&c, &key);
		cursor_skip(&c);
		if (gone == NULL || !value_is(&key, gone))
			buf_put(out, start, (size_t)(c.p - start));
	}
	if (more != NULL) {
		pack_str(out, more);
		pack_uint(out, 1);
	}
}

static void
every_kind_is_read_back_as_it_was(void **state)
{
	struct callings *c = callings_new();
	struct buf map = { 0 };
	unsigned seen = 0;
	struct world w;

	(void)state;
	world_init(&w, test_seed(), false, true);
	for (int i = 0; i < 3000; i++) {
		struct event ev, back;

		next(&w, i, &ev);
		callings_see(c, &ev);
		map.len = 0;
		event_map_put(&map, &ev, c);
		if (take(&map, &back) != ERR_NONE)
			fail_msg("%s: %s", event_word(ev.kind), fault.text);
		assert_same_event(&ev, &back);
		assert_int_equal(back.seq, ev.seq);
		assert_string_equal(names.router, "world");
		for (int j = 0; j < ev.decision.k; j++)
			assert_string_equal(names.shown[j].name,
			    calling_arm(c, ev.router,
				ev.decision.shown[j].arm));
		seen |= 1u << ev.kind;
	}
	assert_int_equal(seen, (1u << EVENT_KINDS) - 2);
	callings_free(c);
	buf_free(&map);
}

/* An arm that is removed later is so in what was before, and its uid is
 * never that of a later one of the same name. */
static void
what_was_removed_since_says_so(void **state)
{
	struct event birth = { .kind = EVENT_ROUTER,
		.seq = 1,
		.router = 1,
		.name = "r" };
	struct event add = { .kind = EVENT_ARM_ADD,
		.seq = 2,
		.router = 1,
		.name = "a",
		.cost = NAN };
	struct event remove = { .kind = EVENT_ARM_REMOVE,
		.seq = 3,
		.router = 1,
		.arm = 1 };
	struct event again = add, back;
	struct callings *c = callings_new();
	struct buf map = { 0 };

	(void)state;
	again.seq = 4;
	callings_see(c, &birth);
	callings_see(c, &add);
	callings_see(c, &remove);
	callings_see(c, &again);
	assert_int_equal(calling_added(c, 1, 2), 1);
	assert_int_equal(calling_added(c, 1, 4), 2);
	event_map_put(&map, &add, c);
	if (take(&map, &back) != ERR_NONE)
		fail_msg("%s", fault.text);
	assert_true(names.removed);
	map.len = 0;
	event_map_put(&map, &again, c);
	if (take(&map, &back) != ERR_NONE)
		fail_msg("%s", fault.text);
	assert_false(names.removed);
	map.len = 0;
	event_map_put(&map, &remove, c);
	if (take(&map, &back) != ERR_NONE)
		fail_msg("%s", fault.text);
	assert_true(names.removed);
	callings_free(c);
	buf_free(&map);
}

static void
the_key_that_is_wrong_is_named(void **state)
{
	static const char *const must[] = { "seq", "kind", "time", "router",
		"reward", "arm", "x" };
	struct callings *c = callings_new();
	struct buf map = { 0 }, bad = { 0 };
	struct event ev, back;
	struct world w;
	char quoted[32];

	(void)state;
	world_init(&w, 3, false, false);
	do
		world_next(&w, &ev);
	while (ev.kind != EVENT_REWARD);
	event_map_put(&map, &ev, c);
	for (size_t i = 0; i < sizeof must / sizeof *must; i++) {
		without(&map, must[i], NULL, &bad);
		assert_int_equal(take(&bad, &back), ERR_BAD_REQUEST);
		snprintf(quoted, sizeof quoted, "\"%s\" is missing", must[i]);
		assert_non_null(strstr(fault.text, quoted));
		without(&map, NULL, must[i], &bad);
		assert_int_equal(take(&bad, &back), ERR_BAD_REQUEST);
		snprintf(quoted, sizeof quoted, "\"%s\" is there twice",
		    must[i]);
		if (strcmp(must[i], "kind") != 0)
			assert_non_null(strstr(fault.text, quoted));
	}
	without(&map, NULL, "loser", &bad); /* of another kind */
	assert_int_equal(take(&bad, &back), ERR_BAD_REQUEST);
	assert_non_null(strstr(fault.text, "\"loser\" is unknown"));
	without(&map, "reward", "reward", &bad);
	assert_int_equal(take(&bad, &back), ERR_NONE);
	without(&map, "x", "x", &bad);
	assert_int_equal(take(&bad, &back), ERR_BAD_REQUEST);
	assert_non_null(strstr(fault.text, "\"x\" is not what"));
	callings_free(c);
	buf_free(&map);
	buf_free(&bad);
}

/* What comes through can be written down, and read again. */
static void
changed_bytes_never_break_the_reader(void **state)
{
	uint64_t seed = test_seed();
	struct callings *c = callings_new();
	struct buf map = { 0 }, body = { 0 };
	struct room other = { 0 };
	struct event ev, back, again;
	struct world w;
	size_t used;
	int good = 0;

	(void)state;
	world_init(&w, 4, false, false);
	for (int i = 0; i < 60000; i++) {
		if (i % 20 == 0)
			next(&w, i / 20, &ev);
		map.len = body.len = 0;
		event_map_put(&map, &ev, c);
		for (uint64_t n = test_below(&seed, 3); n < 3; n++)
			map.data[test_below(&seed, map.len)] =
			    (uint8_t)test_random(&seed);
		if (frame_scan(map.data, map.len, map.len, &used) !=
			FRAME_WHOLE ||
		    take(&map, &back) != ERR_NONE)
			continue;
		good++;
		event_encode(&back, &body);
		assert_int_equal(
		    event_decode(body.data, body.len, &other, &again, NULL),
		    ERR_NONE);
		assert_true(isfinite(back.time));
	}
	printf("# %d of 60000 came through\n", good);
	assert_in_range(good, 100, 59000);
	callings_free(c);
	room_fini(&other);
	buf_free(&map);
	buf_free(&body);
}

static void
cut_off_anywhere_is_refused(void **state)
{
	struct callings *c = callings_new();
	struct buf map = { 0 };
	struct event ev, back;
	struct world w;
	size_t whole;

	(void)state;
	world_init(&w, 2, false, false);
	for (int i = 0; i < 60; i++) {
		world_next(&w, &ev);
		map.len = 0;
		event_map_put(&map, &ev, c);
		whole = map.len;
		for (map.len = 0; map.len < whole; map.len++)
			assert_int_equal(take(&map, &back), ERR_BAD_REQUEST);
	}
	callings_free(c);
	buf_free(&map);
}

static int
drop(void **state)
{
	(void)state;
	room_fini(&room);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_is_read_back_as_it_was),
		cmocka_unit_test(what_was_removed_since_says_so),
		cmocka_unit_test(the_key_that_is_wrong_is_named),
		cmocka_unit_test(changed_bytes_never_break_the_reader),
		cmocka_unit_test(cut_off_anywhere_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, drop);
}
