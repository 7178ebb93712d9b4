/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * event_json.h: a record of the log as one line of JSON.
 *
 * An object with these keys, of which the first five are always there:
 *     seq           its number
 *     kind          "router", "settings", "dimension", "bandwidth", "arm.add",
 *                   "arm.set", "arm.remove", "reward", "expire", "click",
 *                   "prefer", "age", "rebuild", "dropped"
 *     time          seconds since the epoch
 *     router        its id
 *     router_name   its name; null where the record of its birth is lost
 * and then those of its kind that record.c has, under the same names:
 *     arm, loser    the arm's uid, never used again in its router; arm is said
 *                   of arm.add too, where it is known
 *     arm_name, loser_name
 *                   its name; null where the record of it is lost
 *     name, group, cost, enabled, early, prior_from, dimension, bandwidth,
 * points, reward, key named         of rebuild: the settings that were named,
 * as bits after         of rebuild: seq of the last record that was dropped
 * before dropped, sum  of dropped, which stands for records that were dropped,
 *                   the last of them under its own seq: an array of [router's
 *                   id, how many, seq of the last], and its checksum
 *     settings      an object: name of a setting -> its value as text
 *     x             the context, an array of numbers that read back as the
 *                   same float32
 *     prior         an array of numbers: what fits the rewards, then what
 *                   fits 1; they read back as the same float64
 *     decision      an object with id, number, time, state_seq, policy, asked,
 *                   slate, eligible (array of uids), prefer (uid, 0: none),
 *                   switch_cost, no_click, no_click_sigma; its slate an array
 *                   of objects with arm, arm_name, propensity, mean, sigma,
 *                   ended (seq of what ended it; 0: it waits), faded
 *                   (half-lives that the arm had seen)
 * A key that was not said in the record is not there.
 */
#ifndef PERSIST_EVENT_JSON_H
#define PERSIST_EVENT_JSON_H

#include "bandit/event.h"
#include "base/buf.h"

/* Who is called what, as far as the log has said. */
struct callings;
struct callings *callings_new(void);
void callings_free(struct callings *);

/*
 * To be told of every event, in order, before it is written.  After a gap
 * (the event's seq is not the next) the uids of arms that are added are not
 * known any more; names that were known stay so.
 */
void callings_see(struct callings *, const struct event *);

/* Appends the object and a newline. */
void event_json_put(struct buf *, const struct event *,
    const struct callings *);

#endif
