/* A worker's thread. */
#include "pool/worker.h"

#include "base/error.h"
#include "job/id.h"
#include "pool/pool.h"
#include "pool/run.h"
#include <stdio.h>

int worker_init(struct worker *w, struct cwork_pool *pool, cwork_error *err)
{
	w->pool = pool;
	id_make(w->id);
	random_seed(&w->random);
	pthread_mutex_init(&w->mutex, NULL);
	w->observation = keys_observation(&pool->keys, &pool->registry.arena, w->id);
	if (!w->observation.ptr)
		return error_nomem(err);
	if (pool->options.context_size) {
		w->context = malloc(pool->options.context_size);
		if (!w->context)
			return error_nomem(err);
	}
	return 0;
}

void worker_free(struct worker *w)
{
	if (!w->pool)
		return;
	free(w->context);
	pthread_mutex_destroy(&w->mutex);
}

void worker_set_running(struct worker *w, struct cwork_job *job)
{
	guard(&w->mutex);
	w->running = job;
	w->changes++;
}

static void tell_ended(struct cwork_pool *pool)
{
	{
		guard(&pool->mutex);
		pool->workers_ended++;
		pthread_cond_broadcast(&pool->changed);
	}
	event_signal(pool->handover.event);
}

static void *worker_main(void *arg)
{
	struct worker *w = arg;
	struct handover *h = &w->pool->handover;
	struct cwork_job *job;
	enum turn turn;

	while ((turn = handover_next(h, &job)) != TURN_STOP) {
		if (turn == TURN_LEAD) {
			leader_turn(&w->pool->leader);
			handover_end_lead(h);
			continue;
		}
		run_execute(job, w);
		handover_finish(h, job);
	}
	tell_ended(w->pool);
	return NULL;
}

int worker_start(struct worker *w, unsigned number, cwork_error *err)
{
	char name[16];

	snprintf(name, sizeof(name), "cwork-%u", number);
	return thread_start(&w->thread, name, worker_main, w, err);
}
