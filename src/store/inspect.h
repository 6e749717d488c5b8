/* Reading what a namespace holds (wire-format.md §15), and forgetting a name. */
#ifndef STORE_INSPECT_H
#define STORE_INSPECT_H

#include "redis/conn.h"
#include "store/keys.h"

/* The known names: a plain array of strings. */
void names_begin(struct redis *r, const struct keys *keys);
/* The lengths of scheduled, retry, dead and worker_pools, in this order: four integer replies. */
void lengths_begin(struct redis *r, const struct keys *keys);
/* The length of one queue. */
void queue_length_begin(struct redis *r, struct slice queue);
/* Drop a name and its keys if its queue is empty: 1 done, 0 not known, -1 not empty. */
void forget_begin(struct redis *r, const struct keys *keys, struct slice name,
		  const struct queue_keys *queue);

#endif
