/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sd: what is told to a service manager, and what it hands over. */
#include "tests/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "daemon/sd.h"

static char dir[] = "/tmp/test_sd.XXXXXX", path[64];

static int
make_dir(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/s", dir);
	return 0;
}

static int
remove_dir(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

/* A socket of the type at that name, '@' for an abstract one. */
static int
bound(int type, const char *name)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type | SOCK_NONBLOCK, 0);

	strcpy(a.sun_path, name);
	if (name[0] == '@')
		a.sun_path[0] = '\0';
	assert_int_equal(
	    bind(fd, (struct sockaddr *)&a,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) +
		    strlen(name))),
	    0);
	return fd;
}

static void
manager_is_told(const char *name)
{
	int manager = bound(SOCK_DGRAM, name);
	char said[64] = "";

	setenv("NOTIFY_SOCKET", name, 1);
	sd_tell("READY=1");
	assert_int_equal(recv(manager, said, sizeof said, 0), 7);
	assert_string_equal(said, "READY=1");
	sd_tell("RELOADING=1\nMONOTONIC_USEC=5");
	assert_int_equal(recv(manager, said, sizeof said, 0), 28);
	close(manager);
}

static void
manager_is_told_at_a_path(void **state)
{
	(void)state;
	manager_is_told(path);
	unlink(path);
}

static void
manager_is_told_at_an_abstract_name(void **state)
{
	char name[64];

	(void)state;
	snprintf(name, sizeof name, "@test_sd.%ld", (long)getpid());
	manager_is_told(name);
}

static void
nobody_is_told_without_a_manager(void **state)
{
	static char longest[200];
	int before = dup(0);

	(void)state;
	memset(longest, 'x', sizeof longest - 1);
	longest[0] = '/';
	unsetenv("NOTIFY_SOCKET");
	sd_tell("READY=1");
	setenv("NOTIFY_SOCKET", "", 1);
	sd_tell("READY=1");
	setenv("NOTIFY_SOCKET", "relative", 1);
	sd_tell("READY=1");
	setenv("NOTIFY_SOCKET", longest, 1);
	sd_tell("READY=1");
	setenv("NOTIFY_SOCKET", "/nowhere/s", 1);
	sd_tell("READY=1");
	unsetenv("NOTIFY_SOCKET");
	close(before);
	assert_int_equal(dup(0), before); /* nothing was left open */
	close(before);
}

static double
watchdog(const char *usec, const char *pid)
{
	setenv("WATCHDOG_USEC", usec, 1);
	if (pid != NULL)
		setenv("WATCHDOG_PID", pid, 1);
	else
		unsetenv("WATCHDOG_PID");
	return sd_watchdog();
}

static void
watchdog_is_told_twice_as_often_as_it_wants(void **state)
{
	char own[32];

	(void)state;
	snprintf(own, sizeof own, "%ld", (long)getpid());
	assert_float_equal(watchdog("60000000", own), 30, 0);
	assert_float_equal(watchdog("60000000", NULL), 30, 0);
	assert_float_equal(watchdog("60000000", "1"), 0, 0);
	assert_float_equal(watchdog("60000000", ""), 0, 0);
	assert_float_equal(watchdog("0", own), 0, 0);
	assert_float_equal(watchdog("-5", own), 0, 0);
	assert_float_equal(watchdog("60s", own), 0, 0);
	unsetenv("WATCHDOG_USEC");
	assert_float_equal(sd_watchdog(), 0, 0);
	unsetenv("WATCHDOG_PID");
}

/* Runs sd_listen_fd() in a child whose descriptor 3 is the given one; its exit
 * status says what came of it. */
enum { REFUSED = 1, TAKEN, TAKEN_BADLY, KEPT_ENVIRONMENT };

static int
child(int fd, const char *pid, const char *fds)
{
	char own[32];
	int got;

	snprintf(own, sizeof own, "%ld", (long)getpid());
	setenv("LISTEN_PID", pid != NULL ? pid : own, 1);
	setenv("LISTEN_FDS", fds, 1);
	setenv("LISTEN_FDNAMES", "banditd", 1);
	if (fd != 3)
		dup2(fd, 3);
	got = sd_listen_fd();
	if (getenv("LISTEN_PID") != NULL || getenv("LISTEN_FDS") != NULL ||
	    getenv("LISTEN_FDNAMES") != NULL)
		return KEPT_ENVIRONMENT;
	if (got != 3)
		return got == -1 ? REFUSED : TAKEN_BADLY;
	if (fcntl(3, F_GETFD) != FD_CLOEXEC ||
	    (fcntl(3, F_GETFL) & O_NONBLOCK) == 0)
		return TAKEN_BADLY;
	return TAKEN;
}

static int
listen_fd(int fd, const char *pid, const char *fds)
{
	int status = 0;
	pid_t p;

	fflush(NULL);
	p = fork();
	if (p == 0)
		_exit(child(fd, pid, fds));
	assert_int_equal(waitpid(p, &status, 0), p);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
listening_socket_is_taken_over(void **state)
{
	int fd = bound(SOCK_STREAM, path);

	(void)state;
	fcntl(fd, F_SETFL, 0);
	listen(fd, 1);
	assert_int_equal(listen_fd(fd, NULL, "1"), TAKEN);
	assert_int_equal(listen_fd(fd, NULL, "2"), TAKEN);
	assert_int_equal(listen_fd(fd, NULL, "0"), REFUSED);
	assert_int_equal(listen_fd(fd, NULL, ""), REFUSED);
	assert_int_equal(listen_fd(fd, NULL, "1x"), REFUSED);
	assert_int_equal(listen_fd(fd, "1", "1"), REFUSED);
	assert_int_equal(listen_fd(fd, "", "1"), REFUSED);
	close(fd);
	unlink(path);
}

static void
anything_else_is_refused(void **state)
{
	int deaf = bound(SOCK_STREAM, path), inet, datagram, file;

	(void)state;
	assert_int_equal(listen_fd(deaf, NULL, "1"), REFUSED);
	close(deaf);
	unlink(path);
	inet = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(listen_fd(inet, NULL, "1"), REFUSED);
	close(inet);
	datagram = bound(SOCK_DGRAM, path);
	assert_int_equal(listen_fd(datagram, NULL, "1"), REFUSED);
	close(datagram);
	unlink(path);
	file = open("/dev/null", O_RDONLY);
	assert_int_equal(listen_fd(file, NULL, "1"), REFUSED);
	close(file);
}

static void
without_its_variables_there_is_none(void **state)
{
	(void)state;
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	assert_int_equal(sd_listen_fd(), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(manager_is_told_at_a_path),
		cmocka_unit_test(manager_is_told_at_an_abstract_name),
		cmocka_unit_test(nobody_is_told_without_a_manager),
		cmocka_unit_test(watchdog_is_told_twice_as_often_as_it_wants),
		cmocka_unit_test(listening_socket_is_taken_over),
		cmocka_unit_test(anything_else_is_refused),
		cmocka_unit_test(without_its_variables_there_is_none),
	};

	log_open("test_sd", LOG_LEVEL_ERROR, false);
	return cmocka_run_group_tests_name("sd", tests, make_dir, remove_dir);
}
