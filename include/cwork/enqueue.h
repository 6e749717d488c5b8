/*
 * Put jobs into queues.
 *
 * An enqueuer may be used from any thread and shared by all of them. It is
 * not fork-safe: make one after fork. Inputs are copied or used before the
 * call returns.
 */
#ifndef CWORK_ENQUEUE_H
#define CWORK_ENQUEUE_H

#include <cwork/args.h>
#include <cwork/error.h>
#include <cwork/export.h>

CWORK_BEGIN_DECLS

typedef struct cwork_enqueuer cwork_enqueuer;

typedef struct cwork_enqueuer_options {
	size_t size;	   /* sizeof(cwork_enqueuer_options) */
	const char *redis; /* URL (docs/urls.md); NULL: redis://127.0.0.1:6379 */
	const char *ns;	   /* namespace; NULL: "work"; "" for none */
	size_t max_bytes;  /* largest job, bytes; 0: 1 MiB */
	int timeout_ms;	   /* longest wait for Redis in one call; 0: 5000 */
} cwork_enqueuer_options;

typedef struct cwork_enqueue_options {
	size_t size;	/* sizeof(cwork_enqueue_options) */
	const char *id; /* the job's id; NULL: a new random one */
	/*
	 * With id: seconds for which a second job of this id and name is
	 * refused as CWORK_DUPLICATE; 0: not checked. It makes repeating a
	 * call whose answer was lost harmless, and the call repeats itself.
	 */
	int64_t once_s;
	char *id_out; /* where to write the id, CWORK_ID_SIZE bytes; cut if the caller's id is
			 longer */
} cwork_enqueue_options;

/* A job to enqueue, for cwork_enqueue_many(). Zero-initialise; name is all it needs. */
typedef struct cwork_new_job {
	const char *name;
	cwork_args args;
	int64_t run_at_s; /* Unix seconds; 0: now */
	bool unique;	  /* refuse it while an equal one (name, args) is waiting */
	cwork_args key;	  /* with unique, when present: equal by these, not by args */
	const char *id;	  /* as in cwork_enqueue_options */
	int64_t once_s;	  /* as in cwork_enqueue_options */
	int result;	  /* set: 0, CWORK_DUPLICATE, or a failure of this one job */
	void *memory;	  /* of cwork_new_job_parse(); NULL otherwise */
} cwork_new_job;

/*
 * Make an enqueuer. It connects at the first use, so that a program starts
 * while Redis is down. Fails for bad options only. Free it with
 * cwork_enqueuer_free().
 */
CWORK_API int cwork_enqueuer_new(cwork_enqueuer **out, const cwork_enqueuer_options *options,
				 cwork_error *err);
CWORK_API void cwork_enqueuer_free(cwork_enqueuer *q);

/*
 * Enqueue a job to be run as soon as a worker is free. OPTIONS may be NULL.
 *
 * Returns 0; CWORK_DUPLICATE (only with once_s); BAD_NAME, BAD_JSON,
 * TOO_LARGE for the job itself; CONNECT, AUTH, FULL, BUSY, READONLY when Redis
 * did not take it; UNKNOWN when it may have.
 */
CWORK_API int cwork_enqueue(cwork_enqueuer *q, const char *name, cwork_args args,
			    const cwork_enqueue_options *options, cwork_error *err);

/* Enqueue a job to be run SECONDS from now; zero or less means at once. */
CWORK_API int cwork_enqueue_in(cwork_enqueuer *q, const char *name, int64_t seconds,
			       cwork_args args, const cwork_enqueue_options *options,
			       cwork_error *err);

/* Enqueue a job to be run at a time in Unix seconds. */
CWORK_API int cwork_enqueue_at(cwork_enqueuer *q, const char *name, int64_t at_s, cwork_args args,
			       const cwork_enqueue_options *options, cwork_error *err);

/*
 * Enqueue a job unless an equal one (same name, same args) waits: then
 * CWORK_DUPLICATE. The claim ends when the job's handler is about to start, or
 * 24 hours after the last attempt to enqueue it.
 */
CWORK_API int cwork_enqueue_unique(cwork_enqueuer *q, const char *name, cwork_args args,
				   const cwork_enqueue_options *options, cwork_error *err);
CWORK_API int cwork_enqueue_unique_in(cwork_enqueuer *q, const char *name, int64_t seconds,
				      cwork_args args, const cwork_enqueue_options *options,
				      cwork_error *err);

/*
 * The same, equal by KEY instead of the arguments. A refused call still
 * replaces the waiting job's arguments: what runs is the last one enqueued.
 */
CWORK_API int cwork_enqueue_unique_by_key(cwork_enqueuer *q, const char *name, cwork_args args,
					  cwork_args key, const cwork_enqueue_options *options,
					  cwork_error *err);
CWORK_API int cwork_enqueue_unique_in_by_key(cwork_enqueuer *q, const char *name, int64_t seconds,
					     cwork_args args, cwork_args key,
					     const cwork_enqueue_options *options,
					     cwork_error *err);

/*
 * Enqueue COUNT jobs in as few round trips as their size allows (thousands in
 * one). Each job's own outcome is in its result. A job that is refused for
 * itself does not stop the others.
 *
 * Returns 0 when every job's result is 0 or CWORK_DUPLICATE; otherwise the
 * first failure, with its text in ERR.
 */
CWORK_API int cwork_enqueue_many(cwork_enqueuer *q, cwork_new_job *jobs, size_t count,
				 cwork_error *err);

/*
 * Read a job to enqueue from LEN bytes of JSON: an object with "name" and any of
 * "args" (object), "run_at" (Unix seconds), "in" (seconds from now), "unique"
 * (bool), "unique_key" (object), "id" (string), "once" (seconds). Unknown
 * members are refused. Everything is copied; free it with
 * cwork_new_job_clear(). INVALID or BAD_JSON, naming the member.
 */
CWORK_API int cwork_new_job_parse(cwork_new_job *out, const char *json, size_t len,
				  cwork_error *err);
/* Free what cwork_new_job_parse() made; JOB is all zero then. */
CWORK_API void cwork_new_job_clear(cwork_new_job *job);

CWORK_END_DECLS

#endif
