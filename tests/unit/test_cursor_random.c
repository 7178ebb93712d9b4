/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Random documents written by msgpack-c are read by the cursor as msgpack-c
 * reads them itself.
 */
#include "tests/test.h"

#include "tests/same.h"

#define DOCUMENTS 3000
#define ENOUGH 10000 /* bytes, from where on no value has values in it */
#define LIMIT (1 << 20)

static msgpack_sbuffer bytes;
static msgpack_packer pk;

/* Numbers of every magnitude, so that every width of header is met. */
static uint64_t
random_bits(uint64_t *r)
{
	return test_random(r) >> test_below(r, 64);
}

static void
write_body(uint64_t *r, int kind)
{
	static const char body[300] = { 'b', 'o', 'd', 'y' };
	size_t n = test_below(r, test_below(r, 2) ? sizeof body : 32);

	if (kind == 0)
		msgpack_pack_str_with_body(&pk, body, n);
	else if (kind == 1)
		msgpack_pack_bin_with_body(&pk, body, n);
	else
		msgpack_pack_ext_with_body(&pk, body, n, 7);
}

static void
write_float(uint64_t *r)
{
	uint64_t bits = test_random(r);
	double d;
	float f;

	memcpy(&d, &bits, sizeof d); /* any bits, NaN and infinity too */
	memcpy(&f, &bits, sizeof f);
	if (test_below(r, 2))
		msgpack_pack_double(&pk, d);
	else
		msgpack_pack_float(&pk, f);
}

static void
write_scalar(uint64_t *r)
{
	uint64_t kind = test_below(r, 9);

	if (kind == 0)
		msgpack_pack_nil(&pk);
	else if (kind == 1)
		msgpack_pack_true(&pk);
	else if (kind == 2)
		msgpack_pack_false(&pk);
	else if (kind == 3)
		msgpack_pack_uint64(&pk, random_bits(r));
	else if (kind == 4)
		msgpack_pack_int64(&pk, -(int64_t)(random_bits(r) >> 1));
	else if (kind == 5)
		write_float(r);
	else
		write_body(r, (int)kind - 6);
}

static void
write_value(uint64_t *r, int depth)
{
	size_t n = test_below(r, test_below(r, 50) == 0 ? 40 : 4);

	if (depth >= FRAME_MAX_DEPTH || bytes.size > ENOUGH ||
	    test_below(r, 3) == 0) {
		write_scalar(r);
	} else if (test_below(r, 2)) {
		msgpack_pack_array(&pk, n);
		while (n-- > 0)
			write_value(r, depth + 1);
	} else {
		msgpack_pack_map(&pk, n);
		for (n *= 2; n > 0; n--)
			write_value(r, depth + 1);
	}
}

static void
check_document(void)
{
	const uint8_t *p = (const uint8_t *)bytes.data;
	struct cursor c = { p, p + bytes.size }, skipped = c;
	msgpack_unpacked u;
	size_t at = 0, len;

	msgpack_unpacked_init(&u);
	assert_int_equal(msgpack_unpack_next(&u, bytes.data, bytes.size, &at),
	    MSGPACK_UNPACK_SUCCESS);
	assert_int_equal(frame_scan(p, bytes.size, LIMIT, &len), FRAME_WHOLE);
	assert_int_equal(len, at);
	assert_true(same_object(&c, &u.data));
	assert_ptr_equal(c.p, c.end);
	assert_true(cursor_skip(&skipped));
	assert_ptr_equal(skipped.p, c.end);
	msgpack_unpacked_destroy(&u);
}

/* A cut document is partial at any place. */
static void
check_cut(uint64_t *r)
{
	const uint8_t *p = (const uint8_t *)bytes.data;
	size_t n = test_below(r, bytes.size), len;
	struct cursor c = { p, p + n };

	assert_int_equal(frame_scan(p, n, LIMIT, &len), FRAME_PARTIAL);
	assert_false(cursor_skip(&c));
}

/* The same scan whatever pieces the document comes in. */
static void
check_pieces(uint64_t *r)
{
	const uint8_t *p = (const uint8_t *)bytes.data;
	struct scan scan = { 0 };
	size_t len = 0;

	for (size_t n = 0; n < bytes.size; n += 1 + test_below(r, 64))
		assert_int_equal(frame_scan_more(&scan, p, n, LIMIT, &len),
		    FRAME_PARTIAL);
	assert_int_equal(frame_scan_more(&scan, p, bytes.size, LIMIT, &len),
	    FRAME_WHOLE);
	assert_int_equal(len, bytes.size);
	assert_int_equal(scan.missing, 0); /* at the start of the next one */
}

static void
random_documents_read_as_msgpack_c_reads_them(void **state)
{
	uint64_t r = test_seed();

	(void)state;
	msgpack_sbuffer_init(&bytes);
	msgpack_packer_init(&pk, &bytes, msgpack_sbuffer_write);
	for (int i = 0; i < DOCUMENTS; i++) {
		msgpack_sbuffer_clear(&bytes);
		write_value(&r, 0);
		check_document();
		check_cut(&r);
		check_pieces(&r);
	}
	msgpack_sbuffer_destroy(&bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_documents_read_as_msgpack_c_reads_them),
	};

	return cmocka_run_group_tests_name("cursor_random", tests, NULL, NULL);
}
