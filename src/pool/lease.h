/*
 * A pool's identity in Redis, and what it holds under it. The pool id is the
 * fencing token: a pool that was declared dead takes a new lease, and jobs that
 * still run under the old one are settled under the old id, where they are not
 * found any more.
 *
 * The lists mirror the in-progress lists in Redis, oldest to newest. Only the
 * leader touches them.
 */
#ifndef POOL_LEASE_H
#define POOL_LEASE_H

#include "pool/registry.h"
#include <stdatomic.h>

struct cwork_job;

struct in_flight {
	struct slice in_progress; /* the key */
	struct cwork_job *oldest, *newest;
	size_t count;
};

struct lease {
	struct lease *previous; /* kept till the pool is freed: jobs may still run under it */
	struct arena arena;
	char id[CWORK_ID_SIZE];
	struct slice heartbeat;	 /* the key */
	struct in_flight *lists; /* one per job type */
	unsigned count;
	atomic_bool registered; /* in Redis, and not known to be gone */
	atomic_bool fenced;	/* declared dead: never fetch under it again */
	bool unsure;		/* the mirror may be wrong: read the lists back */
};

/* Make a lease with a new id. */
int lease_new(struct lease **out, const struct keys *keys, const struct registry *registry,
	      cwork_error *err);
/* Free it and the previous ones. */
void lease_free(struct lease *lease);

void lease_add_newest(struct lease *lease, struct cwork_job *job);
void lease_remove(struct lease *lease, struct cwork_job *job);

#endif
