#include "bandit/router.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bandit/model.h"
#include "base/mem.h"
#include "features/context.h"
#include "features/rng.h"

const char *const why_words[] = { "", "disabled", "costs more than max_cost",
	"not among arms", "excluded" };

struct router *
router_new(const struct event *ev)
{
	struct router *r = mem_zalloc(1, sizeof *r);

	memcpy(r->name, ev->name, sizeof r->name);
	r->id = ev->router;
	r->settings = ev->settings;
	r->seq = ev->seq;
	r->next_uid = 1;
	r->rng = gsl_rng_alloc(rng_splitmix64);
	r->dimension = (int)ev->settings.dimension;
	if (!isnan(ev->settings.bandwidth))
		r->bandwidth = ev->settings.bandwidth;
	router_settle(r);
	return r;
}

void
arm_free(struct arm *a)
{
	model_free(a->model);
	free(a);
}

void
router_free(struct router *r)
{
	if (r == NULL)
		return;
	for (int i = 0; i < r->arms; i++)
		arm_free(r->arm[i]);
	free(r->arm);
	map_free(r->map);
	hold_fini(&r->hold);
	free(r->x);
	free(r->phi);
	free(r->column);
	free(r->count);
	free(r->index);
	free(r->view);
	gsl_rng_free(r->rng);
	free(r);
}

struct arm *
router_arm_find(const struct router *r, const char *name, size_t len)
{
	for (int i = 0; i < r->arms; i++)
		if (strlen(r->arm[i]->name) == len &&
		    memcmp(r->arm[i]->name, name, len) == 0)
			return r->arm[i];
	return NULL;
}

struct arm *
router_arm_of(const struct router *r, uint32_t uid)
{
	for (int i = 0; i < r->arms; i++)
		if (r->arm[i]->uid == uid)
			return r->arm[i];
	return NULL;
}

struct model *
arm_model_new(const struct router *r, double alpha, long max_points)
{
	const struct router_settings *s = &r->settings;

	return model_new(s->features == FEATURES_RFF ? &model_ridge
						     : &model_kernel,
	    &(struct model_params){ .in = r->map->out,
		.alpha = alpha,
		.kernel = (enum kernel)s->kernel,
		.bandwidth = r->bandwidth,
		.max_points = (int)max_points });
}

struct arm *
router_arm_new(struct router *r, uint32_t uid, const char *name)
{
	struct arm *a = mem_zalloc(1, sizeof *a);

	a->uid = uid;
	memcpy(a->name, name, strlen(name) + 1);
	r->arm = mem_realloc(r->arm, (size_t)r->arms + 1, sizeof *r->arm);
	r->arm[r->arms++] = a;
	if (r->map != NULL)
		a->model = arm_model_new(r, r->settings.regularization,
		    r->settings.max_points);
	return a;
}

/* Scratch for one decision over n arms, so that deciding allocates nothing. */
static void
scratch_grow(struct router *r)
{
	size_t n = (size_t)r->arms;

	if (r->arms <= r->scratch_arms)
		return;
	r->scratch_arms = r->arms;
	r->column = mem_realloc(r->column, n, 5 * sizeof *r->column);
	r->count = mem_realloc(r->count, n, 2 * sizeof *r->count);
	r->index = mem_realloc(r->index, n, sizeof *r->index);
	r->view = mem_realloc(r->view, n, sizeof *r->view);
}

static bool
needs_bandwidth(const struct router_settings *s)
{
	return s->kernel == KERNEL_RBF;
}

bool
router_ready(const struct router *r)
{
	return r->map != NULL;
}

static void
learn_held(struct router *r)
{
	for (int i = 0; i < r->hold.rewards; i++) {
		struct arm *a = router_arm_of(r, r->hold.reward[i].arm);
		const double *x =
		    r->hold.reward_x + (size_t)i * (size_t)r->dimension;

		if (a == NULL)
			continue;
		map_fill(r->map, x, r->phi);
		if (model_learn(a->model, r->phi, r->hold.reward[i].reward))
			a->numeric_errors++;
	}
}

bool
router_provisional(const struct router *r)
{
	return r->dimension_taken || r->bandwidth_taken;
}

static void
models_make(struct router *r)
{
	const struct router_settings *s = &r->settings;

	for (int i = 0; i < r->arms; i++) {
		model_free(r->arm[i]->model);
		r->arm[i]->model =
		    arm_model_new(r, s->regularization, s->max_points);
	}
	learn_held(r);
	if (!router_provisional(r))
		hold_fini(&r->hold);
}

static void
map_make(struct router *r)
{
	const struct router_settings *s = &r->settings;
	struct map_params params = { .in = r->dimension,
		.out = (int)s->rff_dimension,
		.frequencies = (enum frequencies)s->frequencies,
		.bandwidth = r->bandwidth,
		.seed = (uint64_t)s->seed };

	r->map = map_new(s->features == FEATURES_RFF ? &map_rff : &map_exact,
	    &params);
	r->phi = mem_aligned((size_t)r->map->out, sizeof *r->phi);
}

void
router_settle(struct router *r)
{
	if (r->dimension > 0 && r->x == NULL) {
		r->x = mem_aligned((size_t)r->dimension, sizeof *r->x);
		hold_init(&r->hold, r->dimension);
	}
	if (r->dimension == 0 ||
	    (needs_bandwidth(&r->settings) && r->bandwidth <= 0))
		return;
	if (r->map == NULL)
		map_make(r);
	models_make(r);
}

double
router_prior(const struct router *r)
{
	const struct router_settings *s = &r->settings;

	if (!isnan(s->prior_mean))
		return s->prior_mean;
	if (r->rewards > 0)
		return r->reward_sum / (double)r->rewards;
	return 0.5 * (s->reward_range[0] + s->reward_range[1]);
}

enum err
router_context(struct router *r, const float *x, int d, struct fault *f)
{
	if (d != r->dimension)
		return fault_set(f, ERR_DIMENSION_MISMATCH,
		    "the vector has %d numbers, router \"%s\" takes %d", d,
		    r->name, r->dimension);
	return context_check(x, d, r->settings.normalize, r->x, f);
}

/* Mean and sigma of the kernel model, or before there is one those of its
 * context-free limit, a kernel of 1 everywhere. */
static struct model_score
arm_score(const struct router *r, const struct arm *a)
{
	double n = (double)a->rewards, alpha = r->settings.regularization;
	struct model_score s;

	if (a->model != NULL) {
		model_score(a->model, r->phi, 1, &s);
		return s;
	}
	s.fit = n * a->mean / (n + alpha);
	s.unit = n / (n + alpha);
	s.sigma = 1 / sqrt(n + alpha);
	return s;
}

static void
view_arm(const struct router *r, const struct arm *a, bool contextual,
    struct view *v)
{
	double prior = router_prior(r);
	struct model_score s;

	v->untried = a->rewards == 0 && a->pending == 0;
	v->score = v->probability = 0;
	if (contextual) {
		s = arm_score(r, a);
		v->mean = s.fit + prior * (1 - s.unit);
		v->sigma = s.sigma;
	} else {
		v->mean = a->rewards > 0 ? a->mean : prior;
		v->sigma =
		    1 / sqrt((double)a->rewards + r->settings.regularization);
	}
}

static enum why
eligibility(const struct arm *a, enum why why, double max_cost)
{
	if (why != WHY_ELIGIBLE)
		return why;
	if (!a->enabled)
		return WHY_DISABLED;
	return a->cost > max_cost ? WHY_TOO_DEAR : WHY_ELIGIBLE;
}

/* The eligible arms side by side, as policies take them; returns how many. */
static int
gather(struct router *r, struct candidates *c)
{
	size_t n = (size_t)r->arms;
	double *mean = r->column, *sigma = mean + n, *cost = sigma + n;
	uint64_t *rewards = r->count, *pending = rewards + n;
	int m = 0;

	for (int i = 0; i < r->arms; i++) {
		if (r->view[i].why != WHY_ELIGIBLE)
			continue;
		r->index[m] = i;
		mean[m] = r->view[i].mean;
		sigma[m] = r->view[i].sigma;
		cost[m] = r->arm[i]->cost;
		rewards[m] = r->arm[i]->rewards;
		pending[m++] = r->arm[i]->pending;
	}
	*c = (struct candidates){ .n = m,
		.mean = mean,
		.sigma = sigma,
		.cost = cost,
		.rewards = rewards,
		.pending = pending,
		.exploration = r->settings.exploration,
		.alpha = r->settings.regularization,
		.cost_weight = r->settings.cost_weight,
		.reward_width =
		    r->settings.reward_range[1] - r->settings.reward_range[0] };
	return m;
}

int
router_eligible(struct router *r, const enum why *why, double max_cost)
{
	int n = 0;

	scratch_grow(r);
	for (int i = 0; i < r->arms; i++) {
		r->view[i].why = eligibility(r->arm[i], why[i], max_cost);
		n += r->view[i].why == WHY_ELIGIBLE;
	}
	return n;
}

int
router_consider(struct router *r, uint64_t number)
{
	const struct policy *p = &policies[r->settings.policy];
	double *score, *probability;
	struct candidates c;
	int chosen;

	if (r->map != NULL)
		map_fill(r->map, r->x, r->phi);
	for (int i = 0; i < r->arms; i++)
		view_arm(r, r->arm[i], p->contextual, &r->view[i]);
	if (gather(r, &c) == 0)
		return -1;
	score = r->column + 3 * (size_t)r->arms;
	probability = score + r->arms;
	rng_set(r->rng, (uint64_t)r->settings.seed, RNG_DECISION, number);
	chosen = policy_choose(p, &c, r->settings.explore_floor, r->rng, score,
	    probability);
	for (int i = 0; i < c.n; i++) {
		r->view[r->index[i]].score = score[i];
		r->view[r->index[i]].probability = probability[i];
	}
	return r->index[chosen];
}

void
router_take_dimension(struct router *r, int d)
{
	assert(r->dimension == 0 && d > 0);
	r->dimension = d;
	r->dimension_taken = true;
	router_settle(r);
}

void
router_take_bandwidth(struct router *r, double h)
{
	assert(r->map == NULL && h > 0);
	r->bandwidth = h;
	r->bandwidth_taken = true;
	router_settle(r);
}

void
router_sample(struct router *r, double now)
{
	if (r->map == NULL)
		hold_context(&r->hold, r->x, now);
}

double
router_bandwidth_due(const struct router *r, double now)
{
	if (r->map != NULL || r->dimension == 0)
		return 0;
	return hold_bandwidth(&r->hold, now);
}

void
router_pend(struct router *r, struct arm *a, double time)
{
	a->pending++;
	r->pending++;
	if (time > a->pull_time)
		a->pull_time = time;
}

void
router_unpend(struct router *r, struct arm *a)
{
	assert(a->pending > 0 && r->pending > 0);
	a->pending--;
	r->pending--;
}
