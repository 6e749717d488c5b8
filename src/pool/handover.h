/*
 * Handing jobs from the leader to the workers and back, and deciding who leads.
 *
 * The design. Every worker thread asks handover_next() what to do. It gets a
 * job from the ring; or, when the ring is empty and nobody leads, the lead; or
 * it sleeps. The leader (one at a time) makes a round trip to Redis and fills
 * the ring, then gives up the lead and asks again like everybody else. Finished
 * jobs go onto a stack that the next leader empties.
 *
 * Waking is what costs, so at most one sleeper is being woken at any time: who
 * is woken and finds more to do wakes the next. A sleeper is needed when the
 * ring has jobs, or when nobody leads. Each side first publishes its change
 * (ring, lead, sleepers) and then looks at the other's, all sequentially
 * consistent, so that one of the two always sees it.
 */
#ifndef POOL_HANDOVER_H
#define POOL_HANDOVER_H

#include "base/thread.h"
#include <stdatomic.h>

struct cwork_job;

struct handover {
	/* The ring: one producer (the leader), many consumers. */
	_Atomic(struct cwork_job *) *slots;
	size_t mask;
	_Alignas(64) atomic_size_t head; /* next to take */
	_Alignas(64) atomic_size_t tail; /* next to fill */

	/* Finished jobs, newest first. */
	_Alignas(64) _Atomic(struct cwork_job *) finished;

	/* Who leads, who sleeps. */
	_Alignas(64) atomic_bool led;
	atomic_uint sleepers;
	atomic_bool waking;	  /* a sleeper was signalled and has not looked yet */
	atomic_bool stopping;	  /* take no more jobs */
	atomic_bool leader_waits; /* in poll; a signal on event ends that */
	_Atomic int64_t led_ms;	  /* when somebody last gave up the lead; coarse monotonic clock */
	int event;
	pthread_mutex_t mutex; /* guards only the sleeping itself */
	pthread_cond_t cond;
};

enum turn { TURN_RUN, TURN_LEAD, TURN_STOP };

/* CAPACITY: jobs that the ring must hold. */
int handover_init(struct handover *h, size_t capacity, cwork_error *err);
void handover_free(struct handover *h);

/* What the calling worker shall do next. Blocks. */
enum turn handover_next(struct handover *h, struct cwork_job **job);
/* Give up the lead. */
void handover_end_lead(struct handover *h);
/* For a thread that is no worker: take the lead if nobody has it; give it up, waking a worker that
 * is needed. */
bool handover_try_lead(struct handover *h);
void handover_end_guest_lead(struct handover *h);
/* Hand a finished job back. Any thread. */
void handover_finish(struct handover *h, struct cwork_job *job);

/* The leader's side. */
bool handover_put(struct handover *h, struct cwork_job *job); /* false: the ring is full */
struct cwork_job *handover_take(struct handover *h); /* a job from the ring, or NULL; any thread */
size_t handover_waiting(const struct handover *h);   /* jobs in the ring */
unsigned handover_idle(const struct handover *h);    /* workers that would take a job at once */
struct cwork_job *handover_collect(struct handover *h); /* the finished ones, oldest first */
bool handover_has_finished(const struct handover *h);
/* Wake the leader out of its waiting, if it waits. Any thread. */
void handover_kick(struct handover *h);

/* Make every handover_next() return TURN_STOP, once the ring is emptied by others. */
void handover_stop(struct handover *h);
/* Take the lead for a thread that is no worker; waits for the present leader to end. After
 * handover_stop. */
void handover_seize_lead(struct handover *h);

#endif
