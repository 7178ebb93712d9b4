/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * callings.h: who is called what, and which arms have been removed since: as
 * far as the log has said, or as the routers are now.
 */
#ifndef PERSIST_CALLINGS_H
#define PERSIST_CALLINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bandit/bandit.h"

struct callings;
struct callings *callings_new(void);
void callings_free(struct callings *);

/*
 * To be told of every event, in order.  After a gap (the event's seq is not the
 * next) the uids of arms that are added are not known any more; names that
 * were known stay so.
 */
void callings_see(struct callings *, const struct event *);

/* What the routers say of all events that are folded: an arm that they do not
 * have has been removed, and its name is not known any more. */
struct callings *callings_of(const struct bandit *);

/* NULL: not known. */
const char *calling_router(const struct callings *, uint32_t id);
const char *calling_arm(const struct callings *, uint32_t router, uint32_t uid);

/* The uid of the arm that the event of that seq added; 0: not known. */
uint32_t calling_added(const struct callings *, uint32_t router, uint64_t seq);

/* Whether the arm has been removed, as far as is known. */
bool calling_removed(const struct callings *, uint32_t router, uint32_t uid);

#endif
