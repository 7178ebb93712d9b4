/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/players.h"

#include "eval/set_make.h"

struct set set;
uint64_t seed;

float *
x_of(int row)
{
	return set.x + row * DIMENSION;
}

int
make_set(void **state)
{
	double x[DIMENSION], slope[ARMS][DIMENSION];
	uint64_t random = seed = test_seed();

	(void)state;
	set_make(&set, "made", ROWS, DIMENSION, ARMS);
	for (int i = 0; i < ARMS; i++)
		numbers_unit(&random, slope[i], DIMENSION);
	for (int row = 0; row < ROWS; row++) {
		numbers_unit(&random, x, DIMENSION);
		for (int i = 0; i < DIMENSION; i++)
			x_of(row)[i] = (float)x[i];
		for (int i = 0; i < ARMS; i++)
			set.reward[row * ARMS + i] =
			    0.5 + 0.4 * numbers_dot(slope[i], x, DIMENSION);
	}
	return 0;
}

int
free_set(void **state)
{
	(void)state;
	set_fini(&set);
	return 0;
}

struct player *
player(const char *spec)
{
	struct fault f = { 0 };
	struct player *p = player_new(spec, &set, seed, &f);

	if (p == NULL)
		print_error("%s\n", f.text);
	assert_non_null(p);
	return p;
}

double
play(struct player *p, int steps)
{
	double sum = 0;

	for (int i = 0; i < steps; i++) {
		struct pick pick = { 0 };
		int row = i % ROWS;
		double reward;

		player_choose(p, x_of(row), row, &pick);
		reward = set_reward(&set, row, pick.arm);
		player_learn(p, x_of(row), row, pick.arm, reward, 0);
		sum += reward;
	}
	return sum / steps;
}
