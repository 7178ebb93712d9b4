/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config: what a file may say, and every wrong one its own sentence. */
#include "tests/test.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/config.h"
#include "daemon/config_text.h"
#include "daemon/method.h"

static char dir[] = "/tmp/test_config.XXXXXX", path[64];
static struct config config;
static struct fault fault;

static int
make_dir(void **state)
{
	(void)state;
	setenv("HOME", "/home/u", 1);
	snprintf(path, sizeof path, "%s/banditd.conf",
	    mkdtemp(dir) != NULL ? dir : "");
	return 0;
}

static int
remove_dir(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

static int
forget(void **state)
{
	(void)state;
	config_fini(&config);
	return 0;
}

static void
write_file(const void *text, size_t n)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	fclose(f);
}

static enum err
read_text(const char *text)
{
	write_file(text, strlen(text));
	fault = (struct fault){ 0 };
	config_fini(&config);
	return config_read(&config, path, NULL, 0, &fault);
}

/* The text is read, or the test fails with the sentence. */
static void
reads(const char *text)
{
	if (read_text(text) != ERR_NONE)
		fail_msg("%s", fault.text);
	assert_int_equal(fault.code, ERR_NONE);
}

static void
without_a_file_there_is_one_router_to_start_with(void **state)
{
	(void)state;
	assert_int_equal(config_read(&config, NULL, NULL, 0, &fault), ERR_NONE);
	assert_int_equal(config.routers, 1);
	assert_string_equal(config.router[0].name, "default");
	assert_int_equal(config.router[0].settings.dimension, 0);
	assert_int_equal(config.router[0].arms, 0);
	assert_int_equal(config.rules, 0);
	assert_int_equal(config.top.max_clients, 1000);
	assert_true(isnan(config.top.idle_timeout));
	assert_int_equal(config.top.socket[0], '/');
	assert_int_equal(config.top.state_dir[0], '/');
}

static void
file_without_a_router_gets_the_same(void **state)
{
	(void)state;
	reads("max_clients = 7 # only that\n");
	assert_int_equal(config.top.max_clients, 7);
	assert_int_equal(config.routers, 1);
	assert_string_equal(config.router[0].name, "default");
	assert_int_equal(config.router[0].settings.dimension, 0);
}

static void
routers_and_their_arms_are_read(void **state)
{
	const struct router_config *r;

	(void)state;
	reads("router \"chat\" {\n"
	      "	bandwidth = 2.5\n"
	      "	policy = greedy\n"
	      "	normalize = false\n"
	      "	reward_range = {-1, 5.0}\n"
	      "	arm gpt-4o { cost = 0.0125  group = \"openai\" }\n"
	      "	arm 'haiku' { enabled = false }\n"
	      "}\n"
	      "router \"mail\" { dimension = \"auto\" }\n");
	assert_int_equal(config.routers, 2);
	r = &config.router[0];
	assert_string_equal(r->name, "chat");
	assert_int_equal(r->settings.dimension, 384);
	assert_true(r->settings.bandwidth == 2.5);
	assert_false(r->settings.normalize);
	assert_true(r->settings.reward_range[0] == -1);
	assert_true(r->settings.reward_range[1] == 5);
	assert_int_equal(r->arms, 2);
	assert_string_equal(config.router[1].name, "mail");
	assert_int_equal(config.router[1].settings.dimension, 0);
}

static void
what_is_not_said_of_an_arm_is_known_as_such(void **state)
{
	const struct arm_config *a;

	(void)state;
	reads("router r { arm a { cost = 0.5 group = \"\" }\n"
	      "arm b { enabled = true }\n arm c {} }");
	a = config.router[0].arm;
	assert_string_equal(a[0].name, "a");
	assert_true(a[0].cost == 0.5 && a[0].group_said && !a[0].enabled_said);
	assert_string_equal(a[0].group, "");
	assert_true(isnan(a[1].cost) && !a[1].group_said);
	assert_true(a[1].enabled_said && a[1].enabled);
	assert_true(isnan(a[2].cost) && !a[2].group_said && !a[2].enabled_said);
}

static void
roles_are_one_rule_for_each_user_or_group_in_order(void **state)
{
	(void)state;
	reads("role read { users = {1234, root} groups = {\"77\"} }\n"
	      "role \"decide\" { users = {\"1234\"} }\n"
	      "role admin { groups = {} users = 5 }\n");
	assert_int_equal(config.rules, 4);
	assert_true(!config.rule[0].group && config.rule[0].id == 0);
	assert_int_equal(config.rule[0].roles, ROLE_READ);
	assert_true(!config.rule[1].group && config.rule[1].id == 5);
	assert_int_equal(config.rule[1].roles, ROLE_ADMIN);
	assert_true(!config.rule[2].group && config.rule[2].id == 1234);
	assert_int_equal(config.rule[2].roles, ROLE_READ | ROLE_DECIDE);
	assert_true(config.rule[3].group && config.rule[3].id == 77);
}

static void
comments_and_quotes_of_every_kind_are_read(void **state)
{
	(void)state;
	reads("# one { \" '\n"
	      "// two }\n"
	      "/* three {\n \" ' */ max_clients = 3 // four\n"
	      "#\n"
	      "socket = \"/a#b//c{d}\\\"e\" state_dir = '/x\\'y/*z' #}\n");
	assert_int_equal(config.top.max_clients, 3);
	assert_string_equal(config.top.socket, "/a#b//c{d}\"e");
	assert_string_equal(config.top.state_dir, "/x'y/*z");
}

static void
variables_of_the_environment_are_filled_in(void **state)
{
	(void)state;
	setenv("TEST_CONFIG", "/some/where", 1);
	unsetenv("TEST_CONFIG_NOT");
	reads("socket = \"${TEST_CONFIG}/s\"\n"
	      "state_dir = ${TEST_CONFIG_NOT:-/fallback}\n");
	assert_string_equal(config.top.socket, "/some/where/s");
	assert_string_equal(config.top.state_dir, "/fallback");
}

/* clang-format off */
static const struct {
	const char *text, *said;
} wrong[] = {
	{ "max_clients = 0", ":1: max_clients = \"0\": it takes a whole number from 1 to 1000000" },
	{ "\n\nfoo = 1", ":3: no such option 'foo'" },
	{ "# a comment\n/* and\nanother */ foo = 1", ":3: no such option 'foo'" },
	{ "router \"chat\" {\n\n bandwidth = \"x\"\n}", ":3: router \"chat\": bandwidth = \"x\": it takes a number from 1e-06 to 1000000, or auto" },
	{ "router chat {\n zoom = 3 }", ":2: router \"chat\": no such option 'zoom'" },
	{ "router chat {\n arm a {\n  cost = -1\n } }", ":3: router \"chat\": arm \"a\": cost = \"-1\": it takes a number from 0 to 1000000000000" },
	{ "router chat { arm a { cost = inf } }", "arm \"a\": cost = \"inf\": it takes a number" },
	{ "router chat { arm a { price = 1 } }", ":1: arm \"a\": no such option 'price'" },
	{ "router chat { arm a { group = \"two words\" } }", "arm \"a\": group: a name is 1 to 64 characters" },
	{ "router chat { arm a { enabled = yes } }", "enabled = \"yes\": it takes true or false" },
	{ "router chat { arm a {}\n arm a {} }", ":2: router \"chat\": found duplicate title 'a'" },
	{ "router chat {}\nrouter chat {}", ":2: found duplicate title 'chat'" },
	{ "router \"two words\" {}", "router \"two words\": a name is 1 to 64 characters" },
	{ "router \"\" {}", "router \"\": a name is 1 to 64" },
	{ "router {}", ":1: missing title for section 'router'" },
	{ "router chat { arm \"\" {} }", "router \"chat\": arm \"\": a name is" },
	{ "router r { rff_dimension = 7 }", "router \"r\": rff_dimension = 7: it takes an even number" },
	{ "router r { kernel = poly }", "router \"r\": kernel = \"poly\" needs features = \"exact\"" },
	{ "router r { policy = best }", "policy = \"best\": it takes one of pak-ucb," },
	{ "router r { reward_range = {1, 0} }", "reward_range = \"{1, 0}\": it takes two numbers {low, high}" },
	{ "router r { reward_range = {1} }", "reward_range = \"{1}\": it takes two numbers" },
	{ "router r { reward_range = {0, 1, 2} }", "reward_range = \"{0, 1, 2}\": it takes two numbers" },
	{ "router r { reward_range = {} }", "reward_range = \"{}\": it takes two numbers" },
	{ "router r { reward_range = 1 }", "reward_range = \"{1}\": it takes two numbers" },
	{ "router r { bandwidth = {1} }", ":1: router \"r\": unexpected token '{'" },
	{ "router r { seed = 1\n seed = 2 }", ":2: router \"r\": seed is there twice, first in line 1" },
	{ "role read { users = {a}\n users = {b} }", ":2: role \"read\": users is there twice, first in line 1" },
	{ "max_clients = 1\n\nmax_clients = 1", ":3: max_clients is there twice, first in line 1" },
	{ "role boss { users = {root} }", "role \"boss\": the roles are decide, read and admin" },
	{ "role read {\n users = {root,\n \"no-such-user\"} }", ":3: role \"read\": the system knows no user \"no-such-user\"" },
	{ "role read { groups = {\"no-such-group\"} }", ":1: role \"read\": the system knows no group \"no-such-group\"" },
	{ "role read { users = {4294967295} }", "knows no user \"4294967295\"" },
	{ "role read { users = {99999999999} }", "knows no user \"99999999999\"" },
	{ "role read { users = {\"\"} }", "knows no user \"\"" },
	{ "role read {} role read {}", "found duplicate title 'read'" },
	{ "role read { people = {a} }", "role \"read\": no such option 'people'" },
	{ "socket_mode = 0999", "socket_mode = \"0999\": it takes permissions in octal" },
	{ "socket_mode = 7777", "socket_mode = \"7777\": it takes permissions in octal" },
	{ "socket_mode = \"\"", "socket_mode = \"\": it takes permissions in octal" },
	{ "durability = never", "durability = \"never\": it takes one of disk, memory" },
	{ "log_level = loud", "log_level = \"loud\": it takes one of error, warn, info, debug" },
	{ "idle_timeout = 0", "idle_timeout = \"0\": it takes a number from 1 to 1000000000, or never" },
	{ "max_request_bytes = 1023", "a whole number from 1024 to 67108864" },
	{ "max_clients 3", ":1: missing equal sign after option 'max_clients'" },
	{ "max_clients =", ":1: premature end of file" },
	{ "max_clients += 3", "attempt to append to non-list option" },
	{ "}", ":1: unexpected closing brace" },
	{ "a\nrouter r { arm a {", ":2: the section that begins here never ends" },
	{ "\n\nsocket = \"/run", ":3: the quoted text that begins here never ends" },
	{ "socket = '/run\\'", ":1: the quoted text that begins here never ends" },
	{ "max_clients = 1 /* 2", ":1: the comment that begins here never ends" },
	{ "include(\"x\")", "no such option 'include'" },
	{ "socket = \"\\400\"", "invalid octal number" },
};
/* clang-format on */

static void
every_wrong_file_has_its_own_sentence(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		const char *after = fault.text + strlen(path);

		assert_int_equal(read_text(wrong[i].text), ERR_CONFIG);
		assert_int_equal(fault.code, ERR_CONFIG);
		if (strstr(fault.text, wrong[i].said) == NULL)
			fail_msg("%s\nsays \"%s\"\nnot  \"%s\"", wrong[i].text,
			    fault.text, wrong[i].said);
		if (wrong[i].said[0] == ':')
			assert_ptr_equal(strstr(fault.text, wrong[i].said),
			    after);
		assert_int_equal(config.routers, 0);
		assert_null(config.router);
		reads("max_clients = 2"); /* the next one is read afresh */
	}
}

static void
socket_longer_than_the_system_takes_is_refused(void **state)
{
	char text[300] = "socket = \"/";

	(void)state;
	memset(text + strlen(text), 'x', 108);
	strcat(text, "\"");
	assert_int_equal(read_text(text), ERR_CONFIG);
	assert_non_null(strstr(fault.text, "it takes text of up to 107"));
}

static void
file_that_cannot_be_read_is_named(void **state)
{
	(void)state;
	assert_int_equal(config_read(&config, "/no/such", NULL, 0, &fault),
	    ERR_CONFIG);
	assert_string_equal(fault.text, "/no/such: No such file or directory");
	assert_int_equal(config_read(&config, "/", NULL, 0, &fault),
	    ERR_CONFIG);
	assert_string_equal(fault.text, "/: Is a directory");
	write_file("max_clients = 1\0# and more", 26);
	assert_int_equal(config_read(&config, path, NULL, 0, &fault),
	    ERR_CONFIG);
	assert_non_null(strstr(fault.text, "it holds a NUL byte"));
	assert_int_equal(config_read(&config, path, NULL, 0, NULL), ERR_CONFIG);
}

static void
file_that_is_too_long_is_refused(void **state)
{
	FILE *f = fopen(path, "w");

	(void)state;
	assert_int_equal(ftruncate(fileno(f), CONFIG_TEXT_MAX + 1), 0);
	fclose(f);
	assert_int_equal(config_read(&config, path, NULL, 0, &fault),
	    ERR_CONFIG);
	assert_non_null(strstr(fault.text, ": longer than 16777216 bytes"));
}

static void
overrides_win_over_the_file(void **state)
{
	const char *const given[] = { "max_clients=3", "idle_timeout=9",
		"socket=/a=b", "max_clients=4" };

	(void)state;
	write_file("max_clients = 2\nmax_pending = 8\n", 32);
	assert_int_equal(config_read(&config, path, given, 4, &fault),
	    ERR_NONE);
	assert_int_equal(config.top.max_clients, 4);
	assert_int_equal(config.top.max_pending, 8);
	assert_true(config.top.idle_timeout == 9);
	assert_string_equal(config.top.socket, "/a=b");
}

static void
wrong_override_is_explained(void **state)
{
	/* clang-format off */
	static const struct {
		const char *given, *said;
	} bad[] = {
		{ "max_clients", "\"max_clients\": an override is key=value" },
		{ "max_clients=", "max_clients = \"\": it takes a whole" },
		{ "bandwidth=1", "no top-level setting \"bandwidth\"; there are socket, socket_mode," },
		{ "=1", "no top-level setting \"\"" },
		{ "socket_mode=rw", "it takes permissions in octal" },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(
		    config_read(&config, NULL, &bad[i].given, 1, &fault),
		    ERR_CONFIG);
		assert_non_null(strstr(fault.text, bad[i].said));
		assert_int_equal(
		    config_read(&config, NULL, &bad[i].given, 1, NULL),
		    ERR_CONFIG);
	}
}

/* What is wrong goes to the caller alone. */
static void
nothing_is_written_to_standard_error(void **state)
{
	char log[80];
	struct stat st;
	int kept = dup(2), fd;

	(void)state;
	snprintf(log, sizeof log, "%s/stderr", dir);
	fd = open(log, O_RDWR | O_CREAT | O_TRUNC, 0600);
	assert_int_equal(dup2(fd, 2), 2);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		read_text(wrong[i].text);
	fflush(stderr);
	dup2(kept, 2);
	close(kept);
	assert_int_equal(fstat(fd, &st), 0);
	close(fd);
	unlink(log);
	assert_int_equal(st.st_size, 0);
}

/* What the tables promise to the manual and to setting_parse(). */
static void
rows_are_whole(void **state)
{
	const struct setting *const tables[] = { daemon_settings,
		arm_settings };
	struct daemon_settings top;
	struct arm_config arm = { 0 };
	void *const bases[] = { &top, &arm };

	(void)state;
	for (int t = 0; t < 2; t++)
		for (const struct setting *s = tables[t]; s->name != NULL;
		     s++) {
			assert_non_null(s->unit);
			assert_int_equal(s->help[strlen(s->help) - 1], '.');
			assert_int_equal(
			    setting_parse(s, bases[t], s->def, NULL), ERR_NONE);
			assert_ptr_equal(
			    setting_find(tables[t], s->name, strlen(s->name)),
			    s);
		}
}

#define TEST(f) cmocka_unit_test_teardown(f, forget)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_a_file_there_is_one_router_to_start_with),
		TEST(file_without_a_router_gets_the_same),
		TEST(routers_and_their_arms_are_read),
		TEST(what_is_not_said_of_an_arm_is_known_as_such),
		TEST(roles_are_one_rule_for_each_user_or_group_in_order),
		TEST(comments_and_quotes_of_every_kind_are_read),
		TEST(variables_of_the_environment_are_filled_in),
		TEST(every_wrong_file_has_its_own_sentence),
		TEST(socket_longer_than_the_system_takes_is_refused),
		TEST(file_that_cannot_be_read_is_named),
		TEST(file_that_is_too_long_is_refused),
		TEST(overrides_win_over_the_file),
		TEST(wrong_override_is_explained),
		TEST(nothing_is_written_to_standard_error),
		TEST(rows_are_whole),
	};

	return cmocka_run_group_tests_name("config", tests, make_dir,
	    remove_dir);
}
