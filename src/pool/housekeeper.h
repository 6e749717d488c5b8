/*
 * The pool's other thread: everything that has a due time. It sleeps until the
 * next is due, or somebody kicks it. Its steps use the side connection.
 *
 *	beat        every 2 s, and at once after the pool was declared dead
 *	requeue     when the next scheduled or retried job is due
 *	observe     every second while jobs run
 *	recall      while jobs run: jobs that wait in the ring though nobody takes
 *	            them, because all workers got slow ones, go back to Redis
 */
#ifndef POOL_HOUSEKEEPER_H
#define POOL_HOUSEKEEPER_H

#include "base/strbuf.h"
#include "base/thread.h"
#include "pool/requeuer.h"
#include <stdatomic.h>

struct cwork_pool;

struct housekeeper {
	struct cwork_pool *pool;
	pthread_t thread;
	bool started;

	pthread_mutex_t mutex; /* guards the four below */
	pthread_cond_t cond;
	bool kicked, stop, timers_changed;

	atomic_bool working;	      /* jobs were fetched or run lately */
	_Atomic int64_t beat_boot_ms; /* when the last heartbeat was confirmed; boot-time clock */

	/* The thread's own. */
	int64_t beat_due_ms, timers_due_ms, observe_due_ms, recall_due_ms; /* monotonic */
	int64_t trouble_ms; /* the present pause after a failure */
	struct requeuer requeuer;
	size_t ring_head; /* what had been taken at the last recall */
	struct strbuf job_names, worker_ids;
	char host[256];
	bool names_registered;
};

int housekeeper_init(struct housekeeper *k, struct cwork_pool *pool, cwork_error *err);
void housekeeper_free(struct housekeeper *k);

/* Register the pool now, from the starting thread. */
int housekeeper_register(struct housekeeper *k, cwork_error *err);
int housekeeper_start(struct housekeeper *k, cwork_error *err);
void housekeeper_stop(struct housekeeper *k);

/* Any thread. */
/* Is the last confirmed heartbeat recent enough that no other pool can have declared this one dead?
 */
bool housekeeper_lease_holds(const struct housekeeper *k);
void housekeeper_kick(struct housekeeper *k);
void housekeeper_note_work(struct housekeeper *k);
void housekeeper_look_at_timers(struct housekeeper *k);

/* Take the pool off the books, and remove the observations; after housekeeper_stop. *LEFT: jobs
 * still in progress. */
int housekeeper_deregister(struct housekeeper *k, int64_t *left, cwork_error *err);

#endif
