/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records that were dropped from the log are not missed. */
#include "tests/test.h"

#include <math.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "bandit/cell.h"
#include "persist/backup.h"
#include "persist/reading.h"
#include "persist/recover.h"
#include "persist/relearn.h"
#include "persist/salvage.h"
#include "persist/verify.h"
#include "persist/writer.h"
#include "tests/unit/living.h"
#include "tests/unit/world.h"

#define ROUTERS 2
#define ALL 0.0 /* keep_bytes: nothing stays */
#define NEVER (-INFINITY)

struct state {
	struct living l;
	struct world world[ROUTERS];
	uint64_t keyed, key_seq; /* the last key */
};

static int
setup(void **arg)
{
	struct state *s = calloc(1, sizeof *s);

	if (s == NULL || living_make(&s->l) != 0)
		return -1;
	world_init(&s->world[0], 6, false, false);
	world_init(&s->world[1], 7, false, true);
	*arg = s;
	return 0;
}

static int
teardown(void **arg)
{
	struct state *s = *arg;
	int rc = living_remove(&s->l);

	free(s);
	return rc;
}

static struct op
observe_keyed(struct state *s, const char *key, uint32_t router)
{
	struct op *op = writer_op(s->l.writer, OP_OBSERVE, WORLD_D);

	for (int j = 0; j < WORLD_D; j++)
		op->room.x[j] = (float)(j + 1);
	op->ev.router = router;
	op->ev.arm = 1;
	op->ev.time = 1e9;
	op->ev.cost = NAN;
	op->ev.reward = 0.5;
	strcpy(op->ev.key, key);
	return living_done(&s->l, op);
}

static void
put_event(struct state *s, int i)
{
	struct op *op = writer_op(s->l.writer, OP_EVENT, WORLD_D);
	struct world *w = &s->world[i];

	world_next(w, &op->ev);
	op->ev.router = op->ev.decision.router = (uint32_t)i + 1;
	if (op->ev.kind == EVENT_ROUTER)
		snprintf(op->ev.name, sizeof op->ev.name, "world-%d", i);
	if (op->ev.kind == EVENT_REWARD && op->ev.decision.id[0] == '\0') {
		memcpy(op->room.x, op->ev.decision.x, sizeof w->x);
		op->ev.decision =
		    (struct decision){ .x = op->room.x, .d = WORLD_D };
		op->kind = OP_OBSERVE;
		if (w->seq % 2 == 0)
			snprintf(op->ev.key, NAME_SIZE, "row-%d", (int)w->seq);
	}
	living_done(&s->l, op);
}

/* Of both routers in turn, the first twice as often. */
static void
put_events(struct state *s, int n)
{
	for (int i = 0; i < n; i++)
		put_event(s, s->world[0].seq > 0 && i % 3 == 1);
}

static void
put_cell(struct state *s, const struct router *r, const struct arm *a)
{
	struct op *op = writer_op(s->l.writer, OP_CELL, 0);

	op->ev.router = r->id;
	op->ev.arm = a != NULL ? a->uid : 0;
	op->as_of = s->l.learnt.seq;
	if (a != NULL)
		cell_encode_arm(r, a, &op->data);
	else
		cell_encode_router(r, &op->data);
	living_done(&s->l, op);
}

static void
put_cells(struct state *s)
{
	for (int i = 0; i < s->l.learnt.routers; i++) {
		const struct router *r = s->l.learnt.router[i];

		for (int j = 0; j < r->arms; j++)
			put_cell(s, r, r->arm[j]);
		put_cell(s, r, NULL);
	}
}

/* How many went. */
static uint64_t
drop(struct state *s, uint32_t router, double before, double bytes)
{
	uint64_t n = 0, from = 0;
	struct op done_op;

	do {
		struct op *op = writer_op(s->l.writer, OP_DROP, 0);

		op->ev.router = router;
		op->ev.time = before;
		op->keep_bytes = bytes;
		op->from = from;
		done_op = living_done(&s->l, op);
		assert_true(done_op.count <= DROP_MOST);
		n += done_op.count;
		from = done_op.seq;
	} while (done_op.more);
	return n;
}

static void
begin(struct state *s, int events)
{
	put_events(s, events);
	put_cells(s);
	put_events(s, 20);
	put_cells(s);
	put_events(s, 20);
}

static void
recover(struct state *s, bool all, char *hash, struct recovery *info)
{
	struct bandit b = { 0 };
	struct fault f;

	*info = (struct recovery){ 0 };
	if (recover_state(&s->l.store, &b, all, info, &f) != ERR_NONE)
		fail_msg("%s", f.text);
	bandit_hash(&b, NULL, hash);
	assert_int_equal(b.seq, s->l.learnt.seq);
	bandit_fini(&b);
}

/* Recovered from the cells, from the log, and found good by a start and by a
 * verification, it is what never dropped anything. */
static void
assert_good(struct state *s, struct verify_report *report)
{
	struct verify_report r;
	struct recovery info;
	struct fault f;
	char live[STATE_HASH_SIZE], hash[STATE_HASH_SIZE];

	bandit_hash(&s->l.learnt, NULL, live);
	living_close(&s->l);
	if (verify_state(s->l.dir, &r, NULL, NULL, &f) != ERR_NONE)
		fail_msg("%s", f.text);
	assert_string_equal(r.hash, live);
	assert_int_equal(r.last, s->l.learnt.seq);
	assert_int_equal(r.records + r.dropped, s->l.learnt.seq);
	assert_int_equal(r.compared + r.old, r.cells);
	living_open(&s->l);
	for (int all = 0; all < 2; all++) {
		recover(s, all, hash, &info);
		assert_string_equal(hash, live);
		assert_int_equal(info.bad_cells, 0);
	}
	if (report != NULL)
		*report = r;
}

static void
nothing_goes_before_two_snapshots_have_seen_it(void **arg)
{
	struct state *s = *arg;
	uint64_t first;

	put_events(s, 150);
	assert_int_equal(drop(s, 1, NEVER, ALL), 0);
	put_cells(s);
	first = s->l.learnt.seq;
	put_events(s, 50);
	assert_int_equal(drop(s, 1, NEVER, ALL), 0);
	put_cells(s);
	put_events(s, 50);
	assert_int_not_equal(drop(s, 1, NEVER, ALL), 0);
	assert_int_equal(drop(s, 1, NEVER, ALL), 0);
	for (uint64_t seq = first + 1; seq <= s->l.learnt.seq; seq++) {
		struct reading rd = { .store = &s->l.store };
		struct stored at;

		assert_int_equal(reading_begin(&rd), ERR_NONE);
		assert_int_equal(reading_record(&rd, seq, &at), ERR_NONE);
		reading_end(&rd);
	}
	assert_good(s, NULL);
}

/* Its router's records stay until it is there twice, if it changed or not. */
static void
an_arm_that_is_there_once_is_waited_for(void **arg)
{
	struct state *s = *arg;
	struct router *r;

	put_events(s, 120);
	r = s->l.learnt.router[0];
	for (int j = 0; j < r->arms; j++)
		put_cell(s, r, r->arm[j]);
	put_cell(s, r, NULL);
	put_cell(s, r, NULL);
	assert_int_equal(drop(s, 1, NEVER, ALL), 0);
	for (int j = 1; j < r->arms; j++)
		put_cell(s, r, r->arm[j]);
	assert_int_equal(drop(s, 1, NEVER, ALL), 0);
	put_cell(s, r, r->arm[0]);
	assert_int_not_equal(drop(s, 1, NEVER, ALL), 0);
	assert_good(s, NULL);
}

/* An arm whose older cell has not seen a record keeps it, and what came after
 * it. */
static void
an_arm_that_has_not_seen_it_keeps_it(void **arg)
{
	struct state *s = *arg;
	struct log_part part;
	struct router *r;
	uint64_t seq;

	put_events(s, 120);
	put_cells(s);
	r = s->l.learnt.router[0];
	put_cell(s, r, r->arm[0]);
	seq = observe_keyed(s, "kept", 1).seq; /* of arm 1 */
	put_events(s, 20);
	for (int j = 1; j < r->arms; j++)
		put_cell(s, r, r->arm[j]);
	for (int g = 0; g < 2; g++) {
		put_cell(s, r, r->arm[g]);
		put_cell(s, r, NULL);
	}
	for (int j = 1; j < r->arms; j++)
		put_cell(s, r, r->arm[j]);
	drop(s, 1, NEVER, ALL);
	living_close(&s->l);
	living_open(&s->l);
	{
		struct reading rd = { .store = &s->l.store };
		struct stored at;

		assert_int_equal(reading_begin(&rd), ERR_NONE);
		assert_int_equal(part_get(&s->l.store, rd.txn, 1, &part), 0);
		assert_true(part.last > 0 && part.last < seq);
		assert_int_equal(reading_record(&rd, seq, &at), ERR_NONE);
		reading_end(&rd);
	}
	assert_good(s, NULL);
}

static size_t
entries(struct state *s)
{
	struct reading rd = { .store = &s->l.store };
	MDB_stat st;

	assert_int_equal(reading_begin(&rd), ERR_NONE);
	mdb_stat(rd.txn, s->l.store.dbi[DB_LOG], &st);
	reading_end(&rd);
	return st.ms_entries;
}

/* No two runs stand beside each other; how many there are. */
static int
count_runs(struct state *s)
{
	struct reading rd = { .store = &s->l.store };
	uint64_t seq = 0;
	uint32_t chain = 0;
	bool before = false;
	struct event ev;
	int runs = 0;

	living_close(&s->l); /* the store's head is as of when it was opened */
	living_open(&s->l);
	assert_int_equal(reading_begin(&rd), ERR_NONE);
	while (seq < s->l.store.head.seq) {
		assert_int_equal(reading_event(&rd, &seq, &chain, &ev),
		    ERR_NONE);
		assert_false(before && ev.kind == EVENT_DROPPED);
		before = ev.kind == EVENT_DROPPED;
		runs += before;
	}
	reading_end(&rd);
	return runs;
}

static void
runs_merge(void **arg)
{
	struct state *s = *arg;
	struct verify_report r;
	size_t before;
	uint64_t n;
	int runs;

	begin(s, 300);
	before = entries(s);
	n = drop(s, 1, NEVER, ALL);
	runs = count_runs(s);
	assert_true(runs > 10); /* the other router's lie between them */
	assert_int_equal(entries(s), before - n + (size_t)runs);
	assert_good(s, &r);
	assert_int_equal(r.dropped, n);
	n += drop(s, 2, NEVER, ALL);
	assert_true(count_runs(s) < runs);
	assert_good(s, &r);
	assert_int_equal(r.dropped, n);
	put_cells(s);
	put_cells(s);
	n += drop(s, 2, NEVER, ALL);
	n += drop(s, 1, NEVER, ALL);
	assert_good(s, &r);
	assert_int_equal(r.dropped, n);
	assert_int_equal(entries(s),
	    s->l.learnt.seq - n + (size_t)count_runs(s));
}

static void
what_is_old_or_too_much_goes(void **arg)
{
	struct state *s = *arg;
	struct reading rd = { .store = &s->l.store };
	struct log_part part;
	uint64_t n;

	begin(s, 300);
	n = drop(s, 1, 1e9 + 50.5, INFINITY); /* by the world's own seq */
	assert_true(n > 30 && n < 50);
	assert_int_equal(drop(s, 1, 1e9 + 50.5, INFINITY), 0);
	assert_int_not_equal(drop(s, 1, NEVER, 20000), 0);
	assert_int_equal(reading_begin(&rd), ERR_NONE);
	assert_int_equal(part_get(&s->l.store, rd.txn, 1, &part), 0);
	reading_end(&rd);
	assert_true(part.bytes <= 20000 && part.bytes > 19000);
	assert_good(s, NULL);
}

static void
a_key_is_known_as_long_as_its_record(void **arg)
{
	struct state *s = *arg;
	struct op op;

	begin(s, 100);
	op = observe_keyed(s, "once", 1);
	assert_true(op.applied);
	assert_false(observe_keyed(s, "once", 1).applied);
	put_cells(s);
	put_cells(s);
	put_cells(s);
	drop(s, 1, NEVER, ALL);
	assert_true(observe_keyed(s, "once", 1).applied);
	assert_good(s, NULL);
}

static void
change_cell(struct state *s, uint32_t router, uint32_t arm, uint8_t g,
    bool forge)
{
	struct store_key k;
	MDB_val key = key_cell(&k, router, arm, g), val;
	uint8_t *bytes;
	uint64_t as_of, sum;
	MDB_txn *txn;

	assert_int_equal(mdb_txn_begin(s->l.store.env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_get(txn, s->l.store.dbi[DB_CELLS], &key, &val), 0);
	bytes = malloc(val.mv_size);
	memcpy(bytes, val.mv_data, val.mv_size);
	bytes[val.mv_size - 3] ^= 1;
	memcpy(&as_of, bytes, 8);
	sum = XXH3_64bits_withSeed(bytes + CELL_HEAD, val.mv_size - CELL_HEAD,
	    as_of);
	if (forge)
		memcpy(bytes + 8, &sum, 8);
	val.mv_data = bytes;
	assert_int_equal(mdb_put(txn, s->l.store.dbi[DB_CELLS], &key, &val, 0),
	    0);
	assert_int_equal(mdb_txn_commit(txn), 0);
	free(bytes);
}

/* With one of its generations damaged each comes back; with both it says from
 * where on the log is there. */
static void
either_generation_is_enough(void **arg)
{
	struct state *s = *arg;
	char live[STATE_HASH_SIZE], hash[STATE_HASH_SIZE], says[40];
	struct reading rd = { .store = &s->l.store };
	struct log_part part;

	begin(s, 300);
	put_cells(s);
	put_cells(s); /* new arms are there twice, too */
	drop(s, 1, NEVER, ALL);
	drop(s, 2, NEVER, ALL);
	living_close(&s->l);
	living_open(&s->l);
	bandit_hash(&s->l.learnt, NULL, live);
	for (int i = 0; i < ROUTERS; i++)
		for (int j = -1; j < s->l.learnt.router[i]->arms; j++) {
			uint32_t uid =
			    j < 0 ? 0 : s->l.learnt.router[i]->arm[j]->uid;
			uint32_t id = (uint32_t)i + 1;
			struct recovery info;
			struct bandit b = { 0 };
			struct fault f;

			for (uint8_t g = 0; g < 2; g++) {
				change_cell(s, id, uid, g, false);
				for (int all = 0; all < 2; all++) {
					recover(s, all, hash, &info);
					assert_string_equal(hash, live);
				}
				change_cell(s, id, uid, g, false);
			}
			change_cell(s, id, uid, 0, false);
			change_cell(s, id, uid, 1, false);
			assert_int_equal(
			    recover_state(&s->l.store, &b, false, &info, &f),
			    ERR_DATA);
			bandit_fini(&b);
			assert_int_equal(reading_begin(&rd), ERR_NONE);
			part_get(&s->l.store, rd.txn, id, &part);
			reading_end(&rd);
			snprintf(says, sizeof says, "from record %d on",
			    (int)part.last + 1);
			assert_non_null(strstr(f.text, says));
			assert_non_null(strstr(f.text, "--salvage"));
			change_cell(s, id, uid, 0, false);
			change_cell(s, id, uid, 1, false);
		}
	assert_good(s, NULL);
}

/* Else two that are damaged in turn would be overwritten never and always. */
static void
a_damaged_cell_is_overwritten_first(void **arg)
{
	struct state *s = *arg;

	begin(s, 100);
	for (uint8_t g = 0; g < 2; g++) {
		change_cell(s, 1, 0, g, false);
		change_cell(s, 1, 1, g, false);
		assert_int_equal(drop(s, 1, NEVER, ALL), 0);
		put_events(s, 5);
		put_cells(s);
		assert_int_not_equal(drop(s, 1, NEVER, ALL), 0);
		assert_good(s, NULL);
	}
}

static void
a_wrong_newer_cell_is_found(void **arg)
{
	struct state *s = *arg;
	struct verify_report r;
	struct fault f;
	int found = 0;

	begin(s, 200);
	drop(s, 1, NEVER, ALL);
	for (uint8_t g = 0; g < 2; g++) {
		change_cell(s, 1, 1, g, true);
		living_close(&s->l);
		if (verify_state(s->l.dir, &r, NULL, NULL, &f) == ERR_DATA) {
			found++;
			assert_non_null(
			    strstr(f.text, "not what the log gives"));
		}
		living_open(&s->l);
		change_cell(s, 1, 1, g, true);
	}
	assert_int_equal(found, 2);
}

static void
learn_anew(struct state *s)
{
	struct op *op = writer_op(s->l.writer, OP_EVENT, 0);
	struct relearn l = { .store = &s->l.store, .id = 1 };
	struct router *r = s->l.learnt.router[0];
	struct op result;
	struct fault f;

	l.overlay.until = UINT64_MAX;
	l.overlay.settings = r->settings;
	l.overlay.settings.rff_dimension = 16;
	op->ev.kind = EVENT_REBUILD;
	op->ev.router = 1;
	op->ev.settings = l.overlay.settings;
	op->applied = false;
	op->urgent = true;
	if (relearn_fold(&l, UINT64_MAX, &f) != ERR_NONE)
		fail_msg("%s", f.text);
	bandit_replace(&s->l.learnt, l.router);
	assert_int_equal(l.seq, s->l.learnt.seq);
	l.router->overlay.until = s->l.learnt.seq + 1;
	result = living_done(&s->l, op);
	assert_int_equal(result.seq, s->l.learnt.seq);
}

static void
a_rebuild_learns_from_what_is_kept(void **arg)
{
	struct state *s = *arg;
	struct verify_report r;

	begin(s, 300);
	assert_int_not_equal(drop(s, 1, NEVER, ALL), 0);
	assert_int_not_equal(drop(s, 2, NEVER, ALL), 0);
	learn_anew(s);
	assert_int_equal(drop(s, 1, NEVER, ALL), 0);
	assert_good(s, &r); /* from its birth, under the overlay */
	assert_true(r.old > 0);
	put_events(s, 20);
	put_cells(s);
	assert_int_equal(drop(s, 1, NEVER, ALL), 0);
	assert_good(s, NULL);
	put_events(s, 20);
	put_cells(s);
	assert_int_not_equal(drop(s, 1, NEVER, ALL), 0);
	assert_good(s, NULL); /* from its cells again */
	change_cell(s, 1, 1, 0, false);
	change_cell(s, 1, 1, 1, false);
	{
		struct recovery info = { 0 };
		struct bandit b = { 0 };
		struct fault f;

		assert_int_equal(
		    recover_state(&s->l.store, &b, true, &info, &f), ERR_DATA);
		bandit_fini(&b);
	}
}

static void
change_value(struct state *s, enum store_db db, MDB_val key, size_t at)
{
	uint8_t bytes[4096];
	MDB_txn *txn;
	MDB_val val;

	assert_int_equal(mdb_txn_begin(s->l.store.env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_get(txn, s->l.store.dbi[db], &key, &val), 0);
	assert_true(val.mv_size < sizeof bytes);
	memcpy(bytes, val.mv_data, val.mv_size);
	bytes[at] ^= 0x10;
	val.mv_data = bytes;
	assert_int_equal(mdb_put(txn, s->l.store.dbi[db], &key, &val, 0), 0);
	assert_int_equal(mdb_txn_commit(txn), 0);
}

static void
assert_found(struct state *s, enum store_db db, MDB_val key, size_t at,
    const char *says)
{
	struct fault f;

	change_value(s, db, key, at);
	living_close(&s->l);
	if (verify_start(s->l.dir, -1, &f) != ERR_DATA)
		fail_msg("byte %zu of %s: not found", at, says);
	if (strstr(f.text, says) == NULL)
		fail_msg("byte %zu: %s", at, f.text);
	/* Opened without the check. */
	assert_int_equal(store_open(&s->l.store, s->l.dir, STORE_READ, &f), 0);
	store_close(&s->l.store);
}

/* Every byte of a run, and of what meta says. */
static void
damage_of_a_run_is_found(void **arg)
{
	struct state *s = *arg;
	struct reading rd = { .store = &s->l.store };
	uint64_t seq = 0, run = 0;
	char name[] = "log.1", copy[250];
	uint32_t chain = 0;
	struct stored at;
	struct event ev;
	size_t size;

	begin(s, 100);
	drop(s, 1, NEVER, ALL);
	living_close(&s->l);
	living_open(&s->l);
	assert_int_equal(reading_begin(&rd), ERR_NONE);
	while (run == 0) {
		assert_int_equal(reading_event(&rd, &seq, &chain, &ev), 0);
		run = ev.kind == EVENT_DROPPED ? seq : 0;
	}
	assert_int_equal(reading_record(&rd, run, &at), 0);
	size = at.body.mv_size + 4;
	reading_end(&rd);
	living_close(&s->l);
	snprintf(copy, sizeof copy, "cp -r %s %s.copy", s->l.dir, s->l.dir);
	assert_int_equal(system(copy), 0);
	for (size_t i = 0; i < size + 24; i++) {
		bool meta = i >= size;

		snprintf(copy, sizeof copy, "rm -rf %s && cp -r %s.copy %s",
		    s->l.dir, s->l.dir, s->l.dir);
		assert_int_equal(system(copy), 0);
		living_open(&s->l);
		assert_found(s, meta ? DB_META : DB_LOG,
		    meta ? (MDB_val){ 5, name } : (MDB_val){ 8, &run },
		    meta ? i - size : i, meta ? "of router 1" : "record");
	}
	snprintf(copy, sizeof copy, "rm -rf %s && cp -r %s.copy %s", s->l.dir,
	    s->l.dir, s->l.dir);
	assert_int_equal(system(copy), 0);
	living_open(&s->l);
}

static void
a_run_is_no_missing_record(void **arg)
{
	struct state *s = *arg;
	struct salvaged r;
	struct fault f;
	char *text;
	size_t len;
	FILE *out;

	begin(s, 300);
	drop(s, 1, NEVER, ALL);
	drop(s, 2, 1e9 + 60, INFINITY);
	living_close(&s->l);
	out = open_memstream(&text, &len);
	assert_int_equal(salvage(s->l.dir, out, &r, &f), ERR_NONE);
	fclose(out);
	assert_string_equal((char *)r.missing.data, "");
	assert_true(r.end_known && r.last == s->l.learnt.seq);
	buf_free(&r.missing);
	free(text);
	living_open(&s->l);
}

static void
a_backup_has_runs_too(void **arg)
{
	struct state *s = *arg;
	struct verify_report r;
	char path[80], hash[STATE_HASH_SIZE];
	struct fault f;
	uint64_t seq;

	begin(s, 200);
	drop(s, 1, NEVER, ALL);
	snprintf(path, sizeof path, "%s.copy", s->l.dir);
	if (backup_make(&s->l.store, path, &seq, &f) != ERR_NONE)
		fail_msg("%s", f.text);
	if (verify_state(path, &r, NULL, NULL, &f) != ERR_NONE)
		fail_msg("%s", f.text);
	bandit_hash(&s->l.learnt, NULL, hash);
	assert_string_equal(r.hash, hash);
}

/* A round of cells as the daemon's, or one that comes to nothing half way. */
static void
put_round(struct state *s, uint64_t *rng)
{
	for (int i = 0; i < s->l.learnt.routers; i++) {
		const struct router *r = s->l.learnt.router[i];

		for (int j = 0; j < r->arms; j++) {
			put_cell(s, r, r->arm[j]);
			if (test_below(rng, 60) == 0)
				return;
		}
		put_cell(s, r, NULL);
	}
}

static void
damage_one(struct state *s, uint64_t *rng)
{
	uint32_t id = 1 + (uint32_t)test_below(rng, ROUTERS);
	const struct router *r = bandit_of(&s->l.learnt, id);
	uint64_t n = test_below(rng, (uint64_t)r->arms + 1);

	change_cell(s, id, n == 0 ? 0 : r->arm[n - 1]->uid, 0, false);
}

/* Events, rounds, drops, damage to one generation, rebuilds, compactions and
 * restarts in any order. */
static void
any_history_comes_back_the_same(void **arg)
{
	struct state *s = *arg;
	uint64_t rng = test_seed(), dropped = 0;
	int rebuilds = 0, damages = 0;

	put_events(s, 200);
	put_cells(s);
	put_cells(s);
	for (int i = 0; i < 300; i++) {
		uint64_t what = test_below(&rng, 100);
		uint32_t id = 1 + (uint32_t)test_below(&rng, ROUTERS);
		struct recovery info;
		char live[STATE_HASH_SIZE], hash[STATE_HASH_SIZE];

		if (what < 40)
			put_events(s, (int)test_below(&rng, 40));
		else if (what < 60)
			put_round(s, &rng);
		else if (what < 80)
			dropped += drop(s, id,
			    what % 2 ? 1e9 + (double)test_below(&rng, 4000)
				     : NEVER,
			    (double)test_below(&rng, 40000));
		else if (what < 82 && ++rebuilds)
			learn_anew(s);
		else if (what < 86 && ++damages) {
			put_cells(s);
			put_cells(s); /* both are good */
			damage_one(s, &rng);
			put_events(s, 3);
		} else if (what < 92)
			living_done(&s->l,
			    writer_op(s->l.writer, OP_COMPACT, 0));
		living_close(&s->l);
		living_open(&s->l);
		recover(s, false, hash, &info);
		bandit_hash(&s->l.learnt, NULL, live);
		assert_string_equal(hash, live);
		recover(s, true, hash, &info);
		assert_string_equal(hash, live);
	}
	printf("# %d records dropped of %d, %d rebuilds, %d damages\n",
	    (int)dropped, (int)s->l.learnt.seq, rebuilds, damages);
	assert_true(dropped > s->l.learnt.seq / 10);
	put_cells(s);
	put_cells(s);
	assert_good(s, NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_goes_before_two_snapshots_have_seen_it),
		TEST(an_arm_that_is_there_once_is_waited_for),
		TEST(an_arm_that_has_not_seen_it_keeps_it),
		TEST(runs_merge),
		TEST(what_is_old_or_too_much_goes),
		TEST(a_key_is_known_as_long_as_its_record),
		TEST(either_generation_is_enough),
		TEST(a_damaged_cell_is_overwritten_first),
		TEST(a_wrong_newer_cell_is_found),
		TEST(a_rebuild_learns_from_what_is_kept),
		TEST(damage_of_a_run_is_found),
		TEST(a_run_is_no_missing_record),
		TEST(a_backup_has_runs_too),
		TEST(any_history_comes_back_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
