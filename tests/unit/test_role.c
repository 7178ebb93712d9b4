/* SPDX-License-Identifier: GPL-3.0-or-later */
/* role: who may do what, by user and by any of their groups. */
#include <config.h> /* setgroups */

#include "tests/test.h"

#include <grp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/method.h"
#include "daemon/role.h"

#define SOMEBODY 54321 /* neither root nor, in all likelihood, us */

static struct role_rule rules[] = {
	{ .group = false, .id = 7, .roles = ROLE_READ },
	{ .group = false, .id = SOMEBODY, .roles = ROLE_DECIDE },
	{ .group = true, .id = 7, .roles = ROLE_READ },
	{ .group = true, .id = 8, .roles = ROLE_READ | ROLE_DECIDE },
	{ .group = true, .id = 9, .roles = ROLE_ADMIN },
};
static const struct config config = { .rules = 5, .rule = rules };
static const struct config empty;

static void
rules_of_the_user_and_all_groups_add_up(void **state)
{
	static const gid_t groups[] = { 100, 7, 8, 9 };

	(void)state;
	assert_int_equal(role_of_ids(&config, SOMEBODY, groups, 0),
	    ROLE_DECIDE);
	assert_int_equal(role_of_ids(&config, SOMEBODY, groups, 1),
	    ROLE_DECIDE);
	assert_int_equal(role_of_ids(&config, SOMEBODY, groups, 2),
	    ROLE_DECIDE | ROLE_READ);
	assert_int_equal(role_of_ids(&config, SOMEBODY, groups, 4),
	    ROLE_DECIDE | ROLE_READ | ROLE_ADMIN);
	assert_int_equal(role_of_ids(&config, SOMEBODY + 1, groups + 2, 1),
	    ROLE_READ | ROLE_DECIDE);
}

/* The user 7 is not the group 7. */
static void
user_and_group_of_one_number_are_not_mixed_up(void **state)
{
	static const gid_t somebody[] = { SOMEBODY };

	(void)state;
	assert_int_equal(role_of_ids(&config, SOMEBODY + 1, somebody, 1), 0);
	assert_int_equal(role_of_ids(&config, 7, somebody, 1), ROLE_READ);
}

static void
without_rules_only_root_and_ourselves_are_admin(void **state)
{
	static const gid_t group = 0;

	(void)state;
	assert_int_equal(role_of_ids(&empty, 0, &group, 1), ROLE_ADMIN);
	assert_int_equal(role_of_ids(&empty, geteuid(), &group, 1), ROLE_ADMIN);
	assert_int_equal(role_of_ids(&empty, SOMEBODY, &group, 1), 0);
}

static void
peer_of_a_socket_is_known(void **state)
{
	int fd[2], file[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	assert_int_equal(role_of_peer(fd[0], &empty), ROLE_ADMIN);
	close(fd[0]);
	close(fd[1]);
	assert_int_equal(pipe(file), 0);
	assert_int_equal(role_of_peer(file[0], &config), 0); /* no socket */
	close(file[0]);
	close(file[1]);
}

/* The roles of a socket whose other end is another user's; only root can
 * play one. */
static unsigned
roles_of(uid_t uid, gid_t gid, const gid_t *more, size_t n)
{
	gid_t own[256];
	int fd[2], owned = getgroups(256, own);
	unsigned roles;

	assert_true(owned >= 0);
	assert_int_equal(setgroups(n, more), 0);
	assert_int_equal(setegid(gid), 0);
	assert_int_equal(seteuid(uid), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(setegid(getgid()), 0);
	assert_int_equal(setgroups((size_t)owned, own), 0);
	roles = role_of_peer(fd[0], &config);
	close(fd[0]);
	close(fd[1]);
	return roles;
}

static void
supplementary_groups_of_a_peer_count(void **state)
{
	static const gid_t more[] = { 20, 7, 30 };
	gid_t many[1000];

	(void)state;
	if (geteuid() != 0) {
		printf("# only root can play another user\n");
		return;
	}
	assert_int_equal(roles_of(SOMEBODY + 1, 100, NULL, 0), 0);
	assert_int_equal(roles_of(SOMEBODY, 100, NULL, 0), ROLE_DECIDE);
	assert_int_equal(roles_of(SOMEBODY + 1, 9, NULL, 0), ROLE_ADMIN);
	assert_int_equal(roles_of(SOMEBODY, 100, more, 3),
	    ROLE_DECIDE | ROLE_READ);
	for (gid_t i = 0; i < 1000; i++)
		many[i] = 1000 + i;
	many[999] = 8;
	assert_int_equal(roles_of(SOMEBODY + 1, 100, many, 1000),
	    ROLE_DECIDE | ROLE_READ);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_of_the_user_and_all_groups_add_up),
		cmocka_unit_test(user_and_group_of_one_number_are_not_mixed_up),
		cmocka_unit_test(
		    without_rules_only_root_and_ourselves_are_admin),
		cmocka_unit_test(peer_of_a_socket_is_known),
		cmocka_unit_test(supplementary_groups_of_a_peer_count),
	};

	return cmocka_run_group_tests_name("role", tests, NULL, NULL);
}
