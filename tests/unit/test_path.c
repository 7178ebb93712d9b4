/* SPDX-License-Identifier: GPL-3.0-or-later */
/* path: defaults by user, and which variable of the environment wins. */
#include "tests/test.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"

#define ROOT true
#define USER false

static char out[PATH_SIZE];

static int
clean_environment(void **state)
{
	static const char *const names[] = { "XDG_CONFIG_HOME",
		"XDG_STATE_HOME", "XDG_RUNTIME_DIR", "STATE_DIRECTORY",
		"RUNTIME_DIRECTORY", "BANDITD_SOCKET" };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		unsetenv(names[i]);
	return setenv("HOME", "/home/u", 1);
}

static void
root_gets_the_prefixes_of_the_build(void **state)
{
	(void)state;
	assert_true(path_config(ROOT, out));
	assert_string_equal(out, SYSCONFDIR "/banditd/banditd.conf");
	assert_true(path_state(ROOT, out));
	assert_string_equal(out, LOCALSTATEDIR "/lib/banditd");
	assert_true(path_socket(ROOT, out));
	assert_string_equal(out, RUNSTATEDIR "/banditd/banditd.sock");
	assert_true(path_socket_client(ROOT, out));
	assert_string_equal(out, RUNSTATEDIR "/banditd/banditd.sock");
}

static void
user_gets_the_xdg_directories(void **state)
{
	(void)state;
	setenv("XDG_CONFIG_HOME", "/x/config", 1);
	setenv("XDG_STATE_HOME", "/x/state", 1);
	setenv("XDG_RUNTIME_DIR", "/x/run", 1);
	assert_true(path_config(USER, out));
	assert_string_equal(out, "/x/config/banditd/banditd.conf");
	assert_true(path_state(USER, out));
	assert_string_equal(out, "/x/state/banditd");
	assert_true(path_socket(USER, out));
	assert_string_equal(out, "/x/run/banditd/banditd.sock");
	assert_true(path_config(ROOT, out));
	assert_string_equal(out, SYSCONFDIR "/banditd/banditd.conf");
}

static void
user_without_xdg_gets_the_home_directory(void **state)
{
	(void)state;
	setenv("XDG_CONFIG_HOME", "", 1);
	setenv("XDG_STATE_HOME", "relative/is/ignored", 1);
	assert_true(path_config(USER, out));
	assert_string_equal(out, "/home/u/.config/banditd/banditd.conf");
	assert_true(path_state(USER, out));
	assert_string_equal(out, "/home/u/.local/state/banditd");
	unsetenv("HOME");
	assert_false(path_config(USER, out));
	assert_false(path_state(USER, out));
}

static void
socket_without_xdg_is_in_run_user_or_the_state_directory(void **state)
{
	char run[64], expected[128];
	struct stat st;

	(void)state;
	snprintf(run, sizeof run, "/run/user/%u", (unsigned)geteuid());
	snprintf(expected, sizeof expected, "%s/banditd/banditd.sock",
	    stat(run, &st) == 0 ? run : "/home/u/.local/state");
	assert_true(path_socket(USER, out));
	assert_string_equal(out, expected);
}

static void
directories_of_systemd_win_for_the_daemon(void **state)
{
	(void)state;
	setenv("STATE_DIRECTORY", "/s/state:/s/more", 1);
	setenv("RUNTIME_DIRECTORY", "/s/run", 1);
	for (int root = 0; root < 2; root++) {
		assert_true(path_state(root, out));
		assert_string_equal(out, "/s/state");
		assert_true(path_socket(root, out));
		assert_string_equal(out, "/s/run/banditd.sock");
	}
	/* That of a client is not the daemon's. */
	assert_true(path_socket_client(ROOT, out));
	assert_string_equal(out, RUNSTATEDIR "/banditd/banditd.sock");
}

static void
banditd_socket_wins_for_clients_only(void **state)
{
	(void)state;
	setenv("BANDITD_SOCKET", "./my.sock", 1);
	setenv("XDG_RUNTIME_DIR", "/x/run", 1);
	assert_true(path_socket_client(USER, out));
	assert_string_equal(out, "./my.sock");
	assert_true(path_socket(USER, out));
	assert_string_equal(out, "/x/run/banditd/banditd.sock");
}

static void
client_takes_the_users_socket_where_it_is(void **state)
{
	char dir[] = "/tmp/test_path.XXXXXX", sub[64], sock[96];
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	setenv("XDG_RUNTIME_DIR", dir, 1);
	snprintf(sub, sizeof sub, "%s/banditd", dir);
	snprintf(sock, sizeof sock, "%s/banditd.sock", sub);
	assert_int_equal(mkdir(sub, 0700), 0);
	f = fopen(sock, "w");
	assert_non_null(f);
	fclose(f);
	assert_true(path_socket_client(USER, out));
	unlink(sock);
	rmdir(sub);
	rmdir(dir);
	assert_string_equal(out, sock);
}

static void
client_without_any_daemon_is_sent_to_the_users_socket(void **state)
{
	(void)state;
	setenv("XDG_RUNTIME_DIR", "/nowhere", 1);
	assert_true(path_socket_client(USER, out));
	if (access(RUNSTATEDIR "/banditd/banditd.sock", F_OK) == 0)
		assert_string_equal(out, RUNSTATEDIR "/banditd/banditd.sock");
	else
		assert_string_equal(out, "/nowhere/banditd/banditd.sock");
}

static void
path_that_is_too_long_is_refused(void **state)
{
	static char longest[PATH_SIZE + 1];

	(void)state;
	memset(longest, 'x', PATH_SIZE);
	longest[0] = '/';
	setenv("STATE_DIRECTORY", longest, 1);
	setenv("BANDITD_SOCKET", longest, 1);
	setenv("XDG_CONFIG_HOME", longest, 1);
	assert_false(path_socket_client(USER, out));
	assert_false(path_config(USER, out));
}

#define TEST(f) cmocka_unit_test_setup(f, clean_environment)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(root_gets_the_prefixes_of_the_build),
		TEST(user_gets_the_xdg_directories),
		TEST(user_without_xdg_gets_the_home_directory),
		TEST(socket_without_xdg_is_in_run_user_or_the_state_directory),
		TEST(directories_of_systemd_win_for_the_daemon),
		TEST(banditd_socket_wins_for_clients_only),
		TEST(client_takes_the_users_socket_where_it_is),
		TEST(client_without_any_daemon_is_sent_to_the_users_socket),
		TEST(path_that_is_too_long_is_refused),
	};

	return cmocka_run_group_tests_name("path", tests, NULL, NULL);
}
