/*
 * One job from the moment it is fetched to the moment Redis knows its fate.
 *
 * Owners, in turn: the leader makes it and puts it into the ring; the worker
 * that takes it out runs it and decides its fate; the list of finished jobs
 * hands it back to the leader, which settles it in Redis and frees it. Fields
 * say who may touch them.
 */
#ifndef POOL_RUN_H
#define POOL_RUN_H

#include "base/arena.h"
#include "job/envelope.h"
#include "pool/lease.h"
#include "pool/registry.h"
#include "store/settle.h"
#include <cwork/pool.h>
#include <stdatomic.h>

struct worker;
struct batch;
struct pool_middleware;

struct cwork_job {
	/* The leader's. */
	struct cwork_job *older, *newer; /* in the lease's list */
	struct cwork_job *next;		 /* among the finished ones, or the free ones */
	struct batch *batch;		 /* holds the fetched bytes */
	bool listed;			 /* in the lease's list */
	bool by_value;			 /* its place is not known: settle it by value */
	bool pending;			 /* its handler has returned; Redis does not know yet */
	bool settling;			 /* part of the step under way… */
	bool in_window;			 /* …and removed by its place */

	/* Set by the leader, read by the worker. */
	struct job_type *type;
	struct lease *lease;
	struct slice raw; /* the bytes in progress; a take-over changes them, under the pool's side
			     lock */
	struct slice perhaps; /* what raw may be already: the answer to a take-over is not known;
				 same lock */
	atomic_bool cancelled;

	/* The worker's while it runs. */
	struct worker *worker;
	struct arena arena;
	struct envelope envelope;
	void *context;
	unsigned next_middleware;
	const char *arg_error;
	int verdict;	  /* what the handler asked for by fail, discard, snooze */
	struct slice why; /* the text of a failure */
	int64_t snooze_s;
	int64_t started_at_s; /* wall clock */
	struct strbuf checkin;
	int64_t checkin_at_s;

	/* Decided by the worker, carried out by the leader. */
	bool ran; /* the handler was called */
	bool succeeded;
	int64_t duration_ns;
	enum fate fate;
	int64_t score;	    /* Unix seconds */
	struct strbuf kept; /* the bytes that remain */
};

/* Handler results beyond 0; any other non-zero value is a failure too. */
enum run_verdict {
	RUN_FAIL = -1001,
	RUN_DISCARD = -1002,
	RUN_SNOOZE = -1003,
};

/*
 * Read the job, end its claim when it is unique, run the middleware and the
 * handler, and decide its fate. On return the job is finished, whatever
 * happened. The worker's thread.
 */
void run_execute(struct cwork_job *job, struct worker *worker);

/* Ready a job for reuse; what it holds is kept for the next one. */
void run_clear(struct cwork_job *job);
void run_free(struct cwork_job *job);

#endif
