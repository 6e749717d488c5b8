/*
 * Running one job: what surrounds the handler, and what its result means. The
 * rules are those of wire-format.md §7, with the faults of §19 mended.
 */
#include "pool/run.h"

#include "base/clock.h"
#include "base/random.h"
#include "job/backoff.h"
#include "job/id.h"
#include "pool/pool.h"
#include "pool/takeover.h"
#include "pool/worker.h"

/* A job's text of failure; longer ones are cut. What a handler may keep of its output is for
 * another place. */
#define MAX_WHY 16384
/* A buffer larger than this is not kept for the next job. */
#define MAX_KEPT 65536

void run_clear(struct cwork_job *job)
{
	struct arena arena = job->arena;
	struct strbuf kept = job->kept, checkin = job->checkin;

	arena_reset(&arena);
	if (kept.cap > MAX_KEPT)
		strbuf_free(&kept);
	strbuf_clear(&kept);
	strbuf_clear(&checkin);
	*job = (struct cwork_job){.arena = arena, .kept = kept, .checkin = checkin};
}

void run_free(struct cwork_job *job)
{
	if (!job)
		return;
	arena_free(&job->arena);
	strbuf_free(&job->kept);
	strbuf_free(&job->checkin);
	free(job);
}

int cwork_job_next(cwork_job *job)
{
	struct cwork_pool *pool = job->worker->pool;

	if (job->next_middleware < pool->middleware_count) {
		struct pool_middleware *m = &pool->middleware[job->next_middleware++];

		return m->fn(job, job->context, m->data);
	}
	return job->type->fn(job, job->context);
}

static int call_handler(struct cwork_job *job)
{
	struct cwork_pool *pool = job->worker->pool;
	int r = 0;

	job->context = job->worker->context;
	if (job->context)
		memset(job->context, 0, pool->options.context_size);
	if (pool->options.context_init)
		r = pool->options.context_init(job, job->context);
	if (r == 0)
		r = cwork_job_next(job);
	if (pool->options.context_fini)
		pool->options.context_fini(job, job->context);
	return r;
}

static void keep(struct cwork_job *job, enum fate fate, int64_t score)
{
	job->fate = fate;
	job->score = score;
	/* Without memory for the new bytes the job stays what it is, and is tried again. */
	if (job->kept.failed) {
		strbuf_clear(&job->kept);
		job->fate = FATE_FRONT;
	}
}

/* A readable stand-in goes to dead, the bytes themselves to quarantine. */
static void decide_quarantine(struct cwork_job *job, struct slice why)
{
	int64_t now = clock_now_s();
	char id[CWORK_ID_SIZE];

	id_make(id);
	envelope_write_quarantined(&job->kept, job->raw, job->type->name, slice_of(id), why, now);
	keep(job, FATE_QUARANTINE, now);
}

static void decide_dead(struct cwork_job *job, struct slice why)
{
	int64_t now = clock_now_s();

	envelope_write_failed(&job->kept, &job->envelope, why, now);
	keep(job, FATE_DEAD, now);
}

static int64_t backoff_s(struct cwork_job *job, int64_t fails)
{
	const struct cwork_job_options *o = &job->type->options;
	int64_t seconds;

	if (!o->backoff)
		return backoff_default_s(fails, &job->worker->random);
	seconds = o->backoff(job, fails, o->data);
	return seconds > 0 ? seconds : 0;
}

static void decide_retry(struct cwork_job *job, int64_t fails)
{
	int64_t now = clock_now_s(), delay = backoff_s(job, fails);

	envelope_write_failed(&job->kept, &job->envelope, job->why, now);
	/* Scores are integers, and beyond 10^17 Redis prints them with an exponent (rule R2). */
	keep(job, FATE_RETRY, delay < 100000000000 ? now + delay : now + 100000000000);
}

static void decide_failed(struct cwork_job *job, int result)
{
	int64_t fails = job->envelope.fails < INT64_MAX ? job->envelope.fails + 1 : INT64_MAX;

	if (result != RUN_DISCARD && fails < job->type->options.max_fails)
		decide_retry(job, fails);
	else if (job->type->options.skip_dead)
		keep(job, FATE_ACK, 0);
	else
		decide_dead(job, job->why);
}

static void decide_snoozed(struct cwork_job *job)
{
	int64_t now = clock_now_s();

	envelope_write_with_t(&job->kept, &job->envelope, now);
	keep(job, FATE_SCHEDULED, now + job->snooze_s);
}

static void decide(struct cwork_job *job, int result)
{
	job->succeeded = result == 0;
	if (result == 0) {
		keep(job, FATE_ACK, 0);
		return;
	}
	if (result == RUN_SNOOZE) {
		decide_snoozed(job);
		return;
	}
	if (job->why.len == 0) {
		char *text = arena_printf(&job->arena, "the handler returned %d", result);

		job->why = text ? slice_of(text) : SLICE("the handler failed");
	}
	if (job->why.len > MAX_WHY)
		job->why.len = MAX_WHY;
	decide_failed(job, result);
}

/* Jobs that must not run; true when JOB is one, its fate decided. */
static bool refuse(struct cwork_job *job)
{
	cwork_error err;
	int r = envelope_read(&job->envelope, &job->arena, job->raw, &err);

	if (r == CWORK_E_NOMEM) {
		keep(job, FATE_FRONT, 0);
		return true;
	}
	if (r < 0) {
		char *why = arena_printf(&job->arena, "unreadable job: %s", err.text);

		decide_quarantine(job, why ? slice_of(why) : SLICE("unreadable job"));
		return true;
	}
	if (job->envelope.ambiguous) {
		decide_quarantine(job, SLICE("unreadable job: a member occurs twice"));
		return true;
	}
	if (!slice_equal(job->envelope.name, job->type->name)) {
		decide_dead(job, SLICE("stray job: no handler"));
		return true;
	}
	return false;
}

/* Was the pool declared dead since the job was fetched, or was it away for so long that it may have
 * been? */
static bool may_be_another_s(const struct cwork_job *job, const struct cwork_pool *pool)
{
	return atomic_load(&job->lease->fenced) || !housekeeper_lease_holds(&pool->housekeeper);
}

void run_execute(struct cwork_job *job, struct worker *worker)
{
	int64_t started;
	int result;

	job->worker = worker;
	if (may_be_another_s(job, worker->pool)) {
		/* Put back by another pool, it is not found; not put back, it must not be lost. */
		keep(job, FATE_FRONT, 0);
		return;
	}
	if (refuse(job) || takeover_unique(job))
		return;
	started = clock_mono_ns();
	job->started_at_s = clock_now_s();
	job->ran = true;
	worker_set_running(worker, job);
	result = call_handler(job);
	decide(job, result);
	worker_set_running(worker, NULL);
	job->duration_ns = clock_mono_ns() - started;
}
