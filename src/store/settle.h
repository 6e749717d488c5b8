/*
 * Finishing jobs: out of the in-progress list, lock released, into the set where
 * they belong (wire-format.md §7.3, docs/guarantees.md). By value for any fate,
 * or many at once by position for those that are done.
 */
#ifndef STORE_SETTLE_H
#define STORE_SETTLE_H

#include "redis/conn.h"
#include "store/keys.h"

/* Where a job goes. */
enum fate {
	FATE_ACK,	 /* nowhere: done, or dropped */
	FATE_RETRY,	 /* retry, at score */
	FATE_DEAD,	 /* dead, at score */
	FATE_SCHEDULED,	 /* scheduled, at score */
	FATE_FRONT,	 /* the front of its queue */
	FATE_QUARANTINE, /* its bytes to quarantine, the stand-in to dead at score */
};

/* A queue that jobs are settled in. */
struct settle_queue {
	const struct queue_keys *keys;
	struct slice in_progress;
};

struct settlement {
	unsigned queue; /* index into the queues */
	enum fate fate;
	struct slice job;  /* the bytes as they stand in progress */
	int64_t score;	   /* Unix seconds */
	struct slice kept; /* the bytes that remain; empty for ACK and FRONT */
};

void settle_begin(struct redis *r, const struct keys *keys, const char *pool_id,
		  const struct settle_queue *queues, size_t queue_count,
		  const struct settlement *items, size_t count);

/* What became of item I. */
enum settle_result {
	SETTLE_DONE,
	SETTLE_NOT_OURS, /* not in progress any more: somebody else's */
	SETTLE_REFUSED,	 /* still in progress; the text says why */
};

/* Check the whole reply; then settle_result() for each. */
int settle_read(const struct reply *reply, size_t count, cwork_error *err);
enum settle_result settle_result(const struct reply *reply, size_t i, cwork_error *why);

/* A run of finished jobs at the old end of an in-progress list; see ack.lua. */
struct ack_window {
	struct settle_queue queue;
	size_t length;		 /* what the list holds */
	size_t window;		 /* jobs from its tail on that are cut off */
	struct slice far;	 /* the job at the window's far end */
	const size_t *survivors; /* places from the tail (1 is the tail), farthest first */
	size_t survivor_count;
};

void ack_begin(struct redis *r, const char *pool_id, const struct ack_window *windows,
	       size_t count);
/* Check the whole reply; then whether window I was cut. */
int ack_read(const struct reply *reply, size_t count, cwork_error *err);
bool ack_was_cut(const struct reply *reply, size_t i);

#endif
