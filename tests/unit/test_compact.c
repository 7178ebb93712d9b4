/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The data file written anew says what the old one said. */
#include "tests/test.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "persist/backup.h"
#include "persist/reading.h"
#include "persist/recover.h"
#include "persist/store_files.h"
#include "persist/verify.h"
#include "persist/writer.h"
#include "tests/unit/living.h"
#include "tests/unit/world.h"

struct state {
	struct living l;
	char data[96], copy[96], lock[96];
	struct world world;
};

static uint64_t disk_says = UINT64_MAX; /* bytes free */

/* In place of the system's. */
int
statvfs(const char *path, struct statvfs *fs)
{
	(void)path;
	*fs = (struct statvfs){ .f_frsize = 1,
		.f_blocks = 1,
		.f_bavail = disk_says };
	return 0;
}

static int
setup(void **arg)
{
	struct state *s = calloc(1, sizeof *s);

	if (s == NULL || living_make(&s->l) != 0)
		return -1;
	snprintf(s->data, sizeof s->data, "%s/db/data.mdb", s->l.dir);
	snprintf(s->copy, sizeof s->copy, "%s/db/" STORE_DATA_NEW, s->l.dir);
	snprintf(s->lock, sizeof s->lock, "%s/db/" STORE_LOCK_NEW, s->l.dir);
	world_init(&s->world, 6, false, false);
	*arg = s;
	return 0;
}

static int
teardown(void **arg)
{
	struct state *s = *arg;
	int rc = living_remove(&s->l);

	disk_says = UINT64_MAX;
	free(s);
	return rc;
}

static void
fold(struct state *s, const struct op *op)
{
	if (op->applied)
		assert_int_not_equal(bandit_fold(&s->l.learnt, &op->ev, NULL),
		    ERR_DATA);
}

/* Waits until so many are done; the last compaction of them. */
static struct op
wait_for(struct state *s, int n)
{
	struct pollfd ready = { writer_fd(s->l.writer), POLLIN, 0 };
	struct op *early, *op, *next, result = { 0 };

	while (n > 0) {
		assert_int_equal(poll(&ready, 1, 20000), 1);
		writer_drain_fd(s->l.writer);
		for (op = writer_take(s->l.writer, &early); op != NULL;
		     op = next, n--) {
			next = op->next;
			fold(s, op);
			if (op->kind == OP_COMPACT)
				result = *op;
			else
				assert_int_equal(op->err, ERR_NONE);
			writer_recycle(s->l.writer, op);
		}
	}
	return result;
}

static void
put(struct state *s, struct op *op)
{
	op->urgent = true;
	writer_put(s->l.writer, op);
}

static struct op
compact(struct state *s)
{
	put(s, writer_op(s->l.writer, OP_COMPACT, 0));
	return wait_for(s, 1);
}

static void
put_event(struct state *s)
{
	struct op *op = writer_op(s->l.writer, OP_EVENT, WORLD_D);

	world_next(&s->world, &op->ev);
	if (op->ev.kind == EVENT_REWARD) { /* one that was observed */
		memcpy(op->room.x, op->ev.decision.x, sizeof s->world.x);
		op->ev.decision =
		    (struct decision){ .x = op->room.x, .d = WORLD_D };
		op->kind = OP_OBSERVE;
	}
	put(s, op);
}

static void
put_events(struct state *s, int n)
{
	for (int i = 0; i < n; i++) {
		put_event(s);
		wait_for(s, 1);
	}
}

/* A snapshot of no arm, that comes and goes and leaves free pages. */
static void
put_large(struct state *s, size_t size)
{
	for (int there = 1; there >= 0; there--) {
		struct op *op = writer_op(s->l.writer, OP_CELL, 0);

		op->ev.router = 7;
		op->ev.arm = 7;
		op->as_of = 1;
		if (there) {
			memset(buf_reserve(&op->data, size), 7, size);
			op->data.len = size;
		}
		put(s, op);
		wait_for(s, 1);
	}
}

static uint64_t
file_size(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return (uint64_t)st.st_size;
}

static void
assert_state(struct state *s, bool all)
{
	struct recovery info = { 0 };
	struct bandit b = { 0 };
	char live[STATE_HASH_SIZE], hash[STATE_HASH_SIZE];
	struct fault f;

	if (recover_state(&s->l.store, &b, all, &info, &f) != ERR_NONE)
		fail_msg("%s", f.text);
	bandit_hash(&b, NULL, hash);
	bandit_hash(&s->l.learnt, NULL, live);
	assert_string_equal(hash, live);
	assert_int_equal(b.seq, s->l.learnt.seq);
	bandit_fini(&b);
}

/* Also by --verify, and after a restart, which finds it good first. */
static struct verify_report
verified(struct state *s)
{
	struct verify_report r;
	struct fault f;

	living_close(&s->l);
	if (verify_state(s->l.dir, &r, NULL, NULL, &f) != ERR_NONE)
		fail_msg("%s", f.text);
	living_open(&s->l);
	assert_state(s, false);
	assert_state(s, true);
	return r;
}

static void
assert_same(const struct verify_report *a, const struct verify_report *b)
{
	assert_string_equal(a->hash, b->hash);
	assert_int_equal(a->last, b->last);
	assert_int_equal(a->records, b->records);
	assert_int_equal(a->decisions, b->decisions);
	assert_int_equal(a->keys, b->keys);
	assert_int_equal(a->cells, b->cells);
}

static void
it_says_the_same_and_is_smaller(void **arg)
{
	struct state *s = *arg;
	struct verify_report before, after;
	struct writer_stats stats;
	struct op op;

	put_events(s, 200);
	put_large(s, 4 << 20);
	before = verified(s);
	op = compact(s);
	assert_int_equal(op.err, ERR_NONE);
	assert_true(op.before > 4 << 20 && op.after < 1 << 20);
	assert_int_equal(file_size(s->data), op.after);
	writer_stats(s->l.writer, &stats);
	assert_int_equal(stats.size.used, op.after);
	assert_int_not_equal(access(s->copy, F_OK), 0);
	assert_state(s, true);
	after = verified(s);
	assert_same(&before, &after);
}

/* However many commits there were, of which the one meta page or the other has
 * the last. */
static void
what_comes_after_it_is_on_disk(void **arg)
{
	struct state *s = *arg;

	put_events(s, 10);
	for (int i = 0; i < 6; i++) {
		assert_int_equal(compact(s).err, ERR_NONE);
		put_events(s, 1 + i % 3);
		if (i % 2) {
			living_close(&s->l);
			living_open(&s->l);
		}
		assert_state(s, true);
	}
	verified(s);
}

static void
it_is_between_what_is_before_and_after_it(void **arg)
{
	struct state *s = *arg;

	put_events(s, 10);
	writer_hold(s->l.writer, true);
	put_event(s);
	put_event(s);
	put(s, writer_op(s->l.writer, OP_COMPACT, 0));
	put_event(s);
	put(s, writer_op(s->l.writer, OP_COMPACT, 0));
	put_event(s);
	writer_hold(s->l.writer, false);
	assert_int_equal(wait_for(s, 6).err, ERR_NONE);
	assert_int_equal(s->l.learnt.seq, 14);
	verified(s);
}

/* The free pages of the file are not in the copy, and need none. */
static void
it_is_not_begun_without_room_for_what_is_in_use(void **arg)
{
	struct state *s = *arg;
	char needs[40];
	struct op op;

	put_events(s, 100);
	put_large(s, 4 << 20);
	disk_says = 4096;
	op = compact(s);
	assert_int_equal(op.err, ERR_STORAGE);
	assert_non_null(strstr(op.fault.text, "4096 are free"));
	assert_true(file_size(s->data) > 4 << 20);
	disk_says = 1 << 20;
	op = compact(s);
	assert_int_equal(op.err, ERR_NONE);
	disk_says = op.after - 1;
	snprintf(needs, sizeof needs, "needs %llu bytes",
	    (unsigned long long)op.after);
	op = compact(s);
	assert_int_equal(op.err, ERR_STORAGE);
	assert_non_null(strstr(op.fault.text, needs));
	disk_says++;
	assert_int_equal(compact(s).err, ERR_NONE);
	disk_says = UINT64_MAX;
	verified(s);
}

static void
a_stop_does_not_wait_for_one_that_has_not_begun(void **arg)
{
	struct state *s = *arg;
	uint64_t before;

	put_events(s, 20);
	put_large(s, 1 << 20);
	before = file_size(s->data);
	writer_hold(s->l.writer, true);
	put_event(s);
	put(s, writer_op(s->l.writer, OP_COMPACT, 0));
	writer_ends(s->l.writer);
	writer_hold(s->l.writer, false);
	assert_int_equal(wait_for(s, 2).err, ERR_SHUTTING_DOWN);
	put_events(s, 5);
	assert_true(file_size(s->data) >= before);
	verified(s);
}

/* Here it is the device that has none. */
static void
a_copy_that_has_no_room_changes_nothing(void **arg)
{
	struct state *s = *arg;
	struct op op;

	put_events(s, 100);
	assert_int_equal(symlink("/dev/full", s->copy), 0);
	op = compact(s);
	assert_int_equal(op.err, ERR_STORAGE);
	assert_non_null(strstr(op.fault.text, strerror(ENOSPC)));
	assert_int_not_equal(access(s->copy, F_OK), 0);
	put_events(s, 20);
	verified(s);
	assert_int_equal(compact(s).err, ERR_NONE);
	verified(s);
}

static void
a_copy_that_cannot_be_created_changes_nothing(void **arg)
{
	struct state *s = *arg;
	struct op op;

	put_events(s, 20);
	assert_int_equal(mkdir(s->copy, 0700), 0);
	op = compact(s);
	assert_int_equal(op.err, ERR_STORAGE);
	assert_non_null(strstr(op.fault.text, s->copy));
	assert_int_equal(rmdir(s->copy), 0);
	put_events(s, 20);
	verified(s);
}

static void
a_lock_file_that_cannot_be_created_changes_nothing(void **arg)
{
	struct state *s = *arg;
	struct op op;

	put_events(s, 20);
	assert_int_equal(mkdir(s->lock, 0700), 0);
	op = compact(s);
	assert_int_equal(op.err, ERR_STORAGE);
	assert_non_null(strstr(op.fault.text, s->lock));
	assert_int_not_equal(access(s->copy, F_OK), 0);
	assert_int_equal(rmdir(s->lock), 0);
	put_events(s, 20);
	verified(s);
}

/* A crash may leave half of it; or all, before it had its name. */
static void
what_is_left_of_a_copy_is_removed_by_a_start(void **arg)
{
	struct state *s = *arg;
	char command[300];
	struct verify_report before, after;

	put_events(s, 50);
	before = verified(s);
	for (int i = 0; i < 2; i++) {
		living_close(&s->l);
		snprintf(command, sizeof command,
		    i == 0 ? "head -c 10000 %s > %s" : "cp %s %s", s->data,
		    s->copy);
		assert_int_equal(system(command), 0);
		assert_int_equal(symlink("nothing", s->lock), 0);
		living_open(&s->l);
		assert_int_not_equal(access(s->copy, F_OK), 0);
		assert_int_not_equal(access(s->lock, F_OK), 0);
		living_close(&s->l);
		assert_int_equal(system(command), 0);
		living_open(&s->l);
		after = verified(s);
		assert_same(&before, &after);
	}
}

/* A tool that has the environment open, in a process of its own. */
static pid_t
other_process(const struct state *s, int *end)
{
	int up[2], down[2];
	char byte, db[80];
	pid_t pid;

	assert_int_equal(pipe(up) | pipe(down), 0);
	snprintf(db, sizeof db, "%s/db", s->l.dir);
	pid = fork();
	if (pid == 0) {
		MDB_env *env;

		close(down[1]);
		byte = mdb_env_create(&env) == 0 &&
		    mdb_env_open(env, db, MDB_RDONLY, 0600) == 0;
		_exit(write(up[1], &byte, 1) != 1 || read(down[0], &byte, 1));
	}
	close(up[1]);
	close(down[0]);
	assert_int_equal(read(up[0], &byte, 1), 1);
	assert_int_equal(byte, 1);
	close(up[0]);
	*end = down[1];
	return pid;
}

/* Nothing else can be done with it, but an export may be under way. */
static void
one_that_cannot_be_opened_anew_is_an_error_to_read(void **arg)
{
	struct state *s = *arg;
	struct fault f;
	struct reading rd = { .store = &s->l.store, .fault = &f };
	char db[80], away[80], path[80];
	uint64_t seq;

	put_events(s, 10);
	snprintf(db, sizeof db, "%s/db", s->l.dir);
	snprintf(away, sizeof away, "%s/away", s->l.dir);
	snprintf(path, sizeof path, "%s/copy", s->l.dir);
	assert_int_equal(rename(db, away), 0);
	assert_int_equal(store_reopen(&s->l.store), ERR_STORAGE);
	assert_int_equal(reading_begin(&rd), ERR_STORAGE);
	assert_int_equal(backup_make(&s->l.store, path, &seq, &f), ERR_STORAGE);
	writer_free(s->l.writer);
	s->l.writer = NULL;
	store_close(&s->l.store);
	assert_int_equal(rename(away, db), 0);
	living_open(&s->l);
	verified(s);
}

/* It would keep the number of the old file's last commit in the lock file. */
static void
another_process_does_not_lead_to_the_wrong_meta_page(void **arg)
{
	struct state *s = *arg;

	put_events(s, 10);
	for (int i = 0; i < 2; i++) {
		int end, status;
		pid_t pid;

		put_events(s, 1);
		pid = other_process(s, &end);
		assert_int_equal(compact(s).err, ERR_NONE);
		put_events(s, 3);
		close(end);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
		verified(s);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_says_the_same_and_is_smaller),
		TEST(what_comes_after_it_is_on_disk),
		TEST(it_is_between_what_is_before_and_after_it),
		TEST(it_is_not_begun_without_room_for_what_is_in_use),
		TEST(a_stop_does_not_wait_for_one_that_has_not_begun),
		TEST(a_copy_that_has_no_room_changes_nothing),
		TEST(a_copy_that_cannot_be_created_changes_nothing),
		TEST(a_lock_file_that_cannot_be_created_changes_nothing),
		TEST(what_is_left_of_a_copy_is_removed_by_a_start),
		TEST(one_that_cannot_be_opened_anew_is_an_error_to_read),
		TEST(another_process_does_not_lead_to_the_wrong_meta_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
