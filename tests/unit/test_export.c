/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts of the log as maps: whole, in order, of bounded size, with runs. */
#include "tests/test.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/cursor.h"
#include "persist/event_map.h"
#include "persist/export.h"
#include "persist/reading.h"
#include "persist/run.h"
#include "persist/writer.h"
#include "tests/unit/world.h"

#define RECORDS 500

struct state {
	char dir[64];
	struct store store;
	struct callings *callings;
};

static void
fill(struct state *s)
{
	struct writer *w = writer_new(&s->store);
	struct pollfd ready = { writer_fd(w), POLLIN, 0 };
	struct world world;
	struct op *op, *early, *next;
	int left = RECORDS;

	world_init(&world, 1, false, false);
	for (int i = 0; i < RECORDS; i++) {
		op = writer_op(w, OP_EVENT, 0);
		world_next(&world, &op->ev);
		callings_see(s->callings, &op->ev);
		room_take(&op->room, &op->ev.decision);
		if (op->ev.prior != NULL) {
			memcpy(room_prior(&op->room, 2 * WORLD_PHI),
			    op->ev.prior, sizeof world.prior);
			op->ev.prior = op->room.prior;
		}
		op->urgent = i == RECORDS - 1;
		writer_put(w, op);
	}
	while (left > 0) {
		assert_int_equal(poll(&ready, 1, 20000), 1);
		writer_drain_fd(w);
		for (op = writer_take(w, &early); op != NULL; op = next) {
			next = op->next;
			left--;
			writer_recycle(w, op);
		}
	}
	writer_free(w);
}

static int
setup(void **arg)
{
	struct state *s = calloc(1, sizeof *s);
	struct fault f;

	strcpy(s->dir, "/tmp/banditd-test-XXXXXX");
	if (mkdtemp(s->dir) == NULL ||
	    store_open(&s->store, s->dir, STORE_WRITE, &f) != ERR_NONE)
		return -1;
	s->callings = callings_new();
	fill(s);
	*arg = s;
	return 0;
}

static int
teardown(void **arg)
{
	struct state *s = *arg;
	char command[100];

	store_close(&s->store);
	callings_free(s->callings);
	snprintf(command, sizeof command, "rm -rf %s", s->dir);
	free(s);
	return system(command);
}

static struct exporting
some(struct state *s, uint64_t from, uint64_t to, size_t limit)
{
	struct exporting x = { .store = &s->store,
		.callings = s->callings,
		.next = from,
		.to = to,
		.limit = limit };
	struct fault f = { 0 };

	if (export_some(&x, &f) != ERR_NONE)
		fail_msg("%s", f.text);
	return x;
}

/* The seqs of the maps, which are whole; returns how many. */
static int
seqs(const struct exporting *x, uint64_t *seq)
{
	struct cursor c = { x->maps.data, x->maps.data + x->maps.len };
	struct event_names names;
	struct room room = { 0 };
	struct event ev;
	struct fault f;
	int n = 0;

	for (; c.p < c.end; cursor_skip(&c)) {
		if (event_map_take(&c, &room, &ev, &names, &f) != ERR_NONE)
			fail_msg("%s", f.text);
		seq[n++] = ev.seq;
	}
	room_fini(&room);
	return n;
}

static void
parts_make_the_whole(void **arg)
{
	uint64_t seq[RECORDS], next = 1;
	int parts = 0;

	while (next <= RECORDS) {
		struct exporting x = some(*arg, next, RECORDS, 5000);
		int n = seqs(&x, seq);

		assert_int_equal(n, x.events);
		assert_true(n > 0 && x.maps.len < 5000 + 4000);
		for (int i = 0; i < n; i++)
			assert_int_equal(seq[i], next + (uint64_t)i);
		next += (uint64_t)n;
		assert_int_equal(x.next, next);
		buf_free(&x.maps);
		parts++;
	}
	assert_in_range(parts, 10, 200);
}

static void
one_record_always_comes_and_none_behind_the_end(void **arg)
{
	struct exporting x = some(*arg, 3, 400, 1);
	uint64_t seq[RECORDS];

	assert_int_equal(seqs(&x, seq), 1);
	assert_int_equal(x.next, 4);
	buf_free(&x.maps);
	x = some(*arg, 395, 400, 1 << 20);
	assert_int_equal(seqs(&x, seq), 6);
	assert_int_equal(x.next, 401);
	buf_free(&x.maps);
	x = some(*arg, 401, 400, 1 << 20);
	assert_int_equal(x.events, 0);
	assert_int_equal(x.next, 401);
}

static void
of_a_router_without_records_nothing_comes(void **arg)
{
	struct state *s = *arg;
	struct exporting x = { .store = &s->store,
		.callings = s->callings,
		.router = 99,
		.next = 1,
		.to = RECORDS,
		.limit = 1 };

	assert_int_equal(export_some(&x, NULL), ERR_NONE);
	assert_int_equal(x.events, 0);
	assert_int_equal(x.next, RECORDS + 1);
	buf_free(&x.maps);
}

static void
change(struct state *s, uint64_t seq, bool delete)
{
	MDB_val key = { sizeof seq, &seq }, val;
	uint8_t body[8192];
	MDB_txn *txn;

	assert_int_equal(mdb_txn_begin(s->store.env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_get(txn, s->store.dbi[DB_LOG], &key, &val), 0);
	memcpy(body, val.mv_data, val.mv_size);
	val.mv_data = body;
	body[val.mv_size - 1] ^= 1;
	assert_int_equal(delete
		? mdb_del(txn, s->store.dbi[DB_LOG], &key, NULL)
		: mdb_put(txn, s->store.dbi[DB_LOG], &key, &val, 0),
	    0);
	assert_int_equal(mdb_txn_commit(txn), 0);
}

/* Those from and up to become a run, as OP_DROP makes one. */
static void
drop(struct state *s, uint64_t from, uint64_t to)
{
	struct reading rd = { .store = &s->store };
	struct event ev, run = { .kind = EVENT_DROPPED, .router = 1 };
	struct buf all = { 0 }, value = { 0 };
	struct stored before = { 0 }, at;
	MDB_val key = { sizeof to, &to }, val;
	MDB_txn *txn;

	assert_int_equal(reading_begin(&rd), ERR_NONE);
	if (from > 1)
		assert_int_equal(reading_record(&rd, from - 1, &before),
		    ERR_NONE);
	for (uint64_t seq = from; seq <= to; seq++) {
		assert_int_equal(reading_record(&rd, seq, &at), ERR_NONE);
		event_decode(at.body.mv_data, at.body.mv_size, &rd.room, &ev,
		    NULL);
		ev.seq = seq;
		run_add(&all, &ev);
	}
	reading_end(&rd);
	run.dropped = (const struct dropped *)(const void *)all.data;
	run.drops = (int)(all.len / sizeof *run.dropped);
	run_encode(&run, to, before.chain, at.chain, &value);
	for (uint64_t seq = from; seq < to; seq++)
		change(s, seq, true);
	val = (MDB_val){ value.len, value.data };
	assert_int_equal(mdb_txn_begin(s->store.env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_put(txn, s->store.dbi[DB_LOG], &key, &val, 0), 0);
	assert_int_equal(mdb_txn_commit(txn), 0);
	buf_free(&all);
	buf_free(&value);
}

static void
what_was_dropped_comes_as_a_run(void **arg)
{
	uint64_t seq[RECORDS];
	struct exporting x;

	drop(*arg, 5, 99);
	drop(*arg, 110, 119);
	x = some(*arg, 1, 130, 1 << 20);
	assert_int_equal(seqs(&x, seq), 4 + 1 + 10 + 1 + 11);
	assert_int_equal(seq[4], 99);
	assert_int_equal(seq[14], 109);
	assert_int_equal(seq[15], 119);
	assert_int_equal(x.next, 131);
	buf_free(&x.maps);
	x = some(*arg, 50, 130, 1); /* within the run */
	assert_int_equal(seqs(&x, seq), 1);
	assert_int_equal(seq[0], 99);
	assert_int_equal(x.next, 100);
	buf_free(&x.maps);
	x = some(*arg, 108, 115, 1 << 20); /* that leads past the end */
	assert_int_equal(seqs(&x, seq), 2);
	assert_int_equal(x.next, 116);
	buf_free(&x.maps);
}

static void
a_record_that_is_missing_is_named(void **arg)
{
	struct state *s = *arg;
	struct exporting x = { .store = &s->store,
		.callings = s->callings,
		.next = 70,
		.to = RECORDS,
		.limit = 1 << 20 };
	struct fault f = { 0 };

	change(s, 77, true);
	assert_int_equal(export_some(&x, &f), ERR_DATA);
	assert_non_null(strstr(f.text, "record 77"));
	buf_free(&x.maps);
}

static void
a_damaged_record_is_named(void **arg)
{
	struct state *s = *arg;
	struct exporting x = { .store = &s->store,
		.callings = s->callings,
		.next = 70,
		.to = RECORDS,
		.limit = 1 << 20 };
	struct fault f = { 0 };

	change(s, 77, false);
	assert_int_equal(export_some(&x, &f), ERR_DATA);
	assert_non_null(strstr(f.text, "record 77"));
	buf_free(&x.maps);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(parts_make_the_whole),
		TEST(one_record_always_comes_and_none_behind_the_end),
		TEST(of_a_router_without_records_nothing_comes),
		TEST(what_was_dropped_comes_as_a_run),
		TEST(a_record_that_is_missing_is_named),
		TEST(a_damaged_record_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
