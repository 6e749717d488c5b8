/*
 * Run jobs: a pool of worker threads for a set of job types.
 *
 * Set it up from one thread (new, use, job), then run or start it. stop,
 * drain and the observers may be called from any thread, but not from a
 * handler. Not fork-safe.
 */
#ifndef CWORK_POOL_H
#define CWORK_POOL_H

#include <cwork/error.h>
#include <cwork/export.h>
#include <cwork/job.h>
#include <cwork/log.h>

CWORK_BEGIN_DECLS

typedef struct cwork_pool cwork_pool;

/* prefetch: let the pool decide, by how long jobs take. */
#define CWORK_PREFETCH_ADAPTIVE 0
/* prefetch: take a job from Redis only when a worker is free to run it. */
#define CWORK_PREFETCH_OFF (-1)

typedef struct cwork_pool_options {
	size_t size;	      /* sizeof(cwork_pool_options) */
	const char *redis;    /* URL (docs/urls.md); NULL: redis://127.0.0.1:6379 */
	const char *ns;	      /* namespace; NULL: "work"; "" for none */
	unsigned concurrency; /* worker threads, 1 to 10000; 0: 10 */
	size_t context_size;  /* bytes of the per-job context; 0: handlers get NULL */
	/* Called around each job with its zeroed context; init may fail the job by its result. */
	int (*context_init)(cwork_job *job, void *context);
	void (*context_fini)(cwork_job *job, void *context);
	int prefetch;	   /* CWORK_PREFETCH_*, or a fixed number of jobs, up to 10000 */
	unsigned grace_ms; /* how long stop waits for running jobs; 0: 25000 */
	cwork_log_fn *log; /* NULL: no log */
	void *log_data;	   /* kept */
} cwork_pool_options;

/* The seconds until the next attempt of a job that failed FAILS times. Any thread of the pool. */
typedef int64_t cwork_backoff_fn(const cwork_job *job, int64_t fails, void *data);

typedef struct cwork_job_options {
	size_t size;		   /* sizeof(cwork_job_options) */
	unsigned priority;	   /* 1 to 100000, relative to the other job types; 0: 1 */
	unsigned max_fails;	   /* attempts in all; 0: 4; 1: no retry */
	bool skip_dead;		   /* drop a job that has used up its attempts */
	unsigned max_concurrency;  /* at most so many at once over all pools; 0: no limit */
	cwork_backoff_fn *backoff; /* NULL: fails^4 + 15 + random(0..29) * (fails + 1) seconds */
	void *data;		   /* kept; for backoff and cwork_job_data() */
} cwork_job_options;

/* Make a pool. Does not connect. Fails for bad options only. */
CWORK_API int cwork_pool_new(cwork_pool **out, const cwork_pool_options *options, cwork_error *err);

/*
 * Free a pool, stopping it first when it runs. Waits for handlers that are
 * still running, however long: a program that won't wait exits instead.
 */
CWORK_API void cwork_pool_free(cwork_pool *pool);

/* Add a middleware. They run in the order they were added, around every handler. */
CWORK_API int cwork_pool_use(cwork_pool *pool, cwork_middleware *fn, void *data, cwork_error *err);

/* Register a handler for jobs of a name; OPTIONS may be NULL. */
CWORK_API int cwork_pool_job(cwork_pool *pool, const char *name, cwork_handler *fn,
			     const cwork_job_options *options, cwork_error *err);

/*
 * Start, serve until SIGINT or SIGTERM, stop. A second signal ends the grace
 * period. The calling thread waits; the two signals are blocked in it and in
 * the pool's threads, and handled here only, so no handler is installed.
 */
CWORK_API int cwork_pool_run(cwork_pool *pool, cwork_error *err);

/*
 * Start the threads and return. A Redis that can't be reached is waited for,
 * with a line in the log; wrong credentials fail here.
 */
CWORK_API int cwork_pool_start(cwork_pool *pool, cwork_error *err);

/*
 * Stop: no new jobs; jobs fetched but not started go back to the front of
 * their queues; running ones may finish within the grace period, and are then
 * put back too. Returns 0, or CWORK_UNFINISHED when handlers are still running
 * (their jobs are back in the queues).
 */
CWORK_API int cwork_pool_stop(cwork_pool *pool, cwork_error *err);

/* Wait until the queues hold nothing that this pool could run, and nothing runs. */
CWORK_API int cwork_pool_drain(cwork_pool *pool, cwork_error *err);

typedef struct cwork_pool_stats {
	size_t size;	    /* sizeof(cwork_pool_stats), set by the caller */
	uint64_t processed; /* handlers that returned 0 */
	uint64_t failed;    /* that did not */
	uint64_t fetches;   /* round trips that asked for jobs */
	uint64_t fetched;   /* jobs they brought */
	unsigned busy;	    /* workers running a handler now */
	unsigned prefetch;  /* jobs the pool now keeps at hand */
} cwork_pool_stats;

/* Read the counters since the start. */
CWORK_API void cwork_pool_get_stats(cwork_pool *pool, cwork_pool_stats *stats);

/* Write the pool's present id, CWORK_ID_SIZE bytes. It changes when another pool declares this one
 * dead. */
CWORK_API void cwork_pool_id(cwork_pool *pool, char *out);

CWORK_END_DECLS

#endif
