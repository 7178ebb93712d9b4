/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/apply_config.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon/sd.h"

static struct op *
router_event(struct service *s, enum event_kind kind, uint32_t router)
{
	struct op *op = service_op(s, OP_EVENT, 0);

	op->ev.kind = kind;
	op->ev.router = router;
	op->urgent = true; /* all or, on a full disk, none */
	return op;
}

static void
arm_fields(struct event *ev, const struct arm_config *a)
{
	ev->cost = a->cost;
	ev->group_said = a->group_said;
	ev->enabled_said = a->enabled_said;
	ev->enabled = a->enabled;
	memcpy(ev->group, a->group, sizeof ev->group);
}

/* r is NULL for a router that is only now created. */
static void
arm_create(struct service *s, uint32_t router, const struct router *r,
    const struct arm_config *a)
{
	struct op *op = router_event(s, EVENT_ARM_ADD, router);
	struct event fields = { .kind = EVENT_ARM_ADD, .router = router };

	memcpy(fields.name, a->name, sizeof fields.name);
	arm_fields(&fields, a);
	if (r != NULL)
		service_arm_event(op, r, &fields);
	else {
		fields.time = op->ev.time;
		op->ev = fields;
	}
	service_put(s, op);
}

static bool
arm_differs(const struct arm *arm, const struct arm_config *a)
{
	return (!isnan(a->cost) && a->cost != arm->cost) ||
	    (a->enabled_said && a->enabled != arm->enabled) ||
	    (a->group_said && strcmp(a->group, arm->group) != 0);
}

static void
arm_align(struct service *s, const struct router *r, const struct arm_config *a)
{
	const struct arm *arm = router_arm_find(r, a->name, strlen(a->name));
	struct op *op;

	if (arm == NULL) {
		arm_create(s, r->id, r, a);
		return;
	}
	if (!arm_differs(arm, a))
		return;
	op = router_event(s, EVENT_ARM_SET, r->id);
	op->ev.arm = arm->uid;
	arm_fields(&op->ev, a);
	service_put(s, op);
}

/* The file's settings, but for those that the learnt state has fixed. */
static struct router_settings
settings_merge(const struct router *r, const struct router_settings *file)
{
	struct router_settings set = *file;

	for (const struct setting *row = router_settings; row->name; row++)
		if (row->flags & SETTING_FIXED)
			setting_copy(row, &set, &r->settings);
	return set;
}

static void
settings_align(struct service *s, const struct router *r,
    const struct router_settings *file)
{
	struct router_settings set = settings_merge(r, file);
	const struct setting *row = router_settings;
	struct op *op;

	while (row->name && setting_equal(row, &set, &r->settings))
		row++;
	if (row->name == NULL)
		return;
	op = router_event(s, EVENT_SETTINGS, r->id);
	op->ev.settings = set;
	service_put(s, op);
}

static void
router_create(struct service *s, const struct router_config *c)
{
	uint32_t id = s->next_router++;
	struct op *op = router_event(s, EVENT_ROUTER, id);

	memcpy(op->ev.name, c->name, sizeof op->ev.name);
	op->ev.settings = c->settings;
	service_put(s, op);
	for (int i = 0; i < c->arms; i++)
		arm_create(s, id, NULL, &c->arm[i]);
}

static void
router_align(struct service *s, const struct router_config *c)
{
	struct router *r = bandit_find(&s->bandit, c->name, strlen(c->name));

	if (r == NULL) {
		router_create(s, c);
		return;
	}
	r->served = true;
	settings_align(s, r, &c->settings);
	for (int i = 0; i < c->arms; i++)
		arm_align(s, r, &c->arm[i]);
}

static bool
in_config(const struct config *c, const char *name)
{
	for (int i = 0; i < c->routers; i++)
		if (strcmp(c->router[i].name, name) == 0)
			return true;
	return false;
}

void
config_apply(struct service *s, const struct config *c)
{
	for (int i = 0; i < c->routers; i++)
		router_align(s, &c->router[i]);
	for (int i = 0; i < s->bandit.routers; i++)
		if (!in_config(c, s->bandit.router[i]->name))
			log_warn("router \"%s\" has learnt state but is not "
				 "configured: it is not served",
			    s->bandit.router[i]->name);
}

/* "auto" is content with whatever has been fixed, and what has been fixed by
 * "auto" with the same value written out. */
static bool
fixed_fits(const struct setting *row, const struct router *r,
    const struct router_settings *file)
{
	if (setting_equal(row, file, &r->settings))
		return true;
	if (row->offset == offsetof(struct router_settings, dimension))
		return file->dimension == 0 || r->dimension == 0 ||
		    file->dimension == r->dimension;
	if (row->offset == offsetof(struct router_settings, bandwidth))
		return isnan(file->bandwidth) ||
		    file->bandwidth == r->bandwidth;
	return false;
}

/* What the file does not say stays as it was learnt. */
static bool
router_said(const struct router_config *c, const struct setting *row)
{
	return (c->said & (uint64_t)1 << (row - router_settings)) != 0;
}

static enum err
say_fixed(const struct setting *row, const struct router *r,
    const struct router_settings *file, struct fault *f)
{
	struct buf is = { 0 }, wants = { 0 };

	setting_format(row, &r->settings, &is);
	setting_format(row, file, &wants);
	fault_set(f, ERR_CONFIG,
	    "router \"%s\": %s is %.*s in what it has learnt, the "
	    "configuration says %.*s; leave it out, or write what was "
	    "learnt: banditctl rebuild changes that, and another name for the "
	    "router starts afresh",
	    r->name, row->name, (int)is.len, (char *)is.data, (int)wants.len,
	    (char *)wants.data);
	buf_free(&is);
	buf_free(&wants);
	return ERR_CONFIG;
}

/* What is not fixed comes back to the file's value, which may be the default.
 */
static bool
row_differs(const struct setting *row, const struct router *r,
    const struct router_config *c)
{
	if (row->flags & SETTING_FIXED)
		return router_said(c, row) && !fixed_fits(row, r, &c->settings);
	return !setting_equal(row, &c->settings, &r->settings);
}

bool
config_differs(const struct config *c, const struct router *r, struct buf *out)
{
	int i = 0;

	while (i < c->routers && strcmp(c->router[i].name, r->name) != 0)
		i++;
	for (const struct setting *row = router_settings;
	     i < c->routers && row->name != NULL; row++)
		if (row_differs(row, r, &c->router[i]))
			buf_printf(out, "%s%s", out->len > 0 ? ", " : "",
			    row->name);
	return out->len > 0;
}

/* What the file says and what was learnt must also go together. */
static enum err
merged_fits(const struct router *r, const struct router_settings *file,
    struct fault *f)
{
	struct router_settings set = settings_merge(r, file);
	struct fault why;

	if (router_settings_check(&set, &why) == ERR_NONE)
		return ERR_NONE;
	return fault_set(f, ERR_CONFIG, "router \"%s\", as it was learnt: %s",
	    r->name, why.text);
}

static enum err
router_fits(const struct router *r, const struct router_config *c,
    bool starting, struct fault *f)
{
	for (const struct setting *row = router_settings; row->name; row++) {
		struct fault why;

		if (!(row->flags & SETTING_FIXED) || !router_said(c, row) ||
		    fixed_fits(row, r, &c->settings))
			continue;
		if (!starting || r->era == 0)
			return say_fixed(row, r, &c->settings, f);
		say_fixed(row, r, &c->settings, &why);
		log_warn("%s", why.text);
	}
	return merged_fits(r, &c->settings, f);
}

enum err
config_fits(struct service *s, const struct config *c, bool starting,
    struct fault *f)
{
	enum err e = ERR_NONE;

	for (int i = 0; i < c->routers && e == ERR_NONE; i++) {
		const struct router *r = bandit_find(&s->bandit,
		    c->router[i].name, strlen(c->router[i].name));

		if (r != NULL)
			e = router_fits(r, &c->router[i], starting, f);
	}
	return e;
}

/* What a running daemon cannot take on besides. */
static enum err
reload_fits(struct service *s, const struct config *c, struct fault *f)
{
	for (const struct setting *row = daemon_settings; row->name; row++)
		if ((row->flags & SETTING_AT_START) &&
		    !setting_equal(row, &c->top, &s->config.top))
			return fault_set(f, ERR_CONFIG,
			    "%s cannot change while banditd runs; restart it",
			    row->name);
	for (int i = 0; i < s->config.routers; i++)
		if (!in_config(c, s->config.router[i].name))
			return fault_set(f, ERR_CONFIG,
			    "router \"%s\" cannot leave while banditd runs; "
			    "restart it",
			    s->config.router[i].name);
	return config_fits(s, c, false, f);
}

enum log_level
log_level_of(const struct config *c, int verbose)
{
	int level = c->top.log_level + verbose;

	return level < LOG_LEVEL_DEBUG ? (enum log_level)level
				       : LOG_LEVEL_DEBUG;
}

/* All events of the reload are on disk and folded. */
static void
reload_end(void *arg, struct op *op)
{
	struct service *s = arg;

	s->reloading = false;
	fail_point("reload.end");
	if (op->err != ERR_NONE) {
		config_fini(&s->reload);
		log_error("the configuration could not be applied: the disk "
			  "is full");
	} else {
		config_fini(&s->config);
		s->config = s->reload;
		s->reload = (struct config){ 0 };
		log_set_level(log_level_of(&s->config, s->launch.verbose));
		server_configure(s->server, &s->config);
		if (s->http != NULL)
			http_configure(s->http);
		log_info("the configuration was read again");
	}
	sd_tell("READY=1");
	answer_empty(s, op);
}

/* Type=notify-reload wants to know when. */
static void
tell_reloading(const struct service *s)
{
	char text[80];

	snprintf(text, sizeof text, "RELOADING=1\nMONOTONIC_USEC=%.0f",
	    1e6 * clock_mono(&s->clock));
	sd_tell(text);
}

enum err
service_reload(struct service *s, struct op *answer, struct fault *f)
{
	enum err e;

	if (s->reloading)
		return fault_set(f, ERR_CONFLICT,
		    "the configuration is being read already");
	if (s->rebuild != NULL) /* each is checked against what is in force */
		return fault_set(f, ERR_CONFLICT,
		    "a rebuild is under way; read it again once that is done");
	if (s->launch.config_path == NULL && s->launch.default_path != NULL &&
	    access(s->launch.default_path, F_OK) == 0)
		s->launch.config_path = s->launch.default_path;
	if (fail_point("reload.read") != 0)
		return fault_set(f, ERR_CONFIG, "%s", strerror(errno));
	e = config_read(&s->reload, s->launch.config_path, s->launch.override,
	    s->launch.overrides, f);
	if (e != ERR_NONE)
		return e;
	e = reload_fits(s, &s->reload, f);
	if (e != ERR_NONE) {
		config_fini(&s->reload);
		return e;
	}
	batch_settle(s); /* under the limits that it came under */
	s->reloading = true;
	tell_reloading(s);
	writer_hold(s->writer, true); /* one transaction */
	fail_point("reload.apply");
	config_apply(s, &s->reload);
	fail_point("reload.applied");
	answer->urgent = true;
	answer->answer = reload_end;
	service_put(s, answer);
	writer_hold(s->writer, false);
	return ERR_NONE;
}
