/*
 * The leader's work: one round trip that settles what is finished and fetches
 * what the idle workers can take, or waiting when there is nothing to do.
 *
 * Whoever has the lead (handover.h) owns everything here; no lock is needed.
 */
#ifndef POOL_LEADER_H
#define POOL_LEADER_H

#include "pool/batch.h"
#include "pool/planner.h"
#include "pool/prefetch.h"
#include "pool/settling.h"
#include "pool/wake.h"
#include "store/fetch.h"

struct cwork_pool;

/* Where the leader stands between two turns. */
enum leader_mood {
	MOOD_BUSY,   /* the last fetch brought jobs */
	MOOD_EMPTY,  /* it brought none: listen, and ask once more before sleeping */
	MOOD_ASLEEP, /* listening, and still nothing: wait */
};

struct leader {
	struct cwork_pool *pool;
	struct redis *redis;
	uint64_t generation; /* of redis, in the last exchange */
	struct settling settling;
	struct batches batches;
	struct cwork_job *free_jobs;
	struct wake wake;
	struct prefetch prefetch;
	struct planner planner;

	enum leader_mood mood;
	bool blocked;	       /* the last fetch saw jobs behind a pause or a limit */
	bool woken;	       /* by a message: tell the wake module how it went */
	bool short_fetch;      /* the last fetch brought less than was asked for */
	unsigned busy_fetches; /* in a row */
	int64_t hold_until_ms; /* settle and fetch nothing before: Redis has trouble */
	int64_t hold_ms;       /* the present length of such a pause */
	bool deep;	       /* the last fetch brought all that was asked for */
	int64_t timers_ms;     /* when the housekeeper was last sent to look, without messages */
	bool fetch_due;	       /* asleep, and woken for a fetch */
	size_t in_flight;      /* jobs fetched and not settled */
	atomic_bool stopping;  /* fetch nothing any more */

	/* Counters, read from anywhere. */
	atomic_ullong processed, failed, fetches, fetched;
	atomic_uint depth;
};

struct job_type;
struct lease;

int leader_init(struct leader *l, struct cwork_pool *pool, cwork_error *err);
void leader_free(struct leader *l);

/* One turn: a round trip, or a wait. The caller has the lead. */
void leader_turn(struct leader *l);

/* Take a job that stands in progress under LEASE into the ring. Its bytes live in BATCH. */
void leader_adopt(struct leader *l, struct lease *lease, struct job_type *type, struct slice bytes,
		  struct batch *batch);

/* Settle what is finished, fetching nothing. Returns 0 when nothing is pending any more, else a
 * failure. */
int leader_settle(struct leader *l, cwork_error *err);
/* Wait until a job is finished, the event is signalled, or the deadline. */
void leader_wait(struct leader *l, int64_t deadline_ms);
/* Give jobs whose handlers still run back to their queues, and the fetched ones to settling. */
void leader_give_back_unstarted(struct leader *l);
int leader_give_back_running(struct leader *l, cwork_error *err);

#endif
