/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pages of an LMDB file, read without LMDB: whatever LMDB writes is good,
 * and what is damaged is found or changes no key and no size. */
#include "tests/test.h"

#include <fcntl.h>
#include <lmdb.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "persist/pages.h"

#define DBS 3
#define VALUE_MOST 20000

static const struct pages_want want[] = { { "ints", MDB_INTEGERKEY },
	{ "names", 0 }, { "small", 0 }, { NULL, 0 } };

struct state {
	char dir[64], path[100];
	uint64_t random;
	MDB_env *env;
	MDB_dbi dbi[DBS];
};

static void
env_open(struct state *s, unsigned flags)
{
	unsigned create = (flags & MDB_RDONLY) != 0 ? 0 : MDB_CREATE;
	MDB_txn *txn;

	assert_int_equal(mdb_env_create(&s->env), 0);
	mdb_env_set_mapsize(s->env, (size_t)64 << 20);
	mdb_env_set_maxdbs(s->env, DBS);
	assert_int_equal(mdb_env_open(s->env, s->dir, flags | MDB_NOTLS, 0600),
	    0);
	assert_int_equal(mdb_txn_begin(s->env, NULL, flags & MDB_RDONLY, &txn),
	    0);
	for (int i = 0; i < DBS; i++)
		assert_int_equal(mdb_dbi_open(txn, want[i].name,
				     want[i].flags | create, &s->dbi[i]),
		    0);
	assert_int_equal(mdb_txn_commit(txn), 0);
}

static void
env_close(struct state *s)
{
	if (s->env != NULL)
		mdb_env_close(s->env);
	s->env = NULL;
}

static int
setup(void **arg)
{
	struct state *s = calloc(1, sizeof *s);

	if (s == NULL)
		return -1;
	strcpy(s->dir, "/tmp/banditd-test-XXXXXX");
	if (mkdtemp(s->dir) == NULL)
		return -1;
	snprintf(s->path, sizeof s->path, "%s/data.mdb", s->dir);
	s->random = test_seed();
	env_open(s, MDB_NOSYNC);
	*arg = s;
	return 0;
}

static int
teardown(void **arg)
{
	struct state *s = *arg;
	char command[100];

	env_close(s);
	snprintf(command, sizeof command, "rm -rf %s", s->dir);
	free(s);
	return system(command);
}

static size_t
key_make(struct state *s, int db, char *key, uint64_t of)
{
	uint64_t n = test_below(&s->random, of);

	if (db == 0) {
		memcpy(key, &n, sizeof n);
		return sizeof n;
	}
	return (size_t)sprintf(key, "%0*llu", (int)(1 + n % 40),
	    (unsigned long long)n);
}

/* One put or delete; mostly a new value, of any size. */
static void
change(struct state *s, MDB_txn *txn, uint64_t of)
{
	static char bytes[VALUE_MOST];
	int db = (int)test_below(&s->random, DBS), rc;
	uint64_t most = db == 2              ? 40
	    : test_below(&s->random, 4) == 0 ? VALUE_MOST
					     : 600;
	char text[64];
	MDB_val key = { key_make(s, db, text, of), text }, val = { 0, bytes };

	if (test_below(&s->random, 3) == 0) {
		rc = mdb_del(txn, s->dbi[db], &key, NULL);
		assert_true(rc == 0 || rc == MDB_NOTFOUND);
		return;
	}
	val.mv_size = test_below(&s->random, most);
	for (size_t i = 0; i < val.mv_size; i++)
		bytes[i] = (char)test_random(&s->random);
	assert_int_equal(mdb_put(txn, s->dbi[db], &key, &val, 0), 0);
}

static void
commits(struct state *s, int n, uint64_t of)
{
	for (int i = 0; i < n; i++) {
		uint64_t changes = 1 + test_below(&s->random, 40);
		MDB_txn *txn;

		assert_int_equal(mdb_txn_begin(s->env, NULL, 0, &txn), 0);
		while (changes-- > 0)
			change(s, txn, of);
		if (test_below(&s->random, 10) == 0)
			mdb_txn_abort(txn);
		else
			assert_int_equal(mdb_txn_commit(txn), 0);
	}
}

static void
assert_good(const char *path)
{
	struct pages_report r;
	struct fault f;

	if (pages_check(path, want, &r, &f) != ERR_NONE)
		fail_msg("%s", f.text);
	assert_int_equal(r.used + r.free, r.pages);
}

static void
what_lmdb_writes_is_good(void **arg)
{
	struct state *s = *arg;

	assert_good(s->path);
	for (int i = 0; i < 300; i++) {
		commits(s, 1, i < 200 ? 500 : 4);
		assert_good(s->path);
		if (i % 40 == 39) {
			env_close(s);
			env_open(s, MDB_NOSYNC);
		}
	}
}

/* Pages that were taken and given back in one transaction are never written;
 * they are free, and the file may end before them. */
static void
a_file_may_end_before_its_last_free_page(void **arg)
{
	static char bytes[8 * VALUE_MOST];
	struct state *s = *arg;
	MDB_val key = { 1, bytes }, val;
	struct pages_report r;
	struct fault f;
	bool early = false;
	struct stat st;
	MDB_txn *txn;

	for (int i = 0; i < 8; i++) {
		bytes[0] = (char)i;
		assert_int_equal(mdb_txn_begin(s->env, NULL, 0, &txn), 0);
		val = (MDB_val){ (size_t)(i + 1) * VALUE_MOST, bytes };
		assert_int_equal(mdb_put(txn, s->dbi[1], &key, &val, 0), 0);
		assert_int_equal(mdb_del(txn, s->dbi[1], &key, NULL), 0);
		val.mv_size = 30;
		assert_int_equal(mdb_put(txn, s->dbi[1], &key, &val, 0), 0);
		assert_int_equal(mdb_txn_commit(txn), 0);
		assert_int_equal(pages_check(s->path, want, &r, &f), ERR_NONE);
		assert_int_equal(stat(s->path, &st), 0);
		early |= r.pages * r.page_size > (uint64_t)st.st_size;
	}
	assert_true(early);
}

/* A reader keeps old pages, and lists of free ones become long. */
static void
what_is_written_beside_a_reader_is_good(void **arg)
{
	struct state *s = *arg;
	MDB_txn *reader;

	for (int i = 0; i < 5; i++) {
		assert_int_equal(
		    mdb_txn_begin(s->env, NULL, MDB_RDONLY, &reader), 0);
		commits(s, 60, 2000);
		assert_good(s->path);
		mdb_txn_abort(reader);
		commits(s, 5, 2000);
		assert_good(s->path);
	}
}

static void
a_copy_is_good(void **arg)
{
	struct state *s = *arg;
	char copy[80], path[100];

	commits(s, 50, 500);
	for (unsigned how = 0; how <= MDB_CP_COMPACT; how++) {
		snprintf(copy, sizeof copy, "%s/copy%u", s->dir, how);
		snprintf(path, sizeof path, "%s/data.mdb", copy);
		assert_int_equal(mkdir(copy, 0700), 0);
		assert_int_equal(mdb_env_copy2(s->env, copy, how), 0);
		assert_good(path);
	}
}

/* What LMDB finds: every key and the size of every value. */
static uint64_t
keys_hash(struct state *s)
{
	XXH3_state_t *hash = XXH3_createState();
	MDB_val key, val;
	MDB_cursor *cur;
	MDB_txn *txn;
	uint64_t h;

	XXH3_64bits_reset(hash);
	env_open(s, MDB_RDONLY | MDB_NOLOCK);
	assert_int_equal(mdb_txn_begin(s->env, NULL, MDB_RDONLY, &txn), 0);
	for (int i = 0; i < DBS; i++) {
		assert_int_equal(mdb_cursor_open(txn, s->dbi[i], &cur), 0);
		while (mdb_cursor_get(cur, &key, &val, MDB_NEXT) == 0) {
			uint64_t size = val.mv_size;

			/* Each must be found by its key as well. */
			assert_int_equal(mdb_get(txn, s->dbi[i], &key, &val),
			    0);
			assert_int_equal(val.mv_size, size);
			XXH3_64bits_update(hash, &size, sizeof size);
			XXH3_64bits_update(hash, val.mv_data, 0);
			XXH3_64bits_update(hash, key.mv_data, key.mv_size);
		}
		mdb_cursor_close(cur);
	}
	mdb_txn_abort(txn);
	env_close(s);
	h = XXH3_64bits_digest(hash);
	XXH3_freeState(hash);
	return h;
}

static uint8_t *
file_read(const char *path, size_t *size)
{
	FILE *in = fopen(path, "rb");
	uint8_t *bytes;
	struct stat st;

	assert_non_null(in);
	assert_int_equal(fstat(fileno(in), &st), 0);
	*size = (size_t)st.st_size;
	bytes = malloc(*size);
	assert_int_equal(fread(bytes, 1, *size, in), *size);
	fclose(in);
	return bytes;
}

static void
file_write(const char *path, size_t at, const void *bytes, size_t n)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	assert_int_equal(pwrite(fd, bytes, n, (off_t)at), n);
	close(fd);
}

struct tally {
	int found, harmless, changed; /* changed: a key, and no order */
};

/* A changed key may still be in its place, and a record's own checks are for
 * that; but nothing may be out of LMDB's reach or take it somewhere else. */
static void
count_damage(struct state *s, uint64_t hash, struct tally *t)
{
	struct pages_report r;
	struct fault f;

	if (pages_check(s->path, want, &r, &f) != ERR_NONE) {
		assert_int_equal(f.code, ERR_DATA);
		assert_non_null(strstr(f.text, s->path));
		t->found++;
	} else if (keys_hash(s) == hash)
		t->harmless++;
	else
		t->changed++;
}

static void
flipped_bits_are_found_or_change_no_place(void **arg)
{
	struct state *s = *arg;
	struct tally t = { 0 };
	size_t size;
	uint8_t *file;
	uint64_t hash;

	commits(s, 40, 400);
	env_close(s);
	hash = keys_hash(s);
	file = file_read(s->path, &size);
	for (int i = 0; i < 4000; i++) {
		/* half of them where pages describe themselves */
		size_t at = test_below(&s->random, size / 4096) * 4096 +
		    test_below(&s->random, i % 2 == 0 ? 4096 : 200);
		uint8_t byte =
		    file[at] ^ (uint8_t)(1u << test_below(&s->random, 8));

		file_write(s->path, at, &byte, 1);
		count_damage(s, hash, &t);
		file_write(s->path, at, file + at, 1);
	}
	printf("# flips: %d found, %d harmless, %d change a key\n", t.found,
	    t.harmless, t.changed);
	assert_true(t.found > 50 && t.changed < 400);
	assert_good(s->path);
	free(file);
}

static void
every_bit_of_the_meta_pages(void **arg)
{
	struct state *s = *arg;
	struct tally t = { 0 };
	size_t size;
	uint8_t *file;
	uint64_t hash;

	commits(s, 7, 100);
	env_close(s);
	hash = keys_hash(s);
	file = file_read(s->path, &size);
	for (size_t bit = 0; bit < 2 * 152 * 8; bit++) {
		size_t at = bit / (152 * 8) * 4096 + bit / 8 % 152;
		uint8_t byte = file[at] ^ (uint8_t)(1u << bit % 8);

		file_write(s->path, at, &byte, 1);
		count_damage(s, hash, &t);
		file_write(s->path, at, file + at, 1);
	}
	printf("# meta: %d found, %d harmless\n", t.found, t.harmless);
	assert_int_equal(t.changed, 0);
	free(file);
}

static void
zeroed_and_swapped_pages_are_found_or_free(void **arg)
{
	static const uint8_t zeroes[4096];
	struct state *s = *arg;
	struct tally t = { 0 };
	size_t size, a, b;
	uint8_t *file;
	uint64_t hash;

	commits(s, 40, 400);
	env_close(s);
	hash = keys_hash(s);
	file = file_read(s->path, &size);
	for (int i = 0; i < 400; i++) {
		a = 4096 * test_below(&s->random, size / 4096);
		b = 4096 * test_below(&s->random, size / 4096);
		if (i % 2 == 0)
			file_write(s->path, a, zeroes, sizeof zeroes);
		else {
			file_write(s->path, a, file + b, 4096);
			file_write(s->path, b, file + a, 4096);
		}
		count_damage(s, hash, &t);
		file_write(s->path, a, file + a, 4096);
		file_write(s->path, b, file + b, 4096);
	}
	assert_int_equal(t.changed, 0);
	assert_true(t.found > 100);
	free(file);
}

static void
a_file_cut_off_anywhere_is_found_or_was_free(void **arg)
{
	struct state *s = *arg;
	struct tally t = { 0 };
	size_t size;
	uint8_t *file;
	uint64_t hash;

	commits(s, 20, 300);
	env_close(s);
	hash = keys_hash(s);
	file = file_read(s->path, &size);
	for (size_t n = 0; n < size; n += 2048) {
		assert_int_equal(truncate(s->path, (off_t)n), 0);
		count_damage(s, hash, &t);
		file_write(s->path, 0, file, size);
	}
	assert_int_equal(t.changed, 0);
	assert_int_equal(unlink(s->path), 0);
	count_damage(s, hash, &t);
	assert_int_equal(mkdir(s->path, 0700), 0);
	count_damage(s, hash, &t);
	free(file);
}

/* Whole pages of noise, and of noise that looks like a page. */
static void
noise_is_no_page(void **arg)
{
	struct state *s = *arg;
	uint8_t bytes[4096];
	struct page p;
	struct node n;

	for (int i = 0; i < 20000; i++) {
		uint16_t flags = i % 2 == 0 ? PAGE_LEAF : PAGE_BRANCH;
		uint16_t lower = (uint16_t)(PAGE_HEAD + 2 + 2 * (i % 3));

		for (size_t j = 0; j < sizeof bytes; j += 8) {
			uint64_t r = test_random(&s->random);

			if (i % 4 == 0) /* small numbers */
				r &= 0x000f00ff000f00ffu;
			memcpy(bytes + j, &r, 8);
		}
		memcpy(bytes + 10, &flags, 2);
		if (i % 8 < 6)
			memcpy(bytes + 12, &lower, 2);
		page_read(&p, bytes, sizeof bytes);
		if (page_wrong(&p) == NULL)
			for (unsigned j = 0; j < p.nodes; j++)
				page_node(&p, j, &n);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_lmdb_writes_is_good),
		TEST(a_file_may_end_before_its_last_free_page),
		TEST(what_is_written_beside_a_reader_is_good),
		TEST(a_copy_is_good),
		TEST(flipped_bits_are_found_or_change_no_place),
		TEST(every_bit_of_the_meta_pages),
		TEST(zeroed_and_swapped_pages_are_found_or_free),
		TEST(a_file_cut_off_anywhere_is_found_or_was_free),
		TEST(noise_is_no_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
