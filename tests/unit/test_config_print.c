/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config_print: what is printed reads back the same, whatever was set. */
#include <config.h> /* memfd_create */

#include "tests/test.h"

#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/config.h"

static void
reads(struct config *out, const void *text, size_t n)
{
	int fd = memfd_create("test_config_print", MFD_CLOEXEC);
	struct fault fault;
	char path[64];

	assert_int_equal(write(fd, text, n), n);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (config_read(out, path, NULL, 0, &fault) != ERR_NONE)
		fail_msg("%s\n%.*s", fault.text, (int)n, (const char *)text);
	close(fd);
}

/* A value of the row that its own rule takes, as it would be written. */
static void
random_value(const struct setting *s, uint64_t *r, struct buf *out)
{
	static const char odd[] = "az/ '\"\\${}#=,\n\t\x01\xc3\xa9+{A}";
	double a =
	    s->min + (s->max - s->min) * (double)test_below(r, 1000) / 999;
	int words = 0;

	switch (s->type) {
	case SETTING_BOOL:
		buf_puts(out, test_below(r, 2) ? "true" : "false");
		break;
	case SETTING_INT:
	case SETTING_NUM:
		if (s->word != NULL && test_below(r, 4) == 0)
			buf_puts(out, s->word);
		else
			buf_printf(out,
			    s->type == SETTING_INT ? "%.0f" : "%.17g", a);
		break;
	case SETTING_SPAN:
		buf_printf(out, "%.17g%s", a, test_below(r, 2) ? "s" : "");
		break;
	case SETTING_TIME:
		buf_printf(out, "%.17gs", a);
		break;
	case SETTING_BYTES:
		if (test_below(r, 2))
			buf_printf(out, "%.0f", floor(a));
		else
			buf_printf(out, "%.0fkB", floor(a / 1000));
		break;
	case SETTING_WORD:
		while (setting_word(s, words) != NULL)
			words++;
		buf_puts(out,
		    setting_word(s, (int)test_below(r, (uint64_t)words)));
		break;
	case SETTING_STR:
		buf_puts(out, "/");
		for (uint64_t n = test_below(r, 90); n > 0; n--)
			buf_put(out, &odd[test_below(r, sizeof odd - 1)], 1);
		break;
	case SETTING_PAIR:
		buf_printf(out, "{%.17g, %.17g}", s->min, a + 1e-3);
		break;
	}
	buf_put(out, "", 1);
}

/* Not of those that some other rule of the file binds. */
static void
randomize(const struct setting *rows, void *base, uint64_t *r)
{
	static const char *const bound =
	    "http http_socket_mode kernel features rff_dimension "
	    "default_reward";

	for (; rows->name != NULL; rows++) {
		struct buf value = { 0 };

		if (strstr(bound, rows->name) == NULL ||
		    strcmp(rows->name, "socket") == 0) {
			random_value(rows, r, &value);
			setting_parse(rows, base, (char *)value.data, NULL);
		}
		buf_free(&value);
	}
}

static void
same_rows(const struct setting *rows, const void *a, const void *b)
{
	for (; rows->name != NULL; rows++)
		if (!setting_equal(rows, a, b))
			fail_msg("%s differs", rows->name);
}

static void
same_router(const struct router_config *a, const struct router_config *b)
{
	assert_string_equal(a->name, b->name);
	same_rows(router_settings, &a->settings, &b->settings);
	assert_int_equal(a->arms, b->arms);
	for (int i = 0; i < a->arms; i++) {
		assert_string_equal(a->arm[i].name, b->arm[i].name);
		same_rows(arm_settings, &a->arm[i], &b->arm[i]);
		assert_int_equal(a->arm[i].group_said, b->arm[i].group_said);
		assert_int_equal(a->arm[i].enabled_said,
		    b->arm[i].enabled_said);
	}
}

static void
same(const struct config *a, const struct config *b)
{
	same_rows(daemon_settings, &a->top, &b->top);
	assert_int_equal(a->rules, b->rules);
	for (int i = 0; i < a->rules; i++) {
		assert_int_equal(a->rule[i].group, b->rule[i].group);
		assert_int_equal(a->rule[i].id, b->rule[i].id);
		assert_int_equal(a->rule[i].roles, b->rule[i].roles);
	}
	assert_int_equal(a->routers, b->routers);
	for (int i = 0; i < a->routers; i++)
		same_router(&a->router[i], &b->router[i]);
}

static void
what_is_printed_reads_back_the_same(void **state)
{
	uint64_t r = test_seed();
	struct config before, after;

	(void)state;
	for (int i = 0; i < 200; i++) {
		struct buf text = { 0 };

		static const char first[] =
		    "role decide { users = {root, 4242} groups = {0} }\n"
		    "role admin { users = {4242, 17} }\n"
		    "router a { arm x { cost = 1 enabled = true }\n"
		    "arm y {} arm z { group = \"g:1\" enabled = false }\n"
		    "arm w { group = \"\" enabled = true cost = 1e-7 } }\n"
		    "router b {}";

		reads(&before, first, sizeof first - 1);
		randomize(daemon_settings, &before.top, &r);
		randomize(router_settings, &before.router[0].settings, &r);
		randomize(arm_settings, &before.router[0].arm[0], &r);
		before.router[0].arm[0].group[0] = '\0';
		config_print(&before, &text);
		reads(&after, text.data, text.len);
		same(&before, &after);
		config_fini(&before);
		config_fini(&after);
		buf_free(&text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_printed_reads_back_the_same),
	};

	setenv("HOME", "/home/u", 1);
	return cmocka_run_group_tests_name("config_print", tests, NULL, NULL);
}
