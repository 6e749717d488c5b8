/* Reading what a namespace holds. */
#include "store/inspect.h"

#include "scripts.h"

static void one_key(struct redis *r, const char *command, struct slice key)
{
	redis_begin(r, 2);
	redis_arg_str(r, command);
	redis_arg(r, key);
}

void names_begin(struct redis *r, const struct keys *keys)
{
	one_key(r, "SMEMBERS", keys->known_jobs);
}

void lengths_begin(struct redis *r, const struct keys *keys)
{
	one_key(r, "ZCARD", keys->scheduled);
	one_key(r, "ZCARD", keys->retry);
	one_key(r, "ZCARD", keys->dead);
	one_key(r, "SCARD", keys->worker_pools);
}

void queue_length_begin(struct redis *r, struct slice queue)
{
	one_key(r, "LLEN", queue);
}

void forget_begin(struct redis *r, const struct keys *keys, struct slice name,
		  const struct queue_keys *queue)
{
	redis_begin_script(r, &script_forget, 6, 1);
	redis_arg(r, keys->known_jobs);
	redis_arg(r, queue->jobs);
	redis_arg(r, queue->paused);
	redis_arg(r, queue->max_concurrency);
	redis_arg(r, queue->lock);
	redis_arg(r, queue->lock_info);
	redis_arg(r, name);
}
