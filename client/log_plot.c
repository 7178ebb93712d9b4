/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/log_plot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plot/shapes.h"

#define WINDOWS 40     /* along an axis, at most */
#define WINDOW_LEAST 5 /* rounds in one, at least */
#define BINS 12        /* of a calibration, at most */
#define BIN_LEAST 10   /* rounds in one, at least */
#define AREAS 12       /* arms with an area of their own, at most */

/* A mean and its error. */
struct mean {
	double n, sum, squares;
};

static void
mean_add(struct mean *m, double v)
{
	m->n++;
	m->sum += v;
	m->squares += v * v;
}

static double
mean_of(const struct mean *m)
{
	return m->sum / m->n;
}

/* Two standard errors; NAN of one value, which says nothing of others. */
static double
error_of(const struct mean *m)
{
	double mean = mean_of(m);
	double variance = (m->squares - m->n * mean * mean) / (m->n - 1);

	return m->n > 1 ? 2 * sqrt(fmax(variance, 0) / m->n) : NAN;
}

static struct panel *
panel_of(struct figure *f, const struct rounds *r, const char *second,
    const char *xlabel, const char *ylabel)
{
	char title[SEEN_NAME + 8];
	struct panel *p;

	snprintf(title, sizeof title, "router %s", r->router);
	p = figure_panel(f, title, second);
	p->xlabel = xlabel;
	p->ylabel = ylabel;
	return p;
}

typedef bool wanted_fn(const struct round *);

static bool
is_decided(const struct round *q)
{
	return q->decided;
}

static bool
is_rewarded(const struct round *q)
{
	return q->decided && !isnan(q->reward);
}

static bool
is_predicted(const struct round *q)
{
	return is_rewarded(q) && !isnan(q->mean) && !isnan(q->sigma);
}

static size_t
count(const struct rounds *r, wanted_fn *wanted)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		n += wanted(&r->round[i]);
	return n;
}

/* How many rounds each of at most so many parts has. */
static size_t
part_size(size_t n, size_t parts, size_t least)
{
	size_t size = (n + parts - 1) / parts;

	return size > least ? size : least;
}

/* Whether a part ends with the round of that number, from 1: the last one is
 * left out where it is too small to say as much as the others. */
static bool
closes(size_t seen, size_t n, size_t size)
{
	return seen % size == 0 ||
	    (seen == n && (n < size || n % size >= size / 2));
}

static enum err
nothing(const struct rounds *r, const char *what, struct fault *f)
{
	return fault_set(f, ERR_DATA, "there are no %s of router %s in the log",
	    what, r->router[0] != '\0' ? r->router : "any");
}

static enum err
make_curve(struct figure *f, const struct rounds *r, struct fault *fault)
{
	size_t n = count(r, is_rewarded), seen = 0;
	size_t size = part_size(n, WINDOWS, WINDOW_LEAST);
	struct mean part = { 0 }, all = { 0 };
	struct panel *p;
	char name[64];

	if (n == 0)
		return nothing(r, "rewards of decisions", fault);
	snprintf(name, sizeof name, "mean of each %zu", size);
	p = panel_of(f, r, NULL, "rewarded decisions",
	    "reward (band: 2 standard errors)");
	for (size_t i = 0; i < r->n; i++) {
		if (!is_rewarded(&r->round[i]))
			continue;
		mean_add(&part, r->round[i].reward);
		mean_add(&all, r->round[i].reward);
		if (!closes(++seen, n, size))
			continue;
		series_add(figure_series(f, p, SERIES_LINE, name), (double)seen,
		    mean_of(&part), error_of(&part));
		series_add(figure_series(f, p, SERIES_LINE, "mean so far"),
		    (double)seen, mean_of(&all), NAN);
		part = (struct mean){ 0 };
	}
	return ERR_NONE;
}

/* The arms in another order, by a number of each, the largest first. */
struct ranking {
	size_t arm;
	double by;
};

static int
compare_ranks(const void *a, const void *b)
{
	const struct ranking *x = a, *y = b;

	if (x->by != y->by)
		return x->by < y->by ? 1 : -1;
	return (x->arm > y->arm) - (x->arm < y->arm);
}

static struct ranking *
rank_by_pulls(const struct rounds *r)
{
	struct ranking *rank = mem_zalloc(r->arms, sizeof *rank);

	for (size_t i = 0; i < r->arms; i++)
		rank[i].arm = i;
	for (size_t i = 0; i < r->n; i++)
		rank[r->round[i].arm].by += r->round[i].decided;
	qsort(rank, r->arms, sizeof *rank, compare_ranks);
	return rank;
}

/* Which area an arm is of: its own, or the last, of all others. */
static size_t *
areas_of(const struct rounds *r, const struct ranking *rank)
{
	size_t *area = mem_alloc(r->arms, sizeof *area);

	for (size_t i = 0; i < r->arms; i++)
		area[rank[i].arm] =
		    i < AREAS - 1 || r->arms == AREAS ? i : AREAS - 1;
	return area;
}

static void
add_shares(struct figure *f, struct panel *p, const struct rounds *r,
    const struct ranking *rank, const double *pulls, double step)
{
	size_t n = r->arms < AREAS ? r->arms : AREAS;
	double all = 0;

	for (size_t i = 0; i < n; i++)
		all += pulls[i];
	for (size_t i = 0; i < n; i++) {
		bool others = i == AREAS - 1 && r->arms > AREAS;

		series_add(
		    figure_series(f, p, SERIES_AREA,
			others ? "all others" : r->arm[rank[i].arm].name),
		    step, pulls[i] / all, 0);
	}
}

static enum err
make_share(struct figure *f, const struct rounds *r, struct fault *fault)
{
	size_t n = count(r, is_decided), seen = 0;
	size_t size = part_size(n, WINDOWS, WINDOW_LEAST);
	struct ranking *rank = rank_by_pulls(r);
	size_t *area = areas_of(r, rank);
	double pulls[AREAS] = { 0 };
	struct panel *p;

	if (n > 0) {
		p = panel_of(f, r, NULL, "decisions, rewarded or expired",
		    "share of the decisions");
		for (size_t i = 0; i < r->n; i++) {
			if (!r->round[i].decided)
				continue;
			pulls[area[r->round[i].arm]]++;
			if (!closes(++seen, n, size))
				continue;
			add_shares(f, p, r, rank, pulls, (double)seen);
			memset(pulls, 0, sizeof pulls);
		}
		stack_areas(p);
	}
	free(area);
	free(rank);
	return n > 0 ? ERR_NONE : nothing(r, "decisions", fault);
}

/* The reward of each arm, observed or of decisions. */
static struct mean *
arm_means(const struct rounds *r)
{
	struct mean *m = mem_zalloc(r->arms, sizeof *m);

	for (size_t i = 0; i < r->n; i++)
		if (!isnan(r->round[i].reward))
			mean_add(&m[r->round[i].arm], r->round[i].reward);
	return m;
}

static enum err
make_arms(struct figure *f, const struct rounds *r, struct fault *fault)
{
	struct ranking *rank = mem_zalloc(r->arms, sizeof *rank);
	struct mean *m = arm_means(r);
	struct panel *p;
	size_t n = 0;

	for (size_t i = 0; i < r->arms; i++)
		if (m[i].n > 0)
			rank[n++] = (struct ranking){ i, mean_of(&m[i]) };
	qsort(rank, n, sizeof *rank, compare_ranks);
	if (n > 0) {
		p = panel_of(f, r, NULL, "arms, the best first",
		    "mean reward (bar: 2 standard errors)");
		p->whole = true;
		for (size_t i = 0; i < n; i++)
			series_add(figure_series(f, p, SERIES_POINTS,
				       r->arm[rank[i].arm].name),
			    (double)i + 1, rank[i].by,
			    error_of(&m[rank[i].arm]));
	}
	free(m);
	free(rank);
	return n > 0 ? ERR_NONE : nothing(r, "rewards", fault);
}

struct pair {
	double by, other; /* predicted and observed, or what that comes of */
};

static int
compare_pairs(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	return (x->by > y->by) - (x->by < y->by);
}

/* Bins of as many pairs each, by their prediction.  root: what is observed is
 * the root of a mean. */
static void
add_bins(struct figure *f, struct panel *p, struct pair *pair, size_t n,
    bool root)
{
	size_t size = part_size(n, BINS, BIN_LEAST);
	struct mean by = { 0 }, other = { 0 };

	qsort(pair, n, sizeof *pair, compare_pairs);
	for (size_t i = 0; i < n; i++) {
		mean_add(&by, pair[i].by);
		mean_add(&other, pair[i].other);
		if ((i + 1) % size != 0 && i + 1 != n)
			continue;
		if (by.n >= BIN_LEAST)
			series_add(figure_series(f, p, SERIES_LINE,
				       "decisions, by their prediction"),
			    mean_of(&by),
			    root ? sqrt(mean_of(&other)) : mean_of(&other),
			    root ? NAN : error_of(&other));
		by = other = (struct mean){ 0 };
	}
	add_diagonal(p);
}

static enum err
make_calibration(struct figure *f, const struct rounds *r, struct fault *fault)
{
	size_t n = count(r, is_predicted), at = 0;
	struct pair *mean = mem_alloc(n, sizeof *mean);
	struct pair *sigma = mem_alloc(n, sizeof *sigma);

	for (size_t i = 0; i < r->n; i++) {
		const struct round *q = &r->round[i];

		if (!is_predicted(q))
			continue;
		mean[at] = (struct pair){ q->mean, q->reward };
		sigma[at++] = (struct pair){ q->sigma,
			(q->reward - q->mean) * (q->reward - q->mean) };
	}
	if (n >= BIN_LEAST) {
		f->columns = 2;
		add_bins(f,
		    panel_of(f, r, "mean", "predicted mean reward",
			"mean reward observed"),
		    mean, n, false);
		add_bins(f,
		    panel_of(f, r, "sigma", "predicted sigma of the mean",
			"deviation of rewards from the mean"),
		    sigma, n, true);
	}
	free(mean);
	free(sigma);
	return n >= BIN_LEAST
	    ? ERR_NONE
	    : nothing(r, "ten decisions with a prediction", fault);
}

/* What calls of the arm really cost, or else what it is said to. */
static double
cost_of(const struct rounds *r, size_t arm)
{
	struct mean m = { 0 };

	for (size_t i = 0; i < r->n; i++)
		if (r->round[i].arm == arm && !isnan(r->round[i].cost))
			mean_add(&m, r->round[i].cost);
	return m.n > 0 ? mean_of(&m) : r->arm[arm].cost;
}

static enum err
make_pareto(struct figure *f, const struct rounds *r, struct fault *fault)
{
	struct mean *m = arm_means(r);
	struct panel *p = NULL;

	for (size_t i = 0; i < r->arms; i++) {
		double cost = cost_of(r, i);

		if (m[i].n == 0 || isnan(cost))
			continue;
		p = panel_of(f, r, NULL,
		    "cost of a call, in the unit of cost (dotted: the Pareto "
		    "front)",
		    "mean reward (bar: 2 standard errors)");
		series_add(figure_series(f, p, SERIES_POINTS, r->arm[i].name),
		    cost, mean_of(&m[i]), error_of(&m[i]));
	}
	free(m);
	if (p == NULL)
		return nothing(r, "rewarded arms with a cost", fault);
	add_front(p);
	return ERR_NONE;
}

/* clang-format off */
const struct log_plot log_plots[] = {
	{ "curve", make_curve, "What decisions earned, over time." },
	{ "share", make_share, "Which arms were chosen, over time." },
	{ "arms", make_arms, "The mean reward of each arm, with its error." },
	{ "calibration", make_calibration,
	  "Predicted mean and sigma against what was observed." },
	{ "pareto", make_pareto,
	  "Cost against reward of each arm, and the Pareto front." },
	{ 0 }
};
/* clang-format on */
