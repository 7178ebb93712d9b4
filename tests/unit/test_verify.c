/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Directories of all sorts are good, and every kind of damage is found. */
#include "tests/test.h"

#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "bandit/cell.h"
#include "persist/imported.h"
#include "persist/record.h"
#include "persist/reading.h"
#include "persist/recover.h"
#include "persist/salvage.h"
#include "persist/verify.h"
#include "persist/writer.h"
#include "tests/unit/living.h"
#include "tests/unit/world.h"

struct state {
	struct living l;
	struct world world;
	uint64_t decisions; /* of router 1 */
};

static int
setup(void **arg)
{
	struct state *s = calloc(1, sizeof *s);

	if (s == NULL || living_make(&s->l) != 0)
		return -1;
	world_init(&s->world, 6, false, false);
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

static void
put_event(struct state *s)
{
	struct op *op = writer_op(s->l.writer, OP_EVENT, WORLD_D);

	world_next(&s->world, &op->ev);
	if (op->ev.kind == EVENT_REWARD) {
		memcpy(op->room.x, op->ev.decision.x, sizeof s->world.x);
		op->ev.decision =
		    (struct decision){ .x = op->room.x, .d = WORLD_D };
		op->kind = OP_OBSERVE;
		if (s->world.seq % 2 == 0)
			snprintf(op->ev.key, NAME_SIZE, "row-%d",
			    (int)s->world.seq);
	}
	living_done(&s->l, op);
}

static void
put_events(struct state *s, int n)
{
	while (n-- > 0)
		put_event(s);
}

static struct op *
decision_op(struct state *s, enum op_kind kind, const char *id, uint64_t n)
{
	struct op *op = writer_op(s->l.writer, kind, WORLD_D);
	struct decision *d = &op->ev.decision;

	if (id == NULL)
		id_make(d->id, 1, 1, n);
	else
		strcpy(d->id, id);
	op->own_id = id != NULL;
	d->router = op->ev.router = 1;
	d->number = n;
	return op;
}

/* A decision, which is then rewarded, or expires, or waits. */
static void
put_decision(struct state *s, const char *id, enum op_kind end)
{
	uint64_t number = ++s->decisions + 1000;
	struct op *op = decision_op(s, OP_DECISION, id, number);

	for (int j = 0; j < WORLD_D; j++)
		op->room.x[j] = (float)(j + 1);
	op->ev.decision.time = 100;
	op->ev.decision.k = 1;
	op->ev.decision.shown = room_shown(&op->room, 1);
	op->room.shown[0] = (struct shown){ .arm = 1, .propensity = 0.5 };
	living_done(&s->l, op);
	if (end == OP_DECISION)
		return;
	op = decision_op(s, end, id, number);
	op->ev.reward = 0.75;
	op->ev.cost = NAN;
	living_done(&s->l, op);
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

/* All kinds of records, and cells of two generations and different age. */
static void
put_all_sorts(struct state *s)
{
	char id[NAME_SIZE];

	put_events(s, 40);
	for (int i = 0; i < 12; i++) {
		snprintf(id, sizeof id, "mine-%d", i);
		put_decision(s, i % 2 ? id : NULL,
		    i % 3 == 0       ? OP_REWARD
			: i % 3 == 1 ? OP_EXPIRE
				     : OP_DECISION);
	}
	s->world.seq = s->l.learnt.seq;
	put_events(s, 60);
	put_cells(s);
	put_events(s, 30);
	put_cells(s);
	put_events(s, 30);
	put_cells(s);
	put_events(s, 7);
}

static void
assert_good(struct state *s, struct verify_report *r)
{
	struct verify_report report;
	struct fault f;
	char hash[STATE_HASH_SIZE];

	living_close(&s->l);
	if (verify_state(s->l.dir, &report, NULL, NULL, &f) != ERR_NONE)
		fail_msg("%s", f.text);
	bandit_hash(&s->l.learnt, NULL, hash);
	assert_string_equal(report.hash, hash);
	assert_int_equal(report.last, s->l.learnt.seq);
	assert_int_equal(report.records, s->l.learnt.seq);
	assert_int_equal(report.compared + report.old, report.cells);
	living_open(&s->l);
	if (r != NULL)
		*r = report;
}

static void
a_fresh_directory_is_good(void **arg)
{
	struct verify_report r;

	assert_good(*arg, &r);
	assert_int_equal(r.first, 0);
	assert_int_equal(r.routers, 0);
}

static void
all_sorts_of_records_are_good(void **arg)
{
	struct state *s = *arg;
	struct verify_report r;

	for (int i = 0; i < 200; i++) { /* at every length of the log */
		put_event(s);
		if (i % 17 == 0)
			put_cells(s);
		if (i % 10 == 0)
			assert_good(s, NULL);
	}
	put_all_sorts(s);
	assert_good(s, &r);
	assert_true(r.decisions == 12 && r.own_ids == 6 && r.keys > 10);
	assert_true(r.compared >= 6 && r.old == 0);
}

/* Their cells go with the next snapshot, and are good until then. */
static void
removed_arms_are_good(void **arg)
{
	struct state *s = *arg;
	struct op *op;

	put_all_sorts(s);
	op = writer_op(s->l.writer, OP_EVENT, 0);
	op->ev.kind = EVENT_ARM_REMOVE;
	op->ev.router = 1;
	op->ev.arm = s->l.learnt.router[0]->arm[0]->uid;
	living_done(&s->l, op);
	assert_good(s, NULL);
	put_cells(s);
	assert_good(s, NULL);
}

/* A click on a slate of another log, with an arm that is not here. */
static struct op
put_imported(struct state *s, const char *key, uint64_t seq)
{
	struct op *op = writer_op(s->l.writer, OP_IMPORT, WORLD_D);
	struct decision *d = &op->ev.decision;

	for (int j = 0; j < WORLD_D; j++)
		op->room.x[j] = (float)(seq + 1);
	op->as_of = seq;
	op->ev.kind = EVENT_CLICK;
	op->ev.router = d->router = 1;
	op->ev.arm = 1;
	strcpy(op->ev.key, key);
	strcpy(d->id, "d1.1.1001"); /* as one of our own */
	d->number = 1u << 30;
	d->state_seq = 1u << 30;
	d->k = 2;
	d->shown = room_shown(&op->room, 2);
	op->room.shown[0] = (struct shown){ .arm = 1, .propensity = 0.5 };
	op->room.shown[1] = (struct shown){ .arm = ARM_NOBODY(1) };
	return living_done(&s->l, op);
}

static void
a_record_of_another_log_counts_once(void **arg)
{
	struct state *s = *arg;
	struct router *r;
	uint64_t numbered, rewards;
	struct op op;

	put_all_sorts(s);
	r = s->l.learnt.router[0];
	numbered = r->numbered;
	rewards = r->rewards;
	for (int i = 0; i < 2; i++) {
		op = put_imported(s, "import:1", 7);
		assert_int_equal(op.applied, i == 0);
		assert_int_equal(op.seq, s->l.learnt.seq);
	}
	assert_int_equal(r->rewards, rewards + 1);
	assert_int_equal(r->numbered, numbered);
	put_decision(s, NULL, OP_REWARD); /* numbers and ids are our own */
	put_cells(s);
	assert_good(s, NULL);
}

/* As where somebody imports an export into the daemon it came from. */
static void
a_record_of_this_log_is_there_already(void **arg)
{
	struct state *s = *arg;
	struct reading rd = { .store = &s->l.store };
	char key[NAME_SIZE];
	struct event ev;
	struct stored at;
	uint32_t found = 0;
	struct op op;

	put_all_sorts(s);
	assert_int_equal(reading_begin(&rd), ERR_NONE);
	for (uint64_t seq = s->l.learnt.seq; seq > 0 && found == 0; seq--) {
		reading_record(&rd, seq, &at);
		event_decode(at.body.mv_data, at.body.mv_size, &rd.room, &ev,
		    NULL);
		ev.seq = seq;
		if (ev.kind == EVENT_REWARD && ev.key[0] == '\0')
			found = (uint32_t)seq;
	}
	imported_key(&ev, key);
	reading_end(&rd);
	assert_int_not_equal(found, 0);
	op = put_imported(s, key, found);
	assert_false(op.applied);
	assert_int_equal(op.seq, found);
	op = put_imported(s, key, found - 1); /* it is not that one */
	assert_true(op.applied);
	assert_good(s, NULL);
}

static void
learn_anew(struct state *s, int rff_dimension)
{
	struct op *op = writer_op(s->l.writer, OP_EVENT, 0);
	struct recovery info = { 0 };
	struct fault f;

	op->ev.kind = EVENT_REBUILD;
	op->ev.router = 1;
	op->ev.settings = s->l.learnt.router[0]->settings;
	op->ev.settings.rff_dimension = rff_dimension;
	living_done(&s->l, op);
	living_close(&s->l);
	living_open(&s->l);
	bandit_fini(&s->l.learnt);
	if (recover_state(&s->l.store, &s->l.learnt, true, &info, &f) !=
	    ERR_NONE)
		fail_msg("%s", f.text);
}

static void
what_was_learnt_anew_is_good(void **arg)
{
	struct state *s = *arg;
	struct verify_report r;

	put_all_sorts(s);
	learn_anew(s, 16);
	assert_good(s, &r);
	assert_true(r.old > 0 && r.compared == 0);
	put_cells(s);
	assert_good(s, &r);
	assert_true(r.old > 0 && r.compared > 0);
	s->world.seq = s->l.learnt.seq;
	put_cells(s);
	learn_anew(s, 64);
	put_cells(s);
	assert_good(s, &r);
	assert_true(r.old > 0 && r.compared > 0);
}

static void
a_wrong_place_says_so(void **arg)
{
	struct state *s = *arg;
	struct verify_report r;
	struct fault f;
	char pid[32];

	assert_int_equal(verify_state(s->l.dir, &r, NULL, NULL, &f),
	    ERR_UNAVAILABLE);
	snprintf(pid, sizeof pid, "process %ld", (long)getpid());
	assert_non_null(strstr(f.text, pid));
	assert_int_equal(verify_state("/nowhere", &r, NULL, NULL, &f),
	    ERR_DATA);
	assert_non_null(strstr(f.text, "/nowhere/db/data.mdb is missing"));
}

/* One change behind the writer's back. */
struct damage {
	const char *what;
	enum store_db db;
	void (*key)(struct state *, MDB_txn *, MDB_val *, struct store_key *);
	void (*change)(uint8_t *bytes, size_t *len); /* NULL: deleted */
	const char *says;
	bool start_lives; /* the daemon makes up for it */
};

static void
meta_key(const char *name, MDB_val *key, struct store_key *k)
{
	strcpy((char *)k->bytes, name);
	*key = (MDB_val){ strlen(name), k->bytes };
}

#define META(name, text)                                              \
	static void name(struct state *s, MDB_txn *txn, MDB_val *key, \
	    struct store_key *k)                                      \
	{                                                             \
		(void)s, (void)txn;                                   \
		meta_key(text, key, k);                               \
	}
META(head, "head")
META(routers, "routers")
META(starts, "starts")
META(schema, "schema")
META(rebuilt, "rebuild.1")

static void
record_42(struct state *s, MDB_txn *txn, MDB_val *key, struct store_key *k)
{
	uint64_t seq = 42;

	(void)s, (void)txn;
	memcpy(k->bytes, &seq, sizeof seq);
	*key = (MDB_val){ sizeof seq, k->bytes };
}

static void
last_record(struct state *s, MDB_txn *txn, MDB_val *key, struct store_key *k)
{
	(void)txn;
	memcpy(k->bytes, &s->l.store.head.seq, 8);
	*key = (MDB_val){ 8, k->bytes };
}

static void
decision_3(struct state *s, MDB_txn *txn, MDB_val *key, struct store_key *k)
{
	(void)s, (void)txn;
	*key = key_decision(k, 1, 1003);
}

static void
no_decision(struct state *s, MDB_txn *txn, MDB_val *key, struct store_key *k)
{
	MDB_val from, val;
	struct store_key from_key;

	from = key_decision(&from_key, 1, 1003);
	assert_int_equal(
	    mdb_get(txn, s->l.store.dbi[DB_DECISIONS], &from, &val), 0);
	*key = key_decision(k, 1, 99999);
	assert_int_equal(
	    mdb_put(txn, s->l.store.dbi[DB_DECISIONS], key, &val, 0), 0);
}

static void
own_id(struct state *s, MDB_txn *txn, MDB_val *key, struct store_key *k)
{
	(void)s, (void)txn;
	meta_key("mine-5", key, k); /* waits */
}

static void
no_id(struct state *s, MDB_txn *txn, MDB_val *key, struct store_key *k)
{
	uint8_t to[12] = { 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 77 };
	MDB_val val = { sizeof to, to };

	meta_key("theirs", key, k);
	assert_int_equal(mdb_put(txn, s->l.store.dbi[DB_OWN_IDS], key, &val, 0),
	    0);
}

static void
first_key(struct state *s, MDB_txn *txn, MDB_val *key, struct store_key *k)
{
	MDB_cursor *cur;
	MDB_val at, val;

	assert_int_equal(mdb_cursor_open(txn, s->l.store.dbi[DB_KEYS], &cur),
	    0);
	assert_int_equal(mdb_cursor_get(cur, &at, &val, MDB_FIRST), 0);
	memcpy(k->bytes, at.mv_data, at.mv_size);
	*key = (MDB_val){ at.mv_size, k->bytes };
	mdb_cursor_close(cur);
}

static void
no_key(struct state *s, MDB_txn *txn, MDB_val *key, struct store_key *k)
{
	uint64_t seq = 42;
	MDB_val val = { sizeof seq, &seq };

	*key = key_observation(k, 1, "nobody");
	assert_int_equal(mdb_put(txn, s->l.store.dbi[DB_KEYS], key, &val, 0),
	    0);
}

static void
arm_cell(struct state *s, MDB_txn *txn, MDB_val *key, struct store_key *k)
{
	(void)s, (void)txn;
	*key = key_cell(k, 1, 1, 1);
}

static void
router_cell(struct state *s, MDB_txn *txn, MDB_val *key, struct store_key *k)
{
	(void)s, (void)txn;
	*key = key_cell(k, 1, 0, 0);
}

/* The newer of an arm's cells under another key: a start would take the
 * older for the newer. */
static void
moved_cell(struct state *s, MDB_txn *txn, MDB_val *key, struct store_key *k)
{
	struct store_key to_key;
	MDB_val to = key_cell(&to_key, 1, 200, 0), val;

	*key = key_cell(k, 1, 1, 1);
	assert_int_equal(mdb_get(txn, s->l.store.dbi[DB_CELLS], key, &val), 0);
	assert_int_equal(mdb_put(txn, s->l.store.dbi[DB_CELLS], &to, &val, 0),
	    0);
}

static void
first_gone(struct state *s, MDB_txn *txn, MDB_val *key, struct store_key *k)
{
	(void)s, (void)txn;
	*key = key_cell(k, 1, 1, 0);
}

static void
flip(uint8_t *bytes, size_t *len)
{
	bytes[*len / 2] ^= 0x10;
}

static void
flip_last(uint8_t *bytes, size_t *len)
{
	bytes[*len - 1] ^= 1;
}

static void
flip_first(uint8_t *bytes, size_t *len)
{
	(void)len;
	bytes[0] ^= 1;
}

static void
newer(uint8_t *bytes, size_t *len)
{
	(void)len;
	bytes[0] = STORE_SCHEMA + 1;
}

static void
same(uint8_t *bytes, size_t *len)
{
	(void)bytes, (void)len;
}

static void
zero(uint8_t *bytes, size_t *len)
{
	memset(bytes, 0, *len);
}

static void
shorten(uint8_t *bytes, size_t *len)
{
	(void)bytes;
	*len -= 1;
}

/* Other numbers under a checksum that fits. */
static void
forge(uint8_t *bytes, size_t *len)
{
	uint64_t as_of, sum;

	bytes[*len - 3] ^= 1;
	memcpy(&as_of, bytes, 8);
	sum = XXH3_64bits_withSeed(bytes + CELL_HEAD, *len - CELL_HEAD, as_of);
	memcpy(bytes + 8, &sum, 8);
}

/* clang-format off */
static const struct damage damages[] = {
	{ "a record", DB_LOG, record_42, flip, "record 42 ", false },
	{ "a record's chain", DB_LOG, record_42, flip_first, "record 42 ",
	  false },
	{ "a record is gone", DB_LOG, record_42, NULL, "record 42 ", false },
	{ "a record is short", DB_LOG, record_42, shorten, "record 42 ",
	  false },
	{ "the last record is gone", DB_LOG, last_record, NULL, "record ",
	  false },
	{ "the head's number", DB_META, head, flip_first, "record ", false },
	{ "the head's chain", DB_META, head, flip_last, "does not end",
	  false },
	{ "the head is gone", DB_META, head, NULL, "the log has", false },
	{ "routers", DB_META, routers, flip_first, "damaged", false },
	{ "routers is gone", DB_META, routers, NULL, "damaged", false },
	{ "starts", DB_META, starts, zero, "starts", false },
	{ "starts is gone", DB_META, starts, NULL, "damaged", false },
	{ "schema", DB_META, schema, zero, "schema", false },
	{ "schema is gone", DB_META, schema, NULL, "not banditd's", false },
	{ "newer", DB_META, schema, newer, "use a newer one", false },
	{ "a rebuild", DB_META, rebuilt, flip_first, "rebuild", false },
	{ "a rebuild is gone", DB_META, rebuilt, NULL, "router", false },
	{ "a decision", DB_DECISIONS, decision_3, flip,
	  "decision 1003 of router 1", false },
	{ "a decision is short", DB_DECISIONS, decision_3, shorten,
	  "decision 1003 of router 1", false },
	{ "a decision's number", DB_DECISIONS, no_decision, same,
	  "decision 99999 of router 1", false },
	{ "an id", DB_OWN_IDS, own_id, flip, "decision", false },
	{ "an id is gone", DB_OWN_IDS, own_id, NULL, "id does not lead",
	  false },
	{ "an id of nothing", DB_OWN_IDS, no_id, same, "theirs", false },
	{ "a key", DB_KEYS, first_key, flip_first, "key \"row-", false },
	{ "a key is gone", DB_KEYS, first_key, NULL, "key \"row-", false },
	{ "a key of nothing", DB_KEYS, no_key, same, "keys that belong",
	  false },
	{ "an arm's cell", DB_CELLS, arm_cell, flip,
	  "router 1, arm 1, generation 1", true },
	{ "a router's cell", DB_CELLS, router_cell, flip,
	  "router 1, arm 0, generation 0", true },
	{ "a forged cell", DB_CELLS, arm_cell, forge,
	  "not what the log gives", true },
	{ "a forged router", DB_CELLS, router_cell, forge,
	  "router 1, arm 0, generation 0", true },
	{ "a moved cell", DB_CELLS, moved_cell, NULL, "arm 200", false },
	{ "an older cell is gone", DB_CELLS, first_gone, NULL,
	  "generation 1", false },
};
/* clang-format on */

static void
do_damage(struct state *s, const struct damage *d)
{
	MDB_dbi dbi = s->l.store.dbi[d->db];
	struct store_key k;
	MDB_val key, val;
	uint8_t *bytes;
	MDB_txn *txn;
	size_t len;

	assert_int_equal(mdb_txn_begin(s->l.store.env, NULL, 0, &txn), 0);
	d->key(s, txn, &key, &k);
	if (d->change == NULL) {
		assert_int_equal(mdb_del(txn, dbi, &key, NULL), 0);
	} else {
		assert_int_equal(mdb_get(txn, dbi, &key, &val), 0);
		len = val.mv_size;
		bytes = malloc(len);
		memcpy(bytes, val.mv_data, len);
		d->change(bytes, &len);
		val = (MDB_val){ len, bytes };
		assert_int_equal(mdb_put(txn, dbi, &key, &val, 0), 0);
		free(bytes);
	}
	assert_int_equal(mdb_txn_commit(txn), 0);
}

static void
copy_dir(const char *from, const char *to)
{
	char command[300];

	snprintf(command, sizeof command, "rm -rf %s && cp -r %s %s", to, from,
	    to);
	assert_int_equal(system(command), 0);
}

static void
every_damage_is_found(void **arg)
{
	struct state *s = *arg;
	char good[80];
	struct verify_report r;
	enum err found, start;
	struct fault f, why;

	put_all_sorts(s);
	learn_anew(s, 16);
	put_cells(s);
	put_cells(s);
	put_cells(s);
	assert_good(s, NULL);
	living_close(&s->l);
	snprintf(good, sizeof good, "%s.good", s->l.dir);
	copy_dir(s->l.dir, good);
	for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
		const struct damage *d = &damages[i];

		copy_dir(good, s->l.dir);
		living_open(&s->l);
		do_damage(s, d);
		living_close(&s->l);
		found = verify_state(s->l.dir, &r, NULL, NULL, &f);
		if (found != ERR_DATA || strstr(f.text, d->says) == NULL)
			fail_msg("%s: %s", d->what,
			    found == ERR_DATA ? f.text : "not found");
		start = verify_start(s->l.dir, -1, &why);
		if (start != (d->start_lives ? ERR_NONE : ERR_DATA))
			fail_msg("%s: a start says \"%s\"", d->what,
			    start != ERR_NONE ? why.text : "good");
		if (start != ERR_NONE)
			assert_non_null(strstr(why.text, d->says));
	}
	copy_dir(good, s->l.dir);
	living_open(&s->l);
	snprintf(good, sizeof good, "rm -rf %s.good", s->l.dir);
	assert_int_equal(system(good), 0);
}

static uint32_t
chain_of(struct state *s, uint64_t seq)
{
	struct reading rd = { .store = &s->l.store };
	struct stored at;

	assert_int_equal(reading_begin(&rd), ERR_NONE);
	assert_int_equal(reading_record(&rd, seq, &at), ERR_NONE);
	reading_end(&rd);
	return at.chain;
}

/* Behind the last page one more, as a commit that failed leaves it: with a
 * record of that number that continues the chain.  Its chain. */
static uint32_t
leave_behind(struct state *s, uint64_t seq, uint32_t before, double time)
{
	struct event ev = { .kind = EVENT_AGE,
		.time = time,
		.router = 1,
		.arm = 1 };
	uint16_t flags_key[] = { 0, 8 };
	struct buf body = { 0 };
	uint8_t page[4096] = { 0 };
	char path[100];
	uint32_t size, chain;
	FILE *file;

	event_encode(&ev, &body);
	chain = store_chain(before, seq, body.data, body.len);
	size = (uint32_t)body.len + 4;
	memcpy(page + 100, &size, 4);
	memcpy(page + 104, flags_key, 4);
	memcpy(page + 108, &seq, 8);
	memcpy(page + 116, &chain, 4);
	memcpy(page + 120, body.data, body.len);
	buf_free(&body);
	snprintf(path, sizeof path, "%s/db/data.mdb", s->l.dir);
	file = fopen(path, "ab");
	assert_non_null(file);
	assert_int_equal(fwrite(page, 1, sizeof page, file), sizeof page);
	fclose(file);
	return chain;
}

static void
what_was_never_committed_is_not_salvaged(void **arg)
{
	struct state *s = *arg;
	struct salvaged r;
	struct fault f;
	uint64_t head;
	uint32_t before[2], chain;
	char *text;
	size_t len;
	FILE *out;

	put_events(s, 60);
	living_close(&s->l); /* the store's head is as of when it was opened */
	living_open(&s->l);
	head = s->l.store.head.seq;
	before[0] = chain_of(s, 29);
	before[1] = chain_of(s, head - 1);
	living_close(&s->l);
	leave_behind(s, 30, before[0], 7777);
	chain = leave_behind(s, head, before[1], 7777);
	leave_behind(s, head + 1, chain, 7777);
	out = open_memstream(&text, &len);
	assert_int_equal(salvage(s->l.dir, out, &r, &f), ERR_NONE);
	fclose(out);
	assert_int_equal(r.proven, head);
	assert_int_equal(r.last, head);
	assert_true(r.end_known);
	assert_string_equal((char *)r.missing.data, "");
	assert_null(strstr(text, "\"time\": 7777"));
	buf_free(&r.missing);
	free(text);
	living_open(&s->l);
}

static enum err
die(struct guard *g, void *arg, void *result, struct fault *f)
{
	(void)g, (void)result, (void)f;
	raise(*(int *)arg);
	return ERR_NONE;
}

static enum err
say(struct guard *g, void *arg, void *result, struct fault *f)
{
	*(int *)result = *(int *)arg;
	guard_progress(g, 1, 2);
	return fault_set(f, ERR_CONFLICT, "said");
}

static void
note_progress(void *arg, uint64_t at, uint64_t total)
{
	*(uint64_t *)arg = 10 * at + total;
}

static void
a_guard_outlives_its_child(void **arg)
{
	static const struct {
		int sig;
		enum err err;
	} deaths[] = { { SIGSEGV, ERR_DATA }, { SIGBUS, ERR_DATA },
		{ SIGABRT, ERR_DATA }, { SIGKILL, ERR_STORAGE } };
	int number, result = 0;
	struct guard_work w = { .fn = die,
		.what = "it",
		.arg = &number,
		.result = &result,
		.len = sizeof result,
		.close_fd = -1 };
	uint64_t progress = 0;
	struct fault f;

	(void)arg;
	for (size_t i = 0; i < sizeof deaths / sizeof deaths[0]; i++) {
		number = deaths[i].sig;
		assert_int_equal(guard_run(&w, &f), deaths[i].err);
		assert_non_null(strstr(f.text, strsignal(number)));
	}
	w.fn = say;
	w.progress = note_progress;
	w.progress_arg = &progress;
	number = 7;
	assert_int_equal(guard_run(&w, &f), ERR_CONFLICT);
	assert_string_equal(f.text, "said");
	assert_int_equal(result, 7);
	assert_int_equal(progress, 12);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_fresh_directory_is_good),
		TEST(all_sorts_of_records_are_good),
		TEST(removed_arms_are_good),
		TEST(a_record_of_another_log_counts_once),
		TEST(a_record_of_this_log_is_there_already),
		TEST(what_was_learnt_anew_is_good),
		TEST(a_wrong_place_says_so),
		TEST(every_damage_is_found),
		TEST(what_was_never_committed_is_not_salvaged),
		TEST(a_guard_outlives_its_child),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
