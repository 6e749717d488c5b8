/* The job as its handler sees it: the public functions of job.h. */
#include <cwork/job.h>

#include "base/clock.h"
#include "base/thread.h"
#include "job/args.h"
#include "pool/run.h"
#include "pool/worker.h"
#include <stdio.h>

/* Longer check-ins are cut: they are for people, and written every second. */
#define MAX_CHECKIN 1024

/* Text for a handler: terminated, which slices into the job's bytes are not. */
static const char *as_text(const cwork_job *job, struct slice s)
{
	char *copy = s.len ? arena_copy(&((cwork_job *)job)->arena, s) : NULL;

	return copy ? copy : "";
}

const char *cwork_job_name(const cwork_job *job)
{
	return job->type->name.ptr;
}

const char *cwork_job_id(const cwork_job *job)
{
	return as_text(job, job->envelope.id);
}

int64_t cwork_job_enqueued_at(const cwork_job *job)
{
	return job->envelope.t;
}

int64_t cwork_job_fails(const cwork_job *job)
{
	return job->envelope.fails;
}

const char *cwork_job_last_error(const cwork_job *job)
{
	return as_text(job, job->envelope.err);
}

int64_t cwork_job_failed_at(const cwork_job *job)
{
	return job->envelope.failed_at;
}

bool cwork_job_is_unique(const cwork_job *job)
{
	return job->envelope.unique;
}

void *cwork_job_data(const cwork_job *job)
{
	return job->type->options.data;
}

const char *cwork_job_arg_stringn(cwork_job *job, const char *key, size_t *len)
{
	struct slice value = {0};
	char *text;

	args_string(job->envelope.args, slice_of(key), ARGS_EXACT, &job->arena, &value,
		    &job->arg_error);
	text = arena_copy(&job->arena, value);
	if (!text && value.len)
		job->arg_error = "out of memory";
	*len = text ? value.len : 0;
	return text ? text : "";
}

const char *cwork_job_arg_string(cwork_job *job, const char *key)
{
	size_t len;

	return cwork_job_arg_stringn(job, key, &len);
}

int64_t cwork_job_arg_int64(cwork_job *job, const char *key)
{
	int64_t value = 0;

	args_int64(job->envelope.args, slice_of(key), ARGS_EXACT, &job->arena, &value,
		   &job->arg_error);
	return value;
}

double cwork_job_arg_double(cwork_job *job, const char *key)
{
	double value = 0;

	args_double(job->envelope.args, slice_of(key), ARGS_EXACT, &job->arena, &value,
		    &job->arg_error);
	return value;
}

bool cwork_job_arg_bool(cwork_job *job, const char *key)
{
	bool value = false;

	args_bool(job->envelope.args, slice_of(key), ARGS_EXACT, &job->arena, &value,
		  &job->arg_error);
	return value;
}

bool cwork_job_has_arg(cwork_job *job, const char *key)
{
	struct json value;

	return args_find(job->envelope.args, slice_of(key), &value);
}

const char *cwork_job_arg_json(cwork_job *job, const char *key)
{
	struct json value;

	if (!args_find(job->envelope.args, slice_of(key), &value))
		return NULL;
	return arena_copy(&job->arena, value.span);
}

const char *cwork_job_arg_error(const cwork_job *job)
{
	return job->arg_error;
}

const char *cwork_job_args_json(const cwork_job *job, size_t *len)
{
	struct slice args = job->envelope.args.len ? job->envelope.args : SLICE("null");

	if (len)
		*len = args.len;
	return as_text(job, args);
}

void cwork_job_checkin(cwork_job *job, const char *format, ...)
{
	char text[MAX_CHECKIN];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	guard(&job->worker->mutex);
	strbuf_clear(&job->checkin);
	strbuf_append_str(&job->checkin, text);
	job->checkin_at_s = clock_now_s();
	job->worker->changes++;
}

static int end_with(cwork_job *job, int verdict, const char *format, va_list args)
{
	char *text = arena_vprintf(&job->arena, format, args);

	job->why = text ? slice_of(text) : SLICE("failed, and no memory to tell why");
	return verdict;
}

int cwork_job_fail(cwork_job *job, const char *format, ...)
{
	va_list args;
	int r;

	va_start(args, format);
	r = end_with(job, RUN_FAIL, format, args);
	va_end(args);
	return r;
}

int cwork_job_discard(cwork_job *job, const char *format, ...)
{
	va_list args;
	int r;

	va_start(args, format);
	r = end_with(job, RUN_DISCARD, format, args);
	va_end(args);
	return r;
}

int cwork_job_snooze(cwork_job *job, int64_t seconds)
{
	/* A year of 3000 is never: keep the score an integer that Redis prints as one. */
	job->snooze_s = seconds < 0 ? 0 : seconds < 100000000000 ? seconds : 100000000000;
	return RUN_SNOOZE;
}

void *cwork_job_alloc(cwork_job *job, size_t size)
{
	return arena_zalloc(&job->arena, size);
}

bool cwork_job_cancelled(const cwork_job *job)
{
	return atomic_load_explicit(&((cwork_job *)job)->cancelled, memory_order_relaxed);
}
