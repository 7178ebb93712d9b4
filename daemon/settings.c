/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an operator may set of the daemon itself, and of an arm.
 */
#include "daemon/config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "base/log.h"

static const char *const durability_words[] = { "disk", "memory", NULL };

/* By the bits of enum role. */
static const char *const http_role_words[] = { "none", "decide", "read",
	"decide, read", NULL };

#define SOCKET_SIZE sizeof(((struct sockaddr_un *)0)->sun_path)
#define TEXT(field, bytes) FIELD(field), .size = (bytes)

/* clang-format off */
#define FIELD(f) .offset = offsetof(struct daemon_settings, f)

const struct setting daemon_settings[] = {
	{ "socket", SETTING_STR, SETTING_AT_START, TEXT(socket, SOCKET_SIZE),
	  .def = "", .unit = "path",
	  .help = "Where clients connect; \"\" is the default place." },
	{ "socket_mode", SETTING_STR, SETTING_AT_START, TEXT(socket_mode, 8),
	  .def = "0660", .unit = "octal",
	  .help = "Permissions of the socket: who can connect at all." },
	{ "http", SETTING_STR, SETTING_AT_START, TEXT(http, CONFIG_PATH_SIZE),
	  .def = "", .unit = "unix:path or address:port",
	  .help = "Where HTTP is served: a Unix socket or loopback; \"\" is nowhere." },
	{ "http_socket_mode", SETTING_STR, SETTING_AT_START,
	  TEXT(http_socket_mode, 8), .def = "0660", .unit = "octal",
	  .help = "Permissions of the Unix socket that http names." },
	{ "http_role", SETTING_WORD, 0, FIELD(http_role),
	  .def = "decide", .words = http_role_words, .unit = "",
	  .help = "What any user of this machine may do over loopback." },
	{ "state_dir", SETTING_STR, SETTING_AT_START,
	  TEXT(state_dir, CONFIG_PATH_SIZE), .def = "", .unit = "path",
	  .help = "Where the log and all learnt state are; \"\" is the default place." },
	{ "log_level", SETTING_WORD, 0, FIELD(log_level),
	  .def = "info", .words = log_level_words, .unit = "",
	  .help = "What is logged: lines of this level and graver ones." },
	{ "max_clients", SETTING_INT, 0, FIELD(max_clients),
	  .def = "1000", .min = 1, .max = 1000000, .unit = "connections",
	  .help = "Beyond it new connections are closed at once." },
	{ "max_request_bytes", SETTING_INT, 0, FIELD(max_request_bytes),
	  .def = "1048576", .min = 1024, .max = 67108864, .unit = "bytes",
	  .help = "A longer request is refused, and its connection closed." },
	{ "max_in_flight", SETTING_INT, 0, FIELD(max_in_flight),
	  .def = "10000", .min = 1, .max = 1000000, .unit = "requests",
	  .help = "Rewards and decisions on their way to the disk; beyond it requests are refused as overloaded." },
	{ "max_pending", SETTING_INT, 0, FIELD(max_pending),
	  .def = "1000000", .min = 1, .max = 100000000, .unit = "decisions",
	  .help = "Decisions remembered until their reward; beyond it the oldest leave early." },
	{ "idle_timeout", SETTING_NUM, 0, FIELD(idle_timeout),
	  .def = "never", .min = 1, .max = 1e9, .word = "never",
	  .unit = "seconds",
	  .help = "A connection that says nothing for this long is closed." },
	{ "durability", SETTING_WORD, 0, FIELD(durability),
	  .def = "disk", .words = durability_words, .unit = "",
	  .help = "Whether a reward is answered when it is on disk, or earlier, in memory." },
	{ 0 }
};

#undef FIELD
#define FIELD(f) .offset = offsetof(struct arm_config, f)

const struct setting arm_settings[] = {
	{ "cost", SETTING_NUM, 0, FIELD(cost),
	  .def = "0", .min = 0, .max = 1e12, .unit = "any one unit",
	  .help = "What one call to the arm costs." },
	{ "group", SETTING_STR, 0, TEXT(group, NAME_SIZE),
	  .def = "", .unit = "name",
	  .help = "A model family or provider; \"\" for none." },
	{ "enabled", SETTING_BOOL, 0, FIELD(enabled),
	  .def = "true", .unit = "",
	  .help = "Whether decisions may choose it." },
	{ 0 }
};
/* clang-format on */

bool
config_mode(const char *text, mode_t *mode)
{
	*mode = (mode_t)strtoul(text, NULL, 8);
	return text[0] != '\0' && text[strspn(text, "01234567")] == '\0' &&
	    *mode <= 0777;
}
