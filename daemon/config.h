/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config.h: what the operator wrote, checked as a whole.
 */
#ifndef DAEMON_CONFIG_H
#define DAEMON_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "bandit/settings.h"
#include "base/name.h"
#include "base/setting.h"

#define CONFIG_PATH_SIZE 1024

enum durability { DURABILITY_DISK, DURABILITY_MEMORY };

struct daemon_settings {
	char socket[CONFIG_PATH_SIZE];
	char socket_mode[8];         /* octal */
	char http[CONFIG_PATH_SIZE]; /* where it listens; "": nowhere */
	char http_socket_mode[8];    /* octal */
	int http_role;               /* enum role, as bits */
	char state_dir[CONFIG_PATH_SIZE];
	int log_level;
	long max_clients;
	long max_request_bytes;
	long max_in_flight;  /* ops on their way to the disk */
	long max_pending;    /* decisions remembered until their reward */
	double idle_timeout; /* seconds; NaN: never */
	int durability;
};

/* Flag of a top-level row: a reload cannot change it. */
#define SETTING_AT_START 1u

/* The top-level rows; socket and state_dir are "" until defaults are known. */
extern const struct setting daemon_settings[];

/* Permissions as a setting says them; false: not octal, or over 0777. */
bool config_mode(const char *text, mode_t *);

/* What the file says of an arm; what it does not say stays as it is. */
struct arm_config {
	char name[NAME_SIZE];
	double cost; /* NaN: not said */
	char group[NAME_SIZE];
	bool group_said, enabled, enabled_said;
};

/* The rows of an arm; their defaults are those of an arm that is new. */
extern const struct setting arm_settings[];

struct router_config {
	char name[NAME_SIZE];
	struct router_settings settings;
	uint64_t said; /* bits: 1 << row that the file has */
	int arms;
	struct arm_config *arm;
};

/* Peers of that uid, or member of that gid, have these roles too. */
struct role_rule {
	bool group;
	id_t id;        /* uid or gid */
	unsigned roles; /* enum role */
};

struct config {
	struct daemon_settings top;
	int routers;
	struct router_config *router;
	int rules;
	struct role_rule *rule;
};

/*
 * Reads the file (NULL: none, one router "default" whose dimension is that of
 * the first vector), then overrides top-level keys with override[n], each
 * "key=value".  ERR_CONFIG: the sentence says file, line, key and what is
 * wrong; *out is then empty.  Free with config_fini().
 */
enum err config_read(struct config *out, const char *path,
    const char *const *override, int n, struct fault *);
void config_fini(struct config *);

/* In the syntax of the file, everything in force. */
void config_print(const struct config *, struct buf *);

#endif
