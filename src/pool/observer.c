/* Writing what the workers run into Redis. The housekeeper's thread. */
#include "pool/observer.h"

#include "job/canonical.h"
#include "pool/pool.h"
#include "pool/run.h"
#include "store/observation.h"

/* Jobs with more args than this show none: an observation is for people. */
#define MAX_ARGS (64u << 10)

/* A running job's bytes live until the worker's lock is released: copy them into the commands under
 * it. */
static void write_running(struct worker *w, struct redis *redis)
{
	struct cwork_job *job = w->running;
	own_by(strbuf_freep) struct strbuf args = {0};
	struct slice stored = job->envelope.args;

	if (stored.len && stored.len <= MAX_ARGS && !slice_equal(stored, SLICE("{}")))
		canonical_write(&args, stored, CANONICAL_TYPED, CANONICAL_REPLACE_BAD_UTF8, NULL);
	observe_begin(redis, w->observation,
		      &(struct observation){
			      .job_name = job->envelope.name,
			      .job_id = job->envelope.id,
			      .started_at_s = job->started_at_s,
			      .args = strbuf_slice(&args),
			      .checkin = strbuf_slice(&job->checkin),
			      .checkin_at_s = job->checkin_at_s,
		      });
}

/* Write a worker's observation if it has changed; true when a command was written. */
static bool write_worker(struct worker *w, struct redis *redis, bool *busy)
{
	guard(&w->mutex);
	*busy |= w->running != NULL;
	if (w->changes == w->observed || (!w->running && !w->visible)) {
		w->observed = w->changes;
		return false;
	}
	if (w->running)
		write_running(w, redis);
	else
		observe_begin(redis, w->observation, NULL);
	w->visible = w->running != NULL;
	w->observed = w->changes;
	return true;
}

/* The commands did not arrive: write everything again next time. */
static void forget(struct cwork_pool *pool)
{
	for (unsigned i = 0; i < pool->worker_count; i++) {
		guard(&pool->workers[i].mutex);
		pool->workers[i].changes++;
		pool->workers[i].visible = true;
	}
}

int observer_step(struct cwork_pool *pool, bool *busy, cwork_error *err)
{
	struct redis *redis = side_begin(&pool->side);
	struct reply *replies;
	size_t commands = 0;
	int r = 0;

	*busy = false;
	for (unsigned i = 0; i < pool->worker_count; i++)
		commands += write_worker(&pool->workers[i], redis, busy);
	if (commands)
		r = redis_exchange(redis, &pool->side.arena, &replies, err);
	for (size_t i = 0; r == 0 && i < commands; i++)
		r = reply_check(&replies[i], err);
	side_end(&pool->side);
	if (r < 0)
		forget(pool);
	return r;
}
