/* Checking a new job and writing its bytes. */
#include "enqueue/new_job.h"

#include "base/clock.h"
#include "base/error.h"
#include "job/canonical.h"
#include "job/envelope.h"
#include "job/id.h"
#include "job/json.h"
#include "job/name.h"

/* Ten years; and Redis prints larger scores with an exponent, which Go's reader refuses
 * (wire-format.md §1). */
#define MAX_ONCE_S 315360000
#define MAX_SCORE 99999999999999999

static struct slice keep(struct arena *a, const struct strbuf *text)
{
	char *copy = arena_copy(a, strbuf_slice(text));

	return slice_n(copy, copy ? text->len : 0);
}

static int check(const cwork_new_job *j, cwork_error *err)
{
	int r = j->name ? name_check(slice_of(j->name), err)
			: error_set(err, CWORK_E_BAD_NAME, "no job name given");

	if (r < 0)
		return r;
	if (j->id && !*j->id)
		return error_set(err, CWORK_E_INVALID, "job %s: the id is empty", j->name);
	if (j->once_s < 0 || j->once_s > MAX_ONCE_S || (j->once_s > 0 && !j->id))
		return error_set(err, CWORK_E_INVALID,
				 "job %s: once needs an id, and seconds up to ten years", j->name);
	if (j->run_at_s < 0 || j->run_at_s > MAX_SCORE)
		return error_set(err, CWORK_E_INVALID, "job %s: %lld is not a time to run at",
				 j->name, (long long)j->run_at_s);
	return 0;
}

/* The key of a unique job: by the key map when there is one, else by the args. */
static int make_claim(struct push *out, const struct keys *keys, struct arena *a,
		      const cwork_new_job *j, struct slice args, bool *by_key, cwork_error *err)
{
	own_by(strbuf_freep) struct strbuf map = {0};
	struct slice by = args;

	if (j->key.present) {
		int r = canonical_args(&map, &j->key, err);

		if (r < 0)
			return error_prefix(err, r, "unique key");
		*by_key = !slice_equal(strbuf_slice(&map), SLICE("null"));
		if (*by_key)
			by = strbuf_slice(&map);
	}
	if (slice_equal(by, SLICE("null")))
		by = SLICE("");
	out->unique_key = keys_unique(keys, a, out->name, by);
	return out->unique_key.ptr ? 0 : error_nomem(err);
}

static int write_job(struct push *out, struct arena *a, struct slice id, struct slice args,
		     bool unique, size_t max_bytes, cwork_error *err)
{
	own_by(strbuf_freep) struct strbuf job = {.max = max_bytes};

	envelope_write(&job, &(struct envelope){
				     .name = out->name,
				     .id = id,
				     .t = clock_now_s(),
				     .args = args,
				     .unique = unique,
				     .unique_key = out->unique_key,
			     });
	if (job.failed)
		return error_set(err, CWORK_E_TOO_LARGE, "job %.*s is larger than %zu bytes",
				 (int)out->name.len, out->name.ptr, max_bytes);
	out->job = keep(a, &job);
	return out->job.ptr ? 0 : error_nomem(err);
}

static int make_once(struct push *out, const struct keys *keys, struct arena *a,
		     const cwork_new_job *j, cwork_error *err)
{
	char token[CWORK_ID_SIZE];

	if (j->once_s == 0)
		return 0;
	id_make(token);
	out->token = arena_copy(a, slice_of(token));
	out->once_key = keys_once(keys, a, out->name, slice_of(j->id));
	out->once_s = j->once_s;
	return out->token && out->once_key.ptr ? 0 : error_nomem(err);
}

int new_job_prepare(struct push *out, const struct keys *keys, struct arena *a,
		    const cwork_new_job *j, char *id, size_t max_bytes, cwork_error *err)
{
	/* Twice the largest job: canonical text may be shorter than what was given. */
	own_by(strbuf_freep) struct strbuf args = {.max = 2 * max_bytes};
	bool by_key = false;
	int r = check(j, err);

	if (r < 0)
		return r;
	if (!j->id)
		id_make(id);
	*out = (struct push){.name = slice_of(j->name), .run_at_s = j->run_at_s};
	out->queue = keys_jobs(keys, a, out->name);
	if (!out->queue.ptr)
		return error_nomem(err);
	r = canonical_args(&args, &j->args, err);
	if (args.failed)
		return error_set(err, CWORK_E_TOO_LARGE,
				 "job %s: the arguments are larger than %zu bytes", j->name,
				 max_bytes);
	if (r < 0)
		return error_prefix(err, r, "job %s", j->name);
	if (j->unique)
		r = make_claim(out, keys, a, j, strbuf_slice(&args), &by_key, err);
	if (r == 0)
		r = write_job(out, a, slice_of(j->id ? j->id : id), strbuf_slice(&args), j->unique,
			      max_bytes, err);
	if (r == 0)
		r = make_once(out, keys, a, j, err);
	/* By args: a mark. By key: the job itself, which a later one replaces. */
	out->unique_value = by_key ? out->job : SLICE("1");
	return r;
}
