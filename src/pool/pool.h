/* The pool's parts, and who may touch them. */
#ifndef POOL_POOL_H
#define POOL_POOL_H

#include "base/log.h"
#include "pool/handover.h"
#include "pool/housekeeper.h"
#include "pool/leader.h"
#include "pool/lease.h"
#include "pool/registry.h"
#include "pool/side.h"
#include "pool/worker.h"
#include "redis/conn.h"
#include "store/keys.h"
#include <cwork/pool.h>

struct pool_middleware {
	cwork_middleware *fn;
	void *data;
};

enum pool_state { POOL_NEW, POOL_RUNNING, POOL_STOPPING, POOL_STOPPED };

struct cwork_pool {
	/* Set up before the start, read-only afterwards. */
	struct cwork_pool_options options; /* defaults filled in; its strings are not used */
	struct log log;
	struct redis_server *server;
	struct keys keys;
	struct registry registry;
	struct pool_middleware *middleware;
	unsigned middleware_count;
	int64_t started_at_s;

	struct side side; /* the second connection, for everybody but the leader */
	struct handover handover;
	struct leader leader; /* whoever has the lead */
	struct housekeeper housekeeper;
	struct worker *workers;
	unsigned worker_count;
	unsigned workers_started; /* by the starting thread, before anybody may stop the pool */
	atomic_bool hurried;	  /* a second signal: no more grace */

	pthread_mutex_t mutex;	/* guards what follows; taken last */
	pthread_cond_t changed; /* of drained, or of a worker's end */
	enum pool_state state;
	struct lease *lease; /* the present one; replaced by the housekeeper */
	unsigned workers_ended;
	uint64_t drain_asked, drain_done; /* tickets */
};

/* The present lease. Any thread. */
struct lease *pool_lease(struct cwork_pool *pool);

#endif
