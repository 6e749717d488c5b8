/* Moving due jobs out of scheduled and retry (wire-format.md §8, docs/guarantees.md). */
#ifndef STORE_REQUEUE_H
#define STORE_REQUEUE_H

#include "redis/conn.h"
#include "store/keys.h"

/* Read the LIMIT lowest members of a set that are due: an array of strings. */
void due_begin(struct redis *r, struct slice set, int64_t now_s, unsigned limit);
/* Read the lowest score. */
void due_begin_next(struct redis *r, struct slice set);
/* *NEXT_S is the score rounded up, or -1 when the set is empty. */
int due_read_next(const struct reply *reply, int64_t *next_s, cwork_error *err);

/* Tell whether a name is known. */
void known_begin(struct redis *r, const struct keys *keys, struct slice name);

#define REQUEUE_TO_DEAD 0
#define REQUEUE_TO_QUARANTINE (-1)

struct requeue_item {
	int queue; /* index into the queues plus one, or REQUEUE_TO_* */
	struct slice member, kept;
};

/* Move the jobs; QUEUES are the queues' keys. One that can't be moved waits till RETRY_AT_S. */
void requeue_begin(struct redis *r, const struct keys *keys, struct slice set,
		   const struct slice *queues, size_t queue_count, int64_t now_s,
		   int64_t retry_at_s, const struct requeue_item *items, size_t count);
int requeue_read(const struct reply *reply, int64_t *moved, cwork_error *err);

#endif
