/* SPDX-License-Identifier: GPL-3.0-or-later */
/* synth: the worlds against numbers that a program in Python made from their
 * description, with sums that are exact. */
#include "tests/test.h"

#include <math.h>
#include <string.h>

#include "eval/set.h"

enum { ROWS = 300, D = 32, ARMS = 5, SHOWN = 4, SEED = 7 };

static const struct golden {
	const char *kind;
	double first[SHOWN], last[SHOWN]; /* of row 0; of the last row */
	double mean[ARMS];                /* expected, over the rows */
	double expected[ARMS];            /* of the last row */
	double reward[ARMS];              /* of row 0 */
	int task[6];
} goldens[] = {
	{ "cluster",
	    { 0.0100183284652091, -0.145116444061857, 0.158459114464278,
		-0.114282662869815 },
	    { 0.043471542383707, 0.0565984722565172, -0.0910955754085817,
		-0.122257691201642 },
	    { 0.542, 0.533333333333333, 0.564666666666667, 0.565333333333333,
		0.544666666666667 },
	    { 0.45, 0.86, 0.47, 0.48, 0.49 },
	    { 0.912517057466798, 0.495872171462972, 0.47036696659214,
		0.260236505325404, 0.427401100936982 },
	    { 0, 3, 2, 0, 0, 2 } },
	{ "antipodal",
	    { 0.020697899150904, -0.260887637455407, 0.178715239747539,
		0.0272742460315754 },
	    { 0.0564521623841708, -0.333179436323845, -0.0600823983907315,
		-0.0935688927717954 },
	    { 0.544666666666667, 0.530666666666667, 0.552666666666667, 0.564,
		0.558 },
	    { 0.45, 0.46, 0.47, 0.48, 0.89 },
	    { 0.920503893159402, 0.544391097150842, 0.499962745908099,
		0.425315257481253, 0.378298164682783 },
	    { 0, 2, 3, 4, 2, 3 } },
	{ "smooth",
	    { 0.0100183284652091, -0.145116444061857, 0.158459114464278,
		-0.114282662869815 },
	    { 0.043471542383707, 0.0565984722565172, -0.0910955754085817,
		-0.122257691201642 },
	    { 0.520457565278289, 0.530236402901774, 0.551308999927736,
		0.554427530483087, 0.552841916496441 },
	    { 0.475631453547664, 0.688233441396049, 0.51272308838285,
		0.522039499229542, 0.538472819080484 },
	    { 0.776766152889608, 0.517065863560469, 0.484483580334444,
		0.273334373432987, 0.439740891186773 },
	    { 0, 3, 2, 0, 0, 2 } },
};
#define GOLDENS (sizeof goldens / sizeof *goldens)

static void
make(struct set *s, const char *kind, const char *more, uint64_t seed)
{
	struct fault f = { 0 };
	char spec[128];

	snprintf(spec, sizeof spec, "synth:%s,rows=%d%s", kind, ROWS, more);
	if (set_problem(s, spec, seed, &f) != ERR_NONE)
		fail_msg("%s: %s", spec, f.text);
	assert_int_equal(s->rows, ROWS);
	assert_int_equal(s->dimension, D);
	assert_int_equal(s->arms, ARMS);
}

static double
mean_expected(const struct set *s, int arm)
{
	double sum = 0;

	for (int row = 0; row < s->rows; row++)
		sum += s->expected[row * s->arms + arm];
	return sum / s->rows;
}

static void
check_world(const struct golden *g)
{
	struct set s;

	make(&s, g->kind, "", SEED);
	for (int i = 0; i < SHOWN; i++) {
		assert_true(fabs((double)set_x(&s, 0)[i] - g->first[i]) < 1e-7);
		assert_true(fabs((double)set_x(&s, ROWS - 1)[D - SHOWN + i] -
				g->last[i]) < 1e-7);
	}
	for (int a = 0; a < ARMS; a++) {
		assert_true(fabs(mean_expected(&s, a) - g->mean[a]) < 1e-12);
		assert_true(fabs(s.expected[(ROWS - 1) * ARMS + a] -
				g->expected[a]) < 1e-12);
		assert_true(fabs(set_reward(&s, 0, a) - g->reward[a]) < 1e-12);
		assert_true(isnan(set_cost(&s, 0, a)));
	}
	for (int row = 0; row < 6; row++)
		assert_int_equal(s.task[row], g->task[row]);
	set_fini(&s);
}

static void
worlds_are_those_of_their_description(void **state)
{
	(void)state;
	for (size_t i = 0; i < GOLDENS; i++)
		check_world(&goldens[i]);
}

/* Noise is drawn after the world: prompts are the same without it. */
static void
noise_leaves_the_prompts_alone(void **state)
{
	struct set with, without;
	size_t cells = (size_t)ROWS * ARMS;

	(void)state;
	make(&with, "antipodal", ",noise=0.3", SEED);
	make(&without, "antipodal", ",noise=0", SEED);
	assert_memory_equal(with.x, without.x, sizeof(float) * ROWS * D);
	assert_memory_equal(with.expected, without.expected,
	    cells * sizeof(double));
	assert_memory_equal(without.reward, without.expected,
	    cells * sizeof(double));
	assert_memory_not_equal(with.reward, without.reward,
	    cells * sizeof(double));
	for (size_t i = 0; i < cells; i++)
		assert_true(with.reward[i] >= 0 && with.reward[i] <= 1);
	set_fini(&with);
	set_fini(&without);
}

static void
another_seed_is_another_world(void **state)
{
	struct set a, b, again;

	(void)state;
	make(&a, "cluster", "", 1);
	make(&b, "cluster", "", 2);
	make(&again, "cluster", "", 1);
	assert_memory_not_equal(a.x, b.x, sizeof(float) * ROWS * D);
	assert_memory_equal(a.x, again.x, sizeof(float) * ROWS * D);
	assert_memory_equal(a.reward, again.reward,
	    sizeof(double) * ROWS * ARMS);
	set_fini(&a);
	set_fini(&b);
	set_fini(&again);
}

static void
words_that_are_none_are_named(void **state)
{
	static const struct {
		const char *spec, *says;
	} bad[] = {
		{ "synth:", "no synthetic world" },
		{ "synth:spiral", "no synthetic world \"spiral\"" },
		{ "synth:cluster,rows=0", "rows is a number" },
		{ "synth:cluster,rows=ten", "rows is a number" },
		{ "synth:cluster,hi=nan", "hi is a number" },
		{ "synth:cluster,width=3", "no \"width=3\"; there is" },
		{ "synth:cluster,rows=1e7,d=65536", "rows times d" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct fault f = { 0 };
		struct set s;

		assert_int_equal(set_problem(&s, bad[i].spec, 1, &f),
		    ERR_BAD_REQUEST);
		if (strstr(f.text, bad[i].says) == NULL)
			fail_msg("%s: %s", bad[i].spec, f.text);
		assert_null(s.x);
	}
}

static void
worlds_that_differ_have_different_names(void **state)
{
	static const char *const cases[][2] = {
		{ "synth:cluster", "synth cluster" },
		{ "synth:cluster,rows=5000", "synth cluster" },
		{ "synth:smooth,d=8,noise=0.25,rows=20",
		    "synth smooth rows=20 d=8 noise=0.25" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct set s;

		assert_int_equal(set_problem(&s, cases[i][0], 1, NULL), 0);
		assert_string_equal(s.name, cases[i][1]);
		set_fini(&s);
	}
}

/* Only what a router sees of the prompts is another. */
static void
text_leaves_prompts_and_rewards_alone(void **state)
{
	struct set plain, said;
	struct fault f;
	double in = 0, out = 0;
	int same = 0, other = 0;

	(void)state;
	make(&plain, "cluster", "", SEED);
	if (set_problem(&said, "synth:cluster,rows=300,text=64,words=100", SEED,
		&f) != ERR_NONE)
		fail_msg("%s", f.text);
	assert_int_equal(said.dimension, 64);
	assert_memory_equal(plain.task, said.task, ROWS * sizeof *said.task);
	assert_memory_equal(plain.reward, said.reward,
	    ROWS * ARMS * sizeof *said.reward);
	for (int i = 1; i < ROWS; i++) {
		double dot = 0;

		for (int j = 0; j < said.dimension; j++)
			dot += (double)set_x(&said, i)[j] * set_x(&said, 0)[j];
		if (said.task[i] == said.task[0])
			in += dot, same++;
		else
			out += dot, other++;
	}
	assert_true(in / same > out / other + 0.03);
	set_fini(&plain);
	set_fini(&said);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(worlds_are_those_of_their_description),
		cmocka_unit_test(noise_leaves_the_prompts_alone),
		cmocka_unit_test(another_seed_is_another_world),
		cmocka_unit_test(text_leaves_prompts_and_rewards_alone),
		cmocka_unit_test(words_that_are_none_are_named),
		cmocka_unit_test(worlds_that_differ_have_different_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
