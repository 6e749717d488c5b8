/*
 * The names of all Redis keys (wire-format.md §1). No other module, and no
 * script, spells one.
 */
#ifndef STORE_KEYS_H
#define STORE_KEYS_H

#include "base/arena.h"
#include "base/slice.h"
#include <cwork/error.h>

/* The keys of a namespace. Everything lives in the arena. */
struct keys {
	struct arena arena;
	struct slice prefix; /* the namespace with its colon; empty for none */
	struct slice known_jobs;
	struct slice scheduled;
	struct slice retry;
	struct slice dead;
	struct slice worker_pools;
	struct slice quarantine; /* cwork's own: bytes that no reader understands */
	struct slice jobs_prefix;
};

/* The keys of one job name that all pools share. */
struct queue_keys {
	struct slice jobs, paused, max_concurrency, lock, lock_info;
};

/* NS may be NULL ("work"). Copied. Fails with NOMEM, or INVALID for a namespace with control
 * characters. */
int keys_init(struct keys *keys, const char *ns, cwork_error *err);
void keys_free(struct keys *keys);

/* The keys of NAME, in A. NOMEM is the only failure. */
int keys_queue(const struct keys *keys, struct arena *a, struct slice name, struct queue_keys *out,
	       cwork_error *err);
/* One key, in A; {NULL, 0} without memory. */
struct slice keys_jobs(const struct keys *keys, struct arena *a, struct slice name);
struct slice keys_in_progress(const struct keys *keys, struct arena *a, struct slice name,
			      const char *pool_id);
struct slice keys_heartbeat(const struct keys *keys, struct arena *a, const char *pool_id);
struct slice keys_observation(const struct keys *keys, struct arena *a, const char *worker_id);
/* cwork's own: remembers for a time that a job of this id was enqueued. */
struct slice keys_once(const struct keys *keys, struct arena *a, struct slice name,
		       struct slice id);
/* The key of a unique job (wire-format.md §5): MAP is the JSON of what it is unique by, empty for
 * none. */
struct slice keys_unique(const struct keys *keys, struct arena *a, struct slice name,
			 struct slice map);
/* What a unique key of NAME begins with; a payload may name no other key. */
struct slice keys_unique_prefix(const struct keys *keys, struct arena *a, struct slice name);

#endif
