/* SPDX-License-Identifier: GPL-3.0-or-later */
/* path: a client's way to the system's socket, which is "run/banditd/..." here.
 */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/path.h"

#define USER false
#define NOBODY 65534

static bool
takes_the_systems(void)
{
	char out[PATH_SIZE];

	return path_socket_client(USER, out) &&
	    strcmp(out, "run/banditd/banditd.sock") == 0;
}

/* In a child, as the way back from being nobody is closed. */
static bool
nobody_takes_the_systems(void)
{
	int status = -1;
	pid_t p;

	fflush(NULL);
	p = fork();
	if (p == 0)
		_exit(geteuid() == 0 && setuid(NOBODY) != 0
			? 2
			: takes_the_systems());
	assert_int_equal(waitpid(p, &status, 0), p);
	return WIFEXITED(status) && WEXITSTATUS(status) == 1;
}

static void
a_socket_that_is_hidden_from_us_is_there(void **state)
{
	char dir[] = "/tmp/banditd-test-XXXXXX";
	bool open, hidden, homeless;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chmod(dir, 0755) | chdir(dir), 0);
	setenv("HOME", "/nowhere", 1);
	setenv("XDG_RUNTIME_DIR", "/nowhere", 1);
	unsetenv("BANDITD_SOCKET");
	mkdir("run", 0755);
	mkdir("run/banditd", 0755);
	open = nobody_takes_the_systems();
	chmod("run/banditd", 0);
	hidden = nobody_takes_the_systems();
	unsetenv("HOME"); /* as a service has it */
	unsetenv("XDG_RUNTIME_DIR");
	homeless = nobody_takes_the_systems();
	assert_int_equal(rmdir("run/banditd") | rmdir("run"), 0);
	assert_int_equal(chdir("/") | rmdir(dir), 0);
	assert_false(open); /* there is none */
	assert_true(hidden);
	assert_true(homeless);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_socket_that_is_hidden_from_us_is_there),
	};

	return cmocka_run_group_tests_name("path_system", tests, NULL, NULL);
}
