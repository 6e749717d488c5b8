/* The pool's other thread. */
#include "pool/housekeeper.h"

#include "base/clock.h"
#include "base/error.h"
#include "pool/observer.h"
#include "pool/pool.h"
#include "pool/run.h"
#include "store/registration.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define BEAT_MS 2000
#define LEASE_MS 10000 /* without a heartbeat for so long, others may think us dead */
#define OBSERVE_MS 1000
#define OBSERVE_FIRST_MS 50 /* after work began: a long job is seen soon, short ones never */
#define RECALL_MS 100
#define TIMERS_MS                                                                                  \
	5000 /* look at scheduled and retry at least so often, while somebody tells us…          \
	      */
#define TIMERS_BUSY_MS 1000 /* …and while nobody does */
#define TROUBLE_MAX_MS 2000

int housekeeper_init(struct housekeeper *k, struct cwork_pool *pool, cwork_error *err)
{
	k->pool = pool;
	pthread_mutex_init(&k->mutex, NULL);
	if (cond_init(&k->cond) < 0)
		return error_set(err, CWORK_E_SYSTEM, "can't make a condition variable");
	k->requeuer = (struct requeuer){
		.side = &pool->side,
		.keys = &pool->keys,
		.registry = &pool->registry,
		.log = &pool->log,
	};
	if (gethostname(k->host, sizeof(k->host) - 1) < 0)
		snprintf(k->host, sizeof(k->host), "hostname_errored");
	return 0;
}

void housekeeper_free(struct housekeeper *k)
{
	if (!k->pool)
		return;
	strbuf_free(&k->job_names);
	strbuf_free(&k->worker_ids);
	pthread_cond_destroy(&k->cond);
	pthread_mutex_destroy(&k->mutex);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The lists of the heartbeat, which never change: names are sorted in the registry, ids not. */
static int write_lists(struct housekeeper *k, cwork_error *err)
{
	struct cwork_pool *pool = k->pool;
	own const char **ids = calloc(pool->worker_count + 1, sizeof(*ids));

	if (!ids)
		return error_nomem(err);
	for (unsigned i = 0; i < pool->worker_count; i++)
		ids[i] = pool->workers[i].id;
	qsort(ids, pool->worker_count, sizeof(*ids), by_text);
	strbuf_clear(&k->worker_ids);
	strbuf_clear(&k->job_names);
	for (unsigned i = 0; i < pool->worker_count; i++)
		strbuf_printf(&k->worker_ids, i ? ",%s" : "%s", ids[i]);
	for (unsigned i = 0; i < pool->registry.count; i++)
		strbuf_printf(&k->job_names, i ? ",%s" : "%s", pool->registry.types[i]->name.ptr);
	return k->worker_ids.failed || k->job_names.failed ? error_nomem(err) : 0;
}

static int register_names(struct housekeeper *k, struct redis *redis, cwork_error *err)
{
	struct registry *registry = &k->pool->registry;
	own struct registered_name *names = calloc(registry->count + 1, sizeof(*names));
	struct reply *replies;
	int r;

	if (!names)
		return error_nomem(err);
	for (unsigned i = 0; i < registry->count; i++)
		names[i] = (struct registered_name){
			.name = registry->types[i]->name,
			.keys = &registry->types[i]->keys,
			.max_concurrency = registry->types[i]->options.max_concurrency,
		};
	register_begin(redis, &k->pool->keys, names, registry->count);
	r = redis_exchange(redis, &k->pool->side.arena, &replies, err);
	return r < 0 ? r : register_read(&replies[0], err);
}

static int send_beat(struct housekeeper *k, struct redis *redis, struct lease *lease,
		     cwork_error *err)
{
	struct reply *replies;
	int r;

	heartbeat_begin(redis, &k->pool->keys,
			&(struct heartbeat){
				.pool_id = lease->id,
				.key = lease->heartbeat,
				.first = !atomic_load(&lease->registered),
				.started_at_s = k->pool->started_at_s,
				.now_s = clock_now_s(),
				.job_names = strbuf_slice(&k->job_names),
				.worker_ids = strbuf_slice(&k->worker_ids),
				.concurrency = k->pool->options.concurrency,
				.host = k->host,
				.pid = getpid(),
			});
	r = redis_exchange(redis, &k->pool->side.arena, &replies, err);
	return r < 0 ? r : heartbeat_read(&replies[0], err);
}

/* Another pool declared this one dead: go on under a new id. */
static int rotate(struct housekeeper *k, cwork_error *err)
{
	struct cwork_pool *pool = k->pool;
	struct lease *lease, *old = pool_lease(pool);
	int r;

	atomic_store(&old->fenced, true);
	atomic_store(&old->registered, false);
	r = lease_new(&lease, &pool->keys, &pool->registry, err);
	if (r < 0)
		return r;
	log_line(&pool->log, CWORK_LOG_WARNING, NULL,
		 "pool %s was declared dead, or Redis lost its data; going on as %s", old->id,
		 lease->id);
	k->names_registered = false;
	guard(&pool->mutex);
	lease->previous = old;
	pool->lease = lease;
	return 0;
}

/* Beat under the present lease, or take a new one first when it is lost. */
static int beat(struct housekeeper *k, cwork_error *err)
{
	struct lease *lease = pool_lease(k->pool);
	int64_t asked_ms = clock_boot_ms();
	struct redis *redis;
	int r = 0;

	if (atomic_load(&lease->fenced)) {
		r = rotate(k, err);
		if (r < 0)
			return r;
		lease = pool_lease(k->pool);
	}
	redis = side_begin(&k->pool->side);
	if (!k->names_registered)
		r = register_names(k, redis, err);
	k->names_registered = r == 0;
	if (r == 0)
		r = send_beat(k, redis, lease, err);
	side_end(&k->pool->side);
	if (r == HEARTBEAT_FENCED) {
		atomic_store(&lease->fenced, true);
		return beat(k, err);
	}
	if (r == HEARTBEAT_OK) {
		atomic_store(&k->beat_boot_ms, asked_ms);
		if (!atomic_exchange(&lease->registered, true))
			event_signal(k->pool->handover.event);
	}
	return r;
}

int housekeeper_register(struct housekeeper *k, cwork_error *err)
{
	int r = write_lists(k, err);

	return r < 0 ? r : beat(k, err);
}

bool housekeeper_lease_holds(const struct housekeeper *k)
{
	return clock_boot_ms() - atomic_load(&k->beat_boot_ms) < LEASE_MS;
}

void housekeeper_kick(struct housekeeper *k)
{
	guard(&k->mutex);
	k->kicked = true;
	pthread_cond_signal(&k->cond);
}

void housekeeper_note_work(struct housekeeper *k)
{
	if (!atomic_exchange(&k->working, true))
		housekeeper_kick(k);
}

void housekeeper_look_at_timers(struct housekeeper *k)
{
	guard(&k->mutex);
	k->timers_changed = true;
	pthread_cond_signal(&k->cond);
}

/* Jobs that nobody took out of the ring since the last look go back to the front of their queues.
 */
static void recall(struct housekeeper *k)
{
	struct handover *h = &k->pool->handover;
	size_t head = atomic_load(&h->head);
	struct cwork_job *job;
	bool any = false;

	while (head == k->ring_head && (job = handover_take(h))) {
		job->fate = FATE_FRONT;
		handover_finish(h, job);
		any = true;
	}
	/* All workers are busy, or they would have taken the jobs: nobody leads. */
	if (any && handover_try_lead(h)) {
		leader_settle(&k->pool->leader, NULL);
		handover_end_guest_lead(h);
	}
	k->ring_head = atomic_load(&h->head);
}

/* Report a failure, and try again later. */
static void trouble(struct housekeeper *k, const char *what, const cwork_error *err)
{
	static struct log_limit limit;

	log_line(&k->pool->log, CWORK_LOG_WARNING, &limit, "%s: %s", what, err->text);
	k->trouble_ms = k->trouble_ms ? k->trouble_ms * 2 : 50;
	if (k->trouble_ms > TROUBLE_MAX_MS)
		k->trouble_ms = TROUBLE_MAX_MS;
}

static void beat_step(struct housekeeper *k, int64_t now)
{
	cwork_error err = {0};

	if (beat(k, &err) < 0) {
		trouble(k, "heartbeat", &err);
		k->beat_due_ms = now + k->trouble_ms;
	} else {
		k->trouble_ms = 0;
		k->beat_due_ms = now + BEAT_MS;
	}
}

/*
 * The next look is when the next job is due, but never far away: the wall clock,
 * by which jobs are due, may be set back.
 */
static void requeue_step(struct housekeeper *k, int64_t now)
{
	int64_t longest = atomic_load(&k->working) ? TIMERS_BUSY_MS : TIMERS_MS, wait;
	cwork_error err = {0};

	if (requeuer_step(&k->requeuer, &err) < 0) {
		trouble(k, "requeuer", &err);
		k->timers_due_ms = now + k->trouble_ms;
		return;
	}
	k->trouble_ms = 0;
	wait = k->requeuer.due_ms == INT64_MAX ? longest : k->requeuer.due_ms - clock_now_ms();
	k->timers_due_ms = now + (wait < longest ? wait : longest);
}

static void observe_step(struct housekeeper *k, int64_t now)
{
	cwork_error err = {0};
	bool busy = false;

	/* Cleared before looking: a job that begins meanwhile sets it again. */
	atomic_store(&k->working, false);
	if (observer_step(k->pool, &busy, &err) < 0)
		trouble(k, "observations", &err);
	if (busy || handover_waiting(&k->pool->handover) > 0)
		atomic_store(&k->working, true);
	k->observe_due_ms = now + OBSERVE_MS;
}

/* Do what is due, by the order of importance. Returns when the next thing is due, monotonic. */
static int64_t run_due(struct housekeeper *k)
{
	int64_t now = clock_mono_ms(), next;

	if (atomic_load(&pool_lease(k->pool)->fenced) || now >= k->beat_due_ms)
		beat_step(k, now);
	if (now >= k->timers_due_ms)
		requeue_step(k, now);
	now = clock_mono_ms();
	next = k->timers_due_ms < k->beat_due_ms ? k->timers_due_ms : k->beat_due_ms;
	if (!atomic_load(&k->working)) {
		k->observe_due_ms = 0;
		return next;
	}
	if (k->observe_due_ms == 0) {
		k->observe_due_ms = now + OBSERVE_FIRST_MS;
		k->recall_due_ms = now + RECALL_MS;
		k->ring_head = SIZE_MAX;
	}
	if (now >= k->recall_due_ms) {
		recall(k);
		k->recall_due_ms = now + RECALL_MS;
	}
	if (now >= k->observe_due_ms)
		observe_step(k, now);
	next = k->recall_due_ms < next ? k->recall_due_ms : next;
	return k->observe_due_ms < next ? k->observe_due_ms : next;
}

static void *housekeeper_main(void *arg)
{
	struct housekeeper *k = arg;

	for (;;) {
		int64_t next = run_due(k);

		guard(&k->mutex);
		while (!k->stop && !k->kicked && !k->timers_changed &&
		       cond_wait_until(&k->cond, &k->mutex, next))
			;
		if (k->stop)
			return NULL;
		if (k->timers_changed)
			k->timers_due_ms = 0;
		k->kicked = k->timers_changed = false;
	}
}

int housekeeper_start(struct housekeeper *k, cwork_error *err)
{
	int r = thread_start(&k->thread, "cwork-house", housekeeper_main, k, err);

	k->started = r == 0;
	return r;
}

void housekeeper_stop(struct housekeeper *k)
{
	if (!k->started)
		return;
	{
		guard(&k->mutex);
		k->stop = true;
		pthread_cond_signal(&k->cond);
	}
	pthread_join(k->thread, NULL);
	k->started = false;
}

int housekeeper_deregister(struct housekeeper *k, int64_t *left, cwork_error *err)
{
	struct cwork_pool *pool = k->pool;
	struct lease *lease = pool_lease(pool);
	own struct deregistered_name *names = calloc(pool->registry.count + 1, sizeof(*names));
	struct redis *redis;
	struct reply *replies;
	bool busy;
	int r;

	if (!names)
		return error_nomem(err);
	observer_step(pool, &busy, NULL);
	for (unsigned i = 0; i < pool->registry.count; i++)
		names[i] = (struct deregistered_name){lease->lists[i].in_progress,
						      &pool->registry.types[i]->keys};
	redis = side_begin(&pool->side);
	deregister_begin(redis, &pool->keys, lease->id, lease->heartbeat, names,
			 pool->registry.count);
	r = redis_exchange(redis, &pool->side.arena, &replies, err);
	if (r == 0)
		r = deregister_read(&replies[0], left, err);
	side_end(&pool->side);
	return r;
}
