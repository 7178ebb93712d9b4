/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text: the vector of a text; the sums are those of tests/e2e/texthash.py. */
#include "tests/unit/numbers.h"

#include <string.h>

#include "features/context.h"
#include "features/text.h"

#define D 512
#define SMALL 8

static struct text room;

static void
vector(const char *s, size_t len, float *x, int d)
{
	struct fault f;

	assert_int_equal(text_vector(&room, s, len, x, d, &f), ERR_NONE);
}

static bool
same(const char *a, const char *b)
{
	float x[D], y[D];

	vector(a, strlen(a), x, D);
	vector(b, strlen(b), y, D);
	return memcmp(x, y, sizeof x) == 0;
}

/* The cosine of two texts. */
static double
alike(const char *a, const char *b)
{
	float x[D], y[D];
	double sum = 0;

	vector(a, strlen(a), x, D);
	vector(b, strlen(b), y, D);
	for (int i = 0; i < D; i++)
		sum += (double)x[i] * y[i];
	return sum;
}

static double
length(const float *x, int d)
{
	double sum = 0;

	for (int i = 0; i < d; i++)
		sum += (double)x[i] * x[i];
	return sqrt(sum);
}

static void
golden_sums(void **state)
{
	static const struct {
		const char *text;
		int sum[SMALL];
	} all[] = {
		{ "", { 0, 0, 0, 0, -1, 0, 0, 0 } },
		{ "Write a poem", { -3, -3, 1, 2, -1, -5, -2, 0 } },
		{ "na\u00efve Stra\u00dfe, \u6771\u4eac! \U0001f600",
		    { -3, 1, 0, 0, 2, 2, 2, -1 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		double sum = 0;
		float x[SMALL];

		for (int j = 0; j < SMALL; j++)
			sum += abs(all[i].sum[j]);
		vector(all[i].text, strlen(all[i].text), x, SMALL);
		for (int j = 0; j < SMALL; j++) {
			double b = all[i].sum[j];
			float want = (float)copysign(sqrt(fabs(b) / sum), b);

			assert_memory_equal(&x[j], &want, sizeof want);
		}
	}
}

static void
unit_length_in_every_dimension(void **state)
{
	uint64_t random = test_seed();
	float *x = malloc(CONTEXT_MAX_DIMENSION * sizeof *x);
	char s[300];

	(void)state;
	for (int round = 0; round < 300; round++) {
		size_t n = test_random(&random) % sizeof s;
		int d = round < 20
		    ? round + 1
		    : 1 + (int)(test_random(&random) % CONTEXT_MAX_DIMENSION);

		for (size_t i = 0; i < n; i++)
			s[i] = (char)(test_random(&random) % 128);
		vector(s, n, x, d);
		assert_close(length(x, d), 1, 1e-6);
		assert_int_equal(context_check(x, d, true, NULL, NULL),
		    ERR_NONE);
	}
	free(x);
}

static void
only_ascii_letters_are_folded(void **state)
{
	(void)state;
	assert_true(same("WRITE [A] Poem, @Z", "write [a] poem, @z"));
	assert_false(same("\u00c4rger", "\u00e4rger"));
	assert_false(same("[a", "{a"));
}

static void
space_is_space_however_much(void **state)
{
	(void)state;
	assert_true(same("a poem", "\t a\r\n\u00a0\u3000poem\u2003 "));
	assert_true(same("", " \n\t\u200b\ufeff"));
	assert_false(same("", "."));
	assert_true(same("f(x)", "f ( x )"));
	assert_true(same("\u6771\u4eac", "\u6771 \u4eac"));
	assert_false(same("snow man", "snowman"));
}

static void
order_counts_but_less_than_words(void **state)
{
	double turned = alike("dog bites man", "man bites dog");

	(void)state;
	assert_true(turned < 0.99);
	assert_true(turned > alike("dog bites man", "cat drinks milk"));
	assert_true(alike("translating sentences", "translate a sentence") >
	    alike("translating sentences", "prove the theorem"));
}

static void
zero_bytes_are_spaces(void **state)
{
	float x[D], y[D];

	(void)state;
	vector("a\0poem", 6, x, D);
	vector("a poem", 6, y, D);
	assert_memory_equal(x, y, sizeof x);
}

/* A text in a room that larger ones have used is as in a new one. */
static void
room_does_not_show(void **state)
{
	struct text fresh = { 0 };
	static float large[CONTEXT_MAX_DIMENSION];
	float x[D], y[D];

	(void)state;
	vector("something much longer was here", 30, large,
	    CONTEXT_MAX_DIMENSION);
	vector("a poem", 6, x, D);
	assert_int_equal(text_vector(&fresh, "a poem", 6, y, D, NULL),
	    ERR_NONE);
	assert_memory_equal(x, y, sizeof x);
	text_fini(&fresh);
}

/* What lies behind the folded text is not of it. */
static void
last_character_ends_the_text(void **state)
{
	char before[200];
	float x[D], y[D];

	(void)state;
	vector("a poem", 6, x, D);
	for (int cut = 0; cut < 8; cut++) {
		snprintf(before, sizeof before, "%.*s\u6771\u6771\u6771", cut,
		    "xxxxxxxx");
		vector(before, strlen(before), y, D);
		vector("a poem", 6, y, D);
		assert_memory_equal(x, y, sizeof x);
	}
}

static void
not_utf8_names_the_byte(void **state)
{
	static const struct {
		const char *bytes;
		size_t n, at;
	} all[] = {
		{ "abc\xff", 4, 3 }, { "\xc3", 1, 0 }, /* cut off */
		{ "\xc3\xa4\xa4", 3, 2 },              /* none before it */
		{ "a\xc0\xaf", 3, 1 },                 /* overlong */
		{ "ab\xed\xa0\x80", 5, 2 },            /* half of a pair */
		{ "\xf4\x90\x80\x80", 4, 0 },          /* beyond Unicode */
		{ "\xe6\x9d\xb1 \xe4\xba", 6, 4 },     /* cut off */
	};
	struct fault f;
	char byte[32];
	float x[D];

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		assert_int_equal(
		    text_vector(&room, all[i].bytes, all[i].n, x, D, &f),
		    ERR_BAD_REQUEST);
		snprintf(byte, sizeof byte, "byte %zu,", all[i].at);
		assert_non_null(strstr(f.text, byte));
	}
}

/* A text of count times word, with something of its own at some place. */
static char *
long_text(const char *word, size_t count, size_t at, const char *own)
{
	size_t n = strlen(word);
	char *s = malloc(count * n + 1);

	for (size_t i = 0; i < count; i++)
		memcpy(s + i * n, word, n);
	s[count * n] = '\0';
	memcpy(s + at, own, strlen(own));
	return s;
}

static void
of_a_long_text_both_ends_count(void **state)
{
	size_t n = 1000000;
	char *plain = long_text("lorem ipsum ", n / 12 + 1, 0, "");
	size_t places[] = { 6, TEXT_PART - 12, n / 2, strlen(plain) - 12 };

	(void)state;
	for (int i = 0; i < 4; i++) {
		char *s = long_text("lorem ipsum ", n / 12 + 1, places[i],
		    "mathematics ");

		assert_int_equal(same(s, plain), i == 2);
		free(s);
	}
	free(plain);
}

/* Characters of three bytes do not fit an end without rest. */
static void
ends_are_cut_between_characters(void **state)
{
	char *s = long_text("\u6771", 30000, 0, "\u4eac");
	char *half = long_text("\u6771", 2 * (TEXT_PART / 3), 0, "\u4eac");

	(void)state;
	assert_true(same(s, half));
	free(s);
	free(half);
}

static int
done(void **state)
{
	(void)state;
	text_fini(&room);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_sums),
		cmocka_unit_test(unit_length_in_every_dimension),
		cmocka_unit_test(only_ascii_letters_are_folded),
		cmocka_unit_test(space_is_space_however_much),
		cmocka_unit_test(order_counts_but_less_than_words),
		cmocka_unit_test(zero_bytes_are_spaces),
		cmocka_unit_test(room_does_not_show),
		cmocka_unit_test(last_character_ends_the_text),
		cmocka_unit_test(not_utf8_names_the_byte),
		cmocka_unit_test(of_a_long_text_both_ends_count),
		cmocka_unit_test(ends_are_cut_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, done);
}
