/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/ctl_args.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_pack.h"
#include "base/mem.h"
#include "base/pack.h"
#include "client/ctl_vector.h"

int
args_key(const char *arg)
{
	size_t n = strspn(arg, "abcdefghijklmnopqrstuvwxyz_0123456789");

	return n > 0 && arg[n] == '=' ? (int)n : 0;
}

static bool
takes_settings(const struct method *m)
{
	int n = method_params(m);

	return n > 0 && m->params[n - 1].type == PARAM_SETTINGS;
}

static enum err
give_named(struct args *a, const struct method *m, const char *arg,
    struct fault *f)
{
	int len = args_key(arg);

	for (int i = 0; i < method_params(m); i++) {
		const char *name = m->params[i].name;

		if (strncmp(name, arg, (size_t)len) != 0 || name[len] != '\0')
			continue;
		if (a->given[i] != NULL)
			return fault_set(f, ERR_USAGE, "%s is given twice",
			    name);
		a->given[i] = arg + len + 1;
		return ERR_NONE;
	}
	if (!takes_settings(m) || a->settings == ARGS_SETTINGS)
		return fault_set(f, ERR_USAGE, "there is no parameter %.*s",
		    len, arg);
	a->setting[a->settings++] = arg;
	return ERR_NONE;
}

/* Whether one of those that exclude each other is given. */
static bool
either_given(const struct args *a, const struct method *m)
{
	bool given = false;

	for (int i = 0; i < method_params(m); i++)
		given |= m->params[i].either && a->given[i] != NULL;
	return given;
}

static enum err
give_next(struct args *a, const struct method *m, const char *arg,
    struct fault *f)
{
	bool either = either_given(a, m);

	for (int i = 0; i < method_params(m); i++)
		if (a->given[i] == NULL && !(m->params[i].either && either)) {
			a->given[i] = arg;
			return ERR_NONE;
		}
	return fault_set(f, ERR_USAGE, "one argument too many: %.100s", arg);
}

static enum err
check_missing(const struct args *a, const struct method *m, struct fault *f)
{
	bool either = either_given(a, m);

	for (int i = 0; i < method_params(m); i++) {
		const struct param *p = &m->params[i];

		if (p->required && a->given[i] == NULL)
			return fault_set(f, ERR_USAGE, "%s is missing",
			    p->name);
		if (p->either && !either) /* such rows are neighbours */
			return fault_set(f, ERR_USAGE, "%s or %s is missing",
			    p->name, p[1].name);
	}
	return ERR_NONE;
}

enum err
args_sort(struct args *a, const struct method *m, const char *preset, int argc,
    char **argv, struct fault *f)
{
	enum err e = ERR_NONE;

	*a = (struct args){ 0 };
	if (preset != NULL)
		e = give_named(a, m, preset, f);
	for (int i = 0; i < argc && e == ERR_NONE; i++)
		if (args_key(argv[i]) > 0)
			e = give_named(a, m, argv[i], f);
	for (int i = 0; i < argc && e == ERR_NONE; i++)
		if (args_key(argv[i]) == 0)
			e = give_next(a, m, argv[i], f);
	return e != ERR_NONE ? e : check_missing(a, m, f);
}

static enum err
takes(const struct param *p, const char *text, const char *kind,
    struct fault *f)
{
	return fault_set(f, ERR_USAGE, "%s=%.100s: it takes %s", p->name, text,
	    kind);
}

/* A prompt, which may be long, also from a file. */
static enum err
put_prompt(const struct param *p, const char *source, struct banditd *b,
    struct fault *f)
{
	struct buf text = { 0 }, packed = { 0 };
	enum err e = prompt_get(source, &text, f);

	if (e == ERR_NONE) {
		pack_strn(&packed, (const char *)text.data, text.len);
		banditd_put_raw(b, p->name, packed.data, packed.len);
	}
	buf_free(&text);
	buf_free(&packed);
	return e;
}

static enum err
put_text(const struct param *p, const char *text, bool raw, struct banditd *b,
    struct fault *f)
{
	(void)raw;
	if (p->either)
		return put_prompt(p, text, b, f);
	banditd_put_str(b, p->name, text);
	return ERR_NONE;
}

static enum err
put_num(const struct param *p, const char *text, bool raw, struct banditd *b,
    struct fault *f)
{
	char *end;
	double num = strtod(text, &end);

	(void)raw;
	if (end == text || *end != '\0' || !isfinite(num))
		return takes(p, text, "a number", f);
	banditd_put_num(b, p->name, num);
	return ERR_NONE;
}

static enum err
put_bool(const struct param *p, const char *text, bool raw, struct banditd *b,
    struct fault *f)
{
	bool yes = strcmp(text, "true") == 0 || strcmp(text, "yes") == 0;

	(void)raw;
	if (!yes && strcmp(text, "false") != 0 && strcmp(text, "no") != 0)
		return takes(p, text, "true or false", f);
	banditd_put_bool(b, p->name, yes);
	return ERR_NONE;
}

static enum err
put_vector(const struct param *p, const char *text, bool raw, struct banditd *b,
    struct fault *f)
{
	float *x;
	size_t n;
	enum err e = vector_get(text, raw, &x, &n, f);

	if (e == ERR_NONE)
		banditd_put_vector(b, p->name, x, n);
	free(x);
	return e;
}

static void
put_json(const char *key, json_t *json, struct banditd *b)
{
	struct buf value = { 0 };

	pack_json(&value, json);
	banditd_put_raw(b, key, value.data, value.len);
	buf_free(&value);
}

/* "a,b,c" as the array of those. */
static json_t *
split(const char *text)
{
	json_t *array = json_array();

	while (*text != '\0') {
		size_t n = strcspn(text, ",");

		json_array_append_new(array, json_stringn_nocheck(text, n));
		text += n + (text[n] == ',');
	}
	return array;
}

static enum err
put_names(const struct param *p, const char *text, bool raw, struct banditd *b,
    struct fault *f)
{
	json_t *names =
	    text[0] == '[' ? json_loads(text, 0, NULL) : split(text);

	(void)raw;
	if (names == NULL)
		return takes(p, text, "names a,b,c or a JSON array of them", f);
	put_json(p->name, names, b);
	json_decref(names);
	return ERR_NONE;
}

static enum err
put_settings_text(const struct param *p, const char *text, bool raw,
    struct banditd *b, struct fault *f)
{
	json_t *map = json_loads(text, 0, NULL);

	(void)raw;
	if (!json_is_object(map)) {
		json_decref(map);
		return takes(p, text, "a JSON object; or give key=value ...",
		    f);
	}
	put_json(p->name, map, b);
	json_decref(map);
	return ERR_NONE;
}

static enum err
put_event(const struct param *p, const char *text, bool raw, struct banditd *b,
    struct fault *f)
{
	json_t *map = json_loads(text, 0, NULL);

	(void)raw;
	if (!json_is_object(map)) {
		json_decref(map);
		return takes(p, text, "a JSON object, a line of an export", f);
	}
	put_json(p->name, map, b);
	json_decref(map);
	return ERR_NONE;
}

/* The daemon reads each value as the setting's type. */
static void
put_settings(const struct args *a, struct banditd *b)
{
	json_t *map = json_object();

	for (int i = 0; i < a->settings; i++) {
		char *key = mem_strdup(a->setting[i]);
		int len = args_key(key);

		key[len] = '\0';
		json_object_set_new(map, key, json_string(key + len + 1));
		free(key);
	}
	put_json("settings", map, b);
	json_decref(map);
}

enum err
args_put(const struct args *a, const struct method *m, bool raw,
    struct banditd *b, struct fault *f)
{
	static enum err (*const put[])(const struct param *, const char *, bool,
	    struct banditd *, struct fault *) = {
		[PARAM_STR] = put_text,
		[PARAM_NAME] = put_text,
		[PARAM_NUM] = put_num,
		[PARAM_BOOL] = put_bool,
		[PARAM_VECTOR] = put_vector,
		[PARAM_NAMES] = put_names,
		[PARAM_SETTINGS] = put_settings_text,
		[PARAM_EVENT] = put_event,
	};
	enum err e = ERR_NONE;

	for (int i = 0; i < method_params(m) && e == ERR_NONE; i++) {
		const struct param *p = &m->params[i];

		if (a->given[i] != NULL)
			e = put[p->type](p, a->given[i], raw, b, f);
	}
	if (e == ERR_NONE && a->settings > 0)
		put_settings(a, b);
	return e;
}

enum err
args_put_unknown(int argc, char **argv, struct banditd *b, struct fault *f)
{
	for (int i = 0; i < argc; i++) {
		int len = args_key(argv[i]);
		char *key;
		json_t *json;

		if (len == 0)
			return fault_set(f, ERR_USAGE,
			    "%.100s: an unknown method takes key=value",
			    argv[i]);
		key = mem_strdup(argv[i]);
		key[len] = '\0';
		json = json_loads(key + len + 1, JSON_DECODE_ANY, NULL);
		if (json != NULL)
			put_json(key, json, b);
		else
			banditd_put_str(b, key, key + len + 1);
		json_decref(json);
		free(key);
	}
	return ERR_NONE;
}
