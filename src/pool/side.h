/*
 * The pool's second connection: heartbeats, requeuers, observations, unique
 * jobs' claims. Shared under a lock, so that the job connection's round trips
 * wait for none of them.
 *
 * The lock also guards the bytes in progress of a job whose claim is being
 * taken (cwork_job.raw): who compares the in-progress lists with what the pool
 * knows holds it meanwhile.
 */
#ifndef POOL_SIDE_H
#define POOL_SIDE_H

#include "redis/conn.h"
#include <pthread.h>

struct side {
	pthread_mutex_t mutex;
	struct redis *redis;
	struct arena arena; /* the replies of the exchange under way; reset by side_begin() */
};

int side_init(struct side *side, struct redis_server *server, cwork_error *err);
void side_free(struct side *side);

/* Lock the connection and empty its arena. */
struct redis *side_begin(struct side *side);
void side_end(struct side *side);

#endif
