/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A pair of webhooks as Portkey's gateway calls them (its check
 * default.webhook): before a request to a model, which may change the request,
 * and after it, with the answer.  What is known of the decision travels from
 * one to the other as the key "banditd" of the request's body, which the
 * gateway keeps and no provider is sent.
 */
#include <event2/keyvalq_struct.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/json_pack.h"
#include "base/pack.h"
#include "daemon/http_peer.h"

#define TAG "banditd"
#define LATENCY 10.0 /* seconds, where the query does not say */

/* What the query of the webhook's URL says. */
struct options {
	char router[64 + 1]; /* "": left out */
	double latency;      /* seconds that halve the reward; */
	double tokens;       /* tokens that do; INFINITY: none */
	bool rewards;
};

static bool
take_router(struct options *o, const char *text)
{
	size_t n = strlen(text);

	if (n == 0 || n >= sizeof o->router)
		return false;
	memcpy(o->router, text, n + 1);
	return true;
}

static bool
take_half(double *out, const char *text)
{
	char *end;

	*out = strtod(text, &end);
	return end != text && *end == '\0' && *out > 0;
}

static bool
take_latency(struct options *o, const char *text)
{
	return take_half(&o->latency, text);
}

static bool
take_tokens(struct options *o, const char *text)
{
	return take_half(&o->tokens, text);
}

static bool
take_reward(struct options *o, const char *text)
{
	o->rewards = strcmp(text, "later") != 0;
	return !o->rewards || strcmp(text, "now") == 0;
}

static const struct {
	const char *name;
	bool before; /* or after */
	bool (*take)(struct options *, const char *);
	const char *takes;
} option_rows[] = {
	{ "router", true, take_router, "a name" },
	{ "latency", false, take_latency, "seconds, more than 0" },
	{ "tokens", false, take_tokens, "a number, more than 0" },
	{ "reward", false, take_reward, "now or later" },
};

static enum err
take_option(struct options *o, bool before, const struct evkeyval *pair,
    struct fault *f)
{
	for (size_t i = 0; i < sizeof option_rows / sizeof *option_rows; i++) {
		if (option_rows[i].before != before ||
		    strcmp(option_rows[i].name, pair->key) != 0)
			continue;
		if (option_rows[i].take(o, pair->value))
			return ERR_NONE;
		return fault_set(f, ERR_BAD_REQUEST,
		    "%s takes %s; this is \"%.64s\"", pair->key,
		    option_rows[i].takes, pair->value);
	}
	return fault_set(f, ERR_BAD_REQUEST, "the query \"%.64s\" is unknown",
	    pair->key);
}

static enum err
read_options(struct peer *p, bool before, struct options *o, struct fault *f)
{
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(p->req);
	const char *query = evhttp_uri_get_query(uri);
	struct evkeyvalq pairs;
	struct evkeyval *one;
	enum err e = ERR_NONE;

	*o = (struct options){ .latency = LATENCY,
		.tokens = INFINITY,
		.rewards = true };
	if (query == NULL || query[0] == '\0')
		return ERR_NONE;
	if (evhttp_parse_query_str(query, &pairs) != 0)
		return fault_set(f, ERR_BAD_REQUEST, "the query is none");
	for (one = pairs.tqh_first; one != NULL && e == ERR_NONE;
	     one = one->next.tqe_next)
		e = take_option(o, before, one, f);
	evhttp_clear_headers(&pairs);
	return e;
}

/* The body, for the peer to keep. */
static enum err
keep_body(struct peer *p, struct fault *f)
{
	size_t len;
	const char *text = http_body(p, &len);
	enum err e = json_read(text, len, &p->kept, f);

	if (e == ERR_NONE &&
	    !json_is_object(
		json_object_get(json_object_get(p->kept, "request"), "json")))
		e = fault_set(f, ERR_BAD_REQUEST,
		    "it takes {\"request\": {\"json\": {...}, ...}, ...} as "
		    "Portkey's default.webhook sends it");
	return e;
}

static json_t *
body_of(const struct peer *p, const char *what)
{
	return json_object_get(json_object_get(p->kept, what), "json");
}

/* Packs the pair where the value is there. */
static size_t
pack_given(struct buf *out, const char *key, json_t *value)
{
	if (value == NULL || json_is_null(value))
		return 0;
	pack_str(out, key);
	pack_json(out, value);
	return 1;
}

/* A prompt as text, or where the caller has put it into the metadata its
 * vector; and an id of the caller's own. */
static void
call_decide(struct peer *p, const struct options *o)
{
	json_t *request = json_object_get(p->kept, "request");
	json_t *meta = json_object_get(p->kept, "metadata");
	json_t *x = json_object_get(meta, "banditd_x");
	struct buf params = { 0 };
	size_t n = o->router[0] != '\0';

	if (n > 0) {
		pack_str(&params, "router");
		pack_str(&params, o->router);
	}
	n += x != NULL
	    ? pack_given(&params, "x", x)
	    : pack_given(&params, "text", json_object_get(request, "text"));
	n += pack_given(&params, "decision",
	    json_object_get(meta, "banditd_decision"));
	http_call_begin(p, "decide");
	pack_map(&p->http->frame, n);
	buf_put(&p->http->frame, params.data, params.len);
	buf_free(&params);
	http_call(p);
}

void
hook_before(struct peer *p, const char *rest)
{
	struct options o;
	struct fault f;

	(void)rest;
	if (read_options(p, true, &o, &f) == ERR_NONE &&
	    keep_body(p, &f) == ERR_NONE)
		call_decide(p, &o);
	else
		http_reject(p, &f);
}

static json_t *
json_str(struct cursor map, const char *key)
{
	struct cursor c = cursor_find(map, key);
	const char *text;
	uint32_t len;

	if (!cursor_str(&c, &text, &len))
		return json_null();
	return json_stringn(text, len);
}

/* {"verdict": true, "data": DATA, "transformedData": {WHAT: {"json": body}}} */
static void
reply(struct peer *p, const struct cursor *data, const char *what, json_t *body)
{
	struct buf answer = { 0 };
	struct cursor c;

	pack_map(&answer, 2u + (body != NULL));
	pack_str(&answer, "verdict");
	pack_bool(&answer, true);
	pack_str(&answer, "data");
	buf_put(&answer, data->p, (size_t)(data->end - data->p));
	if (body != NULL) {
		pack_str(&answer, "transformedData");
		pack_map(&answer, 1);
		pack_str(&answer, what);
		pack_map(&answer, 1);
		pack_str(&answer, "json");
		pack_json(&answer, body);
	}
	c = (struct cursor){ answer.data, answer.data + answer.len };
	http_reply_json(p, &c);
	buf_free(&answer);
}

void
hook_decided(struct peer *p, struct cursor *result)
{
	json_t *body = body_of(p, "request"), *tag = json_object();

	json_object_set_new(body, "model", json_str(*result, "arm"));
	json_object_set_new(tag, "decision", json_str(*result, "decision"));
	json_object_set_new(tag, "arm", json_str(*result, "arm"));
	json_object_set_new(tag, "time",
	    json_real(clock_wall(p->http->p.clock)));
	json_object_set_new(body, TAG, tag);
	reply(p, result, "request", body);
}

static double
number(json_t *object, const char *key, double otherwise)
{
	json_t *v = json_object_get(object, key);

	return json_is_number(v) ? json_number_value(v) : otherwise;
}

/* An answer with nothing in it, or that a filter has cut, is worth nothing. */
static bool
is_empty(json_t *response)
{
	json_t *json = json_object_get(response, "json");
	json_t *choice = json_array_get(json_object_get(json, "choices"), 0);
	json_t *message = json_object_get(choice, "message");
	const char *end =
	    json_string_value(json_object_get(choice, "finish_reason"));
	const char *text = json_string_value(json_object_get(response, "text"));

	if (end != NULL && strcmp(end, "content_filter") == 0)
		return true;
	return json_is_object(message) && (text == NULL || text[0] == '\0') &&
	    json_array_size(json_object_get(message, "tool_calls")) == 0;
}

/* From 1 down to 0; NaN: a mistake of the caller's own, or a stream, of which
 * neither text nor usage is told: they say nothing of the model. */
static double
worth(struct peer *p, const struct options *o, double decided)
{
	json_t *response = json_object_get(p->kept, "response");
	json_t *usage = json_object_get(body_of(p, "response"), "usage");
	double status = number(response, "statusCode", 0);
	bool stream = json_is_true(json_object_get(
	    json_object_get(p->kept, "request"), "isStreamingRequest"));
	double seconds = fmax(clock_wall(p->http->p.clock) - decided, 0);
	double tokens = fmax(number(usage, "total_tokens", 0), 0);

	if (status >= 400 && status < 500 && status != 408 && status != 429)
		return NAN;
	if (status < 200 || status >= 300 || (!stream && is_empty(response)))
		return 0;
	if (stream)
		return NAN;
	return 1 / (1 + seconds / o->latency) / (1 + tokens / o->tokens);
}

/* The answer goes on with the tag, where there is one. */
static void
reply_after(struct peer *p, const struct cursor *data)
{
	json_t *tag = json_object_get(body_of(p, "request"), TAG);
	json_t *body = body_of(p, "response");

	if (!json_is_object(body) || tag == NULL)
		body = NULL;
	else
		json_object_set(body, TAG, tag);
	reply(p, data, "response", body);
}

static void
reply_untold(struct peer *p, const char *why)
{
	struct buf data = { 0 };

	pack_map(&data, 2);
	pack_str(&data, "applied");
	pack_bool(&data, false);
	pack_str(&data, "reason");
	pack_str(&data, why);
	reply_after(p, &(struct cursor){ data.data, data.data + data.len });
	buf_free(&data);
}

static void
call_feedback(struct peer *p, json_t *id, double reward)
{
	struct buf *frame = &p->http->frame;

	http_call_begin(p, "feedback");
	pack_map(frame, 2);
	pack_str(frame, "decision");
	pack_json(frame, id);
	pack_str(frame, "reward");
	pack_num(frame, reward);
	http_call(p);
}

void
hook_after(struct peer *p, const char *rest)
{
	struct options o;
	struct fault f;
	json_t *tag;
	double reward;

	(void)rest;
	if (read_options(p, false, &o, &f) != ERR_NONE ||
	    keep_body(p, &f) != ERR_NONE) {
		http_reject(p, &f);
		return;
	}
	tag = json_object_get(body_of(p, "request"), TAG);
	reward = worth(p, &o, number(tag, "time", NAN));
	if (tag == NULL)
		reply_untold(p, "banditd did not decide");
	else if (!o.rewards || isnan(reward))
		reply_untold(p, "no reward yet");
	else
		call_feedback(p, json_object_get(tag, "decision"), reward);
}

void
hook_told(struct peer *p, struct cursor *result)
{
	reply_after(p, result);
}
