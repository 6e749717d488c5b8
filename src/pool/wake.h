/*
 * Being woken by Redis when there is work, instead of asking for it.
 *
 * The job connection turns on CLIENT TRACKING (broadcast, redirected) for the
 * namespace's queues; the server then tells this module's own connection of
 * every key that changes, whoever changed it. On while the pool is idle only: a
 * tracked busy queue costs the server more than the fetches it saves.
 *
 * A message says that a key changed, not that there is a job for us: our own
 * fetch causes one too. So what has arrived before a fetch is sent is read and
 * dropped first (the fetch sees what it told of), and only messages of queues
 * this pool serves count.
 *
 * One push wakes every idle pool, and one gets the job. A pool whose wake-ups
 * find nothing waits a little before it asks, at random and longer each time,
 * and when it loses very often it stops listening and polls for a while.
 *
 * Without tracking (Redis before 6, or not permitted) the pool polls, at 1 ms
 * growing to 100 ms.
 */
#ifndef POOL_WAKE_H
#define POOL_WAKE_H

#include "base/log.h"
#include "base/random.h"
#include "pool/registry.h"
#include "redis/conn.h"

struct wake {
	const struct keys *keys;
	const struct registry *registry;
	const struct log *log;
	struct redis *redis;	/* subscribed to invalidation messages */
	uint64_t generation;	/* of redis, when it was subscribed */
	int64_t client_id;	/* of redis, for the redirection; 0: not subscribed */
	bool unsupported;	/* the server has no tracking, or we may not use it */
	bool on;		/* the job connection tracks… */
	uint64_t on_generation; /* …since this generation of it */
	struct arena arena;
	struct random random;
	int64_t poll_ms;	/* the present interval, without tracking */
	unsigned lost;		/* wake-ups in a row that found nothing */
	int64_t lost_window_ms; /* when counting began */
	unsigned lost_in_window;
	int64_t deaf_until_ms; /* poll until then: too many pools compete */
};

int wake_init(struct wake *w, struct redis_server *server, const struct keys *keys,
	      const struct registry *registry, const struct log *log, cwork_error *err);
void wake_free(struct wake *w);

/* Does the job connection (its generation) track now? */
bool wake_is_on(const struct wake *w, uint64_t generation);
/* May it be turned on? Connects and subscribes when needed; false while that is not possible. */
bool wake_prepare(struct wake *w);
/* Write the WAKE_ON_COMMANDS that turn tracking on on the job connection JOBS; the last one's reply
 * counts. */
#define WAKE_ON_COMMANDS 2
void wake_begin_on(struct wake *w, struct redis *jobs);
/* Write the command that turns it off. */
void wake_begin_off(struct wake *w, struct redis *jobs);
/* Its reply, the connection being of GENERATION. */
void wake_read_on(struct wake *w, const struct reply *reply, uint64_t generation);
/* Drop what has arrived: before a fetch, which sees it anyway. True when it told of scheduled or
 * retry. */
bool wake_drain(struct wake *w);

enum wake_reason {
	WAKE_WORK,   /* a queue of ours changed: fetch */
	WAKE_TIMERS, /* scheduled or retry changed: tell the housekeeper */
	WAKE_EVENT,  /* EVENT_FD was signalled */
	WAKE_TIME,   /* the safety interval, or the next poll, is due: fetch */
};

/*
 * Wait until something happens. BLOCKED: the last fetch saw jobs behind a pause
 * or a limit, so that changes of those count too. LISTENING: tracking is on.
 */
enum wake_reason wake_wait(struct wake *w, int event_fd, bool blocked, bool listening);
/*
 * Tell how a wake-up by WAKE_WORK went: did the fetch find a job? BLOCKED: jobs
 * wait behind a pause or a limit, so that no other pool need have been faster.
 */
void wake_result(struct wake *w, bool won, bool blocked);

#endif
