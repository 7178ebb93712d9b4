/* SPDX-License-Identifier: GPL-3.0-or-later */
/* top: samples become rates, under a clock of the test, and rows of text. */
#include "tests/test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/json_pack.h"
#include "client/top_columns.h"
#include "client/top_view.h"

#define NOON 1795780800.0

static struct top top;

static bool
near(double a, double b)
{
	return fabs(a - b) < 1e-6;
}

static int
start(void **state)
{
	(void)state;
	top_init(&top, NULL, 1);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	top_fini(&top);
	return 0;
}

/* The JSON's MessagePack, until the next call. */
static struct banditd_value
packed(const char *json)
{
	static struct buf b;
	json_error_t error;
	json_t *j = json_loads(json, 0, &error);

	if (j == NULL)
		fail_msg("%s: %s", json, error.text);
	b.len = 0;
	pack_json(&b, j);
	json_decref(j);
	return (struct banditd_value){ b.data, b.len };
}

struct counts {
	double uptime, requests, refused;
	double pulls[2], rewards[2], mean[2];
};

/* A sample of one router with the arms a and b. */
static void
take(const struct counts *c, double mono)
{
	struct seen s = { 0 };
	char text[2048];

	snprintf(text, sizeof text,
	    "{\"version\": \"1.2\", \"uptime\": %g, \"requests\": %g, "
	    "\"rejects\": {\"not_finite\": %g}, \"lag\": 7, \"lag_time\": 0.5, "
	    "\"decide_p50\": 0.002, \"disk_full\": 0}",
	    c->uptime, c->requests, c->refused);
	seen_status(&s, packed(text));
	snprintf(text, sizeof text,
	    "{\"routers\": [{\"router\": \"chat\", \"decisions\": %g, "
	    "\"rewards\": %g, \"pending\": 3, \"reward_range\": [0.0, 1.0]}, "
	    "{\"router\": \"other\", \"decisions\": 0}]}",
	    c->pulls[0] + c->pulls[1], c->rewards[0] + c->rewards[1]);
	seen_routers(&s, packed(text));
	snprintf(text, sizeof text,
	    "{\"arms\": [{\"arm\": \"a\", \"enabled\": true, \"pulls\": %g, "
	    "\"rewards\": %g, \"reward_mean\": %g, \"share\": 0.5}, "
	    "{\"arm\": \"b\", \"enabled\": false, \"pulls\": %g, "
	    "\"rewards\": %g, \"reward_mean\": %g, \"share\": 0.5}]}",
	    c->pulls[0], c->rewards[0], c->mean[0], c->pulls[1], c->rewards[1],
	    c->mean[1]);
	seen_arms(&s.router[0], packed(text));
	top_take(&top, &s, mono);
}

static const struct counts early = { 10, 100, 0, { 40, 60 }, { 10, 20 },
	{ 0.5, 0.25 } };
static const struct counts late = { 14, 180, 2, { 70, 70 }, { 20, 20 },
	{ 0.75, 0.25 } };

static void
the_first_sample_has_no_rates(void **state)
{
	(void)state;
	take(&early, 1000);
	assert_string_equal(top.router, "chat");
	assert_true(isnan(top.decisions_rate) && isnan(top.rewards_rate));
	assert_true(isnan(top.arm[0].rate) && isnan(top.arm[0].recent_share));
	assert_true(isnan(top_at(&top, top.decisions, 0)));
	assert_true(isnan(top_at(&top, top.decisions, 1)));
}

static void
differences_over_time_are_rates(void **state)
{
	(void)state;
	take(&early, 1000);
	take(&late, 1004);
	assert_true(near(top.decisions_rate, 10));
	assert_true(near(top.rewards_rate, 2.5));
	assert_true(near(top.requests_rate, 20));
	assert_true(near(top.errors_rate, 0.5));
	assert_true(near(top.arm[0].rate, 7.5));
	assert_true(near(top.arm[0].recent_share, 0.75));
	/* 10 more rewards took the mean of 10 from 0.5 to 0.75: each was 1. */
	assert_true(near(top.arm[0].recent_reward, 1));
	assert_true(isnan(top.arm[1].recent_reward));
}

static void
a_restart_has_no_negative_rates(void **state)
{
	(void)state;
	take(&late, 1000);
	take(&early, 1001);
	assert_true(isnan(top.decisions_rate) && isnan(top.requests_rate));
	assert_true(isnan(top.errors_rate) && isnan(top.arm[0].rate));
	take(&late, 1002);
	assert_true(near(top.decisions_rate, 40));
}

static void
a_daemon_that_goes_away_and_comes_back(void **state)
{
	char text[TOP_WARNINGS][160];

	(void)state;
	take(&early, 1000);
	top_lost(&top, "gone", 1001);
	top_lost(&top, "gone", 1005);
	assert_false(top.up);
	assert_true(near(top.since, 1001));
	assert_true(isnan(top.decisions_rate));
	assert_int_equal(top.arms, 2); /* what was seen last stays */
	assert_int_equal(top_warnings(&top, text), 0);
	take(&late, 1010);
	assert_true(top.up);
	assert_true(near(top.decisions_rate, 4)); /* over all of that time */
}

static void
only_recent_intervals_count_as_now(void **state)
{
	struct counts c = early;

	(void)state;
	for (int i = 0; i <= 2 * TOP_RECENT; i++) {
		c.pulls[i <= TOP_RECENT ? 0 : 1] += 5;
		take(&c, 1000 + i);
	}
	assert_true(near(top.arm[0].recent_share, 0));
	assert_true(near(top.arm[1].recent_share, 1));
	for (int i = 0; i < TOP_HISTORY; i++)
		take(&c, 2000 + i); /* around the ring, and nothing happens */
	assert_true(isnan(top.arm[0].recent_share));
}

static void
sorting_keeps_the_selected_arm(void **state)
{
	(void)state;
	take(&early, 1000);
	strcpy(top.selected, "a");
	for (top.sort = 0; strcmp(top_columns[top.sort].title, "PULLS") != 0;)
		top.sort++;
	top_sort(&top);
	assert_string_equal(top.arm[0].now.name, "b"); /* the larger first */
	assert_int_equal(top_selected_row(&top), 1);
	top_key(&top, 'R');
	assert_string_equal(top.arm[0].now.name, "a");
	assert_int_equal(top_selected_row(&top), 0);
}

static void
a_pause_is_asked_for_first(void **state)
{
	(void)state;
	take(&early, 1000);
	assert_int_equal(top_key(&top, 'p'), TOP_NOTHING); /* none selected */
	assert_int_equal(top_key(&top, TOP_DOWN), TOP_REDRAW);
	assert_string_equal(top.selected, "b");
	assert_int_equal(top_key(&top, TOP_UP), TOP_REDRAW);
	assert_string_equal(top.selected, "a");
	assert_int_equal(top_key(&top, 'p'), TOP_REDRAW);
	assert_int_equal(top_key(&top, 'q'), TOP_REDRAW); /* any other: no */
	assert_int_equal(top_key(&top, ' '), TOP_REDRAW);
	assert_int_equal(top_key(&top, 'y'), TOP_SET_ARM);
	top_lost(&top, "gone", 1001);
	assert_int_equal(top_key(&top, 'p'), TOP_NOTHING);
	assert_int_equal(top_key(&top, 'q'), TOP_QUIT);
}

static void
other_keys(void **state)
{
	(void)state;
	take(&early, 1000);
	assert_int_equal(top_key(&top, 'r'), TOP_SAMPLE);
	assert_string_equal(top.router, "other");
	top_key(&top, '+');
	assert_true(near(top.interval, 2));
	for (int i = 0; i < 40; i++)
		top_key(&top, '-');
	assert_true(top.interval >= 0.1 && top.interval < 0.2);
	for (int i = 0; i < 40; i++)
		top_key(&top, '=');
	assert_true(top.interval <= 3600 && top.interval > 1800);
	top_key(&top, '?');
	assert_int_equal(top.mode, TOP_HELP);
	assert_int_equal(top_key(&top, 'Z'), TOP_NOTHING);
	for (int i = 0; i < 100; i++) { /* through all columns, and again */
		top_key(&top, 's');
		assert_non_null(top_columns[top.sort].title);
		assert_int_not_equal(top_columns[top.sort].cell, TOP_SPARK);
	}
}

/* The screen as text, with each row in brackets. */
static const char *
drawn(int columns, int rows, bool utf8, bool keys)
{
	static struct buf out;
	struct view v;

	out.len = 0;
	view_init(&v, columns, rows, utf8);
	top_draw(&top, &v, NOON, 2000, keys);
	for (int i = 0; i < rows; i++) {
		buf_puts(&out, "[");
		view_text(&v, i, &out);
		buf_puts(&out, "]\n");
	}
	buf_put(&out, "", 1);
	view_fini(&v);
	return (const char *)out.data;
}

static void
has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("no \"%s\" in\n%s", part, text);
}

static void
a_screen_of_80_by_24(void **state)
{
	const char *text;

	(void)state;
	take(&early, 1000);
	take(&late, 1004);
	text = drawn(80, 24, true, true);
	has(text, "[banditd 1.2  router chat (1 of 2)  up 14 s");
	has(text, "decisions 10.0/s");
	has(text, "decide p50 2 ms");
	has(text, "lag 7");
	has(text, "0.5 requests a second are refused");
	has(text, "\n[ARM               NOW% SHARE ");
	has(text, "\n[a                 75.0 ");
	has(text, "\xe2\x96\x87"); /* three quarters, of eight */
	has(text, "\n[b                 25.0 paused");
	has(text, "[q quit");
	has(text, "1-2 of 2 arms, 1 s]");
}

static void
a_screen_without_utf8_has_none(void **state)
{
	(void)state;
	take(&early, 1000);
	take(&late, 1004);
	strcpy(top.arm[0].now.name, "gr\xc3\xb6\xc3\x9f\x65r");
	for (const char *p = drawn(80, 24, false, true); *p != '\0'; p++)
		assert_in_range(*p, 1, 126);
	has(drawn(80, 24, false, true), "gr??er");
}

/* No size makes it write beside its rows, and none is too small. */
static void
any_size(void **state)
{
	(void)state;
	take(&early, 1000);
	take(&late, 1004);
	top_lost(&top, "a reason that is long enough to be cut somewhere",
	    1005);
	for (int columns = 1; columns < 120; columns++)
		for (int rows = 1; rows < 30; rows++)
			for (int mode = TOP_TABLE; mode <= TOP_ASK; mode++) {
				top.mode = (enum top_mode)mode;
				drawn(columns, rows, true, true);
			}
	top.mode = TOP_TABLE;
	has(drawn(40, 10, true, true), "\n[ARM ");
	has(drawn(20, 8, true, true), "\n[a ");
	has(drawn(80, 24, true, true), "no answer for 16 min 35 s: a reason");
}

static void
wide_screens_show_all_columns(void **state)
{
	const char *text;

	(void)state;
	take(&early, 1000);
	text = drawn(200, 50, true, true);
	for (const struct top_column *c = top_columns; c->title != NULL; c++)
		has(text, c->title);
}

/* Forty arms, of which the names are too long. */
static void
take_many(void)
{
	struct buf text = { 0 };
	struct seen s = { 0 };

	seen_status(&s, packed("{\"uptime\": 1}"));
	seen_routers(&s, packed("{\"routers\": [{\"router\": \"chat\"}]}"));
	buf_puts(&text, "{\"arms\": [");
	for (int i = 0; i < 40; i++)
		buf_printf(&text,
		    "%s{\"arm\": \"vendor/a-model-of-a-long-name-2026-%02d\"}",
		    i > 0 ? ", " : "", i);
	buf_puts(&text, "]}");
	buf_put(&text, "", 1);
	seen_arms(&s.router[0], packed((const char *)text.data));
	buf_free(&text);
	top_take(&top, &s, 1000);
}

static void
more_arms_than_rows_scroll(void **state)
{
	(void)state;
	take_many();
	has(drawn(80, 24, true, true), "-00");
	top_key(&top, 'G');
	has(drawn(80, 24, true, true), "-39");
	has(drawn(80, 24, true, true), "of 40 arms");
	assert_null(strstr(drawn(80, 24, true, true), "-00"));
	top_key(&top, TOP_PAGE_UP);
	assert_int_equal(top_selected_row(&top), 39 - (top.shown - 1));
	top_key(&top, 'g');
	has(drawn(80, 24, true, true), "-00");
	/* A larger screen shows them all, and then a smaller one again. */
	top_key(&top, 'G');
	has(drawn(80, 24, true, true), "-39");
	has(drawn(80, 60, true, true), "-00");
	has(drawn(80, 24, true, true), "-39");
}

static void
long_names_are_cut_in_the_middle(void **state)
{
	(void)state;
	take_many();
	has(drawn(80, 24, true, true), "\xe2\x80\xa6");
	has(drawn(80, 24, false, true), "~");
	has(drawn(60, 24, false, true), "-00 ");
}

static void
as_text_all_arms_are_there_without_keys(void **state)
{
	const char *text;

	(void)state;
	take_many();
	text = drawn(80, top_height(&top, 80), true, false);
	has(text, "-00");
	has(text, "-39");
	assert_null(strstr(text, "q quit"));
}

static void
a_frame_of_json_can_be_read(void **state)
{
	struct buf out = { 0 };
	json_t *j, *arm;

	(void)state;
	take(&early, 1000);
	take(&late, 1004);
	top_json(&top, NOON, &out);
	j = json_loadb((const char *)out.data, out.len, 0, NULL);
	assert_non_null(j);
	assert_true(
	    near(json_number_value(json_object_get(j, "decisions_rate")), 10));
	arm = json_array_get(json_object_get(j, "arms"), 0);
	assert_true(near(
	    json_number_value(json_object_get(arm, "recent_share")), 0.75));
	assert_true(json_is_null(json_object_get(arm, "cost")));
	json_decref(j);
	buf_free(&out);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_first_sample_has_no_rates),
		TEST(differences_over_time_are_rates),
		TEST(a_restart_has_no_negative_rates),
		TEST(a_daemon_that_goes_away_and_comes_back),
		TEST(only_recent_intervals_count_as_now),
		TEST(sorting_keeps_the_selected_arm),
		TEST(a_pause_is_asked_for_first),
		TEST(other_keys),
		TEST(a_screen_of_80_by_24),
		TEST(a_screen_without_utf8_has_none),
		TEST(any_size),
		TEST(wide_screens_show_all_columns),
		TEST(more_arms_than_rows_scroll),
		TEST(long_names_are_cut_in_the_middle),
		TEST(as_text_all_arms_are_there_without_keys),
		TEST(a_frame_of_json_can_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
