/*
 * The leader's work. The order within a round trip: settle by value, settle by
 * place, tracking, fetch; the replies come in that order.
 *
 * Trouble with Redis shows here as a failed exchange or an error reply. Nothing
 * is lost by it: what was not answered stays pending, and when a step may have
 * been done without our knowing, the lease is marked unsure and the lists are
 * read back before anything else. Then the leader pauses for a while that grows
 * (hold), and goes on.
 */
#include "pool/leader.h"

#include "base/clock.h"
#include "base/error.h"
#include "pool/pool.h"
#include "pool/resync.h"
#include "pool/run.h"
#include <poll.h>
#include <time.h>

#define MAX_FETCH_BYTES (1u << 20)
#define HOLD_MIN_MS 10
#define HOLD_MAX_MS 1000
#define LINGER_US 500  /* after a fetch that brought little, let some more come */
#define BUSY_FETCHES 4 /* in a row before listening is turned off */

int leader_init(struct leader *l, struct cwork_pool *pool, cwork_error *err)
{
	int r;

	l->pool = pool;
	l->mood = MOOD_EMPTY;
	l->prefetch = (struct prefetch){.setting = pool->options.prefetch,
					.concurrency = pool->options.concurrency};
	r = redis_new(&l->redis, pool->server, &(struct redis_options){.name = "cwork-jobs"}, err);
	if (r == 0)
		r = wake_init(&l->wake, pool->server, &pool->keys, &pool->registry, &pool->log,
			      err);
	if (r == 0)
		r = settling_init(&l->settling, &pool->keys, &pool->registry, &pool->log, err);
	return r < 0 ? r : planner_init(&l->planner, &pool->registry, err);
}

void leader_free(struct leader *l)
{
	for (size_t i = 0; i < l->settling.count; i++)
		run_free(l->settling.pending[i]);
	while (l->free_jobs) {
		struct cwork_job *next = l->free_jobs->next;

		run_free(l->free_jobs);
		l->free_jobs = next;
	}
	settling_free(&l->settling);
	batches_free(&l->batches);
	wake_free(&l->wake);
	l->redis = redis_free(l->redis);
	planner_free(&l->planner);
}

/* Pause: for as long as the connection asks, or a while that grows. */
static void hold(struct leader *l)
{
	int retry_ms = redis_retry_in_ms(l->redis);

	l->hold_ms = l->hold_ms * 2 < HOLD_MIN_MS ? HOLD_MIN_MS : l->hold_ms * 2;
	if (l->hold_ms > HOLD_MAX_MS)
		l->hold_ms = HOLD_MAX_MS;
	l->hold_until_ms = clock_mono_ms() + (retry_ms > l->hold_ms ? retry_ms : l->hold_ms);
	l->mood = MOOD_EMPTY;
	l->busy_fetches = 0;
}

static void report(struct leader *l, const char *what, const cwork_error *err)
{
	static struct log_limit limit;

	log_line(&l->pool->log, CWORK_LOG_WARNING, &limit, "%s: %s", what, err->text);
}

static struct cwork_job *take_free(struct leader *l)
{
	struct cwork_job *job = l->free_jobs;

	if (job)
		l->free_jobs = job->next;
	else
		job = calloc(1, sizeof(*job));
	return job;
}

static void recycle(struct leader *l, struct cwork_job *job)
{
	run_clear(job);
	job->next = l->free_jobs;
	l->free_jobs = job;
}

/* Redis knows the job's fate: forget it. */
static void settled(struct cwork_job *job, void *data)
{
	struct leader *l = data;

	lease_remove(job->lease, job);
	batch_drop(&l->batches, job->batch);
	l->in_flight--;
	recycle(l, job);
}

void leader_adopt(struct leader *l, struct lease *lease, struct job_type *type, struct slice bytes,
		  struct batch *batch)
{
	struct cwork_job *job = take_free(l);

	if (!job) {
		lease->unsure = true; /* it is in progress, and will be found there */
		return;
	}
	job->type = type;
	job->lease = lease;
	job->raw = bytes;
	job->batch = batch;
	batch->jobs++;
	l->in_flight++;
	lease_add_newest(lease, job);
	if (!handover_put(&l->pool->handover, job)) {
		job->fate = FATE_FRONT;
		settling_add(&l->settling, job);
	}
}

static void count(struct leader *l, const struct cwork_job *job)
{
	if (!job->ran)
		return;
	prefetch_measure(&l->prefetch, job->duration_ns);
	if (job->succeeded)
		atomic_fetch_add_explicit(&l->processed, 1, memory_order_relaxed);
	else if (job->fate != FATE_SCHEDULED)
		atomic_fetch_add_explicit(&l->failed, 1, memory_order_relaxed);
}

/* Take over what the workers have finished. */
static void collect(struct leader *l)
{
	struct cwork_job *job = handover_collect(&l->pool->handover), *next;

	for (; job; job = next) {
		next = job->next;
		count(l, job);
		if (!settling_add(&l->settling, job)) {
			/* Without memory to note it: hand it back, to be collected again. */
			handover_finish(&l->pool->handover, job);
			hold(l);
		}
	}
}

static bool may_fetch(struct leader *l, struct lease *lease)
{
	return !atomic_load(&l->stopping) && atomic_load(&lease->registered) &&
	       !atomic_load(&lease->fenced) && housekeeper_lease_holds(&l->pool->housekeeper);
}

/* Write the fetch; false when nothing is wanted. */
static bool begin_fetch(struct leader *l, struct lease *lease, bool only_shares,
			struct fetch_plan *plan)
{
	struct handover *h = &l->pool->handover;
	unsigned idle = handover_idle(h), depth = prefetch_depth(&l->prefetch);
	unsigned waiting = (unsigned)handover_waiting(h);

	atomic_store_explicit(&l->depth, depth, memory_order_relaxed);
	if (idle + depth <= waiting || l->pool->registry.count == 0)
		return false;
	*plan = (struct fetch_plan){
		.heartbeat = lease->heartbeat,
		.pool_id = lease->id,
		.want = idle + depth - waiting,
		.idle = idle > waiting ? idle - waiting : 0,
		.max_bytes = MAX_FETCH_BYTES,
	};
	planner_fill(&l->planner, lease, depth > 0, only_shares, plan);
	if (wake_drain(&l->wake))
		housekeeper_look_at_timers(&l->pool->housekeeper);
	fetch_begin(l->redis, plan);
	return true;
}

/* What one round trip holds. */
struct round {
	struct lease *lease;
	struct batch *batch;
	size_t settling; /* commands */
	bool on, off;	 /* tracking */
	bool fetch;
	bool only_shares; /* the fetch does not look at all queues */
	struct fetch_plan plan;
	size_t brought; /* jobs */
	uint64_t drain_ticket;
};

static void take_batch(const struct fetch_batch *jobs, void *data)
{
	struct leader *l = ((void **)data)[0];
	struct round *round = ((void **)data)[1];
	struct job_type *type = planner_type(&round->plan.names[jobs->name]);

	for (size_t i = 0; i < jobs->count; i++)
		leader_adopt(l, round->lease, type, jobs->jobs[i].str, round->batch);
	round->brought += jobs->count;
}

static void declared_dead(struct leader *l, struct lease *lease)
{
	atomic_store(&lease->fenced, true);
	atomic_store(&lease->registered, false);
	housekeeper_kick(&l->pool->housekeeper);
}

/* Note a finished drain: nothing to fetch, nothing running. */
static void tell_drained(struct leader *l, uint64_t ticket)
{
	struct cwork_pool *pool = l->pool;

	if (l->in_flight > 0)
		return;
	guard(&pool->mutex);
	if (pool->drain_done < ticket) {
		pool->drain_done = ticket;
		pthread_cond_broadcast(&pool->changed);
	}
}

static void after_fetch(struct leader *l, struct round *round)
{
	atomic_fetch_add_explicit(&l->fetches, 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&l->fetched, round->brought, memory_order_relaxed);
	if (l->woken || round->brought > 0)
		wake_result(&l->wake, round->brought > 0, l->blocked);
	l->woken = false;
	l->short_fetch = round->brought < round->plan.want / 4;
	l->deep = round->brought == round->plan.want;
	if (round->brought > 0) {
		l->mood = MOOD_BUSY;
		l->busy_fetches++;
		housekeeper_note_work(&l->pool->housekeeper);
		return;
	}
	l->busy_fetches = 0;
	l->mood = MOOD_EMPTY;
	if (round->only_shares)
		return;
	/* Asleep only once the server tells us of what comes, or can't: a look after listening
	 * began. */
	l->mood = wake_is_on(&l->wake, l->generation) || !wake_prepare(&l->wake) ? MOOD_ASLEEP
										 : MOOD_EMPTY;
	/*
	 * What was settled may have gone back to the front, and a script that
	 * the server had lost runs after the fetch: then another look decides.
	 */
	if (round->settling == 0)
		tell_drained(l, round->drain_ticket);
}

static int read_fetch(struct leader *l, struct round *round, const struct reply *reply,
		      cwork_error *err)
{
	void *data[] = {l, round};
	int r = fetch_read(reply, round->plan.count, &l->blocked, take_batch, data, err);

	if (r < 0) {
		/* The script may have been stopped half-way. */
		round->lease->unsure = true;
		return r;
	}
	if (r == FETCH_FENCED) {
		/* Refused, which says nothing of what waits in the queues. */
		declared_dead(l, round->lease);
		l->mood = MOOD_EMPTY;
		l->woken = false;
		return 0;
	}
	after_fetch(l, round);
	return 0;
}

static int read_replies(struct leader *l, struct round *round, const struct reply *replies,
			cwork_error *err)
{
	int r = 0, r2;

	if (round->settling)
		r = settling_read(&l->settling, replies, settled, l, err);
	replies += round->settling;
	if (round->on)
		wake_read_on(&l->wake, &replies[WAKE_ON_COMMANDS - 1], l->generation);
	replies += round->on ? WAKE_ON_COMMANDS : round->off;
	if (round->fetch) {
		r2 = read_fetch(l, round, replies, r < 0 ? NULL : err);
		r = r < 0 ? r : r2;
	}
	return r;
}

static void begin_tracking(struct leader *l, struct round *round)
{
	uint64_t generation = redis_is_connected(l->redis) ? redis_generation(l->redis) : 0;
	bool is_on = generation && wake_is_on(&l->wake, generation);

	if (l->mood != MOOD_BUSY && !is_on && wake_prepare(&l->wake)) {
		wake_begin_on(&l->wake, l->redis);
		round->on = true;
	} else if (is_on && l->busy_fetches > BUSY_FETCHES) {
		wake_begin_off(&l->wake, l->redis);
		round->off = true;
	}
}

static uint64_t drain_ticket(struct cwork_pool *pool)
{
	guard(&pool->mutex);
	return pool->drain_asked;
}

static int exchange(struct leader *l, struct round *round, cwork_error *err)
{
	struct reply *replies;
	int r;

	if (redis_pending(l->redis) == 0)
		return 0;
	r = redis_exchange(l->redis, &round->batch->arena, &replies, err);
	l->generation = redis_generation(l->redis);
	if (r == 0)
		return read_replies(l, round, replies, err);
	settling_abort(&l->settling);
	if (r != CWORK_E_CONNECT && r != CWORK_E_AUTH)
		round->lease->unsure = true;
	return r;
}

/* One exchange with Redis: settle, and with FETCH also ask for jobs. */
static int round_trip(struct leader *l, bool fetch, cwork_error *err)
{
	struct round round = {.lease = pool_lease(l->pool), .batch = batch_take(&l->batches)};
	int r;

	if (!round.batch)
		return error_nomem(err);
	round.settling = settling_begin(&l->settling, l->redis);
	/* Jobs of an older lease are settled under it; only this one fetches. */
	if (fetch && may_fetch(l, round.lease)) {
		round.drain_ticket = drain_ticket(l->pool);
		begin_tracking(l, &round);
		round.only_shares = l->deep;
		round.fetch = begin_fetch(l, round.lease, round.only_shares, &round.plan);
	}
	r = exchange(l, &round, err);
	batch_drop(&l->batches, round.batch);
	if (r < 0 || l->settling.held)
		hold(l);
	else
		l->hold_ms = 0;
	l->settling.held = false;
	return r;
}

/* Leases whose mirror may be wrong: the present one, and older ones with jobs still running. */
static int resync_unsure(struct leader *l, cwork_error *err)
{
	int r = 0;

	for (struct lease *lease = pool_lease(l->pool); lease && r == 0; lease = lease->previous)
		if (lease->unsure) {
			if (atomic_load(&lease->fenced))
				lease->unsure = false; /* nothing there is ours any more */
			else
				r = resync(l, lease, err);
		}
	return r;
}

void leader_wait(struct leader *l, int64_t deadline_ms)
{
	struct handover *h = &l->pool->handover;
	struct pollfd fd = {.fd = h->event, .events = POLLIN};
	int64_t ms = deadline_ms - clock_mono_ms();

	if (ms <= 0)
		return;
	atomic_store(&h->leader_waits, true);
	if (!handover_has_finished(h) && poll(&fd, 1, ms < 60000 ? (int)ms : 60000) > 0)
		event_clear(h->event);
	atomic_store(&h->leader_waits, false);
}

static bool drain_is_wanted(struct cwork_pool *pool)
{
	guard(&pool->mutex);
	return pool->drain_asked > pool->drain_done;
}

/* Without messages nobody tells of jobs that are scheduled: look once a second. */
static bool timers_are_due(struct leader *l)
{
	int64_t now = clock_mono_ms();

	if (now - l->timers_ms < 1000)
		return false;
	l->timers_ms = now;
	return true;
}

/* Wait for work. Sets fetch_due when it is time to ask for some. */
static void sleep_until_woken(struct leader *l)
{
	struct handover *h = &l->pool->handover;
	bool listening = wake_is_on(&l->wake, l->generation);
	enum wake_reason reason = WAKE_EVENT;

	atomic_store(&h->leader_waits, true);
	if (!handover_has_finished(h) && !atomic_load(&l->stopping) &&
	    !(l->in_flight == 0 && drain_is_wanted(l->pool)))
		reason = wake_wait(&l->wake, h->event, l->blocked, listening);
	atomic_store(&h->leader_waits, false);
	l->woken = reason == WAKE_WORK;
	l->fetch_due = reason == WAKE_WORK || reason == WAKE_TIME || l->blocked ||
		       drain_is_wanted(l->pool);
	if (reason == WAKE_TIME && listening && !wake_is_on(&l->wake, l->generation))
		l->mood = MOOD_EMPTY;
	if (reason == WAKE_TIMERS || (reason == WAKE_TIME && !listening && timers_are_due(l)))
		housekeeper_look_at_timers(&l->pool->housekeeper);
}

static bool has_finished_jobs(struct leader *l)
{
	return l->settling.count > 0 || handover_has_finished(&l->pool->handover);
}

static void step(struct leader *l)
{
	cwork_error err = {0};
	bool fetch;
	int r;

	if (clock_mono_ms() < l->hold_until_ms) {
		leader_wait(l, l->hold_until_ms);
		/* A signal must not end the pause early: whoever signals may do so often. */
		if (!atomic_load(&l->stopping) && clock_mono_ms() < l->hold_until_ms)
			nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
		return;
	}
	if (!has_finished_jobs(l) && !may_fetch(l, pool_lease(l->pool))) {
		leader_wait(l, clock_mono_ms() + 1000);
		return;
	}
	if (l->mood == MOOD_ASLEEP && !has_finished_jobs(l))
		sleep_until_woken(l);
	else if (l->mood == MOOD_BUSY && l->short_fetch &&
		 atomic_load_explicit(&l->depth, memory_order_relaxed))
		nanosleep(&(struct timespec){.tv_nsec = LINGER_US * 1000}, NULL);
	collect(l);
	fetch = l->mood != MOOD_ASLEEP || l->fetch_due;
	l->fetch_due = false;
	r = resync_unsure(l, &err);
	if (r == 0 && (fetch || l->settling.count))
		r = round_trip(l, fetch, &err);
	else if (r < 0)
		hold(l);
	if (r < 0)
		report(l, "Redis", &err);
}

void leader_turn(struct leader *l)
{
	do
		step(l);
	while (!atomic_load(&l->stopping) && handover_waiting(&l->pool->handover) == 0);
}

int leader_settle(struct leader *l, cwork_error *err)
{
	int r = atomic_load(&l->stopping) ? resync_unsure(l, err) : 0;

	for (collect(l); l->settling.count && r == 0; collect(l)) {
		size_t before = l->settling.count;

		r = resync_unsure(l, err);
		if (r == 0 && atomic_load(&l->stopping)) {
			/* What was found again will not be run here. */
			leader_give_back_unstarted(l);
			collect(l);
		}
		if (r == 0)
			r = round_trip(l, false, err);
		if (r == 0 && l->settling.count >= before)
			r = error_set(err, CWORK_E_BUSY, "jobs can't be settled now");
	}
	return r;
}
