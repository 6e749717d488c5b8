/* The claim of a unique job. */
#include "store/claim.h"

#include "scripts.h"

void claim_begin_read(struct redis *r, struct slice unique_key)
{
	redis_begin(r, 2);
	redis_arg_str(r, "GET");
	redis_arg(r, unique_key);
}

void claim_begin_take(struct redis *r, struct slice unique_key, struct slice in_progress,
		      struct slice value, struct slice fetched, struct slice replacement)
{
	redis_begin_script(r, &script_take_unique, 2, 3);
	redis_arg(r, unique_key);
	redis_arg(r, in_progress);
	redis_arg(r, value);
	redis_arg(r, fetched);
	redis_arg(r, replacement);
}

int claim_read_take(const struct reply *reply, cwork_error *err)
{
	if (reply->type != REPLY_INTEGER)
		return reply_unexpected(reply, "take unique", err);
	if (reply->integer == 1)
		return CLAIM_TAKEN;
	return reply->integer == 0 ? CLAIM_CHANGED : CLAIM_NOT_OURS;
}
