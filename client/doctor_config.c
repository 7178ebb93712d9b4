/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The configuration's file, as `banditd -t` prints it, against the settings in
 * force, as `routers` answers them.
 */
#include "client/doctor.h"

#include <string.h>

static const char reload_it[] =
    "\"banditctl reload\" takes over what may change; the rest needs "
    "\"banditctl rebuild\" or a restart.";

struct comparing {
	const struct seen *seen;
	const struct seen_router *router; /* of the lines; NULL: at the top */
	char router_name[SEEN_NAME], arm[SEEN_NAME];
	struct finding *out;
};

/* As the file has it, but for quotes. */
static void
put_value(struct buf *out, struct banditd_value v)
{
	char text[256];
	double num;
	bool yes;

	if (banditd_str(v, text, sizeof text))
		buf_puts(out, text);
	else if (banditd_bool(v, &yes))
		buf_puts(out, yes ? "true" : "false");
	else if (banditd_num(v, &num))
		buf_put_num(out, num);
	for (size_t i = 0; i < banditd_length(v); i++) {
		buf_puts(out, i > 0 ? ", " : "{");
		put_value(out, banditd_item(v, i));
	}
	buf_puts(out, banditd_length(v) > 0 ? "}" : "");
}

/* What is "auto", or not known yet, has been chosen since. */
static bool
is_open(const char *value)
{
	return strcmp(value, "auto") == 0 || strcmp(value, "unknown") == 0;
}

static void
compare_setting(struct comparing *c, const char *key, const char *value)
{
	const char *in_answer =
	    strcmp(key, "pending") == 0 ? "pending_mode" : key;
	struct banditd_value v = banditd_field(c->router->settings, in_answer);
	struct buf running = { 0 };

	if (v.data == NULL || is_open(value))
		return;
	put_value(&running, v);
	buf_put(&running, "", 1);
	if (strcmp((const char *)running.data, value) != 0)
		finding_note(c->out, DOCTOR_WARNING, reload_it,
		    "router %s: %s is %s in the file and %s in the daemon",
		    c->router_name, key, value, (const char *)running.data);
	buf_free(&running);
}

/* The text between the first two quotes; "" where there are none. */
static void
quoted(const char *line, char *out, size_t size)
{
	const char *open = strchr(line, '"');
	size_t n = open != NULL ? strcspn(open + 1, "\"") : 0;

	n = n < size ? n : size - 1;
	memcpy(out, open != NULL ? open + 1 : "", n);
	out[n] = '\0';
}

static void
enter_router(struct comparing *c, const char *line)
{
	quoted(line, c->router_name, sizeof c->router_name);
	c->router = seen_router(c->seen, c->router_name);
	c->arm[0] = '\0';
	if (c->router == NULL)
		finding_note(c->out, DOCTOR_WARNING, reload_it,
		    "router %s of the file is not in the daemon",
		    c->router_name);
}

static void
enter_arm(struct comparing *c, const char *line)
{
	quoted(line, c->arm, sizeof c->arm);
	if (c->router == NULL || c->router->arm == NULL)
		return;
	for (size_t i = 0; i < c->router->arms; i++)
		if (strcmp(c->router->arm[i].name, c->arm) == 0)
			return;
	finding_note(c->out, DOCTOR_WARNING, reload_it,
	    "arm %s of router %s of the file is not in the daemon", c->arm,
	    c->router_name);
}

/* "key = value", where a value may have quotes. */
static void
compare_line(struct comparing *c, char *line)
{
	char *key = line + strspn(line, "\t "), *equals = strstr(key, " = ");
	char *value;

	if (strncmp(key, "router \"", 8) == 0) {
		enter_router(c, key);
	} else if (strncmp(key, "arm \"", 5) == 0) {
		enter_arm(c, key);
	} else if (*key == '}') {
		if (c->arm[0] == '\0')
			c->router = NULL;
		c->arm[0] = '\0';
	} else if (equals != NULL && c->router != NULL && c->arm[0] == '\0') {
		*equals = '\0';
		value = equals + 3;
		if (*value == '"') {
			value++;
			value[strcspn(value, "\"")] = '\0';
		}
		compare_setting(c, key, value);
	}
}

void
config_compare(const char *text, const struct seen *seen, struct finding *out)
{
	struct comparing c = { .seen = seen, .out = out };
	char line[1024];

	while (*text != '\0') {
		size_t n = strcspn(text, "\n");
		size_t fits = n < sizeof line ? n : sizeof line - 1;

		memcpy(line, text, fits);
		line[fits] = '\0';
		compare_line(&c, line);
		text += n + (text[n] == '\n');
	}
}
