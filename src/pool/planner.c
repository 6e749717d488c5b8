/* Which queues a fetch asks. */
#include "pool/planner.h"

#include "base/error.h"
#include <stdlib.h>

/* Jobs to a draw of the sampling: splitting a small batch over queues costs Redis more. */
#define JOBS_PER_DRAW 16
#define JOBS_PER_DRAW_PREFETCHING 64

int planner_init(struct planner *p, const struct registry *registry, cwork_error *err)
{
	size_t count = registry->count + 1;

	p->registry = registry;
	p->weights = calloc(count, sizeof(*p->weights));
	p->order = calloc(count, sizeof(*p->order));
	p->shares = calloc(count, sizeof(*p->shares));
	p->names = calloc(count, sizeof(*p->names));
	if (!p->weights || !p->order || !p->shares || !p->names)
		return error_nomem(err);
	for (unsigned i = 0; i < registry->count; i++)
		p->weights[i] = registry->types[i]->options.priority;
	p->sampler.weights = p->weights;
	p->sampler.count = registry->count;
	random_seed(&p->sampler.random);
	return 0;
}

void planner_free(struct planner *p)
{
	free(p->weights);
	free(p->order);
	free(p->shares);
	free(p->names);
	*p = (struct planner){0};
}

/* Append the types that have a share, or those that have none. */
static size_t append_names(struct planner *p, const struct lease *lease, bool sharing, size_t n)
{
	for (unsigned i = 0; i < p->registry->count; i++) {
		unsigned type = p->order[i];

		if ((p->shares[type] > 0) != sharing)
			continue;
		p->names[n++] = (struct fetch_name){
			.keys = &p->registry->types[type]->keys,
			.in_progress = lease->lists[type].in_progress,
			.share = p->shares[type],
		};
	}
	return n;
}

void planner_fill(struct planner *p, const struct lease *lease, bool prefetching, bool only_shares,
		  struct fetch_plan *plan)
{
	unsigned draws = plan->want / (prefetching ? JOBS_PER_DRAW_PREFETCHING : JOBS_PER_DRAW);

	memset(p->shares, 0, p->registry->count * sizeof(*p->shares));
	sampler_order(&p->sampler, p->order);
	sampler_spread(&p->sampler, plan->want, draws ? draws : 1, p->shares);
	plan->names = p->names;
	plan->count = append_names(p, lease, true, 0);
	if (!only_shares)
		plan->count = append_names(p, lease, false, plan->count);
}

/* A name's keys are a member of its type. */
struct job_type *planner_type(const struct fetch_name *name)
{
	const char *keys = (const char *)name->keys;

	return (struct job_type *)(keys - offsetof(struct job_type, keys));
}
