/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * event_map.h: a record of the log as a map, for people and other programs.
 *
 * MessagePack; json_put() of it is the line of JSON.  Keys, of which the first
 * five are always there:
 *     seq           its number
 *     kind          "router", "settings", "dimension", "bandwidth", "arm.add",
 *                   "arm.set", "arm.remove", "reward", "expire", "click",
 *                   "prefer", "age", "rebuild", "dropped"
 *     time          seconds since the epoch
 *     router        its id
 *     router_name   its name; nil where the record of its birth is lost
 * and then those of its kind that record.c has, under the same names:
 *     arm, loser    the arm's uid, never used again in its router; arm is said
 *                   of arm.add too, where it is known
 *     arm_name, loser_name
 *                   its name; nil where it is not known
 *     removed       true where that arm has been removed since; else not there
 *     name, group, cost, enabled, early, prior_from, dimension, bandwidth,
 * points, reward, key named         of rebuild: the settings that were named,
 * as bits settings      a map: name of a setting -> its value as text x the
 * context, an array of float32 prior         an array of float64: what fits the
 * rewards, then what fits 1 decision      a map with id, number, time,
 * state_seq, policy, asked, slate, eligible (array of uids), prefer (uid, 0:
 * none), switch_cost, no_click, no_click_sigma; its slate an array of maps with
 * arm, arm_name, removed as above, propensity, mean, sigma, ended (seq of what
 * ended it; 0: it waits), faded (half-lives that the arm had seen) A key that
 * was not said in the record is not there.
 */
#ifndef PERSIST_EVENT_MAP_H
#define PERSIST_EVENT_MAP_H

#include "bandit/event.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "base/err.h"
#include "persist/callings.h"

/* Appends the map. */
void event_map_put(struct buf *, const struct event *, const struct callings *);

/* What a map says beside the event; "" where a name is not there. */
struct event_names {
	char router[NAME_SIZE], arm[NAME_SIZE], loser[NAME_SIZE];
	bool removed;
	struct {
		char name[NAME_SIZE];
		bool removed;
	} shown[ARMS_MAX]; /* by position of the slate */
};

/*
 * Reads a map, as one from a stranger: each key of its kind is there that must
 * be, none twice and no other, and each value is of its type and finite.  What
 * the event points to is in the room; uids are those of the map's own log.
 * The numbers may be of any type of MessagePack, and x also a bin of float32.
 * ERR_BAD_REQUEST: the sentence names the key.
 */
enum err event_map_take(const struct cursor *, struct room *, struct event *,
    struct event_names *, struct fault *);

#endif
