/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rounds: logs as rounds, and what is said of those that are not. */
#include "tests/test.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "eval/convert.h"
#include "eval/rounds.h"

static char path[64];

static enum err
read_bytes(struct rounds *r, const char *data, size_t len, const char *router,
    struct fault *f)
{
	FILE *to;
	enum err e;

	snprintf(path, sizeof path, "/tmp/test_rounds.%ld", (long)getpid());
	to = fopen(path, "wb");
	assert_non_null(to);
	assert_int_equal(fwrite(data, 1, len, to), len);
	assert_int_equal(fclose(to), 0);
	e = rounds_read(r, path, router, f);
	unlink(path);
	return e;
}

static enum err
read_text(struct rounds *r, const char *text, const char *router,
    struct fault *f)
{
	return read_bytes(r, text, strlen(text), router, f);
}

#define ADD(router, uid, name)                                              \
	"{\"kind\":\"arm.add\",\"router_name\":\"" router "\",\"arm\":" uid \
	",\"name\":\"" name "\"}\n"
#define REWARD(router, arm, slate)                                         \
	"{\"kind\":\"reward\",\"router_name\":\"" router "\",\"arm\":" arm \
	",\"reward\":0.5,\"x\":[1,0],"                                     \
	"\"decision\":{\"eligible\":[3,5],\"slate\":[" slate "]}}\n"
#define SHOWN(arm, p) "{\"arm\":" arm ",\"propensity\":" p "}"

static void
an_export_is_read_by_router(void **state)
{
	static const char log[] = ADD("chat", "3", "small") ADD("chat", "4",
	    "unused") ADD("chat", "5", "large") ADD("code", "6", "other")
	    REWARD("chat", "5", SHOWN("5", "0.25"))
		REWARD("code", "6", SHOWN("6", "1"))
		    REWARD("chat", "3", SHOWN("3", "0.5") "," SHOWN("5", "0.5"))
			REWARD("chat", "5",
			    SHOWN("3", "0.5") "," SHOWN("5",
				"0.5")) "{\"kind\":\"reward\",\"router_name\":"
					"\"chat\",\"arm\":3,"
					"\"reward\":1,\"x\":[1,0]}\n";
	struct fault f = { 0 };
	struct rounds r;

	(void)state;
	assert_int_equal(read_text(&r, log, "chat", &f), ERR_NONE);
	assert_int_equal(r.n, 2);
	assert_int_equal(r.arms, 3);
	assert_int_equal(r.dimension, 2);
	assert_string_equal(r.arm[r.round[0].arm], "large");
	assert_true(r.round[0].propensity == 0.25 && r.round[0].reward == 0.5);
	assert_true(isnan(r.round[0].cost) && isnan(r.round[0].time));
	assert_int_equal(r.round[0].line, 5);
	assert_string_equal(r.arm[r.round[1].arm], "small");
	assert_true(r.round[0].eligible[0] && !r.round[0].eligible[1] &&
	    r.round[0].eligible[2]);
	assert_int_equal(r.left[LEFT_OBSERVED], 1);
	assert_int_equal(r.slates, 2);
	rounds_fini(&r);
	assert_int_equal(read_text(&r, log, NULL, &f), ERR_DATA);
	assert_non_null(strstr(f.text, ":4: the log has routers"));
	assert_int_equal(read_text(&r, log, "none", &f), ERR_DATA);
	assert_non_null(strstr(f.text, "no rewarded decision of router none"));
}

#define NAMED(arm, name) \
	"{\"arm\":" arm ",\"arm_name\":\"" name "\",\"propensity\":0.5}"

/* What is eligible has numbers only: each was a second arm beside the one of
 * that name. */
static void
an_export_without_its_begin_has_each_arm_once(void **state)
{
	static const char log[] = REWARD("chat", "3", NAMED("3", "small"))
	    REWARD("chat", "5", NAMED("5", "large"))
		REWARD("chat", "3", NAMED("3", "small"));
	static const char *const shown[] = { "small", "large", "small" };
	struct fault f = { 0 };
	struct rounds r;

	(void)state;
	assert_int_equal(read_text(&r, log, NULL, &f), ERR_NONE);
	assert_int_equal(r.n, 3);
	assert_int_equal(r.arms, 2);
	for (int i = 0; i < 3; i++) {
		assert_string_equal(r.arm[r.round[i].arm], shown[i]);
		assert_true(r.round[i].eligible[0] && r.round[i].eligible[1]);
	}
	rounds_fini(&r);
}

#define OTHER(kind) "{\"kind\":\"" kind "\",\"router_name\":\"chat\"}\n"

static void
what_is_left_out_is_counted_by_kind(void **state)
{
	static const char log[] = REWARD("chat", "3", SHOWN("3", "0.5"))
	    OTHER("click") OTHER("click") OTHER("click") OTHER("prefer") OTHER(
		"expire") OTHER("expire") OTHER("age") REWARD("chat", "5",
		SHOWN("3", "0.5") "," SHOWN("5",
		    "0.5")) "{\"kind\":\"click\",\"router_name\":\"code\"}\n";
	static const long left[LEFT_KINDS] = { [LEFT_FURTHER] = 1,
		[LEFT_CLICK] = 3,
		[LEFT_PREFER] = 1,
		[LEFT_EXPIRED] = 2 };
	struct rounds r;

	(void)state;
	assert_int_equal(read_text(&r, log, "chat", NULL), ERR_NONE);
	assert_int_equal(r.n, 1);
	assert_memory_equal(r.left, left, sizeof left);
	rounds_fini(&r);
}

#define GOOD "{\"x\":[1,0],\"arm\":\"a\",\"propensity\":0.5,\"reward\":1}\n"

static void
another_log_says_who_was_eligible_by_name(void **state)
{
	struct fault f = { 0 };
	struct rounds r;

	(void)state;
	assert_int_equal(read_text(&r,
			     GOOD "{\"x\":[0,1],\"arm\":\"b\",\"reward\":0,"
				  "\"cost\":2,\"time\":7,"
				  "\"eligible\":[\"b\",\"c\"]}\n",
			     NULL, &f),
	    ERR_NONE);
	assert_int_equal(r.n, 2);
	assert_int_equal(r.arms, 3);
	for (int a = 0; a < 3; a++) {
		assert_true(r.round[0].eligible[a]);
		assert_int_equal(r.round[1].eligible[a],
		    strcmp(r.arm[a], "a") != 0);
	}
	assert_true(isnan(r.round[1].propensity));
	assert_true(r.round[1].cost == 2 && r.round[1].time == 7);
	rounds_fini(&r);
}

static void
bad_input_names_file_and_line(void **state)
{
	static const struct {
		const char *line, *says;
	} bad[] = {
		{ "{\"arm\":\"a\",\"reward\":1}", "x is no vector" },
		{ "{\"x\":[1],\"arm\":\"a\",\"reward\":1}", "x has 1 numbers" },
		{ "{\"x\":[0,0],\"arm\":\"a\",\"reward\":1}", "" },
		{ "{\"x\":[1,0],\"reward\":1}", "arm is no name" },
		{ "{\"x\":[1,0],\"arm\":\"a\"}", "reward is no number" },
		{ "{\"x\":[1,0],\"arm\":\"a\",\"reward\":null}",
		    "reward is no number" },
		{ "{\"x\":[1,0],\"arm\":\"a\",\"reward\":1,\"propensity\":0}",
		    "propensity is not" },
		{ "{\"x\":[1,0],\"arm\":\"a\",\"reward\":1,\"propensity\":2}",
		    "propensity is not" },
		{ "{\"x\":[1,0],\"arm\":\"a\",\"reward\":1,\"cost\":\"2\"}",
		    "cost is no number" },
		{ "{\"x\":[1,0],\"arm\":\"a\",\"reward\":1,\"time\":1e300}",
		    "time is no" },
		{ "{\"x\":[1,0],\"arm\":\"a\",\"reward\":1,\"eligible\":[1]}",
		    "eligible is no" },
		{ "{\"kind\":7}", "kind is no word" },
		{ "{\"kind\":\"reward\",\"decision\":{}}",
		    "its decision has no slate" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct fault f = { 0 };
		struct rounds r;
		char both[512], says[160];

		snprintf(both, sizeof both, "%s\n%s\n", GOOD, bad[i].line);
		if (read_text(&r, both, NULL, &f) != ERR_DATA)
			fail_msg("%s was taken", bad[i].line);
		snprintf(says, sizeof says, "%s:3: %s", path, bad[i].says);
		if (strstr(f.text, says) == NULL)
			fail_msg("want \"%s\", got \"%s\"", says, f.text);
		assert_null(r.x);
	}
}

/* JSON has no such number, MessagePack has. */
static void
a_cost_that_is_infinite_is_none(void **state)
{
	static const char packed[] = "\x84\xa1x\x91\x01\xa3"
				     "arm\xa1"
				     "a\xa6reward\x01\xa4"
				     "cost\xca\x7f\x80\x00\x00";
	struct fault f = { 0 };
	struct rounds r;

	(void)state;
	assert_int_equal(read_bytes(&r, packed, sizeof packed - 1, NULL, &f),
	    ERR_DATA);
	assert_non_null(strstr(f.text, ":1: cost is no number"));
}

static void
check_converted(const struct rounds *r, const char *to, const char *want)
{
	const struct conversion *c = conversions;
	struct fault f = { 0 };
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	while (c->name != NULL && strcmp(c->name, to) != 0)
		c++;
	assert_non_null(c->name);
	assert_int_equal(convert(c, r, out, &f), ERR_NONE);
	fclose(out);
	assert_string_equal(text, want);
	free(text);
}

static void
a_log_converts_word_for_word(void **state)
{
	static const char log[] =
	    "{\"x\":[1,0.5],\"arm\":\"b\",\"propensity\":0.5,\"reward\":0.75,"
	    "\"time\":1.5,\"eligible\":[\"a\",\"b\",\"c\"]}\n";
	struct fault f = { 0 };
	struct rounds r;

	(void)state;
	assert_int_equal(read_text(&r, log, NULL, &f), ERR_NONE);
	/* b was met first, so it is arm 0 */
	check_converted(&r, "dsjson",
	    "{\"_label_cost\":-0.75,\"_label_probability\":0.5,"
	    "\"_label_Action\":1,\"_labelIndex\":0,"
	    "\"Timestamp\":\"1970-01-01T00:00:01.500Z\",\"Version\":\"1\","
	    "\"EventId\":\"1\",\"a\":[1,2,3],\"p\":[0.5,0.25,0.25],"
	    "\"c\":{\"x\":{\"1\":1,\"2\":0.5},\"_multi\":["
	    "{\"arm\":{\"b\":1}},{\"arm\":{\"a\":1}},{\"arm\":{\"c\":1}}]},"
	    "\"VWState\":{\"m\":\"banditd\"}}\n");
	check_converted(&r, "obp",
	    "timestamp,action,arm,position,reward,pscore,cost,context_0,"
	    "context_1\n1.5,0,b,0,0.75,0.5,,1,0.5\n");
	r.round[0].propensity = NAN;
	assert_int_equal(convert(&conversions[0], &r, stderr, &f), ERR_DATA);
	assert_non_null(strstr(f.text, ":1: dsjson needs a propensity"));
	rounds_fini(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_export_is_read_by_router),
		cmocka_unit_test(an_export_without_its_begin_has_each_arm_once),
		cmocka_unit_test(another_log_says_who_was_eligible_by_name),
		cmocka_unit_test(bad_input_names_file_and_line),
		cmocka_unit_test(a_cost_that_is_infinite_is_none),
		cmocka_unit_test(a_log_converts_word_for_word),
		cmocka_unit_test(what_is_left_out_is_counted_by_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
