/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/golden.h"

#include <string.h>

#include "features/rff.h"

json_t *
golden_load(const char *name)
{
	const char *top = getenv("top_srcdir");
	char path[4096];
	json_error_t error;
	json_t *file;

	snprintf(path, sizeof path, "%s/tests/golden/%s",
	    top != NULL ? top : ".", name);
	file = json_load_file(path, 0, &error);
	if (file == NULL)
		fail_msg("%s: %s", path, error.text);
	return file;
}

json_t *
golden_get(const json_t *object, const char *key)
{
	json_t *value = json_object_get(object, key);

	if (value == NULL)
		fail_msg("no key \"%s\"", key);
	return value;
}

double
golden_num(const json_t *object, const char *key)
{
	const json_t *value = golden_get(object, key);

	assert_true(json_is_number(value));
	return json_number_value(value);
}

int
golden_int(const json_t *object, const char *key)
{
	return (int)golden_num(object, key);
}

const char *
golden_str(const json_t *object, const char *key)
{
	const json_t *value = golden_get(object, key);

	assert_true(json_is_string(value));
	return json_string_value(value);
}

static double *
flatten(const json_t *value, double *out, const double *end)
{
	size_t i;
	json_t *element;

	if (json_is_array(value)) {
		json_array_foreach (value, i, element)
			out = flatten(element, out, end);
		return out;
	}
	assert_true(json_is_number(value) && out < end);
	*out = json_number_value(value);
	return out + 1;
}

void
golden_read(const json_t *from, const char *key, double *out, int n)
{
	const json_t *value = key != NULL ? golden_get(from, key) : from;

	assert_ptr_equal(flatten(value, out, out + n), out + n);
}

void
golden_compare(const json_t *from, const char *key, const double *got, int n)
{
	double *want = test_calloc((size_t)n, sizeof *want);

	golden_read(from, key, want, n);
	for (int i = 0; i < n; i++)
		assert_close(got[i], want[i], GOLDEN_ERROR);
	test_free(want);
}

void
golden_inputs(struct golden *g)
{
	json_t *file = golden_load("inputs.json");

	assert_int_equal(golden_int(file, "d"), GOLDEN_D);
	assert_int_equal(golden_int(file, "m"), GOLDEN_M);
	golden_read(file, "contexts", g->x[0], GOLDEN_CONTEXTS * GOLDEN_D);
	golden_read(file, "rewards", g->reward[0],
	    GOLDEN_ARMS * GOLDEN_CONTEXTS);
	golden_read(file, "omega", g->omega, GOLDEN_M * GOLDEN_D);
	golden_read(file, "omega_D", g->omega_d, GOLDEN_PHI * GOLDEN_D);
	golden_read(file, "phase_D", g->phase_d, GOLDEN_PHI);
	json_decref(file);
}

static void
fill_2d(const struct golden *g, const double *x, double *phi)
{
	struct map *map = rff_from(GOLDEN_D, GOLDEN_M, g->omega);

	map_fill(map, x, phi);
	map_free(map);
}

static void
fill_d(const struct golden *g, const double *x, double *phi)
{
	for (int k = 0; k < GOLDEN_PHI; k++) {
		const double *w = g->omega_d + k * GOLDEN_D;

		phi[k] = sqrt(2.0 / GOLDEN_PHI) *
		    cos(numbers_dot(w, x, GOLDEN_D) + g->phase_d[k]);
	}
}

void
golden_phi(const struct golden *g, const char *version, const double *x,
    double *phi)
{
	if (strcmp(version, "2D") == 0)
		fill_2d(g, x, phi);
	else if (strcmp(version, "D") == 0)
		fill_d(g, x, phi);
	else
		fail_msg("no features \"%s\"", version);
}
