/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/json_pack.h"

#include <stdbool.h>

#include "base/pack.h"

void
pack_json(struct buf *out, json_t *json)
{
	const char *key;
	json_t *item;
	size_t i;

	if (json_is_object(json)) {
		pack_map(out, json_object_size(json));
		json_object_foreach(json, key, item)
		{
			pack_str(out, key);
			pack_json(out, item);
		}
	} else if (json_is_array(json)) {
		pack_array(out, json_array_size(json));
		json_array_foreach (json, i, item)
			pack_json(out, item);
	} else if (json_is_string(json)) {
		pack_strn(out, json_string_value(json),
		    json_string_length(json));
	} else if (json_is_integer(json)) {
		pack_int(out, json_integer_value(json));
	} else if (json_is_real(json)) {
		pack_num(out, json_real_value(json));
	} else if (json_is_boolean(json)) {
		pack_bool(out, json_is_true(json));
	} else {
		pack_nil(out);
	}
}

static enum err
no_json(const json_error_t *error, struct fault *f)
{
	if (json_error_code(error) == json_error_numeric_overflow)
		return fault_set(f, ERR_NOT_FINITE,
		    "a number of the JSON is beyond float64, or an integer "
		    "beyond int64: %s, line %d",
		    error->text, error->line);
	return fault_set(f, ERR_BAD_REQUEST,
	    "it takes a JSON object: %s, line %d, column %d", error->text,
	    error->line, error->column);
}

/* Of those in no string. */
static size_t
count_containers(const char *text, size_t len)
{
	bool quoted = false;
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		if (text[i] == '"')
			quoted = !quoted;
		else if (quoted)
			i += text[i] == '\\';
		else
			n += text[i] == '[' || text[i] == '{';
	return n;
}

enum err
json_read(const char *text, size_t len, json_t **out, struct fault *f)
{
	json_error_t error;

	*out = NULL;
	if (count_containers(text, len) > JSON_CONTAINERS_MOST)
		return fault_set(f, ERR_BAD_REQUEST,
		    "the JSON has more than %d arrays and objects",
		    JSON_CONTAINERS_MOST);
	*out = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL,
	    &error);
	if (*out == NULL)
		return no_json(&error, f);
	if (json_is_object(*out))
		return ERR_NONE;
	json_decref(*out);
	*out = NULL;
	return fault_set(f, ERR_BAD_REQUEST,
	    "it takes a JSON object; this is another value");
}

enum err
pack_json_text(struct buf *out, const char *text, size_t len, struct fault *f)
{
	json_t *json;
	enum err e = json_read(text, len, &json, f);

	if (e == ERR_NONE)
		pack_json(out, json);
	json_decref(json);
	return e;
}
