/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The method table.  banditctl compiles the same rows without the functions
 * (METHODS_WITHOUT_DAEMON), so that its help works with no daemon there.
 */
#include "daemon/method.h"

#ifdef METHODS_WITHOUT_DAEMON
#include <stddef.h>
#define FN(fn) NULL
#else
#include "daemon/handlers.h"
#define FN(fn) fn
#endif

#define DO(fn) FN(fn), false
#define DO_BESIDE(fn) FN(fn), true /* what waits (batch.h) */
#define REQUIRED true, false
#define OPTIONAL false, false
#define EITHER false, true

/* clang-format off */
#define ROUTER \
	{ "router", PARAM_NAME, OPTIONAL, "The router; \"default\" where left out." }
#define ARM(sentence) { "arm", PARAM_NAME, REQUIRED, sentence }
#define ARM_FIELDS \
	{ "cost", PARAM_NUM, OPTIONAL, "What one call costs, in any one unit." }, \
	{ "group", PARAM_STR, OPTIONAL, "A model family or provider; \"\" for none." }, \
	{ "enabled", PARAM_BOOL, OPTIONAL, "Whether decisions may choose it." }, \
	{ "prior_from", PARAM_NAME, OPTIONAL, \
	  "The arm it starts from, in place of those of its group." }
#define DECISION \
	{ "decision", PARAM_NAME, REQUIRED, "The id that decide answered." }
#define CONTEXT \
	{ "x", PARAM_VECTOR, EITHER, "The context: the prompt's feature vector." }, \
	{ "text", PARAM_STR, EITHER, \
	  "The prompt itself, in place of x, where the router has input = \"text\"." }

const struct method methods[] = {
	{ "arm.add", ROLE_ADMIN, DO(do_arm_add),
	  "Add an arm to a router.",
	  { ARM("The new arm's name."), ROUTER, ARM_FIELDS } },
	{ "arm.remove", ROLE_ADMIN, DO(do_arm_remove),
	  "Remove an arm and what was learnt of it.",
	  { ARM("The arm to remove."), ROUTER } },
	{ "arm.set", ROLE_ADMIN, DO(do_arm_set),
	  "Change an arm: cost, group, enabled, or what it starts from.",
	  { ARM("The arm to change."), ROUTER, ARM_FIELDS } },
	{ "arms", ROLE_READ, DO(do_arms),
	  "List a router's arms with their counts and rewards.",
	  { ROUTER } },
	{ "backup", ROLE_ADMIN, DO(do_backup),
	  "Write a consistent copy of the state directory while running.",
	  { { "path", PARAM_STR, REQUIRED,
	      "The directory to create, an absolute path on the daemon's machine." } } },
	{ "checkpoint", ROLE_ADMIN, DO(do_checkpoint),
	  "Write snapshots of all learnt state now.", { { 0 } } },
	{ "click", ROLE_DECIDE, DO_BESIDE(do_click),
	  "Report which arm of a slate was chosen, or that none was.",
	  { DECISION,
	    { "arm", PARAM_NAME, OPTIONAL,
	      "The arm that was chosen; none where it is left out." } } },
	{ "compact", ROLE_ADMIN, DO(do_compact),
	  "Write the state file anew, without the space that nobody uses.",
	  { { 0 } } },
	{ "decide", ROLE_DECIDE, DO_BESIDE(do_decide),
	  "Choose an arm, or a slate of arms, for a context.",
	  { CONTEXT, ROUTER,
	    { "arms", PARAM_NAMES, OPTIONAL, "Only these arms are eligible." },
	    { "exclude", PARAM_NAMES, OPTIONAL, "These arms are not eligible." },
	    { "max_cost", PARAM_NUM, OPTIONAL, "Arms that cost more are not eligible." },
	    { "k", PARAM_NUM, OPTIONAL, "Length of the slate, if one is wanted." },
	    { "prefer_arm", PARAM_NAME, OPTIONAL,
	      "The arm that the session has: it is kept while it is good enough." },
	    { "switch_cost", PARAM_NUM, OPTIONAL,
	      "What the score of another arm must be higher by; 0 where left out." },
	    { "explain", PARAM_BOOL, OPTIONAL, "Answer the scores of all arms too." },
	    { "decision", PARAM_NAME, OPTIONAL,
	      "Your own id for the decision; sent twice, it is decided once." } } },
	{ "explain", ROLE_READ, DO(do_explain),
	  "Show what was known when a decision was made.",
	  { DECISION } },
	{ "export", ROLE_ADMIN, DO(do_export),
	  "Answer a part of the log, record by record.",
	  { { "from", PARAM_NUM, OPTIONAL,
	      "The number of the first record; 1 where it is left out." },
	    { "router", PARAM_NAME, OPTIONAL, "Only records of this router." },
	    { "limit", PARAM_NUM, OPTIONAL,
	      "How many bytes of records, about; 262144 where it is left out." } } },
	{ "feedback", ROLE_DECIDE, DO_BESIDE(do_feedback),
	  "Report the reward of an earlier decision.",
	  { DECISION,
	    { "reward", PARAM_NUM, REQUIRED,
	      "The score, higher is better, in the router's reward_range." },
	    { "arm", PARAM_NAME, OPTIONAL, "The arm that earned it; the first of the slate." },
	    { "cost", PARAM_NUM, OPTIONAL, "What the call really cost." },
	    { "durability", PARAM_STR, OPTIONAL,
	      "\"disk\" or \"memory\", in place of the daemon's setting." } } },
	{ "import", ROLE_ADMIN, DO(do_import),
	  "Learn a record that was exported elsewhere.",
	  { { "event", PARAM_EVENT, REQUIRED, "The record, as export answered it." },
	    { "router", PARAM_NAME, OPTIONAL,
	      "The router, in place of the one of its name." } } },
	{ "methods", ROLE_ANY, DO(do_methods),
	  "List the methods and their parameters.", { { 0 } } },
	{ "metrics", ROLE_READ, DO(do_metrics),
	  "Show counters and gauges in the OpenMetrics text format.",
	  { { "format", PARAM_STR, OPTIONAL,
	      "\"openmetrics\", or \"prometheus\" for the text format before it." } } },
	{ "observe", ROLE_DECIDE, DO_BESIDE(do_observe),
	  "Learn a reward without a decision: history, a warm start.",
	  { CONTEXT, ARM("The arm that earned the reward."),
	    { "reward", PARAM_NUM, REQUIRED,
	      "The score, higher is better, in the router's reward_range." },
	    ROUTER,
	    { "cost", PARAM_NUM, OPTIONAL, "What the call really cost." },
	    { "key", PARAM_NAME, OPTIONAL,
	      "Your own key; an observation sent twice counts once." },
	    { "durability", PARAM_STR, OPTIONAL,
	      "\"disk\" or \"memory\", in place of the daemon's setting." } } },
	{ "ping", ROLE_ANY, DO_BESIDE(do_ping),
	  "Ask whether the daemon is there.", { { 0 } } },
	{ "prefer", ROLE_DECIDE, DO_BESIDE(do_prefer),
	  "Report which of two arms of a slate was preferred.",
	  { DECISION,
	    { "winner", PARAM_NAME, REQUIRED, "The arm that was preferred." },
	    { "loser", PARAM_NAME, REQUIRED, "The other." } } },
	{ "rebuild", ROLE_ADMIN, DO(do_rebuild),
	  "Learn a router anew from its log, under other settings.",
	  { { "router", PARAM_NAME, REQUIRED, "The router." },
	    { "settings", PARAM_SETTINGS, OPTIONAL,
	      "The settings to change, by name." } } },
	{ "reload", ROLE_ADMIN, DO(do_reload),
	  "Read the configuration again, whole or not at all.", { { 0 } } },
	{ "routers", ROLE_READ, DO(do_routers),
	  "List the routers with every setting in force.", { { 0 } } },
	{ "score", ROLE_DECIDE | ROLE_READ, DO(do_score),
	  "Show mean, sigma, score and probability of every arm, without deciding.",
	  { CONTEXT, ROUTER,
	    { "arms", PARAM_NAMES, OPTIONAL, "Only these arms." } } },
	{ "state_hash", ROLE_READ, DO(do_state_hash),
	  "Hash all learnt state; equal where the same log was folded.",
	  { { "router", PARAM_NAME, OPTIONAL, "Only this router." } } },
	{ "status", ROLE_READ, DO(do_status),
	  "Show the daemon's health and counters.",
	  { { "hash", PARAM_BOOL, OPTIONAL, "Also hash all learnt state." } } },
	{ 0 }
};
/* clang-format on */
