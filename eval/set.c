/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eval/set.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/set_make.h"

void
set_fini(struct set *s)
{
	free(s->name);
	free(s->arm);
	free(s->x);
	free(s->reward);
	free(s->cost);
	free(s->expected);
	free(s->task);
	free(s->group);
	for (int i = 0; i < s->tasks; i++)
		free(s->task_name[i]);
	free(s->task_name);
	for (int i = 0; i < s->files; i++)
		free(s->file[i].path);
	free(s->file);
	free(s->line);
	*s = (struct set){ 0 };
}

void
set_make(struct set *s, const char *name, int rows, int dimension, int arms)
{
	size_t n = (size_t)rows;

	*s = (struct set){ .name = mem_strdup(name),
		.rows = rows,
		.dimension = dimension,
		.arms = arms };
	s->arm = mem_zalloc((size_t)arms, sizeof *s->arm);
	s->x = mem_zalloc(n * (size_t)dimension, sizeof *s->x);
	s->reward = mem_zalloc(n * (size_t)arms, sizeof *s->reward);
	s->cost = mem_zalloc(n * (size_t)arms, sizeof *s->cost);
	s->task = mem_zalloc(n, sizeof *s->task);
	s->group = mem_zalloc(n, sizeof *s->group);
}

void
set_add_file(struct set *s, const char *path, int first)
{
	s->file = mem_realloc(s->file, (size_t)s->files + 1, sizeof *s->file);
	s->file[s->files++] = (struct set_file){ mem_strdup(path), first };
}

int
set_task(struct set *s, const char *name, size_t len)
{
	for (int i = 0; i < s->tasks; i++)
		if (strncmp(s->task_name[i], name, len) == 0 &&
		    s->task_name[i][len] == '\0')
			return i;
	s->task_name = mem_realloc(s->task_name, (size_t)s->tasks + 1,
	    sizeof *s->task_name);
	s->task_name[s->tasks] = mem_zalloc(len + 1, 1);
	memcpy(s->task_name[s->tasks], name, len);
	return s->tasks++;
}

void
set_where(const struct set *s, int row, char where[SET_WHERE_SIZE])
{
	int line = s->line != NULL ? s->line[row] : 0, i = s->files - 1;

	while (i > 0 && s->file[i].first > row)
		i--;
	if (i < 0)
		snprintf(where, SET_WHERE_SIZE, "%.200s: row %d", s->name, row);
	else if (line == 0)
		snprintf(where, SET_WHERE_SIZE, "%.200s: row %d",
		    s->file[i].path, row - s->file[i].first);
	else
		snprintf(where, SET_WHERE_SIZE, "%.200s:%d", s->file[i].path,
		    line);
}

void
set_stem(const char *path, char *out, size_t size)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	const char *dot = strrchr(name, '.');
	size_t n =
	    dot != NULL && dot != name ? (size_t)(dot - name) : strlen(name);

	snprintf(out, size, "%.*s", (int)n, name);
}

static double
mean(const struct set *s, const double *column)
{
	double sum = 0;
	int n = 0;

	for (int row = 0; row < s->rows; row++) {
		double value = column[(size_t)row * (size_t)s->arms];

		if (isnan(value))
			continue;
		sum += value;
		n++;
	}
	return n > 0 ? sum / n : NAN;
}

double
set_mean_reward(const struct set *s, int arm)
{
	return mean(s, s->reward + arm);
}

double
set_mean_cost(const struct set *s, int arm)
{
	return mean(s, s->cost + arm);
}
