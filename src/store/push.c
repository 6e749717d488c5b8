/* Putting new jobs into Redis. Knows the layout and the commands, not what a job is. */
#include "store/push.h"

#include "scripts.h"

bool push_is_plain(const struct push *p)
{
	return p->unique_key.len == 0 && p->once_key.len == 0;
}

static void begin_script(struct redis *r, const struct keys *keys, const struct push *p)
{
	struct slice target = p->run_at_s ? keys->scheduled : p->queue;

	redis_begin_script(r, &script_enqueue, 3, 5);
	redis_arg(r, target);
	redis_arg(r, p->unique_key.len ? p->unique_key : target);
	redis_arg(r, p->once_key.len ? p->once_key : target);
	redis_arg(r, p->job);
	if (p->run_at_s)
		redis_arg_int(r, p->run_at_s);
	else
		redis_arg_str(r, "");
	redis_arg(r, p->unique_key.len ? p->unique_value : SLICE(""));
	if (p->once_key.len)
		redis_arg_int(r, p->once_s);
	else
		redis_arg_str(r, "");
	redis_arg_str(r, p->token ? p->token : "");
}

void push_begin(struct redis *r, const struct keys *keys, const struct push *p)
{
	if (!push_is_plain(p))
		begin_script(r, keys, p);
	else if (p->run_at_s)
		push_begin_many_scheduled(r, keys, p, 1);
	else
		push_begin_many(r, p, 1);
}

int push_read(const struct reply *reply, const struct push *p, cwork_error *err)
{
	if (push_is_plain(p))
		return push_read_many(reply, err);
	if (reply->type == REPLY_INTEGER)
		return reply->integer ? PUSH_DONE : PUSH_DUPLICATE;
	if (reply->type == REPLY_STRING) /* the token of the call that enqueued this id */
		return slice_equal(reply->str, slice_of(p->token)) ? PUSH_DONE : PUSH_DUPLICATE;
	return reply_unexpected(reply, "enqueue", err);
}

void push_begin_many(struct redis *r, const struct push *pushes, size_t count)
{
	redis_begin(r, 2 + count);
	redis_arg_str(r, "LPUSH");
	redis_arg(r, pushes[0].queue);
	for (size_t i = 0; i < count; i++)
		redis_arg(r, pushes[i].job);
}

void push_begin_many_scheduled(struct redis *r, const struct keys *keys, const struct push *pushes,
			       size_t count)
{
	redis_begin(r, 2 + 2 * count);
	redis_arg_str(r, "ZADD");
	redis_arg(r, keys->scheduled);
	for (size_t i = 0; i < count; i++) {
		redis_arg_int(r, pushes[i].run_at_s);
		redis_arg(r, pushes[i].job);
	}
}

int push_read_many(const struct reply *reply, cwork_error *err)
{
	if (reply->type == REPLY_INTEGER)
		return 0;
	return reply_unexpected(reply, "enqueue", err);
}

void push_begin_known(struct redis *r, const struct keys *keys, struct slice name)
{
	redis_begin(r, 3);
	redis_arg_str(r, "SADD");
	redis_arg(r, keys->known_jobs);
	redis_arg(r, name);
}
