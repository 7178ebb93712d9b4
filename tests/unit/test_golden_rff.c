/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random Fourier features against the golden numbers. */
#include "tests/unit/golden.h"

static void
phi_of_every_query(void **state)
{
	json_t *file = golden_load("rff_stepwise.json"), *step, *query;
	double phi[GOLDEN_PHI];
	struct golden g;
	size_t i, j, seen = 0;

	(void)state;
	golden_inputs(&g);
	json_array_foreach (golden_get(file, "cases"), i, step)
		json_array_foreach (golden_get(step, "queries"), j, query) {
			golden_phi(&g, golden_str(step, "version"),
			    g.x[golden_int(query, "query")], phi);
			golden_compare(query, "phi", phi, GOLDEN_PHI);
			assert_close(numbers_dot(phi, phi, GOLDEN_PHI),
			    golden_num(query, "phi_norm2"), GOLDEN_ERROR);
			seen++;
		}
	assert_int_equal(seen, 72);
	json_decref(file);
}

static double
estimate(const struct golden *g, const char *version, int i, int j)
{
	double a[GOLDEN_PHI], b[GOLDEN_PHI];

	golden_phi(g, version, g->x[i], a);
	golden_phi(g, version, g->x[j], b);
	return numbers_dot(a, b, GOLDEN_PHI);
}

static void
kernel_estimates(void **state)
{
	json_t *file = golden_load("rff_kernel.json"), *pair;
	struct golden g;
	size_t n;

	(void)state;
	golden_inputs(&g);
	json_array_foreach (golden_get(file, "pairs"), n, pair) {
		int i = golden_int(pair, "i"), j = golden_int(pair, "j");

		assert_close(estimate(&g, "2D", i, j),
		    golden_num(pair, "phi2d_dot"), GOLDEN_ERROR);
		assert_close(estimate(&g, "D", i, j),
		    golden_num(pair, "phiD_dot"), GOLDEN_ERROR);
	}
	assert_int_equal(n, 8);
	json_decref(file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(phi_of_every_query),
		cmocka_unit_test(kernel_estimates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
