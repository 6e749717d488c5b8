/* Moving due jobs. Knows the commands, not how a job's new bytes are made. */
#include "store/requeue.h"

#include "scripts.h"
#include <math.h>
#include <stdlib.h>

void due_begin(struct redis *r, struct slice set, int64_t now_s, unsigned limit)
{
	redis_begin(r, 7);
	redis_arg_str(r, "ZRANGEBYSCORE");
	redis_arg(r, set);
	redis_arg_str(r, "-inf");
	redis_arg_int(r, now_s);
	redis_arg_str(r, "LIMIT");
	redis_arg_int(r, 0);
	redis_arg_int(r, limit);
}

void due_begin_next(struct redis *r, struct slice set)
{
	redis_begin(r, 5);
	redis_arg_str(r, "ZRANGE");
	redis_arg(r, set);
	redis_arg_int(r, 0);
	redis_arg_int(r, 0);
	redis_arg_str(r, "WITHSCORES");
}

/*
 * Scores are integers by the rules, but a foreign one may be anything. The
 * locale may spell a fraction otherwise; then only the whole part counts.
 */
static int64_t score_ceiling(struct slice text)
{
	double score = strtod(text.ptr, NULL);

	if (!(score > 0))
		return 0;
	return score >= 9e18 ? INT64_MAX : (int64_t)ceil(score);
}

int due_read_next(const struct reply *reply, int64_t *next_s, cwork_error *err)
{
	if (reply->type != REPLY_ARRAY || reply->count == 1)
		return reply_unexpected(reply, "the next due time", err);
	*next_s = reply->count ? score_ceiling(reply->items[1].str) : -1;
	return 0;
}

void known_begin(struct redis *r, const struct keys *keys, struct slice name)
{
	redis_begin(r, 3);
	redis_arg_str(r, "SISMEMBER");
	redis_arg(r, keys->known_jobs);
	redis_arg(r, name);
}

void requeue_begin(struct redis *r, const struct keys *keys, struct slice set,
		   const struct slice *queues, size_t queue_count, int64_t now_s,
		   int64_t retry_at_s, const struct requeue_item *items, size_t count)
{
	redis_begin_script(r, &script_requeue, 3 + queue_count, 2 + 3 * count);
	redis_arg(r, set);
	redis_arg(r, keys->dead);
	redis_arg(r, keys->quarantine);
	for (size_t i = 0; i < queue_count; i++)
		redis_arg(r, queues[i]);
	redis_arg_int(r, now_s);
	redis_arg_int(r, retry_at_s);
	for (size_t i = 0; i < count; i++) {
		redis_arg_int(r, items[i].queue);
		redis_arg(r, items[i].member);
		redis_arg(r, items[i].kept);
	}
}

int requeue_read(const struct reply *reply, int64_t *moved, cwork_error *err)
{
	if (reply->type != REPLY_INTEGER)
		return reply_unexpected(reply, "requeue", err);
	*moved = reply->integer;
	return 0;
}
