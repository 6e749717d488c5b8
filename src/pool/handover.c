/* Handing jobs from the leader to the workers and back. Knows nothing of what a job is but its
 * link. */
#include "pool/handover.h"

#include "base/clock.h"
#include "base/error.h"
#include "pool/run.h"
#include <time.h>
#include <unistd.h>

#define LEAD_EVERY_MS 20

static size_t power_of_two(size_t least)
{
	size_t n = 64;

	while (n < least)
		n *= 2;
	return n;
}

int handover_init(struct handover *h, size_t capacity, cwork_error *err)
{
	size_t size = power_of_two(capacity);

	h->slots = calloc(size, sizeof(*h->slots));
	if (!h->slots)
		return error_nomem(err);
	h->mask = size - 1;
	h->event = event_open(err);
	if (h->event < 0) {
		free(h->slots);
		h->slots = NULL;
		return h->event;
	}
	pthread_mutex_init(&h->mutex, NULL);
	cond_init(&h->cond);
	return 0;
}

void handover_free(struct handover *h)
{
	if (!h->slots)
		return;
	free(h->slots);
	close(h->event);
	pthread_cond_destroy(&h->cond);
	pthread_mutex_destroy(&h->mutex);
	h->slots = NULL;
}

bool handover_put(struct handover *h, struct cwork_job *job)
{
	size_t tail = atomic_load_explicit(&h->tail, memory_order_relaxed);

	if (tail - atomic_load_explicit(&h->head, memory_order_acquire) > h->mask)
		return false;
	atomic_store_explicit(&h->slots[tail & h->mask], job, memory_order_relaxed);
	atomic_store(&h->tail, tail + 1);
	return true;
}

struct cwork_job *handover_take(struct handover *h)
{
	size_t head = atomic_load(&h->head);

	while (head != atomic_load(&h->tail)) {
		/* The slot can't be refilled before head has moved past it, and then the exchange
		 * fails. */
		struct cwork_job *job =
			atomic_load_explicit(&h->slots[head & h->mask], memory_order_relaxed);

		if (atomic_compare_exchange_weak(&h->head, &head, head + 1))
			return job;
	}
	return NULL;
}

size_t handover_waiting(const struct handover *h)
{
	size_t head = atomic_load(&((struct handover *)h)->head);

	return atomic_load(&((struct handover *)h)->tail) - head;
}

unsigned handover_idle(const struct handover *h)
{
	return atomic_load(&((struct handover *)h)->sleepers) + 1;
}

static bool needs_a_worker(struct handover *h)
{
	return handover_waiting(h) > 0 || !atomic_load(&h->led);
}

/* Wake one sleeper if there is work for it and none is being woken. */
static void wake_one(struct handover *h)
{
	if (atomic_load(&h->sleepers) == 0 || !needs_a_worker(h) ||
	    atomic_exchange(&h->waking, true))
		return;
	guard(&h->mutex);
	pthread_cond_signal(&h->cond);
}

static void sleep_until_needed(struct handover *h)
{
	guard(&h->mutex);
	atomic_fetch_add(&h->sleepers, 1);
	while (!needs_a_worker(h) && !atomic_load(&h->stopping)) {
		/* Cleared on every look, or a look that finds nothing would leave it set for ever.
		 */
		atomic_store(&h->waking, false);
		if (needs_a_worker(h))
			break;
		pthread_cond_wait(&h->cond, &h->mutex);
	}
	atomic_fetch_sub(&h->sleepers, 1);
	atomic_store(&h->waking, false);
}

bool handover_try_lead(struct handover *h)
{
	return !atomic_exchange(&h->led, true);
}

/* Good to some milliseconds, and five times cheaper than the exact clock: it is read for every job.
 */
static int64_t coarse_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Finished jobs must not wait for the whole ring to be worked off: lead now and then while there
 * are more. */
static bool must_lead(struct handover *h)
{
	return handover_has_finished(h) && coarse_ms() - atomic_load(&h->led_ms) > LEAD_EVERY_MS &&
	       handover_try_lead(h);
}

enum turn handover_next(struct handover *h, struct cwork_job **job)
{
	for (;;) {
		if (atomic_load(&h->stopping))
			return TURN_STOP;
		if (must_lead(h))
			return TURN_LEAD;
		*job = handover_take(h);
		if (*job) {
			wake_one(h);
			return TURN_RUN;
		}
		if (!atomic_exchange(&h->led, true))
			return TURN_LEAD;
		sleep_until_needed(h);
	}
}

void handover_end_lead(struct handover *h)
{
	atomic_store(&h->led_ms, coarse_ms());
	atomic_store(&h->led, false);
}

void handover_end_guest_lead(struct handover *h)
{
	handover_end_lead(h);
	wake_one(h);
}

void handover_kick(struct handover *h)
{
	if (atomic_load(&h->leader_waits))
		event_signal(h->event);
}

void handover_finish(struct handover *h, struct cwork_job *job)
{
	job->next = atomic_load_explicit(&h->finished, memory_order_relaxed);
	while (!atomic_compare_exchange_weak(&h->finished, &job->next, job))
		;
	handover_kick(h);
}

bool handover_has_finished(const struct handover *h)
{
	return atomic_load(&((struct handover *)h)->finished) != NULL;
}

struct cwork_job *handover_collect(struct handover *h)
{
	struct cwork_job *job = atomic_exchange(&h->finished, NULL), *oldest = NULL;

	while (job) {
		struct cwork_job *next = job->next;

		job->next = oldest;
		oldest = job;
		job = next;
	}
	return oldest;
}

void handover_stop(struct handover *h)
{
	atomic_store(&h->stopping, true);
	event_signal(h->event);
	guard(&h->mutex);
	pthread_cond_broadcast(&h->cond);
}

void handover_seize_lead(struct handover *h)
{
	/* A leader that is in a round trip ends it first; that is bounded by the command timeout.
	 */
	while (atomic_exchange(&h->led, true)) {
		event_signal(h->event);
		usleep(200);
	}
}
