/* Finishing jobs. Knows the scripts' arguments and replies, not why a job has its fate. */
#include "store/settle.h"

#include "base/error.h"
#include "scripts.h"

static const char *const fate_names[] = {
	[FATE_ACK] = "ack",	[FATE_RETRY] = "retry",
	[FATE_DEAD] = "dead",	[FATE_SCHEDULED] = "scheduled",
	[FATE_FRONT] = "front", [FATE_QUARANTINE] = "quarantine",
};

void settle_begin(struct redis *r, const struct keys *keys, const char *pool_id,
		  const struct settle_queue *queues, size_t queue_count,
		  const struct settlement *items, size_t count)
{
	redis_begin_script(r, &script_settle, 4 + 4 * queue_count, 1 + 5 * count);
	redis_arg(r, keys->retry);
	redis_arg(r, keys->dead);
	redis_arg(r, keys->scheduled);
	redis_arg(r, keys->quarantine);
	for (size_t i = 0; i < queue_count; i++) {
		redis_arg(r, queues[i].keys->jobs);
		redis_arg(r, queues[i].in_progress);
		redis_arg(r, queues[i].keys->lock);
		redis_arg(r, queues[i].keys->lock_info);
	}
	redis_arg_str(r, pool_id);
	for (size_t i = 0; i < count; i++) {
		redis_arg_int(r, items[i].queue + 1);
		redis_arg_str(r, fate_names[items[i].fate]);
		redis_arg(r, items[i].job);
		redis_arg_int(r, items[i].score);
		redis_arg(r, items[i].kept);
	}
}

int settle_read(const struct reply *reply, size_t count, cwork_error *err)
{
	if (reply->type != REPLY_ARRAY || reply->count != count)
		return reply_unexpected(reply, "settle", err);
	for (size_t i = 0; i < count; i++)
		if (reply->items[i].type != REPLY_INTEGER && reply->items[i].type != REPLY_STRING)
			return reply_unexpected(reply, "settle", err);
	return 0;
}

enum settle_result settle_result(const struct reply *reply, size_t i, cwork_error *why)
{
	const struct reply *item = &reply->items[i];

	if (item->type == REPLY_INTEGER)
		return item->integer ? SETTLE_DONE : SETTLE_NOT_OURS;
	error_set(why, CWORK_E_WRONG_TYPE, "%.*s", (int)item->str.len, item->str.ptr);
	return SETTLE_REFUSED;
}

void ack_begin(struct redis *r, const char *pool_id, const struct ack_window *windows, size_t count)
{
	size_t args = 1;

	for (size_t i = 0; i < count; i++)
		args += 4 + windows[i].survivor_count;
	redis_begin_script(r, &script_ack, 3 * count, args);
	for (size_t i = 0; i < count; i++) {
		redis_arg(r, windows[i].queue.in_progress);
		redis_arg(r, windows[i].queue.keys->lock);
		redis_arg(r, windows[i].queue.keys->lock_info);
	}
	redis_arg_str(r, pool_id);
	for (size_t i = 0; i < count; i++) {
		const struct ack_window *w = &windows[i];

		redis_arg_int(r, (int64_t)w->length);
		redis_arg_int(r, (int64_t)w->window);
		redis_arg(r, w->far);
		redis_arg_int(r, (int64_t)w->survivor_count);
		for (size_t k = 0; k < w->survivor_count; k++)
			redis_arg_int(r, (int64_t)w->survivors[k]);
	}
}

int ack_read(const struct reply *reply, size_t count, cwork_error *err)
{
	if (reply->type != REPLY_ARRAY || reply->count != count)
		return reply_unexpected(reply, "ack", err);
	return 0;
}

bool ack_was_cut(const struct reply *reply, size_t i)
{
	return reply->items[i].type == REPLY_INTEGER && reply->items[i].integer == 1;
}
