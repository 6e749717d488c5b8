/* Returning jobs to their queues when the pool stops. The stopping thread has the lead. */
#include "base/error.h"
#include "pool/leader.h"
#include "pool/pool.h"
#include "pool/run.h"

void leader_give_back_unstarted(struct leader *l)
{
	struct cwork_job *job;

	while ((job = handover_take(&l->pool->handover))) {
		job->fate = FATE_FRONT;
		handover_finish(&l->pool->handover, job);
	}
}

struct give_back {
	struct settlement *items;
	struct cwork_job **jobs;
	struct settle_queue *queues;
	size_t count;
};

/* Each type with jobs is a queue; the newest job first, so that the oldest ends up in front. */
static size_t list_running(struct lease *lease, const struct registry *registry,
			   struct give_back *g)
{
	size_t queues = 0;

	g->count = 0;
	for (unsigned i = 0; i < lease->count; i++) {
		if (!lease->lists[i].count)
			continue;
		g->queues[queues] = (struct settle_queue){&registry->types[i]->keys,
							  lease->lists[i].in_progress};
		for (struct cwork_job *job = lease->lists[i].newest; job; job = job->older) {
			if (job->pending)
				continue; /* its handler has returned */
			g->jobs[g->count] = job;
			g->items[g->count++] = (struct settlement){
				.queue = (unsigned)queues, .fate = FATE_FRONT, .job = job->raw};
		}
		queues++;
	}
	return queues;
}

static int give_back_lease(struct leader *l, struct lease *lease, struct give_back *g,
			   cwork_error *err)
{
	struct arena arena = {0};
	struct reply *replies;
	size_t queues;
	int r;

	side_begin(&l->pool->side); /* no job's bytes may change meanwhile */
	queues = list_running(lease, &l->pool->registry, g);
	if (g->count == 0) {
		side_end(&l->pool->side);
		return 0;
	}
	settle_begin(l->redis, &l->pool->keys, lease->id, g->queues, queues, g->items, g->count);
	r = redis_exchange(l->redis, &arena, &replies, err);
	if (r == 0)
		r = settle_read(&replies[0], g->count, err);
	for (size_t i = 0; r == 0 && i < g->count; i++) {
		atomic_store(&g->jobs[i]->cancelled, true);
		lease_remove(lease, g->jobs[i]);
	}
	side_end(&l->pool->side);
	arena_free(&arena);
	return r;
}

int leader_give_back_running(struct leader *l, cwork_error *err)
{
	size_t most = l->in_flight + 1;
	own struct settlement *items = calloc(most, sizeof(*items));
	own struct cwork_job **jobs = calloc(most, sizeof(struct cwork_job *));
	own struct settle_queue *queues = calloc(l->pool->registry.count + 1, sizeof(*queues));
	struct give_back g = {items, jobs, queues, 0};
	int r = 0;

	if (!items || !jobs || !queues)
		return error_nomem(err);
	for (struct lease *lease = pool_lease(l->pool); lease && r == 0; lease = lease->previous)
		r = give_back_lease(l, lease, &g, err);
	return r;
}
