/*
 * The method table.  banditctl compiles the same rows without the functions
 * (METHODS_WITHOUT_DAEMON), so that its help works with no daemon there.
 */
#include "daemon/method.h"

#include <string.h>

#include "base/pack.h"

#ifdef METHODS_WITHOUT_DAEMON
#define DO(fn) NULL
#else
#include "daemon/handlers.h"
#define DO(fn) fn
#endif

#define REQUIRED true
#define OPTIONAL false

/* clang-format off */
#define ROUTER \
	{ "router", PARAM_NAME, OPTIONAL, "The router; \"default\" where left out." }
#define ARM(sentence) { "arm", PARAM_NAME, REQUIRED, sentence }
#define ARM_FIELDS \
	{ "cost", PARAM_NUM, OPTIONAL, "What one call costs, in any one unit." }, \
	{ "group", PARAM_STR, OPTIONAL, "A model family or provider; \"\" for none." }, \
	{ "enabled", PARAM_BOOL, OPTIONAL, "Whether decisions may choose it." }
#define VECTOR \
	{ "x", PARAM_VECTOR, REQUIRED, "The context: the prompt's feature vector." }

const struct method methods[] = {
	{ "arm.add", ROLE_ADMIN, DO(do_arm_add),
	  "Add an arm to a router.",
	  { ARM("The new arm's name."), ROUTER, ARM_FIELDS } },
	{ "arm.remove", ROLE_ADMIN, DO(do_arm_remove),
	  "Remove an arm and what was learnt of it.",
	  { ARM("The arm to remove."), ROUTER } },
	{ "arm.set", ROLE_ADMIN, DO(do_arm_set),
	  "Change an arm's cost or group, or enable or disable it.",
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
	{ "decide", ROLE_DECIDE, DO(do_decide),
	  "Choose an arm for a context.",
	  { VECTOR, ROUTER,
	    { "arms", PARAM_NAMES, OPTIONAL, "Only these arms are eligible." },
	    { "exclude", PARAM_NAMES, OPTIONAL, "These arms are not eligible." },
	    { "max_cost", PARAM_NUM, OPTIONAL, "Arms that cost more are not eligible." },
	    { "explain", PARAM_BOOL, OPTIONAL, "Answer the scores of all arms too." },
	    { "decision", PARAM_NAME, OPTIONAL,
	      "Your own id for the decision; sent twice, it is decided once." } } },
	{ "feedback", ROLE_DECIDE, DO(do_feedback),
	  "Report the reward of an earlier decision.",
	  { { "decision", PARAM_NAME, REQUIRED, "The id that decide answered." },
	    { "reward", PARAM_NUM, REQUIRED,
	      "The score, higher is better, in the router's reward_range." },
	    { "arm", PARAM_NAME, OPTIONAL, "The arm that earned it; the one chosen." },
	    { "cost", PARAM_NUM, OPTIONAL, "What the call really cost." },
	    { "durability", PARAM_STR, OPTIONAL,
	      "\"disk\" or \"memory\", in place of the daemon's setting." } } },
	{ "methods", ROLE_ANY, DO(do_methods),
	  "List the methods and their parameters.", { { 0 } } },
	{ "metrics", ROLE_READ, DO(do_metrics),
	  "Show counters and gauges in the OpenMetrics text format.", { { 0 } } },
	{ "observe", ROLE_DECIDE, DO(do_observe),
	  "Learn a reward without a decision: history, a warm start.",
	  { VECTOR, ARM("The arm that earned the reward."),
	    { "reward", PARAM_NUM, REQUIRED,
	      "The score, higher is better, in the router's reward_range." },
	    ROUTER,
	    { "cost", PARAM_NUM, OPTIONAL, "What the call really cost." },
	    { "key", PARAM_NAME, OPTIONAL,
	      "Your own key; an observation sent twice counts once." },
	    { "durability", PARAM_STR, OPTIONAL,
	      "\"disk\" or \"memory\", in place of the daemon's setting." } } },
	{ "ping", ROLE_ANY, DO(do_ping),
	  "Ask whether the daemon is there.", { { 0 } } },
	{ "reload", ROLE_ADMIN, DO(do_reload),
	  "Read the configuration again, whole or not at all.", { { 0 } } },
	{ "routers", ROLE_READ, DO(do_routers),
	  "List the routers with every setting in force.", { { 0 } } },
	{ "score", ROLE_DECIDE | ROLE_READ, DO(do_score),
	  "Show mean, sigma, score and probability of every arm, without deciding.",
	  { VECTOR, ROUTER,
	    { "arms", PARAM_NAMES, OPTIONAL, "Only these arms." } } },
	{ "state_hash", ROLE_READ, DO(do_state_hash),
	  "Hash all learnt state; equal where the same log was folded.",
	  { { "router", PARAM_NAME, OPTIONAL, "Only this router." } } },
	{ "status", ROLE_READ, DO(do_status),
	  "Show the daemon's health and counters.", { { 0 } } },
	{ 0 }
};

const char *const param_type_words[] = { "text", "name", "number", "boolean",
	"vector", "names" };
/* clang-format on */

const struct method *
method_find(const char *name, unsigned long len)
{
	for (const struct method *m = methods; m->name != NULL; m++)
		if (strlen(m->name) == len && memcmp(m->name, name, len) == 0)
			return m;
	return NULL;
}

int
method_count(void)
{
	int n = 0;

	while (methods[n].name != NULL)
		n++;
	return n;
}

int
method_params(const struct method *m)
{
	int n = 0;

	while (n < METHOD_PARAMS && m->params[n].name != NULL)
		n++;
	return n;
}

const char *
role_word(unsigned roles)
{
	if (roles == ROLE_ANY)
		return "any";
	if (roles == (ROLE_DECIDE | ROLE_READ))
		return "decide, read";
	return roles & ROLE_DECIDE ? "decide"
	    : roles & ROLE_READ	   ? "read"
				   : "admin";
}

static void
param_pack(const struct param *p, struct buf *out)
{
	pack_map(out, 4);
	pack_str(out, "name");
	pack_str(out, p->name);
	pack_str(out, "type");
	pack_str(out, param_type_words[p->type]);
	pack_str(out, "required");
	pack_bool(out, p->required);
	pack_str(out, "help");
	pack_str(out, p->help);
}

void
methods_pack(struct buf *out)
{
	pack_map(out, 1);
	pack_str(out, "methods");
	pack_array(out, (size_t)method_count());
	for (const struct method *m = methods; m->name != NULL; m++) {
		pack_map(out, 4);
		pack_str(out, "name");
		pack_str(out, m->name);
		pack_str(out, "role");
		pack_str(out, role_word(m->roles));
		pack_str(out, "help");
		pack_str(out, m->help);
		pack_str(out, "params");
		pack_array(out, (size_t)method_params(m));
		for (int i = 0; i < method_params(m); i++)
			param_pack(&m->params[i], out);
	}
}
