/* Learning again what is in progress. */
#include "pool/resync.h"

#include "base/error.h"
#include "pool/leader.h"
#include "pool/pool.h"
#include "pool/run.h"

/* Empty the mirror of one list into a chain linked by newer, oldest first. */
static struct cwork_job *unlink_all(struct in_flight *list)
{
	struct cwork_job *first = list->oldest;

	for (struct cwork_job *job = first; job; job = job->newer)
		job->listed = false;
	list->oldest = list->newest = NULL;
	list->count = 0;
	return first;
}

/* Take the first job with these bytes out of the chain; nearly always it is the first. */
static struct cwork_job *match(struct cwork_job **chain, struct slice bytes)
{
	for (struct cwork_job **at = chain; *at; at = &(*at)->newer)
		if (slice_equal((*at)->raw, bytes) ||
		    ((*at)->perhaps.len && slice_equal((*at)->perhaps, bytes))) {
			struct cwork_job *job = *at;

			*at = job->newer;
			return job;
		}
	return NULL;
}

/* The list as Redis gives it is newest first. */
static int rebuild(struct leader *l, struct lease *lease, unsigned type, const struct reply *actual,
		   struct batch *batch, cwork_error *err)
{
	struct cwork_job *known, *job, *next;

	if (actual->type != REPLY_ARRAY) {
		int r = reply_check(actual, err);

		return r ? r : reply_unexpected(actual, "in-progress list", err);
	}
	known = unlink_all(&lease->lists[type]);
	for (size_t i = actual->count; i-- > 0;) {
		struct slice bytes = actual->items[i].str;

		job = match(&known, bytes);
		if (job)
			lease_add_newest(lease, job);
		else
			leader_adopt(l, lease, l->pool->registry.types[type], bytes, batch);
	}
	for (job = known; job; job = next) { /* gone from Redis */
		next = job->newer;
		job->older = job->newer = NULL;
	}
	return 0;
}

int resync(struct leader *l, struct lease *lease, cwork_error *err)
{
	struct batch *batch = batch_take(&l->batches);
	struct reply *replies;
	int r;

	if (!batch)
		return error_nomem(err);
	lease->unsure = false; /* set again by a job that can't be adopted for want of memory */
	/* No job's bytes may change while they are compared. */
	side_begin(&l->pool->side);
	for (unsigned i = 0; i < lease->count; i++)
		fetch_begin_in_progress(l->redis, lease->lists[i].in_progress);
	r = redis_exchange(l->redis, &batch->arena, &replies, err);
	for (unsigned i = 0; r == 0 && i < lease->count; i++)
		r = rebuild(l, lease, i, &replies[i], batch, err);
	side_end(&l->pool->side);
	batch_drop(&l->batches, batch);
	if (r < 0)
		lease->unsure = true;
	return r;
}
