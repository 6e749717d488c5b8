/* The claim of a unique job, ended when it is about to run (wire-format.md §5). */
#ifndef STORE_CLAIM_H
#define STORE_CLAIM_H

#include "redis/conn.h"
#include "store/keys.h"

void claim_begin_read(struct redis *r, struct slice unique_key);

/*
 * End the claim if its value is still VALUE. With REPLACEMENT not empty the
 * job in progress becomes that one.
 */
void claim_begin_take(struct redis *r, struct slice unique_key, struct slice in_progress,
		      struct slice value, struct slice fetched, struct slice replacement);

enum claim_result {
	CLAIM_TAKEN,
	CLAIM_CHANGED,	/* another value now: read it again */
	CLAIM_NOT_OURS, /* the job is not in progress any more; nothing was touched */
};

int claim_read_take(const struct reply *reply, cwork_error *err);

#endif
