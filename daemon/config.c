/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/path.h"
#include "daemon/config_file.h"
#include "daemon/http_address.h"

static enum err
no_such_setting(const char *key, int len, struct fault *f)
{
	const char *before = " are ";

	if (f == NULL)
		return ERR_CONFIG;
	fault_set(f, ERR_CONFIG,
	    "there is no top-level setting \"%.*s\"; there", len, key);
	for (const struct setting *s = daemon_settings; s->name != NULL; s++) {
		fault_add(f, "%s%s", before, s->name);
		before = ", ";
	}
	return ERR_CONFIG;
}

static enum err
override(struct config *out, const char *pair, struct fault *f)
{
	size_t len = strcspn(pair, "=");
	const struct setting *s = setting_find(daemon_settings, pair, len);

	if (pair[len] == '\0')
		return fault_set(f, ERR_CONFIG,
		    "\"%.100s\": an override is key=value", pair);
	if (s == NULL)
		return no_such_setting(pair, len < 100 ? (int)len : 100, f);
	return setting_parse(s, &out->top, pair + len + 1, f);
}

/* Where the file says nothing: the default place.  What it says is absolute. */
static enum err
default_path(struct config *out, const char *key, char *path,
    bool (*place)(bool root, char *), struct fault *f)
{
	char text[PATH_SIZE];

	if (path[0] == '/')
		return ERR_NONE;
	if (path[0] != '\0') /* from where, when it is read again? */
		return fault_set(f, ERR_CONFIG,
		    "%s = \"%.200s\": it takes an absolute path", key, path);
	if (!place(geteuid() == 0, text))
		return fault_set(f, ERR_CONFIG,
		    "%s has no default place (is HOME set?); -o %s=... gives "
		    "it one",
		    key, key);
	return setting_parse(setting_find(daemon_settings, key, strlen(key)),
	    &out->top, text, f);
}

static void
default_router(struct config *out)
{
	struct router_config *rc;

	free(out->router);
	rc = out->router = mem_zalloc(1, sizeof *rc);
	out->routers = 1;
	strcpy(rc->name, "default");
	settings_default(router_settings, &rc->settings);
	rc->settings.dimension = 0; /* of the first vector */
}

static enum err
check_mode(const char *key, const char *text, struct fault *f)
{
	mode_t mode;

	if (config_mode(text, &mode))
		return ERR_NONE;
	return fault_set(f, ERR_CONFIG,
	    "%s = \"%s\": it takes permissions in octal, such as 0660", key,
	    text);
}

static enum err
check_http(const struct daemon_settings *top, struct fault *f)
{
	struct http_address a;
	enum err e = check_mode("http_socket_mode", top->http_socket_mode, f);

	if (e == ERR_NONE && top->http[0] != '\0')
		e = http_address_read(top->http, &a, f);
	return e;
}

static enum err
complete(struct config *out, struct fault *f)
{
	struct daemon_settings *top = &out->top;
	enum err e = check_mode("socket_mode", top->socket_mode, f);

	if (e == ERR_NONE)
		e = check_http(top, f);
	if (e == ERR_NONE)
		e = default_path(out, "socket", top->socket, path_socket, f);
	if (e == ERR_NONE)
		e = default_path(out, "state_dir", top->state_dir, path_state,
		    f);
	if (out->routers == 0)
		default_router(out);
	return e;
}

enum err
config_read(struct config *out, const char *path, const char *const *overrides,
    int n, struct fault *f)
{
	enum err e = ERR_NONE;

	*out = (struct config){ 0 };
	settings_default(daemon_settings, &out->top);
	if (path != NULL)
		e = config_file_read(out, path, f);
	for (int i = 0; i < n && e == ERR_NONE; i++)
		e = override(out, overrides[i], f);
	if (e == ERR_NONE)
		e = complete(out, f);
	if (e != ERR_NONE)
		config_fini(out);
	return e;
}

void
config_fini(struct config *c)
{
	for (int i = 0; i < c->routers; i++)
		free(c->router[i].arm);
	free(c->router);
	free(c->rule);
	*c = (struct config){ 0 };
}
