/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bandit/choice.h"

#include <math.h>

#include "features/fmath.h"

#define PI_OVER_8 0x1.921fb54442d18p-2
#define SMALLEST_WEIGHT 1e-6
/* Each at least halves what is left, and most do far better. */
#define STEPS 128
/* Beyond this nothing changes that anybody could tell. */
#define LARGEST 1e100

static double
exponential(double a)
{
	fmath_exp(&a, 1, &a);
	return a;
}

static double
logarithm(double a)
{
	fmath_log(&a, 1, &a);
	return a;
}

/* 1 / (1 + exp(-t)), small ones to full precision. */
static double
sigmoid(double t)
{
	double e = exponential(t < 0 ? t : -t);

	return (t < 0 ? e : 1) / (1 + e);
}

/* The largest of them, so that no exponential overflows. */
static double
largest(const double *utility, int k, int without, double no_click)
{
	double most = no_click;

	for (int j = 0; j < k; j++)
		if (j != without && utility[j] > most)
			most = utility[j];
	return most;
}

double
choice_probabilities(const double *utility, int k, double no_click,
    double *probability)
{
	double most = largest(utility, k, -1, no_click);
	double none = exponential(no_click - most), sum = none;

	for (int j = 0; j < k; j++)
		probability[j] = utility[j] - most;
	fmath_exp(probability, k, probability);
	for (int j = 0; j < k; j++)
		sum += probability[j];
	for (int j = 0; j < k; j++)
		probability[j] /= sum;
	return none / sum;
}

double
choice_rest(const double *utility, const double *sigma, int k, int without,
    double no_click, double no_click_sigma, double *variance)
{
	double most = largest(utility, k, without, no_click);
	double sum, squares, share;

	*variance = 0;
	if (most == -INFINITY)
		return most;
	sum = exponential(no_click - most);
	squares = sum * no_click_sigma * (sum * no_click_sigma);
	for (int j = 0; j < k; j++)
		if (j != without) {
			share = exponential(utility[j] - most);
			sum += share;
			squares += share * sigma[j] * (share * sigma[j]);
		}
	*variance = squares / (sum * sum);
	return most + logarithm(sum);
}

static double
kappa_of(double rest_variance)
{
	return 1 / sqrt(1 + PI_OVER_8 * rest_variance);
}

struct choice_slope
choice_slope(double u, double rest, double rest_variance, bool chosen)
{
	double kappa = kappa_of(rest_variance), t = kappa * (u - rest);
	double p = sigmoid(t), q = sigmoid(-t);

	return (struct choice_slope){ chosen ? kappa * q : -kappa * p,
		kappa * kappa * p * q };
}

/*
 * The root of F(t) = t - from - c sigmoid(-t), c >= 0, whose slope is at least
 * 1, between low and high: by Newton's steps, or half of what is left where
 * one would lead out of it or is no half of the step before the last.
 */
static double
root(double from, double c, double low, double high)
{
	double t = from, step = high - low, last = step;

	for (int i = 0; i < STEPS; i++) {
		double p = sigmoid(t), q = sigmoid(-t), f = t - from - c * q;
		double newton = f / (1 + c * p * q), next = t - newton;

		if (next == t)
			break;
		if (f < 0)
			low = t;
		else
			high = t;
		if (!(next > low && next < high) || fabs(newton) > 0.5 * last)
			next = low + 0.5 * (high - low);
		last = step;
		step = fabs(next - t);
		t = next;
	}
	return t;
}

/* That root is above `from`, by at most c; and above the larger of `from` and 0
 * by at most log(1 + c), as sigmoid(-t) < exp(-t). */
static double
mode(double from, double c)
{
	double high = from + c;
	double other = (from > 0 ? from : 0) + logarithm(1 + c);

	return root(from, c, from, other < high ? other : high);
}

static double
within(double x, double bound)
{
	return x > bound ? bound : x < -bound ? -bound : x;
}

/* Not to be chosen at u is to be chosen at -u, so one equation serves both:
 * t = kappa (u* - rest), or minus that, and u* = mean + sigma^2 kappa q. */
struct choice_step
choice_step(double mean, double sigma, double rest, double rest_variance,
    bool chosen)
{
	double kappa = kappa_of(rest_variance), sign = chosen ? 1 : -1;
	double from = within(sign * kappa * (mean - rest), LARGEST);
	double variance = within(sigma * sigma, LARGEST);
	double t = mode(from, kappa * kappa * variance), q = sigmoid(-t);
	double weight = kappa * kappa * sigmoid(t) * q;

	if (rest == -INFINITY)
		return (struct choice_step){ SMALLEST_WEIGHT, mean };
	if (weight < SMALLEST_WEIGHT)
		weight = SMALLEST_WEIGHT;
	return (struct choice_step){ weight,
		mean + sign * kappa * q * (1 + variance * weight) / weight };
}
