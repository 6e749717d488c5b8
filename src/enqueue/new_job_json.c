/* A job to enqueue, read from a JSON object: the form of bulk files and pipes. */
#include "base/clock.h"
#include "base/error.h"
#include "job/json.h"
#include <cwork/enqueue.h>
#include <stdlib.h>

/* The members, and what they must be. */
static int wrong(cwork_error *err, const char *member, const char *what)
{
	return error_set(err, CWORK_E_INVALID, "member %s is not %s", member, what);
}

static int read_text(struct arena *a, const struct json *value, const char *member,
		     const char **out, cwork_error *err)
{
	struct slice text;

	if (value->type != JSON_STRING)
		return wrong(err, member, "a string");
	text = json_string(value, a);
	if (memchr(text.ptr, '\0', text.len))
		return wrong(err, member, "free of NUL");
	*out = arena_copy(a, text);
	return *out ? 0 : error_nomem(err);
}

static int read_seconds(const struct json *value, const char *member, int64_t *out,
			cwork_error *err)
{
	if (value->type != JSON_NUMBER || !json_int64(value, out))
		return wrong(err, member, "an integer");
	return 0;
}

static int read_object(struct arena *a, const struct json *value, const char *member,
		       cwork_args *out, cwork_error *err)
{
	char *copy;

	if (value->type == JSON_NULL)
		return 0;
	if (value->type != JSON_OBJECT)
		return wrong(err, member, "an object");
	copy = arena_copy(a, value->span);
	*out = cwork_args_jsonn(copy, value->span.len);
	return copy ? 0 : error_nomem(err);
}

static int read_member(cwork_new_job *job, struct arena *a, const struct json *key,
		       const struct json *value, cwork_error *err)
{
	int r;

	if (json_string_is(key, SLICE("name")))
		return read_text(a, value, "name", &job->name, err);
	if (json_string_is(key, SLICE("id")))
		return read_text(a, value, "id", &job->id, err);
	if (json_string_is(key, SLICE("args")))
		return read_object(a, value, "args", &job->args, err);
	if (json_string_is(key, SLICE("unique_key"))) {
		job->unique = true;
		return read_object(a, value, "unique_key", &job->key, err);
	}
	if (json_string_is(key, SLICE("run_at")))
		return read_seconds(value, "run_at", &job->run_at_s, err);
	if (json_string_is(key, SLICE("once")))
		return read_seconds(value, "once", &job->once_s, err);
	if (json_string_is(key, SLICE("in"))) {
		r = read_seconds(value, "in", &job->run_at_s, err);
		if (r == 0 && __builtin_add_overflow(job->run_at_s, clock_now_s(), &job->run_at_s))
			return wrong(err, "in", "a time to run at");
		return r;
	}
	if (json_string_is(key, SLICE("unique"))) {
		if (value->type != JSON_BOOL)
			return wrong(err, "unique", "true or false");
		job->unique |= value->span.ptr[0] == 't';
		return 0;
	}
	return error_set(err, CWORK_E_INVALID, "unknown member %.*s", (int)key->span.len,
			 key->span.ptr);
}

static int read_members(cwork_new_job *job, struct arena *a, struct slice text, cwork_error *err)
{
	struct json object, key, value;
	struct json_walk walk;
	int r = json_parse(&object, text, err);

	if (r < 0)
		return r;
	if (object.type != JSON_OBJECT)
		return error_set(err, CWORK_E_INVALID, "not a JSON object");
	walk = json_walk(&object);
	while (r == 0 && json_next(&walk, &key, &value))
		r = read_member(job, a, &key, &value, err);
	if (r == 0 && !job->name)
		r = error_set(err, CWORK_E_BAD_NAME, "no job name given");
	return r;
}

int cwork_new_job_parse(cwork_new_job *out, const char *json, size_t len, cwork_error *err)
{
	struct arena *a = calloc(1, sizeof(*a));
	int r;

	*out = (cwork_new_job){0};
	if (!a)
		return error_nomem(err);
	out->memory = a;
	r = read_members(out, a, slice_n(json, len), err);
	if (r < 0)
		cwork_new_job_clear(out);
	return r;
}

void cwork_new_job_clear(cwork_new_job *job)
{
	if (job->memory)
		arena_free(job->memory);
	free(job->memory);
	*job = (cwork_new_job){0};
}
