/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The writer and the store under it: what comes back, and what a restart
 * finds. */
#include "tests/test.h"

#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bandit/cell.h"
#include "features/context.h"
#include "persist/backup.h"
#include "persist/record.h"
#include "persist/recover.h"
#include "persist/writer.h"
#include "tests/unit/world.h"

struct state {
	char dir[64];
	struct store store;
	struct writer *writer;
	struct bandit live; /* what the loop would have folded */
	struct world world;
	float x[WORLD_D];
};

static int
setup(void **arg)
{
	struct state *s = calloc(1, sizeof *s);
	struct fault f;

	strcpy(s->dir, "/tmp/banditd-test-XXXXXX");
	if (s == NULL || mkdtemp(s->dir) == NULL)
		return -1;
	if (store_open(&s->store, s->dir, STORE_WRITE, &f) != ERR_NONE)
		return -1;
	s->writer = writer_new(&s->store);
	world_init(&s->world, 6, false, false);
	*arg = s;
	return 0;
}

static int
teardown(void **arg)
{
	struct state *s = *arg;
	char command[256];

	if (s->writer != NULL)
		writer_free(s->writer);
	if (s->store.env != NULL)
		store_close(&s->store);
	bandit_fini(&s->live);
	snprintf(command, sizeof command, "rm -rf %s %s.copy", s->dir, s->dir);
	if (system(command) != 0)
		return -1;
	free(s);
	return 0;
}

/* Waits until the writer hands something back; its first op. */
static struct op *
take(struct state *s, struct op **early)
{
	struct pollfd ready = { writer_fd(s->writer), POLLIN, 0 };
	struct op *op = NULL;

	*early = NULL;
	while (op == NULL && *early == NULL) {
		assert_int_equal(poll(&ready, 1, 20000), 1);
		writer_drain_fd(s->writer);
		op = writer_take(s->writer, early);
	}
	return op;
}

/* Queues the op as urgent and waits until it, and all before it, is done. */
static struct op *
put_and_wait(struct state *s, struct op *op)
{
	struct op *early, *done, *next;

	op->urgent = true;
	writer_put(s->writer, op);
	for (;;)
		for (done = take(s, &early); done != NULL; done = next) {
			next = done->next;
			if (done == op)
				return op;
			writer_recycle(s->writer, done);
		}
}

static void
fold(struct state *s, struct op *op)
{
	assert_int_equal(op->err, ERR_NONE);
	if (op->applied)
		assert_int_not_equal(bandit_fold(&s->live, &op->ev, NULL),
		    ERR_DATA);
	writer_recycle(s->writer, op);
}

static void
put_event(struct state *s)
{
	struct op *op = writer_op(s->writer, OP_EVENT, WORLD_D);

	world_next(&s->world, &op->ev);
	if (op->ev.kind == EVENT_REWARD) { /* one that was observed */
		memcpy(op->room.x, op->ev.decision.x, sizeof s->x);
		op->ev.decision =
		    (struct decision){ .x = op->room.x, .d = WORLD_D };
		op->kind = OP_OBSERVE;
	}
	fold(s, put_and_wait(s, op));
}

static void
put_events(struct state *s, int n)
{
	for (int i = 0; i < n; i++)
		put_event(s);
}

static struct op *
decision(struct state *s, const char *id, uint64_t number)
{
	struct op *op = writer_op(s->writer, OP_DECISION, WORLD_D);
	struct decision *d = &op->ev.decision;

	for (int j = 0; j < WORLD_D; j++)
		op->room.x[j] = (float)(j + 1);
	strcpy(d->id, id);
	d->number = number;
	d->router = 1;
	d->time = 100;
	d->k = 1;
	d->shown = room_shown(&op->room, 1);
	op->room.shown[0] = (struct shown){ .arm = 1, .propensity = 0.5 };
	op->own_id = !id_parse(id, NULL, NULL);
	return op;
}

static struct op *
reward_of(struct state *s, enum op_kind kind, const char *id)
{
	struct op *op = writer_op(s->writer, kind, 0);
	struct decision *d = &op->ev.decision;

	strcpy(d->id, id);
	op->own_id = !id_parse(id, &d->router, &d->number);
	op->ev.reward = 0.75;
	op->ev.cost = 1;
	return op;
}

/* Opens the directory again; what it recovers must be what was folded. */
static void
assert_recovers(struct state *s, bool whole_log)
{
	char live[STATE_HASH_SIZE], found[STATE_HASH_SIZE];
	struct recovery info = { 0 };
	struct bandit b = { 0 };
	struct fault f = { 0 };

	writer_free(s->writer);
	store_close(&s->store);
	assert_int_equal(store_open(&s->store, s->dir, STORE_WRITE, &f), 0);
	if (recover_state(&s->store, &b, whole_log, &info, &f) != ERR_NONE)
		fail_msg("%s", f.text);
	bandit_hash(&b, NULL, found);
	bandit_hash(&s->live, NULL, live);
	assert_string_equal(found, live);
	assert_int_equal(b.seq, s->live.seq);
	bandit_fini(&b);
	s->writer = writer_new(&s->store);
}

static void
put_cells(struct state *s)
{
	for (int i = 0; i < s->live.routers; i++) {
		const struct router *r = s->live.router[i];

		for (int j = 0; j <= r->arms; j++) { /* the router comes last */
			struct op *op = writer_op(s->writer, OP_CELL, 0);

			op->ev.router = r->id;
			op->ev.arm = j < r->arms ? r->arm[j]->uid : 0;
			op->as_of = s->live.seq;
			if (j < r->arms)
				cell_encode_arm(r, r->arm[j], &op->data);
			else
				cell_encode_router(r, &op->data);
			op = put_and_wait(s, op);
			assert_int_equal(op->err, ERR_NONE);
			writer_recycle(s->writer, op);
		}
	}
}

static void
a_restart_folds_the_log(void **arg)
{
	struct state *s = *arg;

	put_events(s, 100);
	assert_recovers(s, false);
	assert_recovers(s, true);
	put_events(s, 20);
	assert_recovers(s, false);
}

static void
a_restart_uses_cells_of_two_generations(void **arg)
{
	struct state *s = *arg;

	for (int i = 0; i < 5; i++) {
		put_events(s, 40);
		put_cells(s);
		put_events(s, 7);
		assert_recovers(s, false);
		assert_recovers(s, true);
	}
}

static void
a_reward_counts_once(void **arg)
{
	struct state *s = *arg;
	struct op *op;
	uint64_t seq;

	put_events(s, 3);
	writer_put(s->writer, decision(s, "d1.1.1", 1));
	writer_put(s->writer, decision(s, "mine", 2));
	for (int i = 0; i < 2; i++) {
		const char *id = i == 0 ? "d1.1.1" : "mine";

		op = put_and_wait(s, reward_of(s, OP_REWARD, id));
		assert_true(op->applied);
		assert_int_equal(op->ev.arm, 1);
		assert_int_equal(op->ev.decision.number, i + 1);
		assert_int_equal(op->ev.decision.d, WORLD_D);
		assert_true(op->ev.decision.x[2] == 3);
		seq = op->seq;
		fold(s, op);
		op = put_and_wait(s, reward_of(s, OP_REWARD, id));
		assert_int_equal(op->err, ERR_NONE);
		assert_false(op->applied);
		assert_int_equal(op->seq, seq);
		writer_recycle(s->writer, op);
	}
	assert_int_equal(s->live.router[0]->rewards, 2);
	assert_recovers(s, false);
	op = put_and_wait(s, reward_of(s, OP_REWARD, "mine"));
	assert_false(op->applied);
	writer_recycle(s->writer, op);
}

static void
decisions_that_are_not_there_say_so(void **arg)
{
	struct state *s = *arg;
	struct op *op;

	put_events(s, 3);
	op = put_and_wait(s, reward_of(s, OP_REWARD, "d1.1.1"));
	assert_int_equal(op->err, ERR_UNKNOWN_DECISION);
	writer_recycle(s->writer, op);
	writer_put(s->writer, decision(s, "d1.1.1", 1));
	/* the same number after a start that lost the first: another id */
	op = put_and_wait(s, reward_of(s, OP_REWARD, "d2.1.1"));
	assert_int_equal(op->err, ERR_UNKNOWN_DECISION);
	writer_recycle(s->writer, op);
	fold(s, put_and_wait(s, reward_of(s, OP_EXPIRE, "d1.1.1")));
	op = put_and_wait(s, reward_of(s, OP_REWARD, "d1.1.1"));
	assert_int_equal(op->err, ERR_EXPIRED);
	writer_recycle(s->writer, op);
	assert_int_equal(s->live.router[0]->arm[0]->expired, 1);
	assert_recovers(s, false);
}

static void
a_probe_never_rewards(void **arg)
{
	struct state *s = *arg;
	struct op *op;

	put_events(s, 3);
	writer_put(s->writer, decision(s, "d1.1.1", 1));
	op = reward_of(s, OP_REWARD, "d1.1.1");
	op->probe = true;
	op = put_and_wait(s, op);
	assert_int_equal(op->err, ERR_UNKNOWN_DECISION);
	writer_recycle(s->writer, op);
	op = put_and_wait(s, reward_of(s, OP_REWARD, "d1.1.1"));
	assert_true(op->applied);
	fold(s, op);
}

static void
an_observation_with_a_key_counts_once(void **arg)
{
	struct state *s = *arg;
	uint64_t seq[2];

	put_events(s, 3);
	for (int i = 0; i < 2; i++) {
		struct op *op = writer_op(s->writer, OP_OBSERVE, WORLD_D);

		memset(op->room.x, 0, sizeof s->x);
		op->room.x[0] = 1;
		op->ev.router = op->ev.arm = 1;
		strcpy(op->ev.key, "row-1");
		op = put_and_wait(s, op);
		assert_int_equal(op->applied, i == 0);
		seq[i] = op->seq;
		fold(s, op);
	}
	assert_int_equal(seq[0], seq[1]);
	assert_recovers(s, false);
}

/* What nobody asked to be on disk comes early, and again when it is there. */
static void
a_reward_in_memory_is_answered_before_the_disk(void **arg)
{
	struct state *s = *arg;
	struct op *op, *early, *done = NULL, *next;
	bool back = false;

	put_events(s, 3);
	writer_put(s->writer, decision(s, "d1.1.1", 1));
	op = reward_of(s, OP_REWARD, "d1.1.1");
	writer_put(s->writer, op);
	while (take(s, &early) == NULL && early == NULL)
		continue;
	assert_ptr_equal(early, op);
	assert_true(op->applied);
	assert_int_equal(op->seq, 4);
	assert_int_equal(bandit_fold(&s->live, &op->ev, NULL), ERR_NONE);
	while (!back)
		for (done = take(s, &early); done != NULL; done = next) {
			next = done->next;
			back |= done == op;
			writer_recycle(s->writer, done);
		}
	assert_recovers(s, false);
}

static struct op *
observation(struct state *s, bool urgent)
{
	struct op *op = writer_op(s->writer, OP_OBSERVE, WORLD_D);

	for (int j = 0; j < WORLD_D; j++)
		op->room.x[j] = (float)(j + 1);
	op->ev.router = op->ev.arm = 1;
	op->urgent = urgent;
	return op;
}

/* What is on disk and not yet taken comes before it in the log. */
static void
nothing_comes_early_before_what_is_done(void **arg)
{
	struct state *s = *arg;

	put_events(s, 3);
	for (int i = 0; i < 300; i++) {
		uint64_t last = s->live.seq;
		struct op *op, *early, *next;
		bool sync = false;

		writer_put(s->writer, observation(s, true));
		writer_put(s->writer, observation(s, false));
		if (i % 2 == 0) {
			op = writer_op(s->writer, OP_SYNC, 0);
			op->urgent = true;
			writer_put(s->writer, op);
		}
		while (s->live.seq < last + 2 || (i % 2 == 0 && !sync)) {
			op = take(s, &early);
			for (; early != NULL; early = early->next_early) {
				early->finished = true;
				assert_int_equal(
				    bandit_fold(&s->live, &early->ev, NULL), 0);
			}
			for (; op != NULL; op = next) {
				next = op->next;
				sync |= op->kind == OP_SYNC;
				if (op->applied && !op->finished)
					assert_int_equal(bandit_fold(&s->live,
							     &op->ev, NULL),
					    0);
				writer_recycle(s->writer, op);
			}
		}
	}
	assert_recovers(s, false);
}

static void
a_router_without_cells_is_folded_from_its_birth(void **arg)
{
	struct state *s = *arg;
	struct op *op;

	put_events(s, 30);
	op = writer_op(s->writer, OP_EVENT, 0);
	op->ev.kind = EVENT_ROUTER;
	op->ev.router = 2;
	strcpy(op->ev.name, "second");
	settings_default(router_settings, &op->ev.settings);
	fold(s, put_and_wait(s, op));
	op = writer_op(s->writer, OP_EVENT, 0);
	op->ev.kind = EVENT_ARM_ADD;
	op->ev.router = 2;
	strcpy(op->ev.name, "only");
	op->ev.cost = 1;
	fold(s, put_and_wait(s, op));
	s->live.routers = 1; /* a crash before the second's cells */
	put_cells(s);
	s->live.routers = 2;
	assert_recovers(s, false);
}

static uint64_t
count_decisions(struct state *s)
{
	MDB_stat stat;
	MDB_txn *txn;

	assert_int_equal(mdb_txn_begin(s->store.env, NULL, MDB_RDONLY, &txn),
	    0);
	assert_int_equal(mdb_stat(txn, s->store.dbi[DB_DECISIONS], &stat), 0);
	mdb_txn_abort(txn);
	return stat.ms_entries;
}

static void
a_purge_forgets_what_is_old_and_done(void **arg)
{
	struct state *s = *arg;
	struct op *op;
	char id[NAME_SIZE];

	put_events(s, 3);
	for (uint64_t n = 1; n <= 10; n++) {
		id_make(id, 1, 1, n);
		op = decision(s, id, n);
		op->ev.decision.time = (double)n;
		writer_put(s->writer, op);
		if (n != 6) /* it still waits, and those after it with it */
			fold(s, put_and_wait(s, reward_of(s, OP_REWARD, id)));
	}
	op = writer_op(s->writer, OP_PURGE, 0);
	op->ev.router = 1;
	op->ev.time = 4;
	writer_recycle(s->writer, put_and_wait(s, op));
	assert_int_equal(count_decisions(s), 7);
	op = writer_op(s->writer, OP_PURGE, 0);
	op->ev.router = 1;
	op->ev.time = 100;
	writer_recycle(s->writer, put_and_wait(s, op));
	assert_int_equal(count_decisions(s), 5);
	assert_recovers(s, false);
}

static int
read_line(const char *line, void *arg)
{
	int *lines = arg;

	(*lines)++;
	(void)line;
	return 0;
}

static int
readers(struct state *s)
{
	int lines = 0;

	mdb_reader_list(s->store.env, read_line, &lines);
	return lines;
}

/* Some tool that was killed. */
static void
read_and_die(struct state *s)
{
	pid_t pid = fork();
	char db[128];
	MDB_env *env;
	MDB_txn *txn;

	if (pid == 0) {
		snprintf(db, sizeof db, "%s/db", s->dir);
		mdb_env_create(&env);
		if (mdb_env_open(env, db, MDB_RDONLY, 0600) == 0)
			mdb_txn_begin(env, NULL, MDB_RDONLY, &txn);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void
a_purge_drops_readers_that_died(void **arg)
{
	struct state *s = *arg;
	int before = readers(s);
	struct op *op;

	read_and_die(s);
	assert_true(readers(s) > before);
	op = writer_op(s->writer, OP_PURGE, 0);
	op->ev.router = 1;
	writer_recycle(s->writer, put_and_wait(s, op));
	assert_int_equal(readers(s), before);
}

/* Some cells of 4 MiB each, of arms from `first`. */
static void
put_large(struct state *s, uint32_t first, uint32_t n)
{
	for (uint32_t i = first; i < first + n; i++) {
		struct op *op = writer_op(s->writer, OP_CELL, 0);

		op->ev.router = 77;
		op->ev.arm = i;
		op->as_of = 1;
		memset(buf_reserve(&op->data, 4 << 20), (int)i, 4 << 20);
		op->data.len = 4 << 20;
		op = put_and_wait(s, op);
		assert_int_equal(op->err, ERR_NONE);
		buf_free(&op->data);
		writer_recycle(s->writer, op);
	}
}

static void
the_map_grows_by_itself(void **arg)
{
	struct state *s = *arg;
	struct store_size before = store_size(&s->store);

	put_large(s, 0, 40);
	assert_true(store_size(&s->store).map > before.map);
}

/* Observations of a router with the longest contexts, a quarter of a MiB each.
 */
static void
put_long(struct state *s, int n)
{
	struct op *op = writer_op(s->writer, OP_EVENT, 0);

	op->ev.kind = EVENT_ROUTER;
	op->ev.router = 2;
	op->ev.cost = NAN;
	strcpy(op->ev.name, "long");
	settings_default(router_settings, &op->ev.settings);
	op->ev.settings.dimension = CONTEXT_MAX_DIMENSION;
	op->ev.settings.rff_dimension = 2;
	op->ev.settings.bandwidth = 1;
	writer_recycle(s->writer, put_and_wait(s, op));
	for (int i = 0; i <= n; i++) {
		op = writer_op(s->writer, i > 0 ? OP_OBSERVE : OP_EVENT,
		    CONTEXT_MAX_DIMENSION);
		op->ev.kind = EVENT_ARM_ADD;
		strcpy(op->ev.name, "arm");
		op->ev.router = 2;
		op->ev.arm = 1;
		op->ev.cost = NAN;
		for (int j = 0; j < CONTEXT_MAX_DIMENSION; j++)
			op->room.x[j] = 1;
		writer_recycle(s->writer, put_and_wait(s, op));
	}
}

static void
a_state_larger_than_the_first_map_opens_again(void **arg)
{
	struct state *s = *arg;
	struct store copy;
	struct fault f;
	char path[128];
	uint64_t seq;

	put_events(s, 3);
	put_long(s, 280);
	snprintf(path, sizeof path, "%s.copy", s->dir);
	if (backup_make(&s->store, path, &seq, &f) != ERR_NONE)
		fail_msg("%s", f.text);
	if (store_open(&copy, path, STORE_WRITE, &f) != ERR_NONE)
		fail_msg("%s", f.text);
	store_close(&copy);
}

/* A backup or a rebuild that lasts. */
static void
the_map_grows_before_a_reader_can_hold_it_up(void **arg)
{
	struct state *s = *arg;

	put_large(s, 0, 9);
	pthread_rwlock_rdlock(&s->store.map_lock);
	put_large(s, 9, 12);
	pthread_rwlock_unlock(&s->store.map_lock);
	assert_true(store_size(&s->store).used > 64 << 20);
}

static void
limit_file_size(rlim_t bytes)
{
	struct rlimit lim;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &lim), 0);
	lim.rlim_cur = bytes == 0 ? lim.rlim_max : bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &lim), 0);
}

/* Who keeps a transaction open keeps all that is freed meanwhile. */
static void
the_oldest_reader_is_seen(void **arg)
{
	struct state *s = *arg;
	struct writer_stats stats;
	MDB_txn *txn;

	put_events(s, 5);
	assert_int_equal(mdb_txn_begin(s->store.env, NULL, MDB_RDONLY, &txn),
	    0);
	for (int i = 0; i < 4; i++)
		put_events(s, 1);
	writer_stats(s->writer, &stats);
	assert_true(stats.size.oldest_reader >= 4);
	mdb_txn_abort(txn);
	put_events(s, 1);
	writer_stats(s->writer, &stats);
	assert_int_equal(stats.size.oldest_reader, 0);
	assert_true(stats.size.disk_free > 0);
}

static void
a_full_disk_fails_rewards_and_heals(void **arg)
{
	struct state *s = *arg;
	struct writer_stats stats;
	struct op *op;

	signal(SIGXFSZ, SIG_IGN);
	put_events(s, 10);
	writer_put(s->writer, decision(s, "d1.1.1", 1));
	limit_file_size(4096);
	op = put_and_wait(s, reward_of(s, OP_REWARD, "d1.1.1"));
	assert_int_equal(op->err, ERR_STORAGE);
	assert_false(op->applied);
	writer_recycle(s->writer, op);
	writer_put(s->writer, decision(s, "d1.1.2", 2));
	op = put_and_wait(s, reward_of(s, OP_REWARD, "d1.1.2"));
	assert_int_equal(op->err, ERR_STORAGE);
	writer_recycle(s->writer, op);
	writer_stats(s->writer, &stats);
	assert_true(stats.full && stats.commit_errors == 2);
	assert_null(writer_failed(s->writer));
	limit_file_size(0);
	for (int i = 0; i < 2; i++) { /* the decisions were kept */
		op = put_and_wait(s,
		    reward_of(s, OP_REWARD, i == 0 ? "d1.1.1" : "d1.1.2"));
		assert_true(op->applied);
		fold(s, op);
	}
	writer_stats(s->writer, &stats);
	assert_false(stats.full);
	assert_recovers(s, false);
}

/* Nothing is said of it before it is known whether it can be kept. */
static void
a_full_disk_shows_no_reward_early(void **arg)
{
	struct state *s = *arg;
	struct op *op, *early;

	signal(SIGXFSZ, SIG_IGN);
	put_events(s, 10);
	limit_file_size(4096);
	op = put_and_wait(s, observation(s, true));
	assert_int_equal(op->err, ERR_STORAGE);
	writer_recycle(s->writer, op);
	writer_put(s->writer, observation(s, false));
	op = take(s, &early);
	assert_null(early);
	assert_int_equal(op->err, ERR_STORAGE);
	writer_recycle(s->writer, op);
	limit_file_size(0);
	put_events(s, 1);
	assert_recovers(s, false);
}

static void
a_file_that_is_cut_off_is_refused(void **arg)
{
	struct state *s = *arg;
	struct fault f;
	char path[100];

	put_events(s, 200);
	writer_free(s->writer);
	s->writer = NULL;
	store_close(&s->store);
	snprintf(path, sizeof path, "%s/db/data.mdb", s->dir);
	assert_int_equal(truncate(path, 16384), 0);
	assert_int_equal(store_open(&s->store, s->dir, STORE_WRITE, &f),
	    ERR_DATA);
	assert_non_null(strstr(f.text, "cut off"));
}

/* Changes one byte of a record behind the writer's back. */
static void
damage_record(struct state *s, uint64_t seq)
{
	MDB_val key = { sizeof seq, &seq }, val;
	uint8_t bytes[4096];
	MDB_txn *txn;

	writer_free(s->writer);
	assert_int_equal(mdb_txn_begin(s->store.env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_get(txn, s->store.dbi[DB_LOG], &key, &val), 0);
	assert_true(val.mv_size < sizeof bytes);
	memcpy(bytes, val.mv_data, val.mv_size);
	bytes[val.mv_size - 2] ^= 1;
	val.mv_data = bytes;
	assert_int_equal(mdb_put(txn, s->store.dbi[DB_LOG], &key, &val, 0), 0);
	assert_int_equal(mdb_txn_commit(txn), 0);
	s->writer = writer_new(&s->store);
}

static void
a_damaged_record_is_named(void **arg)
{
	struct state *s = *arg;
	struct recovery info = { 0 };
	struct bandit b = { 0 };
	struct fault f;

	put_events(s, 60);
	damage_record(s, 42);
	assert_int_equal(recover_state(&s->store, &b, true, &info, &f),
	    ERR_DATA);
	assert_non_null(strstr(f.text, "record 42 "));
	bandit_fini(&b);
}

static void
damage_cells(struct state *s, uint32_t arm, uint8_t generation)
{
	struct store_key k;
	MDB_val key = key_cell(&k, 1, arm, generation), val;
	uint8_t *bytes;
	MDB_txn *txn;

	assert_int_equal(mdb_txn_begin(s->store.env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_get(txn, s->store.dbi[DB_CELLS], &key, &val), 0);
	bytes = malloc(val.mv_size);
	memcpy(bytes, val.mv_data, val.mv_size);
	bytes[val.mv_size / 2] ^= 0x10;
	val.mv_data = bytes;
	assert_int_equal(mdb_put(txn, s->store.dbi[DB_CELLS], &key, &val, 0),
	    0);
	assert_int_equal(mdb_txn_commit(txn), 0);
	free(bytes);
}

static void
damaged_cells_are_made_up_for_by_the_log(void **arg)
{
	struct state *s = *arg;

	for (int i = 0; i < 3; i++) {
		put_events(s, 30);
		put_cells(s);
	}
	put_events(s, 5);
	for (uint8_t g = 0; g < 2; g++)
		for (uint32_t arm = 0; arm <= 2; arm++) {
			writer_free(s->writer);
			damage_cells(s, arm, g);
			s->writer = writer_new(&s->store);
			assert_recovers(s, false);
		}
}

static void
a_directory_has_one_daemon(void **arg)
{
	struct state *s = *arg;
	struct store other;
	struct fault f;
	char pid[32];

	assert_int_equal(store_open(&other, s->dir, STORE_WRITE, &f),
	    ERR_UNAVAILABLE);
	snprintf(pid, sizeof pid, "process %ld", (long)getpid());
	assert_non_null(strstr(f.text, pid));
}

static void
set_schema(struct state *s, uint32_t schema)
{
	char name[] = "schema";
	MDB_val key = { 6, name }, val = { sizeof schema, &schema };
	MDB_txn *txn;

	assert_int_equal(mdb_txn_begin(s->store.env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_put(txn, s->store.dbi[DB_META], &key, &val, 0), 0);
	assert_int_equal(mdb_txn_commit(txn), 0);
}

static void
a_newer_schema_is_refused(void **arg)
{
	struct state *s = *arg;
	struct fault f;

	writer_free(s->writer);
	s->writer = NULL;
	set_schema(s, STORE_SCHEMA + 1);
	store_close(&s->store);
	assert_int_equal(store_open(&s->store, s->dir, STORE_WRITE, &f),
	    ERR_DATA);
	assert_non_null(strstr(f.text, "schema 4"));
}

static void
a_backup_is_whole_or_not_there(void **arg)
{
	struct state *s = *arg;
	struct recovery info = { 0 };
	struct bandit b = { 0 };
	char path[80], hash[2][STATE_HASH_SIZE];
	struct store copy;
	struct fault f;
	uint64_t seq;

	snprintf(path, sizeof path, "%s.copy", s->dir);
	put_events(s, 50);
	put_cells(s);
	assert_int_equal(backup_make(&s->store, path, &seq, &f), ERR_NONE);
	assert_int_equal(seq, s->live.seq);
	assert_int_equal(backup_make(&s->store, path, &seq, &f), ERR_CONFLICT);
	assert_int_equal(backup_make(&s->store, "relative", &seq, &f),
	    ERR_BAD_REQUEST);
	assert_int_equal(backup_make(&s->store, "/nowhere/at/all", &seq, &f),
	    ERR_STORAGE);
	assert_int_equal(store_open(&copy, path, STORE_WRITE, &f), ERR_NONE);
	assert_int_equal(recover_state(&copy, &b, false, &info, &f), ERR_NONE);
	bandit_hash(&b, NULL, hash[0]);
	bandit_hash(&s->live, NULL, hash[1]);
	assert_string_equal(hash[0], hash[1]);
	bandit_fini(&b);
	store_close(&copy);
	damage_record(s, 20);
	strcat(path, "2");
	assert_int_equal(backup_make(&s->store, path, &seq, &f), ERR_DATA);
	assert_int_equal(access(path, F_OK), -1);
	strcat(path, ".part");
	assert_int_equal(access(path, F_OK), -1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_restart_folds_the_log),
		TEST(a_restart_uses_cells_of_two_generations),
		TEST(a_reward_counts_once),
		TEST(decisions_that_are_not_there_say_so),
		TEST(a_probe_never_rewards),
		TEST(an_observation_with_a_key_counts_once),
		TEST(a_reward_in_memory_is_answered_before_the_disk),
		TEST(nothing_comes_early_before_what_is_done),
		TEST(a_router_without_cells_is_folded_from_its_birth),
		TEST(a_purge_forgets_what_is_old_and_done),
		TEST(a_purge_drops_readers_that_died),
		TEST(the_map_grows_by_itself),
		TEST(a_state_larger_than_the_first_map_opens_again),
		TEST(the_map_grows_before_a_reader_can_hold_it_up),
		TEST(the_oldest_reader_is_seen),
		TEST(a_full_disk_fails_rewards_and_heals),
		TEST(a_full_disk_shows_no_reward_early),
		TEST(a_file_that_is_cut_off_is_refused),
		TEST(a_damaged_record_is_named),
		TEST(damaged_cells_are_made_up_for_by_the_log),
		TEST(a_directory_has_one_daemon),
		TEST(a_newer_schema_is_refused),
		TEST(a_backup_is_whole_or_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
