/* Writing what the workers run into Redis, for the client to see (wire-format.md §11). */
#ifndef POOL_OBSERVER_H
#define POOL_OBSERVER_H

#include <cwork/error.h>
#include <stdbool.h>

struct cwork_pool;

/* Write what has changed since the last time. *BUSY: some worker runs a job. */
int observer_step(struct cwork_pool *pool, bool *busy, cwork_error *err);

#endif
