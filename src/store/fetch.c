/* Taking jobs from queues. Knows the script's arguments and reply, not what becomes of the jobs. */
#include "store/fetch.h"

#include "scripts.h"

static size_t shares(const struct fetch_plan *plan)
{
	size_t n = 0;

	while (n < plan->count && plan->names[n].share)
		n++;
	return n;
}

void fetch_begin(struct redis *r, const struct fetch_plan *plan)
{
	size_t drawn = shares(plan);

	redis_begin_script(r, &script_fetch, 1 + 6 * plan->count, 4 + drawn);
	redis_arg(r, plan->heartbeat);
	for (size_t i = 0; i < plan->count; i++) {
		const struct fetch_name *name = &plan->names[i];

		redis_arg(r, name->keys->jobs);
		redis_arg(r, name->in_progress);
		redis_arg(r, name->keys->paused);
		redis_arg(r, name->keys->max_concurrency);
		redis_arg(r, name->keys->lock);
		redis_arg(r, name->keys->lock_info);
	}
	redis_arg_str(r, plan->pool_id);
	redis_arg_int(r, plan->want);
	redis_arg_int(r, plan->idle);
	redis_arg_int(r, (int64_t)plan->max_bytes);
	for (size_t i = 0; i < drawn; i++)
		redis_arg_int(r, plan->names[i].share);
}

/* {0}, or {1, blocked, index, jobs, index, jobs …} */
static bool well_formed(const struct reply *reply, size_t names)
{
	if (reply->type != REPLY_ARRAY || reply->count < 1 || reply->items[0].type != REPLY_INTEGER)
		return false;
	if (reply->items[0].integer == 0)
		return true;
	if (reply->count % 2 != 0 || reply->items[1].type != REPLY_INTEGER)
		return false;
	for (size_t i = 2; i < reply->count; i += 2) {
		const struct reply *index = &reply->items[i], *jobs = &reply->items[i + 1];

		if (index->type != REPLY_INTEGER || index->integer < 1 ||
		    (uint64_t)index->integer > names || jobs->type != REPLY_ARRAY)
			return false;
		for (size_t j = 0; j < jobs->count; j++)
			if (jobs->items[j].type != REPLY_STRING)
				return false;
	}
	return true;
}

int fetch_read(const struct reply *reply, size_t names, bool *blocked,
	       void (*fn)(const struct fetch_batch *batch, void *data), void *data,
	       cwork_error *err)
{
	if (!well_formed(reply, names))
		return reply_unexpected(reply, "fetch", err);
	if (reply->items[0].integer == 0)
		return FETCH_FENCED;
	*blocked = reply->items[1].integer != 0;
	for (size_t i = 2; i < reply->count; i += 2) {
		struct fetch_batch batch = {
			.name = (size_t)reply->items[i].integer - 1,
			.jobs = reply->items[i + 1].items,
			.count = reply->items[i + 1].count,
		};

		fn(&batch, data);
	}
	return FETCH_OK;
}

void fetch_begin_in_progress(struct redis *r, struct slice in_progress)
{
	redis_begin(r, 4);
	redis_arg_str(r, "LRANGE");
	redis_arg(r, in_progress);
	redis_arg_int(r, 0);
	redis_arg_int(r, -1);
}
