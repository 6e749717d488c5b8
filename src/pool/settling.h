/*
 * The finished jobs that Redis does not know of yet, and how to tell it.
 *
 * Planning sorts them: those that are done and stand at the old end of their
 * in-progress list are cut off by position, many for the price of one; the
 * others are settled by value. A job stays pending until Redis has answered for
 * it; every step is harmless when repeated. The leader's.
 */
#ifndef POOL_SETTLING_H
#define POOL_SETTLING_H

#include "base/log.h"
#include "pool/lease.h"
#include "redis/conn.h"
#include "store/settle.h"

struct cwork_job;

struct settling {
	const struct keys *keys;
	const struct registry *registry;
	const struct log *log;

	struct cwork_job **pending; /* finished, not settled */
	size_t count, cap;

	/* The plan of the step under way. */
	struct lease *lease; /* jobs of one lease at a time */
	size_t planned;	     /* pending[0 … planned) are of this lease */
	struct settlement *items;
	struct cwork_job **item_jobs;
	size_t item_count, item_cap;
	struct settle_queue *queues; /* one per job type */
	struct ack_window *windows;
	unsigned *window_types;
	size_t *survivors; /* of all windows */
	size_t window_count, survivor_count;
	bool held; /* a job was refused: wait before the next try */
};

#define SETTLING_MAX_SURVIVORS 64 /* per window */

int settling_init(struct settling *s, const struct keys *keys, const struct registry *registry,
		  const struct log *log, cwork_error *err);
void settling_free(struct settling *s);

/* Add a finished job. False without memory: the caller keeps it. */
bool settling_add(struct settling *s, struct cwork_job *job);

/* Plan the next step and write its commands (none, one or two) for a lease's jobs. Returns how many
 * commands. */
size_t settling_begin(struct settling *s, struct redis *r);
/*
 * Read the replies of that step. DONE is called for each job that is settled,
 * which it may free. Returns 0, or the first failure: what was not answered
 * stays pending.
 */
int settling_read(struct settling *s, const struct reply *replies,
		  void (*done)(struct cwork_job *job, void *data), void *data, cwork_error *err);
/* The step failed as a whole: everything stays pending. */
void settling_abort(struct settling *s);

#endif
