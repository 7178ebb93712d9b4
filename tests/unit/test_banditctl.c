/* SPDX-License-Identifier: GPL-3.0-or-later */
/* banditctl, the program, against a fake daemon: output and exit status. */
#include "tests/test.h"

#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/pack.h"
#include "daemon/method.h"
#include "tests/unit/fake.h"

static char said[1 << 16]; /* standard output and, behind it, error */

/* The exit status of banditctl with these arguments, by the shell's rules. */
static int
run(const char *args)
{
	const char *top = getenv("top_builddir");
	char line[1024];
	size_t n;
	FILE *p;

	snprintf(line, sizeof line, "exec 2>&1; PATH=%s/client:$PATH; %s",
	    top != NULL ? top : ".", args);
	p = popen(line, "r");
	assert_non_null(p);
	n = fread(said, 1, sizeof said - 1, p);
	said[n] = '\0';
	return WEXITSTATUS(pclose(p));
}

static bool
is(const struct fake_request *r, const char *method)
{
	return r->method_len == strlen(method) &&
	    memcmp(r->method, method, r->method_len) == 0;
}

static void
pack_names(struct buf *out, const char *list, const char *field, const char *a,
    const char *b)
{
	pack_map(out, 1);
	pack_str(out, list);
	pack_array(out, 2);
	pack_map(out, 1);
	pack_str(out, field);
	pack_str(out, a);
	pack_map(out, 1);
	pack_str(out, field);
	pack_str(out, b);
}

static void
pack_echo(struct buf *out, const struct fake_request *r)
{
	pack_map(out, 2);
	pack_str(out, "method");
	pack_strn(out, r->method, r->method_len);
	pack_str(out, "params");
	buf_put(out, r->params.p, (size_t)(r->params.end - r->params.p));
}

static bool
daemon_says(int fd, const struct fake_request *r)
{
	struct buf out = { 0 }, error = { 0 };

	if (is(r, "reload"))
		pack_str(&error, "denied: you may not");
	else if (is(r, "checkpoint"))
		pack_str(&error, "storage: the disk is full");
	else
		pack_nil(&error);
	if (is(r, "methods"))
		methods_pack(&out);
	else if (is(r, "arms"))
		pack_names(&out, "arms", "arm", "gpt-4o", "haiku");
	else if (is(r, "routers"))
		pack_names(&out, "routers", "router", "chat", "x:y");
	else if (is(r, "status"))
		pack_map(&out, 0);
	else
		pack_echo(&out, r);
	fake_answer(fd, r->msgid, error.data, error.len, out.data, out.len);
	buf_free(&out);
	buf_free(&error);
	return true;
}

static int
setup(void **state)
{
	(void)state;
	return setenv("BANDITD_SOCKET", fake_start(daemon_says), 1);
}

static int
teardown(void **state)
{
	(void)state;
	fake_stop();
	return unsetenv("BANDITD_SOCKET");
}

static void
expect(const char *args, int status, const char *text)
{
	int got = run(args);

	assert_string_equal(said, text);
	assert_int_equal(got, status);
}

static void
answer_is_a_table_or_json(void **state)
{
	(void)state;
	expect("banditctl arms", EX_OK, "ARM\ngpt-4o\nhaiku\n");
	expect("banditctl -j arms", EX_OK,
	    "{\"arms\": [{\"arm\": \"gpt-4o\"}, {\"arm\": \"haiku\"}]}\n");
	expect("banditctl status", EX_OK, "");
	expect("banditctl -j status", EX_OK, "{}\n");
}

static void
parameters_are_sent_as_their_row_says(void **state)
{
	(void)state;
	expect("banditctl -j feedback d-1 0.5 cost=2", EX_OK,
	    "{\"method\": \"feedback\", \"params\": [{\"decision\": \"d-1\", "
	    "\"reward\": 0.5, \"cost\": 2.0}]}\n");
	expect("banditctl -j arm enable haiku router=chat", EX_OK,
	    "{\"method\": \"arm.set\", \"params\": [{\"arm\": \"haiku\", "
	    "\"router\": \"chat\", \"enabled\": true}]}\n");
	expect("banditctl -j state-hash", EX_OK,
	    "{\"method\": \"state_hash\", \"params\": []}\n");
	expect("banditctl -j decide '[1, 0.5]' arms=a,b", EX_OK,
	    "{\"method\": \"decide\", \"params\": [{\"x\": [1.0, 0.5], "
	    "\"arms\": [\"a\", \"b\"]}]}\n");
}

static void
vector_comes_from_standard_input(void **state)
{
	(void)state;
	expect("echo '[1, 2]' | banditctl -j score -", EX_OK,
	    "{\"method\": \"score\", \"params\": [{\"x\": [1.0, 2.0]}]}\n");
	expect("printf '\\0\\0\\200\\077' | banditctl -jb score -", EX_OK,
	    "{\"method\": \"score\", \"params\": [{\"x\": [1.0]}]}\n");
}

static void
call_takes_any_method(void **state)
{
	(void)state;
	expect("banditctl -j call new.one a=1 b=text c='{\"d\": [true, 2.5]}'",
	    EX_OK,
	    "{\"method\": \"new.one\", \"params\": [{\"a\": 1, \"b\": "
	    "\"text\", \"c\": {\"d\": [true, 2.5]}}]}\n");
	expect("banditctl -j call feedback d-1 reward=1", EX_OK,
	    "{\"method\": \"feedback\", \"params\": [{\"decision\": \"d-1\", "
	    "\"reward\": 1.0}]}\n");
	assert_int_equal(run("banditctl call"), EX_USAGE);
	assert_int_equal(run("banditctl call new.one x"), EX_USAGE);
}

static void
exit_status_says_what_went_wrong(void **state)
{
	static const struct {
		const char *args;
		int status;
		const char *says;
	} all[] = {
		{ "ping", EX_OK, "ping" },
		{ "checkpoint", 1, "banditctl: storage: the disk is full\n" },
		{ "reload", EX_NOPERM, "banditctl: denied: you may not\n" },
		{ "", EX_USAGE, "usage: banditctl" },
		{ "-x ping", EX_USAGE, "usage: banditctl" },
		{ "-t soon ping", EX_USAGE, "usage: banditctl" },
		{ "frobnicate", EX_USAGE, "no command \"frobnicate\"" },
		{ "help frobnicate", EX_USAGE, "no such command" },
		{ "arm", EX_USAGE, "no command \"arm\"" },
		{ "feedback d-1", EX_USAGE, "reward is missing" },
		{ "feedback d-1 x", EX_USAGE, "it takes a number" },
		{ "decide /nowhere", EX_DATAERR, "/nowhere: No such file" },
		{ "decide '[1, \"x\"]'", EX_DATAERR, "element 1" },
		{ "ping > /dev/full", EX_IOERR, "standard output" },
		{ "-s /nowhere/s ping", EX_UNAVAILABLE,
		    "no banditd listens at /nowhere/s; start it" },
		{ "-s /nowhere/s version", EX_OK, "banditctl " },
	};
	char line[128];

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		int status;

		snprintf(line, sizeof line, "banditctl %s", all[i].args);
		status = run(line);
		if (strstr(said, all[i].says) == NULL)
			assert_string_equal(said, all[i].says);
		assert_int_equal(status, all[i].status);
	}
}

static void
daemon_of_another_protocol_is_said(void **state)
{
	int status;

	(void)state;
	fake_protocol = 2;
	status = run("banditctl ping");
	fake_protocol = 1;
	assert_non_null(strstr(said, "speaks protocol 2, newer than 1"));
	assert_int_equal(status, EX_UNAVAILABLE);
}

static void
error_is_one_json_document_too(void **state)
{
	(void)state;
	expect("banditctl -j checkpoint 2>/dev/null", 1,
	    "{\"error\": {\"code\": \"storage\", "
	    "\"message\": \"storage: the disk is full\"}}\n");
	expect("banditctl -j frob 2>/dev/null", EX_USAGE,
	    "{\"error\": {\"code\": \"usage\", \"message\": \"there is no "
	    "command \\\"frob\\\"; try \\\"banditctl help\\\"\"}}\n");
}

/* One renderer for the daemon's table and our own. */
static void
help_is_the_same_with_a_daemon_and_without(void **state)
{
	static const char *const all[] = { "", "decide", "arm", "arm enable",
		"state-hash", "call" };
	static char with[sizeof said];
	char line[128];

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		snprintf(line, sizeof line, "banditctl help %s", all[i]);
		assert_int_equal(run(line), EX_OK);
		strcpy(with, said);
		snprintf(line, sizeof line, "banditctl -s /nowhere help %s",
		    all[i]);
		assert_int_equal(run(line), EX_OK);
		assert_string_equal(with, said);
	}
}

static void
help_shows_how_a_command_is_used(void **state)
{
	(void)state;
	assert_int_equal(run("banditctl help arm enable"), EX_OK);
	assert_memory_equal(said,
	    "usage: banditctl arm enable ARM [router=NAME]", 45);
	assert_null(strstr(said, "enabled=")); /* it is preset */
	assert_non_null(strstr(said, "Role: admin.\n"));
	assert_int_equal(run("banditctl help"), EX_OK);
	for (const struct method *m = methods; m->name != NULL; m++)
		if (strcmp(m->name, "export") != 0 &&
		    strcmp(m->name, "import") != 0) /* are our own */
			assert_non_null(strstr(said, m->help));
}

/* Whether one of the candidates is the word. */
static bool
candidate(const char *word)
{
	char line[64];

	snprintf(line, sizeof line, "\n%s\t", word);
	return strncmp(said, line + 1, strlen(line) - 1) == 0 ||
	    strstr(said, line) != NULL;
}

static void
completion_knows_commands_keys_and_names(void **state)
{
	(void)state;
	run("banditctl help --words");
	assert_true(candidate("arm") && candidate("state-hash") &&
	    candidate("help") && candidate("-j"));
	assert_false(candidate("enable") || candidate("arm enable"));
	run("banditctl help --words arm");
	assert_true(candidate("enable") && candidate("add"));
	assert_false(candidate("arm") || candidate("-j"));
	run("banditctl help --words arm enable");
	assert_true(candidate("haiku") && candidate("arm=haiku") &&
	    candidate("router=x:y") && candidate("cost="));
	assert_false(candidate("enabled=") || candidate("chat"));
	run("banditctl help --words arm set haiku");
	assert_true(candidate("chat") && candidate("enabled=true"));
	assert_false(candidate("haiku") || candidate("arm="));
	run("banditctl help --words arm set router=chat");
	assert_true(candidate("haiku"));
	assert_false(candidate("router=") || candidate("router=chat"));
	run("banditctl help --words ping");
	assert_string_equal(said, "");
	run("banditctl help --words help arm");
	assert_true(candidate("enable"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answer_is_a_table_or_json),
		cmocka_unit_test(parameters_are_sent_as_their_row_says),
		cmocka_unit_test(vector_comes_from_standard_input),
		cmocka_unit_test(call_takes_any_method),
		cmocka_unit_test(exit_status_says_what_went_wrong),
		cmocka_unit_test(daemon_of_another_protocol_is_said),
		cmocka_unit_test(error_is_one_json_document_too),
		cmocka_unit_test(help_is_the_same_with_a_daemon_and_without),
		cmocka_unit_test(help_shows_how_a_command_is_used),
		cmocka_unit_test(completion_knows_commands_keys_and_names),
	};

	return cmocka_run_group_tests_name("banditctl", tests, setup, teardown);
}
