/* SPDX-License-Identifier: GPL-3.0-or-later */
/* brp: replay sets that are good, and files that say they are. */
#include "tests/test.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "eval/brp.h"

enum { ROWS = 3, D = 5, ARMS = 2, TASKS = 2 };

/* Where the numbers of the header are. */
enum {
	AT_VERSION = 8,
	AT_ROWS = 12,
	AT_DIMENSION = 16,
	AT_ARMS = 20,
	AT_TASKS = 24,
	AT_PACKED = 28,
	AT_ROW_BYTES = 32,
	AT_HEADER_BYTES = 36
};

/* Where the parts of a row are. */
enum { ROW_TASK = 8, ROW_GROUP = 10, ROW_CONTEXT = 12 };

struct file {
	struct buf b;
	size_t rows_at, row_bytes, rewards; /* in a row */
};

static void
put_u16(struct buf *b, unsigned v)
{
	uint16_t v16 = (uint16_t)v;

	buf_put(b, &v16, sizeof v16);
}

static void
put_u32(struct buf *b, uint32_t v)
{
	buf_put(b, &v, sizeof v);
}

static void
put_f32(struct buf *b, float v)
{
	buf_put(b, &v, sizeof v);
}

static void
put_text(struct buf *b, const char *s)
{
	put_u16(b, (unsigned)strlen(s));
	buf_puts(b, s);
}

/* Bit by bit, unlike the one that is tested. */
static uint32_t
crc_of(const uint8_t *p, size_t n)
{
	uint32_t crc = ~0u;

	for (size_t i = 0; i < 8 * n; i++) {
		uint32_t in = (crc ^ (uint32_t)(p[i / 8] >> i % 8)) & 1;

		crc = crc >> 1 ^ (in ? 0xedb88320 : 0);
	}
	return ~crc;
}

static void
seal(struct file *f)
{
	uint32_t crc = crc_of(f->b.data, f->b.len - 4);

	memcpy(f->b.data + f->b.len - 4, &crc, sizeof crc);
}

static void
put_row(struct buf *b, int row, int packed)
{
	uint64_t id = 1000 + (uint64_t)row;

	buf_put(b, &id, sizeof id);
	put_u16(b, (unsigned)row % TASKS);
	put_u16(b, (unsigned)row);
	if (packed)
		put_f32(b, 0.01f);
	for (int j = 0; j < D; j++) {
		int8_t q = (int8_t)(10 * row - j);

		if (packed)
			buf_put(b, &q, 1);
		else
			put_f32(b, 0.01f * (float)q);
	}
	put_f32(b, 0.25f * (float)row); /* rewards, then costs */
	put_f32(b, row == 0 ? NAN : 1);
	put_f32(b, 2);
	put_f32(b, NAN);
}

static void
put_texts(struct buf *b)
{
	static const char *const texts[] = { "small", "made up", "MIT", "share",
		"USD", "none" };

	for (int i = 0; i < 6; i++)
		put_text(b, texts[i]);
	for (int i = 0; i < ARMS; i++) {
		put_text(b, i == 0 ? "a/first" : "b");
		put_f32(b, 0.5f);
		put_f32(b, NAN);
	}
	put_text(b, "chat");
	put_text(b, "code");
	while (b->len % 8 != 0)
		buf_put(b, "", 1);
}

/* A whole file; free its buffer. */
static struct file
file_new(int packed)
{
	struct file f = { 0 };
	uint32_t header;

	f.rewards = ROW_CONTEXT + (packed ? 4 + D : 4 * D);
	f.row_bytes = f.rewards + 8 * ARMS;
	buf_put(&f.b, "BRPLAY1", 8);
	put_u32(&f.b, 1);
	put_u32(&f.b, ROWS);
	put_u32(&f.b, D);
	put_u32(&f.b, ARMS);
	put_u32(&f.b, TASKS);
	put_u32(&f.b, (uint32_t)packed);
	put_u32(&f.b, (uint32_t)f.row_bytes);
	put_u32(&f.b, 0);
	put_texts(&f.b);
	header = (uint32_t)f.b.len;
	f.rows_at = f.b.len;
	memcpy(f.b.data + AT_HEADER_BYTES, &header, sizeof header);
	for (int row = 0; row < ROWS; row++)
		put_row(&f.b, row, packed);
	put_u32(&f.b, 0);
	seal(&f);
	return f;
}

/* Parses an exact copy on the heap, so that reading past its end is noticed,
 * and reads all that is in it. */
static enum err
parse(const struct file *f, size_t len, struct fault *fault)
{
	uint8_t *copy = test_malloc(len + 1);
	struct brp b;
	enum err e;

	memcpy(copy + 1, f->b.data, len);
	e = brp_parse(&b, copy + 1, len, fault);
	for (int row = 0; e == ERR_NONE && row < b.rows; row++) {
		float *x = test_calloc((size_t)b.dimension, sizeof *x);
		double sum = 0;

		brp_context(&b, row, x);
		for (int j = 0; j < b.dimension; j++)
			sum += (double)x[j] * x[j];
		assert_true(fabs(sum - 1) < 1e-5);
		assert_in_range(brp_task(&b, row), 0, b.tasks - 1);
		for (int arm = 0; arm < b.arms; arm++)
			assert_false(isinf(brp_reward(&b, row, arm)) ||
			    isinf(brp_cost(&b, row, arm)));
		test_free(x);
	}
	brp_fini(&b);
	test_free(copy);
	return e;
}

static void
assert_refused(struct file *f)
{
	struct fault fault = { 0 };

	seal(f);
	assert_int_equal(parse(f, f->b.len, &fault), ERR_DATA);
	assert_true(strlen(fault.text) > 0);
}

static void
set_u32(struct file *f, size_t at, uint32_t v)
{
	memcpy(f->b.data + at, &v, sizeof v);
}

static void
set_f32(struct file *f, size_t at, float v)
{
	memcpy(f->b.data + at, &v, sizeof v);
}

static void
good_set_is_read(void **state)
{
	(void)state;
	for (int packed = 0; packed < 2; packed++) {
		struct file f = file_new(packed);
		struct brp b;
		float x[D];

		assert_int_equal(brp_parse(&b, f.b.data, f.b.len, NULL), 0);
		assert_int_equal(b.rows, ROWS);
		assert_int_equal(b.dimension, D);
		assert_string_equal(b.name, "small");
		assert_string_equal(b.embedder, "none");
		assert_string_equal(b.arm[0].name, "a/first");
		assert_true(b.arm[1].price_in == 0.5f);
		assert_true(isnan(b.arm[1].price_out));
		assert_string_equal(b.task[1], "code");
		assert_int_equal(brp_id(&b, 2), 1002);
		assert_int_equal(brp_task(&b, 1), 1);
		assert_int_equal(brp_group(&b, 2), 2);
		assert_true(brp_reward(&b, 2, 0) == 0.5);
		assert_true(isnan(brp_reward(&b, 0, 1)));
		assert_true(brp_mean_reward(&b, 0) == 0.25);
		assert_true(brp_mean_reward(&b, 1) == 1);
		assert_true(brp_mean_cost(&b, 0) == 2);
		assert_true(isnan(brp_mean_cost(&b, 1)));
		brp_context(&b, 1, x); /* 10 9 8 7 6 */
		assert_true(fabs(x[0] - 10 / sqrt(330)) < 1e-6);
		assert_true(fabs(x[4] - 6 / sqrt(330)) < 1e-6);
		assert_true(fabs(brp_norm(&b, 1) - .01 * sqrt(330)) < 1e-6);
		brp_fini(&b);
		buf_free(&f.b);
	}
}

static void
shipped_sets_are_read(void **state)
{
	static const struct {
		const char *file;
		int rows, arms;
		double best; /* mean reward of the best arm, data/README.md */
	} sets[] = { { "llmrouter_dev", 3568, 9, .6060 },
		{ "paperhe_dev", 1640, 2, .7793 },
		{ "pareto_val", 1766, 4, .9356 } };
	const char *top = getenv("top_srcdir");

	(void)state;
	for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
		char path[4096];
		double best = 0;
		struct fault f;
		struct brp b;

		snprintf(path, sizeof path, "%s/data/%s.brp",
		    top != NULL ? top : ".", sets[i].file);
		if (brp_read(&b, path, &f) != ERR_NONE)
			fail_msg("%s", f.text);
		assert_int_equal(b.rows, sets[i].rows);
		assert_int_equal(b.arms, sets[i].arms);
		assert_int_equal(b.dimension, 512);
		for (int arm = 0; arm < b.arms; arm++)
			best = fmax(best, brp_mean_reward(&b, arm));
		assert_true(fabs(best - sets[i].best) < 5e-5);
		brp_fini(&b);
	}
}

static void
missing_file_is_named(void **state)
{
	struct fault f = { 0 };
	struct brp b;

	(void)state;
	assert_int_equal(brp_read(&b, "/no/such.brp", &f), ERR_STORAGE);
	assert_non_null(strstr(f.text, "/no/such.brp"));
	brp_fini(&b);
}

static void
cut_off_file_is_refused(void **state)
{
	struct file f = file_new(1);
	struct fault fault;

	(void)state;
	for (size_t len = 0; len < f.b.len; len++)
		assert_int_equal(parse(&f, len, &fault), ERR_DATA);
	buf_puts(&f.b, "and more");
	assert_int_equal(parse(&f, f.b.len, &fault), ERR_DATA);
	buf_free(&f.b);
}

static void
flipped_bit_is_noticed(void **state)
{
	struct file f = file_new(0);
	struct fault fault;

	(void)state;
	for (size_t i = 0; i < 8 * f.b.len; i++) {
		f.b.data[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_int_equal(parse(&f, f.b.len, &fault), ERR_DATA);
		f.b.data[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	assert_int_equal(parse(&f, f.b.len, &fault), ERR_NONE);
	buf_free(&f.b);
}

/* With a checksum that is right, so that the check itself is what refuses. */
static void
flipped_bit_of_the_header_is_refused(void **state)
{
	(void)state;
	for (size_t i = 8 * AT_VERSION; i < 8 * (AT_HEADER_BYTES + 4); i++) {
		struct file f = file_new(1);
		uint32_t bytes = (uint32_t)(i / 8);

		f.b.data[bytes] ^= (uint8_t)(1 << i % 8);
		assert_refused(&f);
		buf_free(&f.b);
	}
}

/* Lengths that agree with each other, or overflow to what they should be. */
static void
sizes_that_lie_are_refused(void **state)
{
	static const struct {
		size_t at;
		uint32_t v, at2, v2;
	} lies[] = {
		{ AT_ROWS, 0, AT_HEADER_BYTES, 0 },
		{ AT_ROWS, 0x80000003, AT_VERSION, 1 },
		{ AT_ROWS, 0xffffffff, AT_ROW_BYTES, 0xffffffff },
		{ AT_DIMENSION, 0xffffffff, AT_ROW_BYTES, 12 + 3 + 8 * ARMS },
		{ AT_DIMENSION, 0, AT_ROW_BYTES, 12 + 4 + 8 * ARMS },
		{ AT_ARMS, 0x20000000 + ARMS, AT_VERSION, 1 },
		{ AT_ARMS, 0, AT_ROW_BYTES, 12 + 4 + D },
		{ AT_TASKS, 65537, AT_VERSION, 1 },
		{ AT_TASKS, 65536, AT_VERSION, 1 },
		{ AT_HEADER_BYTES, 8, AT_ROWS, ROWS },
		{ AT_HEADER_BYTES, 0xfffffff8, AT_ROWS, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
		struct file f = file_new(1);

		set_u32(&f, lies[i].at, lies[i].v);
		set_u32(&f, lies[i].at2, lies[i].v2);
		assert_refused(&f);
		buf_free(&f.b);
	}
}

/* The header takes bytes from the rows: one row less, all else adds up. */
static void
header_that_covers_a_row_is_refused(void **state)
{
	struct file f = file_new(0);

	(void)state;
	set_u32(&f, AT_ROWS, ROWS - 1);
	set_u32(&f, AT_HEADER_BYTES, (uint32_t)(f.rows_at + f.row_bytes));
	assert_refused(&f);
	buf_free(&f.b);
}

static void
text_that_is_too_long_is_refused(void **state)
{
	struct file f = file_new(1);

	(void)state;
	f.b.data[40] = 0xff; /* length of the name */
	f.b.data[41] = 0xff;
	assert_refused(&f);
	buf_free(&f.b);
}

static void
arm_with_a_bad_name_is_refused(void **state)
{
	struct file f = file_new(1);
	uint8_t *name = memmem(f.b.data, f.b.len, "a/first", 7);

	(void)state;
	assert_non_null(name);
	name[2] = ' ';
	assert_refused(&f);
	buf_free(&f.b);
}

static void
numbers_that_cannot_be_are_refused(void **state)
{
	struct file packed = file_new(1), plain = file_new(0), *f;
	const struct {
		int packed;
		size_t at; /* in row 1 */
		float v;
	} bad[] = {
		{ 1, ROW_CONTEXT, NAN },
		{ 1, ROW_CONTEXT, INFINITY },
		{ 1, ROW_CONTEXT, 0 },
		{ 0, ROW_CONTEXT + 8, NAN },
		{ 0, ROW_CONTEXT + 8, -INFINITY },
		{ 1, packed.rewards, INFINITY },
		{ 0, plain.rewards + 4, -INFINITY },
		{ 1, packed.rewards + 4 * ARMS, INFINITY },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		uint8_t *at, keep[4];

		f = bad[i].packed ? &packed : &plain;
		at = f->b.data + f->rows_at + f->row_bytes + bad[i].at;
		memcpy(keep, at, sizeof keep);
		memcpy(at, &bad[i].v, sizeof bad[i].v);
		assert_refused(f);
		memcpy(at, keep, sizeof keep);
	}
	packed.b.data[packed.rows_at + ROW_TASK] = TASKS;
	assert_refused(&packed);
	set_f32(&plain, plain.rows_at + plain.rewards, NAN); /* the other is */
	assert_refused(&plain);
	buf_free(&packed.b);
	buf_free(&plain.b);
}

/* Whatever is in it, it is read whole or refused, and never read past. */
static void
random_damage_does_no_harm(void **state)
{
	uint64_t random = test_seed();
	int refused = 0;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		struct file f = file_new(round % 2);
		struct fault fault;

		for (uint64_t n = test_below(&random, 4) + 1; n > 0; n--)
			f.b.data[test_below(&random, f.b.len)] =
			    (uint8_t)test_random(&random);
		seal(&f);
		refused += parse(&f, f.b.len, &fault) != ERR_NONE;
		buf_free(&f.b);
	}
	assert_in_range(refused, 1, 2999);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_set_is_read),
		cmocka_unit_test(shipped_sets_are_read),
		cmocka_unit_test(missing_file_is_named),
		cmocka_unit_test(cut_off_file_is_refused),
		cmocka_unit_test(flipped_bit_is_noticed),
		cmocka_unit_test(flipped_bit_of_the_header_is_refused),
		cmocka_unit_test(sizes_that_lie_are_refused),
		cmocka_unit_test(header_that_covers_a_row_is_refused),
		cmocka_unit_test(text_that_is_too_long_is_refused),
		cmocka_unit_test(arm_with_a_bad_name_is_refused),
		cmocka_unit_test(numbers_that_cannot_be_are_refused),
		cmocka_unit_test(random_damage_does_no_harm),
	};

	return cmocka_run_group_tests_name("brp", tests, NULL, NULL);
}
