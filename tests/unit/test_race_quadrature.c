/* SPDX-License-Identifier: GPL-3.0-or-later */
/* race: against an adaptive quadrature of what its header says. */
#include "tests/unit/normals.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>

#include "bandit/race.h"

#define INTERVALS 2000

static struct race *race;
static gsl_integration_workspace *inner, *outer;

/* An arm's density times the others' cdfs; with `first`, also times the
 * probability that order[0], .. order[first - 1] are above, in order. */
struct integrand {
	const struct normals *a;
	const int *order; /* [first + 1] */
	int first;
};

static double above(const struct integrand *, double x);

static double
density(double x, void *given)
{
	const struct integrand *f = given;
	const struct normals *a = f->a;
	int arm = f->order[f->first];
	double y = gsl_ran_gaussian_pdf(x - a->mean[arm], a->sd[arm]);

	for (int i = 0; i < a->n && y > 0; i++) {
		bool in = false;

		for (int j = 0; j <= f->first; j++)
			in |= f->order[j] == i;
		if (!in)
			y *= gsl_cdf_gaussian_P(x - a->mean[i], a->sd[i]);
	}
	return y > 0 ? y * above(f, x) : 0;
}

static double
second_above(double x, void *given)
{
	const struct integrand *f = given;
	const struct normals *a = f->a;
	int one = f->order[0], two = f->order[1];

	return gsl_ran_gaussian_pdf(x - a->mean[two], a->sd[two]) *
	    gsl_cdf_gaussian_Q(x - a->mean[one], a->sd[one]);
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Between where any of the arms' densities begin, peak and end, above lo and
 * where `arm` is. */
static double
integral(gsl_function f, gsl_integration_workspace *w, const struct normals *a,
    int arm, double lo)
{
	double at[3 * NORMALS_MAX + 1], sum = 0, part, error;
	double hi = a->mean[arm] + 10 * a->sd[arm];
	int n = 0;

	lo = fmax(lo, a->mean[arm] - 10 * a->sd[arm]);
	for (int i = 0; i < 3 * a->n; i++)
		at[n++] = a->mean[i / 3] + (i % 3 - 1) * 10 * a->sd[i / 3];
	at[n++] = lo;
	qsort(at, (size_t)n, sizeof *at, compare);
	for (int i = 0; i + 1 < n; i++)
		if (at[i] >= lo && at[i + 1] <= hi && at[i] < at[i + 1]) {
			gsl_integration_qag(&f, at[i], at[i + 1], 1e-24, 1e-12,
			    INTERVALS, GSL_INTEG_GAUSS31, w, &part, &error);
			sum += part;
		}
	return sum;
}

static double
above(const struct integrand *f, double x)
{
	const struct normals *a = f->a;
	int one = f->order[0];

	if (f->first == 0)
		return 1;
	if (f->first == 1)
		return gsl_cdf_gaussian_Q(x - a->mean[one], a->sd[one]);
	return integral((gsl_function){ second_above, (void *)f }, inner, a,
	    f->order[1], x);
}

static double
prefix_by_quadrature(const struct normals *a, const int *order, int first)
{
	struct integrand f = { a, order, first };

	return integral((gsl_function){ density, &f }, outer, a, order[first],
	    -INFINITY);
}

static void
best_by_quadrature(void **state)
{
	static const int sizes[] = { 2, 3, 10, 64 };
	uint64_t random = test_seed();
	struct normals a;
	double p[NORMALS_MAX], worst = 0;

	(void)state;
	for (int i = 0; i < 4 * KINDS * 4; i++) {
		int n = sizes[i % 4];

		normals_fill(&a, n, i / 4 % KINDS, &random);
		race_best(race, n, a.mean, a.sd, p);
		for (int j = 0; j < n; j += n / 10 + 1)
			worst = fmax(worst,
			    fabs(p[j] - prefix_by_quadrature(&a, &j, 0)));
	}
	print_message("# error %g\n", worst);
	assert_true(worst < 1e-12);
}

/* Of each probability as well as of the one after, given it. */
static void
order_by_quadrature(void **state)
{
	uint64_t random = test_seed();
	struct normals a;
	double prefix[3], want, worst = 0;

	(void)state;
	for (int i = 0; i < 12 * KINDS; i++) {
		int n = 3 + i % 3, order[] = { i % 2, 2, 1 - i % 2 };

		normals_fill(&a, n, i % KINDS, &random);
		race_order(race, n, a.mean, a.sd, order, 3, prefix);
		normals_products(prefix, 3);
		for (int j = 0; j < 3; j++) {
			want = prefix_by_quadrature(&a, order, j);
			assert_true(fabs(prefix[j] - want) < 1e-12);
			if (want > 1e-12)
				worst = fmax(worst, fabs(prefix[j] / want - 1));
		}
	}
	print_message("# relative error %g\n", worst);
	assert_true(worst < 1e-10);
}

static int
make(void **state)
{
	(void)state;
	gsl_set_error_handler_off();
	race = race_new();
	inner = gsl_integration_workspace_alloc(INTERVALS);
	outer = gsl_integration_workspace_alloc(INTERVALS);
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	race_free(race);
	gsl_integration_workspace_free(inner);
	gsl_integration_workspace_free(outer);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(best_by_quadrature),
		cmocka_unit_test(order_by_quadrature),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
