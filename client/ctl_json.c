/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/ctl_json.h"

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
