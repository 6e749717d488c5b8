/* A pool on the books. Knows the fields of a heartbeat, not when one is due. */
#include "store/registration.h"

#include "scripts.h"

void register_begin(struct redis *r, const struct keys *keys, const struct registered_name *names,
		    size_t count)
{
	redis_begin_script(r, &script_register, 1 + count, 2 * count);
	redis_arg(r, keys->known_jobs);
	for (size_t i = 0; i < count; i++)
		redis_arg(r, names[i].keys->max_concurrency);
	for (size_t i = 0; i < count; i++) {
		redis_arg(r, names[i].name);
		redis_arg_int(r, names[i].max_concurrency);
	}
}

int register_read(const struct reply *reply, cwork_error *err)
{
	if (reply->type == REPLY_INTEGER)
		return 0;
	return reply_unexpected(reply, "register", err);
}

void heartbeat_begin(struct redis *r, const struct keys *keys, const struct heartbeat *beat)
{
	redis_begin_script(r, &script_heartbeat, 2, 2 + 14);
	redis_arg(r, keys->worker_pools);
	redis_arg(r, beat->key);
	redis_arg_str(r, beat->pool_id);
	redis_arg_str(r, beat->first ? "1" : "0");
	redis_arg_str(r, "heartbeat_at");
	redis_arg_int(r, beat->now_s);
	redis_arg_str(r, "started_at");
	redis_arg_int(r, beat->started_at_s);
	redis_arg_str(r, "job_names");
	redis_arg(r, beat->job_names);
	redis_arg_str(r, "concurrency");
	redis_arg_int(r, beat->concurrency);
	redis_arg_str(r, "worker_ids");
	redis_arg(r, beat->worker_ids);
	redis_arg_str(r, "host");
	redis_arg_str(r, beat->host);
	redis_arg_str(r, "pid");
	redis_arg_int(r, beat->pid);
}

int heartbeat_read(const struct reply *reply, cwork_error *err)
{
	if (reply->type == REPLY_INTEGER)
		return reply->integer ? HEARTBEAT_OK : HEARTBEAT_FENCED;
	return reply_unexpected(reply, "heartbeat", err);
}

void deregister_begin(struct redis *r, const struct keys *keys, const char *pool_id,
		      struct slice heartbeat, const struct deregistered_name *names, size_t count)
{
	redis_begin_script(r, &script_deregister, 2 + 2 * count, 1);
	redis_arg(r, keys->worker_pools);
	redis_arg(r, heartbeat);
	for (size_t i = 0; i < count; i++) {
		redis_arg(r, names[i].in_progress);
		redis_arg(r, names[i].keys->lock_info);
	}
	redis_arg_str(r, pool_id);
}

int deregister_read(const struct reply *reply, int64_t *left, cwork_error *err)
{
	if (reply->type != REPLY_INTEGER)
		return reply_unexpected(reply, "deregister", err);
	*left = reply->integer;
	return 0;
}
