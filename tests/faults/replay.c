/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replay TRACE ROOT IMAGES SEED: cuts the power again and again.
 *
 * TRACE is what daemons did below the directory ROOT, with their state in
 * ROOT/state.  The disk is made as it may be after each operation: as it was
 * written, or with random sectors and names lost that nobody had flushed.
 * Every image must open as the daemon would open it, with every record that
 * had been answered for by then, in the log's order, and the same state from
 * the cells as from the log; and a backup that has its name must be whole.
 */
#include <dirent.h>
#include <fcntl.h>
#include <gsl/gsl_errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "persist/recover.h"
#include "tests/faults/answers.h"
#include "tests/faults/disk.h"
#include "tests/faults/trace.h"

#define FDS 4096

struct replay {
	const uint8_t *at, *end; /* of the trace */
	struct disk *disk;
	struct answers answers;
	int inode[FDS];
	struct buf chain; /* u32 by seq, of the log */
	bool learning;    /* that, and the images are not made yet */
	char dir[64];     /* where images are made */
	const char *root;
	uint64_t seed, random;
	uint64_t ops, images, backups, done; /* done: operations so far */
	uint64_t cut;                        /* images without all records */
	double due;                          /* images to be made by now */
	struct luck luck;
};

static struct replay *now; /* for say_where() */

static void
say_where(int signal)
{
	fprintf(stderr,
	    "replay: signal %d; operation %" PRIu64 ", image %" PRIu64
	    ", seed %" PRIu64 "\n",
	    signal, now->done, now->images, now->seed);
	_exit(1);
}

static void
wrong(const struct replay *r, const char *dir, const char *what)
{
	fprintf(stderr,
	    "replay: %s: %s; operation %" PRIu64 ", image %" PRIu64
	    ", seed %" PRIu64 ", share %g of the sectors%s; it is kept\n",
	    dir, what, r->done, r->images, r->seed,
	    r->luck.all ? 1 : r->luck.share,
	    r->luck.all || r->luck.all_names ? "" : ", not all names");
	exit(1);
}

static void
state_hash(struct replay *r, struct store *s, const char *dir, bool all,
    char *hash)
{
	struct recovery info = { 0 };
	struct bandit b = { 0 };
	struct fault f;

	if (recover_state(s, &b, all, &info, &f) != ERR_NONE)
		wrong(r, dir, f.text);
	bandit_hash(&b, NULL, hash);
	if (b.seq != s->head.seq)
		wrong(r, dir, "not all of the log was folded");
	bandit_fini(&b);
}

/* Whether records were dropped from the log; a run of them is one entry. */
static bool
is_cut(struct store *s)
{
	MDB_stat log = { 0 };
	MDB_txn *txn;

	if (mdb_txn_begin(s->env, NULL, MDB_RDONLY, &txn) != 0)
		return false;
	mdb_stat(txn, s->dbi[DB_LOG], &log);
	mdb_txn_abort(txn);
	return log.ms_entries < s->head.seq;
}

/* The log must be the beginning of what it is from first to last. */
static void
check_log(struct replay *r, const struct store *s, const char *dir)
{
	uint32_t chain;

	if (s->head.seq * sizeof chain >= r->chain.len)
		wrong(r, dir, "its log is longer than it ever was");
	memcpy(&chain, r->chain.data + s->head.seq * sizeof chain,
	    sizeof chain);
	if (chain != s->head.chain)
		wrong(r, dir, "its log is not the beginning of the log");
}

static void
check_state(struct replay *r, const char *dir, enum store_mode mode)
{
	char cells[STATE_HASH_SIZE], log[STATE_HASH_SIZE];
	struct store s;
	struct fault f;

	if (store_open(&s, dir, mode, &f) != ERR_NONE)
		wrong(r, dir, f.text);
	check_log(r, &s, dir);
	if (mode == STORE_WRITE && s.head.seq < r->answers.seq)
		wrong(r, dir, "it has lost what was answered");
	state_hash(r, &s, dir, false, cells);
	state_hash(r, &s, dir, true, log);
	if (strcmp(cells, log) != 0)
		wrong(r, dir, "its cells are not what the log says");
	r->cut += mode == STORE_WRITE && is_cut(&s);
	store_close(&s);
}

static void
check_backup(struct replay *r, const char *name)
{
	size_t n = strlen(name);
	char path[512];

	if (strncmp(name, "backup", 6) != 0 ||
	    (n > 5 && strcmp(name + n - 5, ".part") == 0))
		return;
	snprintf(path, sizeof path, "%s/%s", r->dir, name);
	check_state(r, path, STORE_READ);
	r->backups++;
}

static void
check_backups(struct replay *r)
{
	DIR *dir = opendir(r->dir);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		check_backup(r, entry->d_name);
	closedir(dir);
}

static void
remove_below(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	char path[1024];

	while (d != NULL && (e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
		if (unlink(path) != 0) {
			remove_below(path);
			rmdir(path);
		}
	}
	if (d != NULL)
		closedir(d);
}

static void
image(struct replay *r)
{
	char state[512];

	r->images++;
	disk_image(r->disk, &r->luck, r->dir);
	snprintf(state, sizeof state, "%s/state", r->dir);
	check_state(r, state, STORE_WRITE);
	check_backups(r);
	remove_below(r->dir);
}

/* The first of an operation is without losses. */
static void
images_due(struct replay *r)
{
	static const double shares[] = { 0, .1, .5, .9, 1 };
	bool first = true;

	for (; r->due >= 1; r->due--, first = false) {
		r->luck.all = first;
		r->luck.share = shares[random_next(&r->random) % 5];
		r->luck.all_names = random_next(&r->random) % 2;
		image(r);
	}
}

static const char *
text_of(const struct trace_record *t, const uint8_t *data, struct buf *b)
{
	b->len = 0;
	buf_put(b, data, t->len);
	buf_put(b, "", 1);
	return (const char *)b->data;
}

/* What the operation does to the disk; false: nothing. */
static bool
step(struct replay *r, const struct trace_record *t, const uint8_t *data)
{
	static struct buf name;
	int *inode = &r->inode[t->fd % FDS];
	const char *path = text_of(t, data, &name);

	switch ((enum trace_op)t->op) {
	case TRACE_START:
		answers_hang_up(&r->answers);
		return false;
	case TRACE_SAY:
		answers_hear(&r->answers, t->fd, data, t->len);
		return false;
	case TRACE_CLOSE:
		return false;
	case TRACE_OPEN:
		*inode = disk_open(r->disk, path, t->flags & TRACE_CREATE,
		    t->flags & TRACE_EMPTY);
		return t->flags & TRACE_CREATE;
	case TRACE_WRITE:
		disk_write(r->disk, *inode, t->at, data, t->len);
		return true;
	case TRACE_TRUNCATE:
		disk_truncate(r->disk, *inode, t->at);
		return true;
	case TRACE_SYNC:
		disk_sync(r->disk, *inode);
		return true;
	case TRACE_RENAME:
		disk_rename(r->disk, path, path + strlen(path) + 1);
		return true;
	case TRACE_UNLINK:
		disk_unlink(r->disk, path);
		return true;
	case TRACE_MKDIR:
		disk_mkdir(r->disk, path);
		return true;
	}
	return false;
}

/* Whether a whole record is there: no other begins before its end. */
static bool
whole(const uint8_t *at, const uint8_t *end, struct trace_record *t)
{
	static const uint64_t mark = TRACE_MARK;
	const uint8_t *other;
	size_t len, room = (size_t)(end - at);

	if (room < sizeof *t)
		return false;
	memcpy(t, at, sizeof *t);
	len = sizeof *t + t->len;
	if (t->mark != mark || room < len)
		return false;
	other = memmem(at + 1, room - 1, &mark, sizeof mark);
	return other == NULL || other >= at + len;
}

/* The next record; from one that was cut short it goes on to what follows. */
static bool
next_record(struct replay *r, struct trace_record *t)
{
	for (; r->at < r->end; r->at++)
		if (whole(r->at, r->end, t)) {
			r->at += sizeof *t;
			return true;
		}
	return false;
}

/* Room in the table for numbers up to that; those not known have 0. */
static uint8_t *
chain_at(struct replay *r, uint64_t seq)
{
	size_t size = sizeof(uint32_t), len = (seq + 1) * size;

	if (len > r->chain.len) {
		size_t more = len - r->chain.len;

		memset(buf_reserve(&r->chain, more), 0, more);
		r->chain.len = len;
	}
	return r->chain.data + seq * size;
}

/* Each record that stands in the log. */
static void
chain_read(struct replay *r, struct store *s)
{
	MDB_val key, val;
	MDB_cursor *cur;
	MDB_txn *txn;
	uint64_t seq;

	mdb_txn_begin(s->env, NULL, MDB_RDONLY, &txn);
	mdb_cursor_open(txn, s->dbi[DB_LOG], &cur);
	while (mdb_cursor_get(cur, &key, &val, MDB_NEXT) == 0) {
		memcpy(&seq, key.mv_data, sizeof seq);
		memcpy(chain_at(r, seq), val.mv_data, sizeof(uint32_t));
	}
	mdb_cursor_close(cur);
	mdb_txn_abort(txn);
}

/* After each commit, as a record may be dropped by one of the next. */
static void
chain_learn(struct replay *r)
{
	char from[4096], state[512], db[512], data[512];
	struct store s;
	struct fault f;

	snprintf(from, sizeof from, "%s/state/db", r->root);
	if (!disk_has(r->disk, from))
		return; /* as long as it is made it has another name */
	snprintf(from, sizeof from, "%s/state/db/data.mdb", r->root);
	snprintf(state, sizeof state, "%s/state", r->dir);
	snprintf(db, sizeof db, "%s/state/db", r->dir);
	snprintf(data, sizeof data, "%s/state/db/data.mdb", r->dir);
	mkdir(state, 0700);
	mkdir(db, 0700);
	disk_save(r->disk, from, data);
	if (store_open(&s, state, STORE_READ, &f) != ERR_NONE)
		wrong(r, state, f.text);
	chain_read(r, &s);
	store_close(&s);
}

static void
play(struct replay *r, const uint8_t *from, double images_each)
{
	struct trace_record t;

	for (r->at = from; next_record(r, &t); r->at += t.len) {
		if (!step(r, &t, r->at))
			continue;
		r->done++;
		r->due += images_each;
		images_due(r);
		if (t.op == TRACE_WRITE && t.flags & TRACE_FLUSHED) {
			disk_sync_range(r->disk, r->inode[t.fd % FDS], t.at,
			    t.len);
			if (r->learning)
				chain_learn(r);
			r->due += images_each;
			images_due(r);
			r->done++;
		}
	}
}

static void
map_trace(struct replay *r, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0 || st.st_size == 0) {
		perror(path);
		exit(1);
	}
	r->at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	r->end = r->at + st.st_size;
	close(fd);
}

/* Once to see what there is, once more with images. */
static void
replay(struct replay *r, const char *root, double images)
{
	const uint8_t *from = r->at;

	r->root = root;
	r->disk = disk_new(root);
	r->learning = true;
	play(r, from, 0);
	r->learning = false;
	remove_below(r->dir);
	disk_free(r->disk);
	r->ops = r->done;
	r->done = r->answers.seq = r->answers.count = 0;
	r->disk = disk_new(root);
	play(r, from, images / (double)r->ops);
	disk_free(r->disk);
}

int
main(int argc, char **argv)
{
	static struct replay r = { .dir = "/dev/shm/banditd-replay-XXXXXX" };

	gsl_set_error_handler_off();
	log_open("replay", LOG_LEVEL_ERROR, false);
	if (argc != 5)
		return 64;
	r.seed = r.random = strtoull(argv[4], NULL, 10);
	r.luck.random = &r.random;
	if (mkdtemp(r.dir) == NULL)
		strcpy(r.dir, "/tmp/banditd-replay-XXXXXX");
	if (r.dir[1] == 't' && mkdtemp(r.dir) == NULL)
		return 1;
	now = &r;
	signal(SIGSEGV, say_where);
	signal(SIGBUS, say_where);
	map_trace(&r, argv[1]);
	replay(&r, argv[2], strtod(argv[3], NULL));
	rmdir(r.dir);
	printf("%" PRIu64 " images after %" PRIu64 " operations, %" PRIu64
	       " backups in them, %" PRIu64 " where records were dropped; "
	       "%" PRIu64 " answers up to record %" PRIu64 "\n",
	    r.images, r.ops, r.backups, r.cut, r.answers.count, r.answers.seq);
	return 0;
}
