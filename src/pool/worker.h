/* A worker: a thread that runs jobs, one at a time, and leads when nobody else does. */
#ifndef POOL_WORKER_H
#define POOL_WORKER_H

#include "base/random.h"
#include "base/slice.h"
#include "base/thread.h"
#include <cwork/pool.h>

struct cwork_job;

struct worker {
	struct cwork_pool *pool;
	pthread_t thread;
	char id[CWORK_ID_SIZE];
	struct slice observation; /* the key */
	void *context;		  /* the per-job context's memory */
	struct random random;

	pthread_mutex_t mutex;	   /* guards what follows, and the running job's check-in */
	struct cwork_job *running; /* NULL when idle */
	uint64_t changes;	   /* of what there is to observe */
	uint64_t observed;	   /* changes when the observation was last written */
	bool visible;		   /* an observation may stand in Redis */
};

int worker_init(struct worker *w, struct cwork_pool *pool, cwork_error *err);
int worker_start(struct worker *w, unsigned number, cwork_error *err);
void worker_free(struct worker *w);

/* Tell what the worker runs: a job, or NULL. */
void worker_set_running(struct worker *w, struct cwork_job *job);

#endif
