/* A pool on the books: names, limits, heartbeat, and off again (wire-format.md §§7, 9). */
#ifndef STORE_REGISTRATION_H
#define STORE_REGISTRATION_H

#include "redis/conn.h"
#include "store/keys.h"

struct registered_name {
	struct slice name;
	const struct queue_keys *keys;
	unsigned max_concurrency; /* 0: no limit */
};

/* Make the names known and set their limits, as every pool does at its start. */
void register_begin(struct redis *r, const struct keys *keys, const struct registered_name *names,
		    size_t count);
int register_read(const struct reply *reply, cwork_error *err);

struct heartbeat {
	const char *pool_id;
	struct slice key;
	bool first; /* register; otherwise a missing registration means that the pool was declared
		       dead */
	int64_t started_at_s, now_s;
	struct slice job_names;	 /* sorted, comma-separated */
	struct slice worker_ids; /* sorted, comma-separated */
	unsigned concurrency;
	const char *host;
	int64_t pid;
};

enum heartbeat_result { HEARTBEAT_OK, HEARTBEAT_FENCED };

void heartbeat_begin(struct redis *r, const struct keys *keys, const struct heartbeat *beat);
int heartbeat_read(const struct reply *reply, cwork_error *err);

struct deregistered_name {
	struct slice in_progress;
	const struct queue_keys *keys;
};

/* Take the pool off, unless jobs are left in progress. */
void deregister_begin(struct redis *r, const struct keys *keys, const char *pool_id,
		      struct slice heartbeat, const struct deregistered_name *names, size_t count);
/* *LEFT: jobs still in progress; 0 when it is off the books. */
int deregister_read(const struct reply *reply, int64_t *left, cwork_error *err);

#endif
