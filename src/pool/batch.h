/* The replies of one fetch, kept while a job that came with it is not settled. Only the leader
 * touches them. */
#ifndef POOL_BATCH_H
#define POOL_BATCH_H

#include "base/arena.h"

struct batch {
	struct batch *next;	/* among the free ones */
	struct batch *next_all; /* among all */
	struct arena arena;
	size_t jobs; /* not settled yet, plus one while the leader fills it */
};

struct batches {
	struct batch *free, *all;
};

/* A batch with one use, the caller's. NULL without memory. */
struct batch *batch_take(struct batches *b);
/* Drop one use; with the last it is free for reuse. */
void batch_drop(struct batches *b, struct batch *batch);
/* Free all, also those in use: no job may need them any more. */
void batches_free(struct batches *b);

#endif
