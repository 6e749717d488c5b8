/*
 * What a handler sees: the job it runs.
 *
 * A job may be used only by the thread that runs its handler, and only until
 * the handler returns; so may every pointer these functions return.
 */
#ifndef CWORK_JOB_H
#define CWORK_JOB_H

#include <cwork/error.h>
#include <cwork/export.h>
#include <stdbool.h>

CWORK_BEGIN_DECLS

typedef struct cwork_job cwork_job;

/*
 * Run a job. CONTEXT is the per-job memory asked for with context_size, or
 * NULL. Returns 0 when the job is done, or what cwork_job_fail(),
 * cwork_job_discard() or cwork_job_snooze() returned. Any other value is a
 * failure with a general text.
 */
typedef int cwork_handler(cwork_job *job, void *context);

/*
 * Run around a handler. It must return what cwork_job_next() returns, or a
 * result of its own; without calling it, the handler does not run. DATA is what
 * was given to cwork_pool_use().
 */
typedef int cwork_middleware(cwork_job *job, void *context, void *data);

/* Run the rest of the chain: the next middleware, or the handler. Once per middleware call. */
CWORK_API int cwork_job_next(cwork_job *job);

CWORK_API const char *cwork_job_name(const cwork_job *job);
CWORK_API const char *cwork_job_id(const cwork_job *job);
/* The time of enqueuing, or of the last requeue, in Unix seconds. */
CWORK_API int64_t cwork_job_enqueued_at(const cwork_job *job);
/* How often the job has failed before this run. */
CWORK_API int64_t cwork_job_fails(const cwork_job *job);
/* The text of the last failure, "" if none; and its time in Unix seconds, 0 if none. */
CWORK_API const char *cwork_job_last_error(const cwork_job *job);
CWORK_API int64_t cwork_job_failed_at(const cwork_job *job);
CWORK_API bool cwork_job_is_unique(const cwork_job *job);
/* The data given with the job type's options. */
CWORK_API void *cwork_job_data(const cwork_job *job);

/*
 * Read one argument. When it is missing or of another type the result is "",
 * 0 or false and cwork_job_arg_error() tells why; a later success does not
 * clear it, so one check after all reads is enough. Rules and texts are those
 * of gocraft/work (docs/wire-format.md, "Argument access"), except that an
 * integer literal is exact over all of int64.
 */
CWORK_API const char *cwork_job_arg_string(cwork_job *job, const char *key);
/* The same with the length in *LEN, for strings that hold NUL. */
CWORK_API const char *cwork_job_arg_stringn(cwork_job *job, const char *key, size_t *len);
CWORK_API int64_t cwork_job_arg_int64(cwork_job *job, const char *key);
CWORK_API double cwork_job_arg_double(cwork_job *job, const char *key);
CWORK_API bool cwork_job_arg_bool(cwork_job *job, const char *key);
/* Tell whether there is an argument of that name, whatever its type. No error is left. */
CWORK_API bool cwork_job_has_arg(cwork_job *job, const char *key);
/* The text of an argument's value as it is stored, or NULL when there is none. */
CWORK_API const char *cwork_job_arg_json(cwork_job *job, const char *key);
/* The text of the last failed read, or NULL. */
CWORK_API const char *cwork_job_arg_error(const cwork_job *job);
/* All arguments, the bytes as they are stored, with their length in *LEN if not NULL; "null" if
 * none. */
CWORK_API const char *cwork_job_args_json(const cwork_job *job, size_t *len);

/* Tell what the job is doing now; shown by the client and the web UI within a second. */
CWORK_API void cwork_job_checkin(cwork_job *job, const char *format, ...) CWORK_PRINTF(2, 3);

/* Fail: the job is retried by its type's rules, with this text as the error. Return its result. */
CWORK_API int cwork_job_fail(cwork_job *job, const char *format, ...) CWORK_PRINTF(2, 3);
/* Fail for good: no retry; the job goes to dead (unless the type skips it) with this text. */
CWORK_API int cwork_job_discard(cwork_job *job, const char *format, ...) CWORK_PRINTF(2, 3);
/* Run again SECONDS from now, without counting a failure; zero or less means at once. */
CWORK_API int cwork_job_snooze(cwork_job *job, int64_t seconds);

/* Zeroed memory that is freed after the handler returned; NULL when there is none. */
CWORK_API void *cwork_job_alloc(cwork_job *job, size_t size);

/*
 * Tell whether the pool wants this job to end soon: it is stopping and its
 * grace period is over. The job is already back in its queue then.
 */
CWORK_API bool cwork_job_cancelled(const cwork_job *job);

CWORK_END_DECLS

#endif
