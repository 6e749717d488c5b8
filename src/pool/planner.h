/* Which queues a fetch asks, in which order, and for how much of each (wire-format.md §14.1). */
#ifndef POOL_PLANNER_H
#define POOL_PLANNER_H

#include "pool/lease.h"
#include "pool/sampler.h"
#include "store/fetch.h"

struct planner {
	const struct registry *registry;
	struct sampler sampler;
	/* One each for every job type. */
	unsigned *weights, *order, *shares;
	struct fetch_name *names;
};

int planner_init(struct planner *p, const struct registry *registry, cwork_error *err);
void planner_free(struct planner *p);

/*
 * Fill in PLAN's names for what it wants. PREFETCHING: the batch is large, and
 * may be spread over more queues. ONLY_SHARES: only the queues that were drawn,
 * not those to fall back on. The names live until the next call.
 */
void planner_fill(struct planner *p, const struct lease *lease, bool prefetching, bool only_shares,
		  struct fetch_plan *plan);
/* The job type of one of the names. */
struct job_type *planner_type(const struct fetch_name *name);

#endif
