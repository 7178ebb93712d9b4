/* SPDX-License-Identifier: GPL-3.0-or-later */
/* listener: the socket's file, its mode, and what may stand in its place. */
#include "tests/test.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "tests/unit/serving.h"

static void
stale_socket_is_replaced(void **state)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int stale = socket(AF_UNIX, SOCK_STREAM, 0), fd;

	(void)state;
	server_free(sv.server);
	sv.server = NULL;
	strcpy(a.sun_path, sv.path);
	assert_int_equal(bind(stale, (struct sockaddr *)&a, sizeof a), 0);
	close(stale);
	assert_int_equal(serving_open(-1), ERR_NONE);
	fd = client();
	say(fd, "\x01", 1);
	hears(fd, "\x01", 1, false);
	close(fd);
}

static void
socket_that_is_served_is_left_alone(void **state)
{
	struct server_params p = serving_params(-1);
	struct server *second;
	int fd;

	(void)state;
	assert_int_equal(server_new(&second, &p, &sv.fault), ERR_UNAVAILABLE);
	assert_null(second);
	assert_non_null(
	    strstr(sv.fault.text, "something listens there already"));
	turn(); /* takes the connection that was only a question */
	fd = client();
	say(fd, "\x01", 1);
	hears(fd, "\x01", 1, false);
	close(fd);
}

static void
file_that_is_no_socket_is_left_alone(void **state)
{
	(void)state;
	server_free(sv.server);
	sv.server = NULL;
	close(open(sv.path, O_WRONLY | O_CREAT, 0600));
	assert_int_equal(serving_open(-1), ERR_CONFIG);
	assert_non_null(strstr(sv.fault.text, "no socket"));
	assert_int_equal(access(sv.path, F_OK), 0);
}

static void
mode_is_that_of_the_configuration(void **state)
{
	static const char *const modes[] = { "0600", "660", "0777", "0" };
	mode_t mask = umask(027);
	struct stat st;

	(void)state;
	for (int i = 0; i < 4; i++) {
		server_free(sv.server);
		strcpy(sv.config.top.socket_mode, modes[i]);
		assert_int_equal(serving_open(-1), ERR_NONE);
		assert_int_equal(stat(sv.path, &st), 0);
		assert_int_equal(st.st_mode & 07777, strtol(modes[i], NULL, 8));
	}
	assert_int_equal(umask(mask), 027); /* as it was */
}

static void
directories_above_the_socket_are_made(void **state)
{
	char deep[128];

	(void)state;
	server_free(sv.server);
	snprintf(deep, sizeof deep, "%s/a/b/s", sv.dir);
	strcpy(sv.config.top.socket, deep);
	assert_int_equal(serving_open(-1), ERR_NONE);
	assert_int_equal(access(deep, F_OK), 0);
	server_free(sv.server);
	sv.server = NULL;
	assert_int_equal(access(deep, F_OK), -1);
	snprintf(deep, sizeof deep, "%s/a/b", sv.dir);
	rmdir(deep);
	snprintf(deep, sizeof deep, "%s/a", sv.dir);
	rmdir(deep);
}

static void
socket_that_cannot_be_made_is_explained(void **state)
{
	char *socket = sv.config.top.socket;

	(void)state;
	server_free(sv.server);
	sv.server = NULL;
	memset(socket, 'x', 108);
	socket[108] = '\0';
	assert_int_equal(serving_open(-1), ERR_CONFIG);
	assert_non_null(strstr(sv.fault.text, "longer than 107 bytes"));
	strcpy(socket, "/dev/null/s");
	assert_int_equal(serving_open(-1), ERR_STORAGE);
	assert_string_equal(sv.fault.text,
	    "cannot listen on /dev/null/s: Not a directory");
	strcpy(socket, sv.path);
	strcpy(sv.config.top.socket_mode, "rw");
	assert_int_equal(serving_open(-1), ERR_CONFIG);
	assert_non_null(strstr(sv.fault.text, "is not octal"));
	assert_int_equal(access(sv.path, F_OK), -1);
}

static void
socket_that_was_passed_in_is_used_and_its_file_kept(void **state)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int passed = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0), fd;

	(void)state;
	server_free(sv.server);
	strcpy(a.sun_path, sv.path);
	assert_int_equal(bind(passed, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(listen(passed, 8), 0);
	strcpy(sv.config.top.socket, "/nowhere");
	assert_int_equal(serving_open(passed), ERR_NONE);
	fd = client();
	say(fd, "\x01", 1);
	hears(fd, "\x01", 1, false);
	close(fd);
	server_free(sv.server);
	sv.server = NULL;
	assert_int_equal(access(sv.path, F_OK), 0);
}

static void
socket_file_of_another_is_not_removed(void **state)
{
	(void)state;
	unlink(sv.path);
	close(open(sv.path, O_WRONLY | O_CREAT, 0600));
	server_free(sv.server);
	sv.server = NULL;
	assert_int_equal(access(sv.path, F_OK), 0);
}

static void
socket_file_that_was_removed_is_made_again(void **state)
{
	int before = client(), waiting, after;
	struct stat st;

	(void)state;
	turn();
	waiting = client(); /* in the queue of the old one */
	unlink(sv.path);
	server_rebind(sv.server);
	assert_int_equal(stat(sv.path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
	after = client();
	for (int i = 0; i < 3; i++) {
		int fd = (int[]){ before, waiting, after }[i];

		say(fd, "\x01", 1);
		hears(fd, "\x01", 1, false);
		close(fd);
	}
	server_free(sv.server);
	sv.server = NULL;
	assert_int_equal(access(sv.path, F_OK), -1);
}

static void
socket_file_of_another_is_not_made_again(void **state)
{
	struct stat before, after;
	int fd = client();

	(void)state;
	turn();
	assert_int_equal(stat(sv.path, &before), 0);
	server_rebind(sv.server);
	assert_int_equal(stat(sv.path, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	unlink(sv.path);
	close(open(sv.path, O_WRONLY | O_CREAT, 0600));
	server_rebind(sv.server);
	assert_int_equal(stat(sv.path, &after), 0);
	assert_true(S_ISREG(after.st_mode));
	say(fd, "\x01", 1);
	hears(fd, "\x01", 1, false);
	close(fd);
}

/* It is tried again. */
static void
socket_file_that_cannot_be_made_again_is_no_harm(void **state)
{
	char aside[64];
	int fd = client();

	(void)state;
	turn();
	snprintf(aside, sizeof aside, "%s.aside", sv.dir);
	unlink(sv.path);
	assert_int_equal(rename(sv.dir, aside), 0);
	close(open(sv.dir, O_WRONLY | O_CREAT, 0600));
	server_rebind(sv.server);
	say(fd, "\x01", 1);
	hears(fd, "\x01", 1, false);
	close(fd);
	unlink(sv.dir);
	assert_int_equal(rename(aside, sv.dir), 0);
	server_rebind(sv.server);
	close(client());
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, serving_start, serving_stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(stale_socket_is_replaced),
		TEST(socket_that_is_served_is_left_alone),
		TEST(file_that_is_no_socket_is_left_alone),
		TEST(mode_is_that_of_the_configuration),
		TEST(directories_above_the_socket_are_made),
		TEST(socket_that_cannot_be_made_is_explained),
		TEST(socket_that_was_passed_in_is_used_and_its_file_kept),
		TEST(socket_file_of_another_is_not_removed),
		TEST(socket_file_that_was_removed_is_made_again),
		TEST(socket_file_of_another_is_not_made_again),
		TEST(socket_file_that_cannot_be_made_again_is_no_harm),
	};

	log_open("test", LOG_LEVEL_ERROR, false);
	return cmocka_run_group_tests_name("listener", tests, NULL, NULL);
}
