/* The replies of one fetch. */
#include "pool/batch.h"

#include <stdlib.h>

struct batch *batch_take(struct batches *b)
{
	struct batch *batch = b->free;

	if (batch) {
		b->free = batch->next;
	} else {
		batch = calloc(1, sizeof(*batch));
		if (!batch)
			return NULL;
		batch->next_all = b->all;
		b->all = batch;
	}
	batch->jobs = 1;
	return batch;
}

void batch_drop(struct batches *b, struct batch *batch)
{
	if (--batch->jobs > 0)
		return;
	arena_reset(&batch->arena);
	batch->next = b->free;
	b->free = batch;
}

void batches_free(struct batches *b)
{
	while (b->all) {
		struct batch *next = b->all->next_all;

		arena_free(&b->all->arena);
		free(b->all);
		b->all = next;
	}
	b->free = NULL;
}
