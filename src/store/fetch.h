/* Taking jobs from queues into in-progress lists, many in one step (wire-format.md §7.1). */
#ifndef STORE_FETCH_H
#define STORE_FETCH_H

#include "redis/conn.h"
#include "store/keys.h"

/* A name to fetch from. */
struct fetch_name {
	const struct queue_keys *keys;
	struct slice in_progress;
	unsigned share; /* jobs wanted of it first; the shares stand first in the list, 0 behind
			   them */
};

struct fetch_plan {
	struct slice heartbeat;
	const char *pool_id;
	const struct fetch_name *names; /* in the order to try */
	size_t count;
	unsigned want; /* jobs in all */
	unsigned idle; /* jobs of limited names at most */
	size_t max_bytes;
};

void fetch_begin(struct redis *r, const struct fetch_plan *plan);

/* The outcome of a fetch. */
enum fetch_result { FETCH_OK, FETCH_FENCED };

/* Jobs of one name, oldest first. */
struct fetch_batch {
	size_t name; /* index into the plan's names */
	const struct reply *jobs;
	size_t count;
};

/* Walk the reply's batches; FN is called for each. *BLOCKED: jobs wait behind a pause or a limit.
 */
int fetch_read(const struct reply *reply, size_t names, bool *blocked,
	       void (*fn)(const struct fetch_batch *batch, void *data), void *data,
	       cwork_error *err);

/* Read a whole in-progress list back, newest first: a plain array of strings. */
void fetch_begin_in_progress(struct redis *r, struct slice in_progress);

#endif
