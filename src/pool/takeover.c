/*
 * Ending a unique job's claim.
 *
 * Reading the claim and ending it are two steps with the job's decoding
 * between them; the second is compare-and-take, so an update in between is seen
 * and the reading repeated. An answer that is lost leaves the question whether
 * the step was done: the claim is gone then, and the in-progress list tells
 * whether the newer job stands in it.
 *
 * A retry holds no claim: whatever the key holds belongs to a newer job.
 */
#include "pool/takeover.h"

#include "job/canonical.h"
#include "pool/pool.h"
#include "pool/run.h"
#include "store/claim.h"
#include "store/fetch.h"
#include <time.h>

enum step {
	STEP_RUN,     /* run the job */
	STEP_AGAIN,   /* from the start */
	STEP_GIVE_UP, /* not ours any more, or the pool stops */
};

/* The claim's key; empty when the job names one that is not its own, which a payload must not. */
static struct slice claim_key(struct cwork_job *job, struct cwork_pool *pool)
{
	struct envelope *e = &job->envelope;
	struct slice prefix = keys_unique_prefix(&pool->keys, &job->arena, e->name);
	own_by(strbuf_freep) struct strbuf map = {0};

	if (e->unique_key.len)
		return prefix.ptr && slice_begins(e->unique_key, prefix) ? e->unique_key
									 : (struct slice){0};
	/* A job of the last release of gocraft/work: the key is made of the args as it reads them.
	 */
	if (e->args.len &&
	    canonical_write(&map, e->args, CANONICAL_FLOAT64, CANONICAL_REPLACE_BAD_UTF8, NULL) < 0)
		return (struct slice){0};
	return keys_unique(&pool->keys, &job->arena, e->name, strbuf_slice(&map));
}

/* The job the claim holds, if it is one that may run in place of JOB. */
static bool read_newer(struct cwork_job *job, struct slice value, struct envelope *out)
{
	if (slice_equal(value, SLICE("1")) || envelope_read(out, &job->arena, value, NULL) < 0 ||
	    out->ambiguous)
		return false;
	return slice_equal(out->name, job->type->name);
}

static bool in_progress_has(struct redis *redis, struct arena *a, struct slice list,
			    struct slice bytes)
{
	struct reply *replies;

	fetch_begin_in_progress(redis, list);
	if (redis_exchange(redis, a, &replies, NULL) < 0 || replies[0].type != REPLY_ARRAY)
		return false;
	for (size_t i = 0; i < replies[0].count; i++)
		if (slice_equal(replies[0].items[i].str, bytes))
			return true;
	return false;
}

static void become(struct cwork_job *job, const struct envelope *newer)
{
	job->envelope = *newer;
	job->raw = newer->raw;
	job->perhaps = (struct slice){0};
}

/* Take the claim of VALUE. The side lock is held. *NEWER has raw bytes when the claim held a job.
 */
static enum step take_claim(struct cwork_job *job, struct redis *redis, struct arena *a,
			    struct slice key, struct slice value, struct envelope *newer)
{
	struct slice list = job->lease->lists[job->type->index].in_progress;
	struct reply *replies;
	bool replace = read_newer(job, value, newer);
	int r;

	if (!replace)
		newer->raw = (struct slice){0};
	/* Should the answer be lost: the list has one or the other. */
	job->perhaps = newer->raw;
	claim_begin_take(redis, key, list, value, job->raw, newer->raw);
	r = redis_exchange(redis, a, &replies, NULL);
	if (r == 0)
		r = claim_read_take(&replies[0], NULL);
	if (r == CLAIM_NOT_OURS)
		return STEP_GIVE_UP;
	if (r != CLAIM_TAKEN)
		return STEP_AGAIN;
	if (replace)
		become(job, newer);
	return STEP_RUN;
}

static enum step try_takeover(struct cwork_job *job, struct side *side, struct slice key,
			      struct envelope *newer)
{
	struct redis *redis = side_begin(side);
	struct slice list = job->lease->lists[job->type->index].in_progress;
	enum step step = STEP_AGAIN;
	struct reply *replies;

	claim_begin_read(redis, key);
	if (redis_exchange(redis, &side->arena, &replies, NULL) == 0) {
		if (replies[0].type == REPLY_STRING) {
			char *value = arena_copy(&job->arena, replies[0].str);

			step = !value ? STEP_AGAIN
				      : take_claim(job, redis, &side->arena, key,
						   slice_n(value, replies[0].str.len), newer);
		} else if (replies[0].type == REPLY_NIL) {
			/* No claim: it expired, or an answer was lost after it was taken. */
			if (newer->raw.len &&
			    in_progress_has(redis, &side->arena, list, newer->raw))
				become(job, newer);
			step = STEP_RUN;
		} else if (reply_check(&replies[0], NULL) == CWORK_E_WRONG_TYPE) {
			step = STEP_RUN; /* not a claim; its owner may sort it out */
		}
	}
	side_end(side);
	return step;
}

static bool must_give_up(const struct cwork_job *job, struct cwork_pool *pool)
{
	return atomic_load(&job->lease->fenced) || atomic_load(&pool->handover.stopping);
}

bool takeover_unique(struct cwork_job *job)
{
	struct cwork_pool *pool = job->worker->pool;
	struct envelope newer = {0};
	enum step step = STEP_AGAIN;
	struct slice key;

	if (!job->envelope.unique || job->envelope.fails > 0)
		return false;
	key = claim_key(job, pool);
	if (key.len == 0)
		return false;
	while (step == STEP_AGAIN) {
		step = try_takeover(job, &pool->side, key, &newer);
		if (step == STEP_AGAIN) {
			if (must_give_up(job, pool))
				break;
			nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
		}
	}
	if (step == STEP_RUN)
		return false;
	job->fate = FATE_FRONT;
	return true;
}
