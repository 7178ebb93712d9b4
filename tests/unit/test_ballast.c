/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ballast: made whole or not at all, and its room is the data file's. */
#include "tests/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "persist/ballast.h"

struct state {
	char dir[64], ballast[80], db[80], data[100];
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

	if (s == NULL)
		return -1;
	strcpy(s->dir, "/tmp/banditd-test-XXXXXX");
	if (mkdtemp(s->dir) == NULL)
		return -1;
	snprintf(s->ballast, sizeof s->ballast, "%s/ballast", s->dir);
	snprintf(s->db, sizeof s->db, "%s/db", s->dir);
	snprintf(s->data, sizeof s->data, "%s/data.mdb", s->db);
	*arg = s;
	return mkdir(s->db, 0700);
}

static int
teardown(void **arg)
{
	struct state *s = *arg;

	disk_says = UINT64_MAX;
	unlink(s->ballast);
	rmdir(s->ballast);
	unlink(s->data);
	rmdir(s->db);
	rmdir(s->dir);
	free(s);
	return 0;
}

static void
write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static struct stat
look(const char *path)
{
	struct stat st = { 0 };

	if (lstat(path, &st) != 0)
		st.st_size = -1;
	return st;
}

static void
its_room_goes_to_the_data_file(void **arg)
{
	struct state *s = *arg;

	write_file(s->data, "data");
	assert_true(ballast_make(s->dir));
	assert_int_equal(look(s->ballast).st_size, BALLAST_BYTES);
	assert_true(look(s->ballast).st_blocks >= BALLAST_BYTES / 512);
	assert_true(ballast_make(s->dir)); /* as it is */
	assert_true(ballast_spend(s->dir));
	assert_int_equal(look(s->ballast).st_size, -1);
	assert_int_equal(look(s->data).st_size, 4);
	assert_true(look(s->data).st_blocks > BALLAST_BYTES / 512 / 2);
	assert_false(ballast_spend(s->dir));
}

/* LMDB leaves them where it had no use for a page. */
static void
its_room_fills_the_data_files_holes(void **arg)
{
	struct state *s = *arg;
	blkcnt_t blocks;

	write_file(s->data, "data");
	assert_int_equal(truncate(s->data, 1 << 20), 0);
	blocks = look(s->data).st_blocks;
	assert_true(ballast_make(s->dir));
	assert_true(ballast_spend(s->dir));
	assert_int_equal(look(s->data).st_size, 1 << 20);
	assert_true(look(s->data).st_blocks - blocks <= BALLAST_BYTES / 512);
	assert_int_equal(truncate(s->data, 1 << 20), 0);
	assert_true(look(s->data).st_blocks >= (1 << 20) / 512);
}

static void
one_half_made_is_filled_up_and_a_larger_one_cut(void **arg)
{
	struct state *s = *arg;

	write_file(s->ballast, "half");
	assert_true(ballast_make(s->dir));
	assert_true(look(s->ballast).st_blocks >= BALLAST_BYTES / 512);
	assert_int_equal(truncate(s->ballast, 2 * BALLAST_BYTES), 0);
	assert_true(ballast_make(s->dir));
	assert_int_equal(look(s->ballast).st_size, BALLAST_BYTES);
}

/* The disk here has the room, so only what it says can be the reason. */
static void
it_is_not_tried_where_the_disk_has_no_room(void **arg)
{
	struct state *s = *arg;
	const uint64_t mib = 1 << 20;

	disk_says = BALLAST_BYTES + mib - 1;
	assert_false(ballast_make(s->dir));
	assert_int_equal(look(s->ballast).st_size, -1);
	disk_says++;
	assert_true(ballast_make(s->dir));
	disk_says = 0; /* none is missing of it */
	assert_true(ballast_make(s->dir));
	assert_int_equal(truncate(s->ballast, BALLAST_BYTES / 2), 0);
	disk_says = BALLAST_BYTES / 2 + mib;
	assert_true(ballast_make(s->dir));
	assert_int_equal(look(s->ballast).st_size, BALLAST_BYTES);
}

/* What has its name and is none is not written to. */
static void
no_link_is_followed(void **arg)
{
	struct state *s = *arg;

	write_file(s->data, "data");
	assert_int_equal(symlink("db/data.mdb", s->ballast), 0);
	assert_false(ballast_spend(s->dir));
	assert_int_equal(symlink("db/data.mdb", s->ballast), 0);
	assert_false(ballast_make(s->dir));
	assert_int_equal(look(s->data).st_size, 4);
	assert_int_equal(mkdir(s->ballast, 0700), 0);
	assert_false(ballast_make(s->dir));
	assert_false(ballast_spend(s->dir));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(its_room_goes_to_the_data_file),
		TEST(its_room_fills_the_data_files_holes),
		TEST(one_half_made_is_filled_up_and_a_larger_one_cut),
		TEST(it_is_not_tried_where_the_disk_has_no_room),
		TEST(no_link_is_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
