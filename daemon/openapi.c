/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "daemon/openapi.h"

#include <string.h>

#include "base/json.h"
#include "daemon/method.h"

#define NAME                                       \
	"\"type\": \"string\", \"minLength\": 1, " \
	"\"maxLength\": 64, \"pattern\": "         \
	"\"^[A-Za-z0-9._:/-]+$\""
#define VALUES "[\"string\", \"number\", \"boolean\"]"

/* By param_type. */
static const char *const schemas[] = {
	[PARAM_STR] = "\"type\": \"string\"",
	[PARAM_NAME] = NAME,
	[PARAM_NUM] = "\"type\": \"number\"",
	[PARAM_BOOL] = "\"type\": \"boolean\"",
	[PARAM_VECTOR] = "\"type\": \"array\", \"minItems\": 1, "
			 "\"maxItems\": 65536, "
			 "\"items\": {\"type\": \"number\"}",
	[PARAM_NAMES] = "\"type\": \"array\", \"items\": {" NAME "}",
	[PARAM_SETTINGS] = "\"type\": \"object\", "
			   "\"additionalProperties\": {\"type\": " VALUES "}",
	[PARAM_EVENT] = "\"type\": \"object\"",
};

static void
put(struct buf *out, const char *text)
{
	json_put_str(out, text, strlen(text));
}

static void
put_required(struct buf *out, const struct method *m)
{
	const char *comma = "";

	buf_puts(out, "\"required\": [");
	for (int i = 0; i < method_params(m); i++) {
		if (!m->params[i].required)
			continue;
		buf_puts(out, comma);
		put(out, m->params[i].name);
		comma = ", ";
	}
	buf_puts(out, "]");
}

/* One of those, where the row has them. */
static void
put_either(struct buf *out, const struct method *m)
{
	bool some = false;

	for (int i = 0; i < method_params(m); i++) {
		if (!m->params[i].either)
			continue;
		buf_printf(out, "%s{\"required\": [\"%s\"]}",
		    some ? ", " : ", \"oneOf\": [", m->params[i].name);
		some = true;
	}
	buf_puts(out, some ? "]" : "");
}

static void
put_params(struct buf *out, const struct method *m)
{
	buf_puts(out,
	    "{\"type\": \"object\", \"additionalProperties\": false, ");
	put_required(out, m);
	put_either(out, m);
	buf_puts(out, ", \"properties\": {");
	for (int i = 0; i < method_params(m); i++) {
		const struct param *p = &m->params[i];

		buf_puts(out, i > 0 ? ", " : "");
		put(out, p->name);
		buf_printf(out, ": {%s, \"description\": ", schemas[p->type]);
		put(out, p->help);
		buf_puts(out, "}");
	}
	buf_puts(out, "}}");
}

/* What is not an error is the map, or where it has none the empty one, that
 * banditd-protocol(7) describes. */
static void
put_method(struct buf *out, const struct method *m)
{
	buf_printf(out,
	    ",\n\"/v1/%s\": {\"post\": {\"operationId\": \"%s\", "
	    "\"summary\": ",
	    m->name, m->name);
	put(out, m->help);
	buf_puts(out, ", \"description\": \"Needs the role: ");
	buf_puts(out, role_word(m->roles));
	buf_puts(out,
	    ".\", \"requestBody\": {\"required\": true, \"content\": "
	    "{\"application/json\": {\"schema\": ");
	put_params(out, m);
	buf_puts(out,
	    "}}}, \"responses\": {\"200\": {\"$ref\": "
	    "\"#/components/responses/result\"}, \"default\": {\"$ref\": "
	    "\"#/components/responses/error\"}}}}");
}

#define HOOK                                                              \
	"\"requestBody\": {\"required\": true, \"content\": "             \
	"{\"application/json\": {\"schema\": {\"type\": \"object\"}}}}, " \
	"\"responses\": {\"200\": {\"$ref\": "                            \
	"\"#/components/responses/result\"}, \"default\": {\"$ref\": "    \
	"\"#/components/responses/error\"}}"

/* What is no method. */
static const char beginning[] =
    "{\"openapi\": \"3.1.0\",\n"
    "\"info\": {\"title\": \"banditd\", \"version\": \"" PACKAGE_VERSION
    "\", \"summary\": \"Learns which model should answer which prompt.\", "
    "\"license\": {\"name\": \"GPL-3.0-or-later\", "
    "\"identifier\": \"GPL-3.0-or-later\"}},\n"
    "\"paths\": {\n"
    "\"/health\": {\"get\": {\"operationId\": \"health\", \"summary\": "
    "\"Whether it serves and the disk takes what is learnt.\", \"responses\": "
    "{\"200\": {\"$ref\": \"#/components/responses/result\"}, "
    "\"503\": {\"$ref\": \"#/components/responses/result\"}}}},\n"
    "\"/metrics\": {\"get\": {\"operationId\": \"metrics.text\", "
    "\"summary\": \"Counters and gauges for Prometheus.\", "
    "\"responses\": {\"200\": {\"description\": \"OpenMetrics where Accept "
    "says so.\", \"content\": {\"text/plain\": {\"schema\": {\"type\": "
    "\"string\"}}, \"application/openmetrics-text\": {\"schema\": {\"type\": "
    "\"string\"}}}}, \"default\": {\"$ref\": "
    "\"#/components/responses/error\"}}}},\n"
    "\"/webhook/before\": {\"post\": {\"operationId\": \"webhook.before\", "
    "\"summary\": \"Portkey's default.webhook before a request: names its "
    "model.\", " HOOK "}},\n"
    "\"/webhook/after\": {\"post\": {\"operationId\": \"webhook.after\", "
    "\"summary\": \"The same after it: rewards the decision.\", " HOOK "}},\n"
    "\"/openapi.json\": {\"get\": {\"operationId\": \"openapi\", \"summary\": "
    "\"This document.\", \"responses\": {\"200\": {\"$ref\": "
    "\"#/components/responses/result\"}}}}";

static const char end[] =
    "},\n"
    "\"components\": {\"responses\": {\n"
    "\"result\": {\"description\": \"The result, as banditd-protocol(7) "
    "describes it.\", \"content\": {\"application/json\": {\"schema\": "
    "{\"type\": \"object\"}}}},\n"
    "\"error\": {\"description\": \"Nothing has changed.\", \"content\": "
    "{\"application/json\": {\"schema\": {\"$ref\": "
    "\"#/components/schemas/error\"}}}}},\n"
    "\"schemas\": {\"error\": {\"type\": \"object\", \"required\": "
    "[\"error\"], \"properties\": {\"error\": {\"type\": \"object\", "
    "\"required\": [\"code\", \"message\"], \"properties\": {\"code\": "
    "{\"type\": \"string\"}, \"message\": {\"type\": \"string\"}}}}}}}}\n";

void
openapi_print(struct buf *out)
{
	buf_puts(out, beginning);
	for (const struct method *m = methods; m->name != NULL; m++)
		put_method(out, m);
	buf_puts(out, end);
}
